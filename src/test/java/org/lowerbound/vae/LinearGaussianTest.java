package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LinearGaussianTest {
  private static final double[][] W = {{1.2, -0.4}, {0.3, 0.8}, {-0.7, 0.5}};
  private static final LinearGaussian MODEL =
      LinearGaussian.of(W, new double[] {0.5, -1, 0.2}, 0.6);
  private static final double[] X = {1.1, -0.3, 0.9};

  /** A model and an observation of random size, for identities that hold whatever they are. */
  static LinearGaussian random(int features, int latents, RandomGenerator random) {
    double[][] w = new double[features][latents];
    double[] b = new double[features];
    for (int i = 0; i < features; i++) {
      b[i] = random.nextGaussian();
      for (int k = 0; k < latents; k++) {
        w[i][k] = random.nextGaussian();
      }
    }
    return LinearGaussian.of(w, b, 0.2 + random.nextDouble());
  }

  static Gaussian randomGaussian(int dimensions, RandomGenerator random) {
    double[] mean = new double[dimensions];
    double[][] covariance = new double[dimensions][dimensions];
    for (int r = 0; r < 2 * dimensions; r++) {
      double[] v = new double[dimensions];
      for (int i = 0; i < dimensions; i++) {
        v[i] = random.nextGaussian();
        mean[i] = random.nextGaussian();
      }
      for (int i = 0; i < dimensions; i++) {
        for (int j = 0; j < dimensions; j++) {
          covariance[i][j] += v[i] * v[j] / dimensions;
        }
      }
    }
    return Gaussian.of(mean, covariance);
  }

  @Test
  void logLikelihoodIsTheIntegralOverTheLatents() {
    double sum = 0;
    double h = 0.05;
    for (double z1 = -9; z1 < 9; z1 += h) {
      for (double z2 = -9; z2 < 9; z2 += h) {
        double[] z = {z1, z2};
        sum +=
            h * h * Math.exp(MODEL.logLikelihoodGiven(z, X) + Gaussian.standard(2).logDensity(z));
      }
    }
    // The trapezoidal rule of a smooth integrand that vanishes at the border is exact to rounding.
    assertEquals(Math.log(sum), MODEL.logLikelihood(X), 1e-11);
  }

  @Test
  void posteriorIsJointOverEvidence() {
    for (double z1 = -1; z1 <= 1; z1 += 0.5) {
      double[] z = {z1, 0.3 - z1};
      // Bayes' rule; a dozen operations of size 10 each leave 1e-13.
      assertEquals(
          MODEL.logLikelihoodGiven(z, X)
              + Gaussian.standard(2).logDensity(z)
              - MODEL.logLikelihood(X),
          MODEL.posterior(X).logDensity(z),
          1e-12);
    }
  }

  @Test
  void boundAndDivergenceAddUpToTheLogLikelihood() {
    RandomGenerator random = new SplittableRandom(3);
    for (int trial = 0; trial < 50; trial++) {
      int latents = 1 + trial % 6;
      LinearGaussian model = random(latents + trial % 4, latents, random);
      double[] x = model.sample(1, random)[0];
      Gaussian q = randomGaussian(latents, random);
      // Both sides are computed by different matrices; values reach 1e4, so 1e-10 is 1e-14 of them.
      assertEquals(
          model.logLikelihood(x), model.bound(x, q).value() + model.gap(x, q), 1e-10, "" + model);
      assertTrue(model.gap(x, q) > 0);
      Gaussian exact = model.posterior(x);
      assertEquals(model.logLikelihood(x), model.bound(x, exact).value(), 1e-10);
      assertEquals(0, model.gap(x, exact), 1e-10);
    }
  }

  @Test
  void boundIsItsExpectation() {
    Gaussian q = Gaussian.of(new double[] {0.4, -0.2}, new double[][] {{0.3, 0.1}, {0.1, 0.2}});
    RandomGenerator random = new SplittableRandom(1);
    int n = 200_000;
    double reconstruction = 0;
    double kl = 0;
    for (int i = 0; i < n; i++) {
      double[] z = q.sample(random);
      reconstruction += MODEL.logLikelihoodGiven(z, X) / n;
      kl += (q.logDensity(z) - Gaussian.standard(2).logDensity(z)) / n;
    }
    // Standard deviations of a single term are about 2 and 1: five standard errors.
    assertEquals(reconstruction, MODEL.bound(X, q).reconstruction(), 0.025);
    assertEquals(kl, MODEL.bound(X, q).kl(), 0.012);
  }

  @Test
  void bestFactorisedIsAMaximumOfTheBound() {
    Gaussian best = MODEL.bestFactorised(X);
    double most = MODEL.bound(X, best).value();
    assertTrue(most < MODEL.logLikelihood(X) - 1e-3, "the posterior is correlated");
    for (int j = 0; j < 2; j++) {
      for (double by : new double[] {-1e-3, 1e-3}) {
        double[] mean = best.mean();
        mean[j] += by;
        assertTrue(MODEL.bound(X, Gaussian.diagonal(mean, best.sd())).value() < most);
        double[] sd = best.sd();
        sd[j] *= 1 + by;
        assertTrue(MODEL.bound(X, Gaussian.diagonal(best.mean(), sd)).value() < most);
      }
    }
  }

  @Test
  void samplesHaveTheMarginalMoments() {
    int n = 200_000;
    double[][] x = MODEL.sample(n, new SplittableRandom(2));
    double[] mean = new double[3];
    double[][] second = new double[3][3];
    for (double[] row : x) {
      for (int i = 0; i < 3; i++) {
        mean[i] += row[i] / n;
        for (int j = 0; j < 3; j++) {
          second[i][j] += (row[i] - MODEL.offset()[i]) * (row[j] - MODEL.offset()[j]) / n;
        }
      }
    }
    // Variances are at most 2: five standard errors, √(2/n) and √(2·2²/n).
    assertArrayEquals(MODEL.offset(), mean, 0.016);
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(MODEL.covariance()[i], second[i], 0.032);
    }
  }

  @Test
  void divergenceOfDiagonalNormalsIsASumOverCoordinates() {
    double[] m = {0.7, -1.1};
    double[] sd = {0.4, 1.3};
    double expected = 0;
    for (int j = 0; j < 2; j++) {
      // Kingma and Welling 2014, appendix B.
      expected += 0.5 * (m[j] * m[j] + sd[j] * sd[j] - 1 - Math.log(sd[j] * sd[j]));
    }
    assertEquals(expected, Gaussian.diagonal(m, sd).kl(Gaussian.standard(2)), 1e-14);
  }

  @Test
  void averagesOverRows() {
    double[][] rows = {X, {0, 0, 0}};
    assertEquals(
        (MODEL.logLikelihood(rows[0]) + MODEL.logLikelihood(rows[1])) / 2,
        MODEL.logLikelihood(rows),
        1e-13);
  }

  @Test
  void refusesWhatDoesNotFit() {
    double[] b = {0, 0, 0};
    message("noise", () -> LinearGaussian.of(W, b, 0));
    message("offset", () -> LinearGaussian.of(W, new double[2], 1));
    message("unequal", () -> LinearGaussian.of(new double[][] {{1, 2}, {1}}, new double[2], 1));
    message("3 features", () -> MODEL.logLikelihood(new double[2]));
    message("2 latents", () -> MODEL.bound(X, Gaussian.standard(3)));
    message("2 latents", () -> MODEL.decode(new double[1]));
    message("no rows", () -> MODEL.logLikelihood(new double[0][]));
    message("positive", () -> Gaussian.diagonal(b, new double[] {1, 0, 1}));
    message("positive definite", () -> Gaussian.of(new double[2], new double[][] {{1, 2}, {2, 1}}));
    message("symmetric", () -> Gaussian.of(new double[2], new double[][] {{1, 0.2}, {0.1, 1}}));
  }

  static void message(String part, org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }
}
