package org.lowerbound.entropy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MinimiserTest {
  /** {@code ½(100(x−1)² + 2(x−1)(y+2) + (y+2)²)}: a narrow bowl with its bottom at (1, −2). */
  private static final SmoothFunction BOWL =
      new SmoothFunction() {
        @Override
        public int dimension() {
          return 2;
        }

        @Override
        public double value(double[] p) {
          double x = p[0] - 1;
          double y = p[1] + 2;
          return 0.5 * (100 * x * x + 2 * x * y + y * y);
        }

        @Override
        public double[] gradient(double[] p) {
          double x = p[0] - 1;
          double y = p[1] + 2;
          return new double[] {100 * x + y, x + y};
        }

        @Override
        public double[][] hessian(double[] p) {
          return new double[][] {{100, 1}, {1, 1}};
        }
      };

  @Test
  void newtonSolvesAQuadraticInOneStep() {
    Minimum minimum = Minimiser.newton(BOWL, new double[] {5, 7}, 1e-10, 10);
    assertTrue(minimum.converged());
    assertEquals(1, minimum.steps());
    // A 2×2 system of condition number 100 in double precision.
    assertArrayEquals(new double[] {1, -2}, minimum.point(), 1e-12);
  }

  @Test
  void gradientMethodsReachTheSameBottom() {
    double[] start = {5, 7};
    // The gradient is at most 1e-8 and the smallest curvature 0.99, so the error is about 1e-8.
    Minimum descent = Minimiser.gradientDescent(BOWL, start, 1e-8, 10_000);
    Minimum quasi = Minimiser.quasiNewton(BOWL, start, 1e-8, 100);
    assertTrue(descent.converged() && quasi.converged());
    assertArrayEquals(new double[] {1, -2}, descent.point(), 3e-8);
    assertArrayEquals(new double[] {1, -2}, quasi.point(), 3e-8);
    assertTrue(quasi.steps() < descent.steps(), quasi.steps() + " against " + descent.steps());
    for (Minimum minimum : new Minimum[] {descent, quasi}) {
      for (int step = 1; step < minimum.values().length; step++) {
        assertTrue(minimum.values()[step] <= minimum.values()[step - 1] + 1e-12, "descends");
      }
    }
  }

  @Test
  void tooFewStepsAreReported() {
    Minimum minimum = Minimiser.gradientDescent(BOWL, new double[] {5, 7}, 1e-12, 3);
    assertFalse(minimum.converged());
    assertEquals(3, minimum.steps());
    assertTrue(minimum.toString().contains("not converged"));
  }

  @Test
  void badStartsAndFunctionsAreNamed() {
    InformationTest.assertMessage(
        "2 variables", () -> Minimiser.newton(BOWL, new double[1], 1e-10, 10));
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () -> Minimiser.newton(BOWL, new double[] {Double.NaN, 0}, 1e-10, 10));
    assertTrue(thrown.getMessage().contains("NaN at step 0"), thrown.getMessage());
  }
}
