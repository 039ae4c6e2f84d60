package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ProbabilisticPcaTest {
  private static final RandomGenerator RANDOM = new SplittableRandom(5);
  private static final LinearGaussian TRUTH = LinearGaussianTest.random(6, 2, RANDOM);
  private static final double[][] X = TRUTH.sample(500, RANDOM);
  private static final ProbabilisticPca PCA = ProbabilisticPca.fit(X, 2);

  @Test
  void formulaIsTheMeanLogLikelihoodOfTheRows() {
    // One is Tipping and Bishop's closed form, the other 500 densities.
    assertEquals(PCA.model().logLikelihood(X), PCA.logLikelihood(), 1e-11);
    assertTrue(PCA.logLikelihood() >= TRUTH.logLikelihood(X), "the maximum beats the truth");
  }

  @Test
  void theLikelihoodIsStationary() {
    LinearGaussian best = PCA.model();
    double h = 1e-5;
    // Central differences err by h² = 1e-10 times third derivatives of order 100.
    for (int i = 0; i < 6; i++) {
      for (int k = 0; k < 2; k++) {
        assertEquals(0, slope(moved(best, i, k, h), moved(best, i, k, -h), h), 1e-7);
      }
    }
    LinearGaussian more = LinearGaussian.of(best.weights(), best.offset(), best.noise() + h);
    LinearGaussian less = LinearGaussian.of(best.weights(), best.offset(), best.noise() - h);
    assertEquals(0, slope(more, less, h), 1e-7);
    assertTrue(more.logLikelihood(X) < PCA.logLikelihood());
    assertTrue(less.logLikelihood(X) < PCA.logLikelihood());
  }

  private static LinearGaussian moved(LinearGaussian model, int i, int k, double by) {
    double[][] w = model.weights();
    w[i][k] += by;
    return LinearGaussian.of(w, model.offset(), model.noise());
  }

  private static double slope(LinearGaussian more, LinearGaussian less, double h) {
    return (more.logLikelihood(X) - less.logLikelihood(X)) / (2 * h);
  }

  @Test
  void eigenvectorsAndEigenvaluesOfAKnownMatrix() {
    // Two points on each of three axes: the covariance is diag(a²)/3.
    double[][] points = {{0, 3, 0}, {0, -3, 0}, {2, 0, 0}, {-2, 0, 0}, {0, 0, 1}, {0, 0, -1}};
    ProbabilisticPca pca = ProbabilisticPca.fit(points, 1);
    assertArrayEquals(new double[] {3, 4 / 3.0, 1 / 3.0}, pca.eigenvalues(), 1e-14);
    assertEquals(1, Math.abs(pca.directions()[1][0]), 1e-14);
    assertEquals(Math.sqrt(2.5 / 3), pca.model().noise(), 1e-14);
    assertEquals(Math.sqrt(3 - 2.5 / 3), Math.abs(pca.model().weights()[1][0]), 1e-14);
  }

  @Test
  void angleBetweenSubspaces() {
    double angle = 1e-7;
    double[][] a = {{1, 0}, {0, 1}, {0, 0}, {0, 0}};
    double[][] b = {{1, 0}, {0, Math.cos(angle)}, {0, 0}, {0, Math.sin(angle)}};
    // The arc cosine would answer with an error of 1e-8 here.
    assertEquals(angle, ProbabilisticPca.subspaceAngle(a, b), 1e-15);
    assertEquals(angle, ProbabilisticPca.subspaceAngle(b, a), 1e-15);
    // Another basis of the same space, not orthogonal.
    double[][] c = {{2, 1}, {1, -3}, {0, 0}, {0, 0}};
    assertEquals(0, ProbabilisticPca.subspaceAngle(a, c), 1e-15);
    double[][] across = {{1, 0}, {0, 0}, {0, 1}, {0, 0}};
    assertEquals(Math.PI / 2, ProbabilisticPca.subspaceAngle(a, across), 1e-15);
    assertEquals(0, ProbabilisticPca.subspaceAngle(PCA.model().weights(), PCA.directions()), 1e-14);
  }

  @Test
  void theSubspaceApproachesTheTruth() {
    // Angles shrink as 1/√500 = 0.045 times noise over signal, here below 1.
    double angle = ProbabilisticPca.subspaceAngle(PCA.model().weights(), TRUTH.weights());
    assertTrue(angle > 1e-4 && angle < 0.1, "" + angle);
  }

  @Test
  void refusesWhatHasNoMaximum() {
    LinearGaussianTest.message("from 1 to 5", () -> ProbabilisticPca.fit(X, 6));
    double[][] line = {{0, 0}, {1, 2}, {2, 4}, {-1, -2}};
    LinearGaussianTest.message("unbounded", () -> ProbabilisticPca.fit(line, 1));
    double[][] flat = {{1, 2}, {1, 2}, {1, 2}};
    LinearGaussianTest.message("depends", () -> ProbabilisticPca.subspaceAngle(flat, flat));
    LinearGaussianTest.message(
        "same shape", () -> ProbabilisticPca.subspaceAngle(flat, new double[2][2]));
  }
}
