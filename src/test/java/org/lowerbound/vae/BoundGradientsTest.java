package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BoundGradientsTest {
  private static final RandomGenerator RANDOM = new SplittableRandom(6);
  private static final LinearGaussian MODEL = LinearGaussianTest.random(4, 3, RANDOM);
  private static final double[] X = MODEL.sample(1, RANDOM)[0];
  private static final double[] MEAN = {0.3, -0.4, 0.1};
  private static final double[] SD = {0.5, 0.3, 0.8};
  private static final BoundGradients GRADIENTS = BoundGradients.of(MODEL, X, MEAN, SD);

  @Test
  void exactGradientIsThatOfTheBound() {
    double h = 1e-5;
    for (int j = 0; j < 6; j++) {
      // Central differences of a value of order 10: h² and 1e-15/h.
      assertEquals((moved(j, h) - moved(j, -h)) / (2 * h), GRADIENTS.exact()[j], 1e-7);
    }
  }

  private static double moved(int j, double by) {
    double[] mean = MEAN.clone();
    double[] sd = SD.clone();
    if (j < 3) {
      mean[j] += by;
    } else {
      sd[j - 3] *= Math.exp(by);
    }
    return MODEL.bound(X, Gaussian.diagonal(mean, sd)).value();
  }

  @Test
  void bothEstimatorsAreUnbiasedAndTheirVariancesAreTheClosedForms() {
    double baseline = GRADIENTS.expectedLogJoint();
    check(random -> GRADIENTS.reparameterised(random), j -> GRADIENTS.reparameterisedVariance(j));
    check(random -> GRADIENTS.score(baseline, random), j -> GRADIENTS.scoreVariance(j, baseline));
    check(random -> GRADIENTS.score(0, random), j -> GRADIENTS.scoreVariance(j, 0));
  }

  private static void check(
      Function<RandomGenerator, double[]> estimator, Function<Integer, Double> variance) {
    int n = 300_000;
    RandomGenerator random = new SplittableRandom(7);
    double[] mean = new double[6];
    double[] second = new double[6];
    for (int i = 0; i < n; i++) {
      double[] g = estimator.apply(random);
      for (int j = 0; j < 6; j++) {
        mean[j] += g[j] / n;
        second[j] += g[j] * g[j] / n;
      }
    }
    double[] exact = GRADIENTS.exact();
    for (int j = 0; j < 6; j++) {
      double measured = second[j] - mean[j] * mean[j];
      assertEquals(exact[j], mean[j], 4.5 * Math.sqrt(measured / n), "derivative " + j);
      if (j < 3) {
        // The kurtosis of a product of normals stays below 50: a relative error of √(50/n).
        assertEquals(1, measured / variance.apply(j), 5 * Math.sqrt(50.0 / n), "variance " + j);
      }
    }
  }

  @Test
  void theBestBaselineIsAMinimumAndStillNoMatch() {
    for (int j = 0; j < 3; j++) {
      double best = GRADIENTS.bestBaseline(j);
      double least = GRADIENTS.scoreVariance(j, best);
      assertTrue(GRADIENTS.scoreVariance(j, best + 0.1) > least);
      assertTrue(GRADIENTS.scoreVariance(j, best - 0.1) > least);
      assertTrue(least >= 1.5 * GRADIENTS.reparameterisedVariance(j));
    }
    // Equality: one latent and q's mean at the posterior's, where the linear term vanishes.
    LinearGaussian line = LinearGaussian.identity(1, 0.5);
    double[] mean = line.posterior(new double[] {1}).mean();
    BoundGradients at = BoundGradients.of(line, new double[] {1}, mean, new double[] {0.3});
    assertEquals(
        1.5, at.scoreVariance(0, at.bestBaseline(0)) / at.reparameterisedVariance(0), 1e-12);
  }

  @Test
  void refusesWhatDoesNotFit() {
    LinearGaussianTest.message(
        "3 latents", () -> BoundGradients.of(MODEL, X, new double[2], new double[2]));
    LinearGaussianTest.message(
        "positive", () -> BoundGradients.of(MODEL, X, MEAN, new double[] {1, 0, 1}));
  }
}
