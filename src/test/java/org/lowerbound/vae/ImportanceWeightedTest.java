package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ImportanceWeightedTest {
  /** Two features of one latent: posterior variance 1/(1 + (1 + 0.25)/0.09) = 0.067. */
  private static final LinearGaussian MODEL =
      LinearGaussian.of(new double[][] {{1}, {-0.5}}, new double[] {0.1, 0.2}, 0.3);

  private static final double[] X = {0.9, 0.3};

  /** q with its mean so many posterior deviations away, and so many times as wide. */
  private static Gaussian q(double shift, double ratio) {
    Gaussian p = MODEL.posterior(X);
    double sd = p.sd()[0];
    return Gaussian.diagonal(new double[] {p.mean()[0] + shift * sd}, new double[] {ratio * sd});
  }

  private static ImportanceWeighted weights(double shift, double ratio) {
    return ImportanceWeighted.of(MODEL, X, q(shift, ratio));
  }

  @Test
  void oneSampleIsTheBoundInClosedForm() {
    for (double shift : new double[] {0, 0.5, -2, 5}) {
      for (double ratio : new double[] {0.5, 0.9, 1, 2, 4, 12}) {
        double bound = MODEL.bound(X, q(shift, ratio)).value();
        assertEquals(
            bound,
            weights(shift, ratio).bound(1),
            1e-11 * (1 + Math.abs(bound)),
            shift + " " + ratio);
      }
    }
    Gaussian prior = Gaussian.standard(1);
    assertEquals(
        MODEL.bound(X, prior).value(), ImportanceWeighted.of(MODEL, X, prior).bound(1), 1e-10);
  }

  @Test
  void twoSamplesAreADoubleIntegral() {
    double shift = 0.8;
    double ratio = 1.7;
    Gaussian q = q(shift, ratio);
    Gaussian p = MODEL.posterior(X);
    double h = 0.04;
    int half = 225;
    double[] r = new double[2 * half + 1];
    double[] mass = new double[2 * half + 1];
    for (int i = 0; i < r.length; i++) {
      double e = (i - half) * h;
      double[] z = {q.mean()[0] + q.sd()[0] * e};
      r[i] = Math.exp(p.logDensity(z) - q.logDensity(z));
      mass[i] = h * Math.exp(-0.5 * e * e) / Math.sqrt(2 * Math.PI);
    }
    double sum = 0;
    for (int i = 0; i < r.length; i++) {
      for (int j = 0; j < r.length; j++) {
        sum += mass[i] * mass[j] * Math.log((r[i] + r[j]) / 2);
      }
    }
    // Cut at 9 deviations, where log r is about −100 and the mass 1e-18.
    assertEquals(MODEL.logLikelihood(X) + sum, weights(shift, ratio).bound(2), 1e-11);
  }

  @Test
  void simulationAgrees() {
    ImportanceWeighted weights = weights(1, 2);
    RandomGenerator random = new SplittableRandom(8);
    for (int k : new int[] {5, 50}) {
      int n = 400_000 / k;
      double mean = 0;
      double square = 0;
      for (int i = 0; i < n; i++) {
        double draw = weights.estimate(k, random) - weights.logLikelihood();
        mean += draw / n;
        square += draw * draw / n;
      }
      double error = Math.sqrt((square - mean * mean) / n);
      assertTrue(error < 0.01, "" + error);
      assertEquals(weights.logLikelihood() + mean, weights.bound(k), 4 * error);
    }
  }

  @Test
  void boundsRiseTowardsTheLogLikelihood() {
    for (double ratio : new double[] {0.6, 1.5, 8}) {
      ImportanceWeighted weights = weights(0.7, ratio);
      double previous = Double.NEGATIVE_INFINITY;
      for (int k = 1; k <= 4096; k *= 2) {
        double bound = weights.bound(k);
        assertTrue(bound > previous && bound < weights.logLikelihood(), k + ": " + bound);
        previous = bound;
      }
    }
    // With the posterior as q every weight is p(x).
    assertEquals(MODEL.logLikelihood(X), weights(0, 1).bound(1), 1e-12);
    assertEquals(MODEL.logLikelihood(X), weights(0, 1).bound(7), 1e-12);
  }

  @Test
  void theGapFallsAsTheVarianceOverTwiceTheSamples() {
    ImportanceWeighted weights = weights(0.5, 1.8);
    double at1000 = weights.bound(1000) - weights.asymptote(1000);
    double at4000 = weights.bound(4000) - weights.asymptote(4000);
    double gap = weights.logLikelihood() - weights.bound(4000);
    assertTrue(Math.abs(at4000) < 1e-3 * gap, at4000 + " of " + gap);
    // What is left is of order 1/k²: a sixteenth at four times the samples, to a relative 1/k.
    assertEquals(16, at1000 / at4000, 0.1);
  }

  @Test
  void varianceOfTheWeightsIsItsIntegral() {
    for (double ratio : new double[] {0.8, 1, 2.5}) {
      Gaussian q = q(0.6, ratio);
      Gaussian p = MODEL.posterior(X);
      double h = 0.01 * p.sd()[0];
      double sum = 0;
      for (int i = -4000; i <= 4000; i++) {
        double[] z = {p.mean()[0] + i * h};
        sum += h * Math.exp(2 * p.logDensity(z) - q.logDensity(z));
      }
      assertEquals(sum - 1, weights(0.6, ratio).weightVariance(), 1e-10 * sum);
    }
    assertEquals(0, weights(0, 1).weightVariance(), 1e-12);
  }

  @Test
  void varianceIsInfiniteForANarrowProposal() {
    // Finite if and only if q's variance is more than half of the posterior's.
    assertTrue(weights(0, Math.sqrt(0.501)).weightVariance() < Double.POSITIVE_INFINITY);
    assertEquals(Double.POSITIVE_INFINITY, weights(0, Math.sqrt(0.499)).weightVariance());
    // The bound exists all the same.
    assertTrue(weights(0, 0.6).bound(10) < MODEL.logLikelihood(X));
  }

  @Test
  void varianceOfNaiveMonteCarloMultipliesOverDimensions() {
    double s = 0.5;
    double[] one = {1.1};
    double single =
        ImportanceWeighted.of(LinearGaussian.identity(1, s), one, Gaussian.standard(1))
            .weightVariance();
    // E p(x|z)² = N(x | 0, 1 + s²/2)/√(4πs²), since the square of a density of variance s² is a
    // multiple of one of variance s²/2.
    double second =
        Math.exp(-0.5 * 1.21 / (1 + s * s / 2))
            / Math.sqrt(2 * Math.PI * (1 + s * s / 2))
            / Math.sqrt(4 * Math.PI * s * s);
    double evidence = Math.exp(-0.5 * 1.21 / (1 + s * s)) / Math.sqrt(2 * Math.PI * (1 + s * s));
    assertEquals(second / (evidence * evidence) - 1, single, 1e-12);
    double triple =
        ImportanceWeighted.of(
                LinearGaussian.identity(3, s), new double[] {1.1, -1.1, 1.1}, Gaussian.standard(3))
            .weightVariance();
    assertEquals(Math.pow(1 + single, 3) - 1, triple, 1e-11);
  }

  @Test
  void weightsAreThoseOfTheDefinition() {
    Gaussian q = q(1, 2);
    ImportanceWeighted weights = ImportanceWeighted.of(MODEL, X, q);
    double[] z = q.sample(new SplittableRandom(4));
    // The estimate uses p(z | x)/q(z) p(x), the definition p(x | z) p(z)/q(z).
    assertEquals(weights.logWeight(z), weights.estimate(1, new SplittableRandom(4)), 1e-12);
  }

  @Test
  void refusesWhatItCannotDo() {
    Gaussian two = Gaussian.standard(2);
    LinearGaussian plane = LinearGaussian.identity(2, 1);
    LinearGaussianTest.message(
        "one latent", () -> ImportanceWeighted.of(plane, new double[2], two).bound(3));
    LinearGaussianTest.message("k is 0", () -> weights(0, 1).bound(0));
    LinearGaussianTest.message("too far", () -> weights(0, 0.05).bound(2));
    LinearGaussianTest.message("latents", () -> ImportanceWeighted.of(MODEL, X, two));
  }
}
