package org.lowerbound.meanfield;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lowerbound.numerics.Matrices;

class GaussiansTest {
  private static final double[] ZERO = {0, 0};

  @Test
  void divergenceOfOneDimensionalNormals() {
    // KL(N(0, 1) ‖ N(1, 4)) = ½ (1/4 + 1/4 − 1 + log 4), from the definition by hand.
    assertEquals(
        0.5 * (0.25 + 0.25 - 1 + Math.log(4)),
        Gaussians.kl(
            new double[] {0}, new double[][] {{1}}, new double[] {1}, new double[][] {{4}}),
        1e-14);
  }

  @Test
  void divergenceIsItsIntegral() {
    double[] m0 = {0.2, -0.1};
    double[][] s0 = {{0.8, 0.3}, {0.3, 0.6}};
    double[] m1 = {-0.3, 0.4};
    double[][] s1 = {{1.5, -0.4}, {-0.4, 1.1}};
    double sum = 0;
    double h = 0.05;
    for (double u = -8; u < 8; u += h) {
      for (double v = -8; v < 8; v += h) {
        double log = Gaussians.logDensity(new double[] {u, v}, m0, s0);
        sum += h * h * Math.exp(log) * (log - Gaussians.logDensity(new double[] {u, v}, m1, s1));
      }
    }
    // The midpoint rule of a smooth, decaying function converges faster than any power of h.
    assertEquals(sum, Gaussians.kl(m0, s0, m1, s1), 1e-10);
  }

  @Test
  void theTwoOptimaAreMinima() {
    for (double rho : new double[] {-0.5, 0, 0.3, 0.95}) {
      double[][] s = Gaussians.correlated(rho);
      double[] reverse = Gaussians.reverseVariances(s);
      double[] forward = Gaussians.forwardVariances(s);
      assertArrayEquals(new double[] {1 - rho * rho, 1 - rho * rho}, reverse, 1e-14);
      assertArrayEquals(new double[] {1, 1}, forward, 0);
      double least = Gaussians.kl(ZERO, Matrices.diagonal(reverse), ZERO, s);
      double leastForward = Gaussians.kl(ZERO, s, ZERO, Matrices.diagonal(forward));
      // Both equal the mutual information of the two coordinates.
      assertEquals(-0.5 * Math.log(1 - rho * rho), least, 1e-12);
      assertEquals(-0.5 * Math.log(1 - rho * rho), leastForward, 1e-12);
      for (double f : new double[] {0.8, 0.99, 1.01, 1.3}) {
        double[] other = {reverse[0] * f, reverse[1]};
        assertTrue(Gaussians.kl(ZERO, Matrices.diagonal(other), ZERO, s) > least);
        double[] otherForward = {1, f};
        assertTrue(Gaussians.kl(ZERO, s, ZERO, Matrices.diagonal(otherForward)) > leastForward);
      }
    }
  }

  @Test
  void ellipseLiesAtItsRadius() {
    double[][] s = {{2, 0.5}, {0.5, 1}};
    double[] m = {1, -1};
    double[][] curve = Gaussians.ellipse(m, s, 2, 40);
    for (int i = 0; i <= 40; i++) {
      assertEquals(
          4,
          Matrices.quadratic(new double[] {curve[0][i], curve[1][i]}, m, Matrices.inverse(s)),
          1e-12);
    }
  }

  @Test
  void freeFormFactorsOfACorrelatedNormalHaveVarianceOneMinusRhoSquared() {
    double rho = 0.8;
    int n = 161;
    double[] points = new double[n];
    double[][] logP = new double[n][n];
    for (int i = 0; i < n; i++) {
      points[i] = -8 + 0.1 * i;
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        logP[i][j] =
            Gaussians.logDensity(
                    new double[] {points[i], points[j]}, ZERO, Gaussians.correlated(rho))
                + 2 * Math.log(0.1);
      }
    }
    Ascent<GridFactors> run = GridFactors.fit(logP, 1e-15, 200);
    assertEquals(1 - rho * rho, GridFactors.variance(run.factors().first(), points), 1e-9);
    assertEquals(1 - rho * rho, GridFactors.variance(run.factors().second(), points), 1e-9);
    assertEquals(0.5 * Math.log(1 - rho * rho), run.bound(), 1e-9);
    assertTrue(run.largestDecrease() < 1e-12);
  }

  @Test
  void badInputIsNamed() {
    assertTrue(NormalGammaTest.message(() -> Gaussians.correlated(1)).contains("strictly between"));
    assertTrue(
        NormalGammaTest.message(() -> Gaussians.reverseVariances(new double[][] {{1, 2}, {2, 1}}))
            .contains("not positive definite"));
    assertTrue(
        NormalGammaTest.message(() -> Matrices.inverse(new double[][] {{1, 0.5}, {0.2, 1}}))
            .contains("not symmetric"));
    assertTrue(
        NormalGammaTest.message(() -> Matrices.inverse(new double[][] {{1, 0.5}}))
            .contains("[D, D]"));
    assertTrue(
        NormalGammaTest.message(() -> GridFactors.uniform(2, 2).sweep(new double[][] {{0, 0}}))
            .contains("[2, 2]"));
  }
}
