package org.lowerbound.variations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.math3.analysis.integration.IterativeLegendreGaussIntegrator;
import org.junit.jupiter.api.Test;

/** Functionals, their gradients and Hessians against closed forms and differences. */
class FunctionalTest {
  /** Example 6 of the post, F = x² y³ y'⁴. */
  private static final Integrand SIX = (x, y, s) -> x * x * y * y * y * s * s * s * s;

  @Test
  void examplesTwoAndThreeOfThePost() {
    // Closed forms; tolerance: the trapezoidal error h²/12 (f'(1) − f'(0)) at h = 1/1000 is 1.4e-7.
    Grid grid = Grid.uniform(0, 1, 1000);
    Functional area = Functional.of(grid, (x, y, s) -> y);
    assertEquals(0.5, area.at(grid.sample(x -> x)), 1e-12);
    assertEquals(1.0 / 3, area.at(grid.sample(x -> x * x)), 2e-7);
    assertEquals(Math.E - 1, area.at(grid.sample(Math::exp)), 2e-7);
    Functional length = Functional.of(grid, Integrand.arcLength());
    assertEquals(Math.sqrt(2), length.at(grid.line(0, 1)), 1e-12);
  }

  @Test
  void gradientEqualsCentralDifferences() {
    Grid grid = Grid.graded(0, 1, 12, 2);
    double[] y = grid.sample(x -> 1 + x * x + 0.3 * Math.sin(5 * x));
    Functional[] all = {
      Functional.of(grid, SIX),
      Functional.of(grid, Integrand.arcLength()),
      Functional.of(grid, (x, u, s) -> Math.exp(-u) * x + u * u * s * s),
      Functional.ofChords(grid, (x0, y0, x1, y1) -> Math.hypot(x1 - x0, y1 - y0) / (y0 + y1)),
    };
    for (Functional j : all) {
      double[] gradient = j.gradient(y);
      for (int i = 0; i < y.length; i++) {
        double[] unit = new double[y.length];
        unit[i] = 1;
        double e = 1e-5;
        double expected =
            (j.at(Functional.moved(y, e, unit)) - j.at(Functional.moved(y, -e, unit))) / (2 * e);
        // Central differences with e = 1e-5 are good to about 1e-8 of the scale of the slopes.
        assertEquals(expected, gradient[i], 1e-7 * (1 + Math.abs(expected)));
      }
    }
  }

  @Test
  void hessianEqualsDifferencesOfTheGradient() {
    Grid grid = Grid.graded(0, 1, 9, 2);
    double[] y = grid.sample(x -> 1 + x * x);
    Functional[] all = {
      Functional.of(grid, SIX),
      Functional.of(grid, (x, u, s) -> Math.exp(-u * s) * x + u * u * Math.sqrt(1 + s * s)),
      Functional.ofChords(grid, (x0, y0, x1, y1) -> Math.hypot(x1 - x0, y1 - y0) / (y0 + y1)),
    };
    for (Functional j : all) {
      Tridiagonal h = j.hessian(y);
      for (int k = 0; k < y.length; k++) {
        double[] unit = new double[y.length];
        unit[k] = 1;
        double e = 1e-5;
        double[] up = j.gradient(Functional.moved(y, e, unit));
        double[] down = j.gradient(Functional.moved(y, -e, unit));
        for (int i = 0; i < y.length; i++) {
          double expected = (up[i] - down[i]) / (2 * e);
          // Roundoff of a gradient of size 100 over 2e-5 is 1e-9; the steps in h reach 81.
          assertEquals(expected, h.at(i, k), 1e-6 * (1 + Math.abs(expected)));
        }
      }
    }
  }

  @Test
  void functionalDerivativeIsTheEulerLagrangeExpressionToSecondOrder() {
    // Examples 4 to 6: 2y, −x³ e^(−y), and example 6 with the total derivative written out.
    double[] steps = new double[3];
    double[] errors = new double[3];
    for (int k = 0; k < 3; k++) {
      int n = 50 << k;
      Grid grid = Grid.uniform(0, 1, n);
      double[] y = grid.sample(x -> 1 + x * x);
      double[] d4 = Functional.of(grid, (x, u, s) -> u * u).derivative(y);
      double[] d5 = Functional.of(grid, (x, u, s) -> x * x * x * Math.exp(-u)).derivative(y);
      double[] d6 = Functional.of(grid, SIX).derivative(y);
      double worst = 0;
      for (int i = 0; i < n - 1; i++) {
        double x = grid.x(i + 1);
        double u = 1 + x * x;
        double s = 2 * x;
        assertEquals(2 * u, d4[i], 1e-9);
        assertEquals(-x * x * x * Math.exp(-u), d5[i], 1e-9);
        double six =
            -9 * x * x * u * u * Math.pow(s, 4)
                - 8 * x * Math.pow(u, 3) * Math.pow(s, 3)
                - 12 * x * x * Math.pow(u, 3) * s * s * 2;
        assertEquals(six, EulerLagrange.expression(SIX, x, u, s, 2), 1e-6);
        if ((i + 1) % (n / 50) == 0) { // only at nodes that all three grids share
          worst = Math.max(worst, Math.abs(six - d6[i]));
        }
      }
      steps[k] = 1.0 / n;
      errors[k] = worst;
    }
    assertEquals(2, Convergence.order(steps, errors), 0.05);
  }

  @Test
  void directionalDerivativeOfExampleSixRefutesThePublishedFormula() {
    // Curriculum 1.1: −3.01334, the published expression integrates to −0.66849. Independent check:
    // adaptive Gauss–Legendre quadrature of both integrands from commons-math.
    Grid grid = Grid.uniform(0, 1, 4000);
    double[] y = grid.sample(x -> 1 + x * x);
    double[] eta = grid.sample(x -> Math.pow(x * (1 - x), 2));
    IterativeLegendreGaussIntegrator gauss = new IterativeLegendreGaussIntegrator(10, 1e-12, 1e-12);
    double full =
        gauss.integrate(
            10000,
            x -> EulerLagrange.expression(SIX, x, 1 + x * x, 2 * x, 2) * Math.pow(x * (1 - x), 2),
            0,
            1);
    double published =
        gauss.integrate(
            10000,
            x -> {
              double u = 1 + x * x;
              return (3 * x * x * u * u * Math.pow(2 * x, 4)
                      - 8 * x * Math.pow(u, 3) * Math.pow(2 * x, 3))
                  * Math.pow(x * (1 - x), 2);
            },
            0,
            1);
    assertEquals(-3.01334, full, 1e-5);
    assertEquals(-0.66849, published, 1e-5);
    double measured = Functional.of(grid, SIX).directional(y, eta);
    assertEquals(full, measured, 1e-5); // second-order error at h = 1/4000
    double[] derivative = Functional.of(grid, SIX).derivative(y);
    double sum = 0;
    for (int i = 0; i < derivative.length; i++) {
      sum += derivative[i] * eta[i + 1] * grid.share(i + 1);
    }
    assertEquals(measured, sum, 1e-9); // the chain rule, exact up to rounding
  }

  @Test
  void secondVariationOfTheOscillatorChangesSignAtPi() {
    // ∫ (η'² − η²) on [0, T], ends fixed: lowest eigenvalue (π/T)² − 1; error O(h²) ≈ 1e-4.
    for (double length : new double[] {2, 3, 3.3, 4}) {
      Grid grid = Grid.uniform(0, length, 200);
      Functional j = Functional.of(grid, (x, y, s) -> (s * s - y * y) / 2);
      Tridiagonal c = j.curvature(grid.line(0, 0), Boundary.fixed(0, 0));
      double expected = Math.pow(Math.PI / length, 2) - 1;
      assertEquals(expected, c.eigenvalue(0), 2e-4);
      assertEquals(expected < 0 ? 1 : 0, c.eigenvaluesBelow(0));
      double[] eta = grid.sample(x -> Math.sin(Math.PI * x / length));
      assertEquals(expected * length / 2, j.secondVariation(grid.line(0, 0), eta), 1e-3);
      double[] mode = c.eigenvector(0);
      double sign = Math.signum(mode[0]);
      for (int i = 0; i < mode.length; i++) {
        assertEquals(eta[i + 1] * Math.sqrt(2.0 / 200), sign * mode[i], 1e-6);
      }
    }
  }

  @Test
  void tridiagonalSolvesIndefiniteSystems() {
    Tridiagonal a = Tridiagonal.of(new double[] {0, -1, 2, 0.5}, new double[] {3, 1, -4});
    double[] z = {1, -2, 0.5, 3};
    assertArrayEquals(z, a.solve(a.times(z)), 1e-13);
    double product = 1;
    double sum = 0;
    for (int k = 0; k < 4; k++) {
      product *= a.eigenvalue(k);
      sum += a.eigenvalue(k);
    }
    // Trace 1.5; determinant by expansion: −9·(2·0.5 − 16) = 135.
    assertEquals(1.5, sum, 1e-12);
    assertEquals(135, product, 1e-10);
    ArithmeticException singular =
        assertThrows(
            ArithmeticException.class,
            () -> Tridiagonal.of(new double[] {1, 1}, new double[] {1}).solve(new double[2]));
    assertTrue(singular.getMessage().contains("singular"));
  }

  @Test
  void distanceOfPaths() {
    assertEquals(2, Grid.distance(new double[] {1, 5, 3}, new double[] {2, 3, 3}));
    assertEquals(4, Grid.distance(new double[] {1, -3}, 1));
    assertTrue(Double.isNaN(Grid.distance(new double[] {0, Double.NaN, 7}, 1)));
    assertMessage("not the same grid", () -> Grid.distance(new double[2], new double[3]));
  }

  @Test
  void badInputIsNamed() {
    assertMessage("at least 2 cells", () -> Grid.uniform(0, 1, 1));
    assertMessage("from < to", () -> Grid.uniform(1, 1, 10));
    assertMessage("from < to", () -> Grid.uniform(0, Double.NaN, 10));
    assertMessage("power", () -> Grid.graded(0, 1, 10, 0.5));
    assertMessage("coincide", () -> Grid.graded(1, 2, 1000, 9));
    Grid grid = Grid.uniform(0, 1, 10);
    Functional log = Functional.of(grid, (x, y, s) -> Math.log(y));
    assertMessage("has 3 heights but the grid has 11 nodes", () -> log.at(new double[3]));
    double[] hole = grid.line(1, 2);
    hole[4] = Double.NaN;
    assertMessage("NaN at node 4", () -> log.at(hole));
    ArithmeticException left =
        assertThrows(ArithmeticException.class, () -> log.at(grid.line(1, -1)));
    assertTrue(left.getMessage().contains("leaves the region"), left.getMessage());
    assertMessage("Steps and errors", () -> Convergence.order(new double[] {1, 2}, new double[2]));
    assertMessage(
        "All steps are equal", () -> Convergence.order(new double[] {1, 1}, new double[] {1, 2}));
  }

  private static void assertMessage(String part, Runnable run) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, run::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
