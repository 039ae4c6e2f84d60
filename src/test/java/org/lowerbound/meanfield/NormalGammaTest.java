package org.lowerbound.meanfield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

class NormalGammaTest {
  /** Data of {@code n} rows: a fixed seed, mean 1.5, standard deviation 0.7. */
  private static double[] data(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] x = new double[n];
    Arrays.setAll(x, i -> 1.5 + 0.7 * random.nextGaussian());
    return x;
  }

  /** The composite Simpson rule over a rectangle of (μ, log τ), with the Jacobian τ. */
  private static double integrate(
      DoubleBinaryOperator f, double m, double width, double a, double b) {
    int n = 600;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
      double mu = m - width + 2 * width * i / n;
      double wi = i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2;
      for (int j = 0; j <= n; j++) {
        double tau = Math.exp(a + (b - a) * j / n);
        double wj = j == 0 || j == n ? 1 : j % 2 == 1 ? 4 : 2;
        sum += wi * wj * tau * f.applyAsDouble(mu, tau);
      }
    }
    return sum * (2 * width / n) * ((b - a) / n) / 9;
  }

  private static double logLikelihood(double[] x, double mu, double tau) {
    double sum = 0.5 * x.length * Math.log(tau / (2 * Math.PI));
    for (double value : x) {
      sum -= 0.5 * tau * (value - mu) * (value - mu);
    }
    return sum;
  }

  @Test
  void evidenceIsTheIntegralOfLikelihoodTimesPrior() {
    NormalGamma prior = new NormalGamma(0.3, 1.5, 2, 1.2);
    double[] x = data(12, 1);
    double integral =
        integrate(
            (mu, tau) -> Math.exp(logLikelihood(x, mu, tau) + prior.logDensity(mu, tau) + 15),
            1.3,
            3,
            -5,
            5);
    // Simpson with 600 steps across about 15 standard deviations: far below 1e-8.
    assertEquals(prior.logEvidence(x), Math.log(integral) - 15, 1e-8);
  }

  @Test
  void posteriorIsBayesRule() {
    NormalGamma prior = new NormalGamma(0.3, 1.5, 2, 1.2);
    double[] x = data(9, 2);
    NormalGamma posterior = prior.posterior(x);
    for (double mu = 0; mu < 3; mu += 0.7) {
      for (double tau = 0.2; tau < 5; tau += 0.9) {
        assertEquals(
            logLikelihood(x, mu, tau) + prior.logDensity(mu, tau) - prior.logEvidence(x),
            posterior.logDensity(mu, tau),
            1e-11);
      }
    }
  }

  @Test
  void boundIsItsIntegralForFactorsThatAreNotOptimal() {
    NormalGamma prior = new NormalGamma(0.3, 1.5, 2, 1.2);
    double[] x = data(6, 3);
    NormalGammaFactors q = new NormalGammaFactors(1.1, 0.18, 4.2, 2.9);
    double integral =
        integrate(
            (mu, tau) ->
                Math.exp(q.logDensity(mu, tau))
                    * (logLikelihood(x, mu, tau)
                        + prior.logDensity(mu, tau)
                        - q.logDensity(mu, tau)),
            1.1,
            5,
            -12,
            3.5);
    // The lower end exp(-12) cuts off about exp(-12 · 4.2) of the mass.
    assertEquals(q.bound(prior, x).total(), integral, 1e-8);
  }

  @Test
  void klPlusBoundIsTheLogEvidenceAlongTheWholeRun() {
    for (double a0 : new double[] {0.5, 1, 3}) {
      NormalGamma prior = new NormalGamma(0.2, 0.7, a0, 1.1);
      double[] x = data(20, 4);
      NormalGamma exact = prior.posterior(x);
      NormalGammaFactors q = NormalGammaFactors.first(prior, x, 20);
      for (int sweep = 0; sweep < 12; sweep++) {
        // Three computations that share no line: prior and data, posterior, normalisers.
        assertEquals(prior.logEvidence(x), q.bound(prior, x).total() + q.klTo(exact), 1e-10);
        q = q.sweep(prior, x);
      }
    }
  }

  @Test
  void fixedPointAndVarianceRatiosInClosedForm() {
    for (int n : new int[] {3, 20, 250}) {
      for (double a0 : new double[] {0.6, 1, 4.5}) {
        NormalGamma prior = new NormalGamma(-0.4, 2, a0, 0.9);
        double[] x = data(n, n);
        NormalGamma exact = prior.posterior(x);
        Ascent<NormalGammaFactors> run = NormalGammaFactors.fit(prior, x, 1);
        NormalGammaFactors q = run.factors();
        assertTrue(run.converged());
        // Round-off: the bound is a sum of terms of size up to 400 nats here.
        assertTrue(run.largestDecrease() < 1e-10, run.toString());
        assertEquals(1, q.rate() / (exact.rate() * 2 * q.shape() / (2 * q.shape() - 1)), 1e-12);
        assertEquals(exact.expectedPrecision(), q.expectedPrecision(), 1e-12);
        assertEquals(
            (2 * a0 + n) / (2 * a0 + n + 1),
            q.precisionVariance() / exact.precisionVariance(),
            1e-12);
        assertEquals(
            (2 * a0 + n - 2) / (2 * a0 + n), q.meanVariance() / exact.meanVariance(), 1e-12);
        assertEquals(NormalGammaFactors.fixedPoint(prior, x).rate(), q.rate(), 1e-12);
        assertEquals(NormalGammaFactors.fixedPoint(prior, x).variance(), q.variance(), 1e-12);
      }
    }
  }

  @Test
  void everyFactorIsAStationaryPointOfTheBound() {
    NormalGamma prior = new NormalGamma(-0.4, 2, 1.5, 0.9);
    double[] x = data(15, 7);
    NormalGammaFactors q = NormalGammaFactors.fit(prior, x, 1).factors();
    double h = 1e-5;
    double[] p = {q.mean(), q.variance(), q.shape(), q.rate()};
    for (int i = 0; i < 4; i++) {
      double[] up = p.clone();
      double[] down = p.clone();
      up[i] *= 1 + h;
      down[i] *= 1 - h;
      double above = new NormalGammaFactors(up[0], up[1], up[2], up[3]).bound(prior, x).total();
      double below =
          new NormalGammaFactors(down[0], down[1], down[2], down[3]).bound(prior, x).total();
      double here = q.bound(prior, x).total();
      // Relative central differences: error of order h² plus round-off 1e-14/h.
      assertEquals(0, (above - below) / (2 * h), 1e-7, "parameter " + i);
      assertTrue(above < here + 1e-12 && below < here + 1e-12, "a maximum in parameter " + i);
    }
  }

  @Test
  void oneSweepAgreesWithAFreeFormFactorOnAGrid() {
    NormalGamma prior = new NormalGamma(0.3, 1.5, 2, 1.2);
    double[] x = data(8, 9);
    NormalGammaFactors q = NormalGammaFactors.fit(prior, x, 1).factors();
    int n = 400;
    double[] mu = new double[n];
    double[] tau = new double[n];
    double[][] logP = new double[n][n];
    for (int i = 0; i < n; i++) {
      mu[i] = q.mean() + (i - 0.5 * n) * 16 / n * Math.sqrt(q.meanVariance());
      for (int j = 0; j < n; j++) {
        tau[j] = 12 * q.expectedPrecision() * (j + 0.5) / n;
        logP[i][j] = logLikelihood(x, mu[i], tau[j]) + prior.logDensity(mu[i], tau[j]);
      }
    }
    GridFactors free = GridFactors.fit(logP, 1e-14, 100).factors();
    // No family was assumed on the grid; its variances are the derived ones up to the grid's error.
    assertEquals(1, GridFactors.variance(free.first(), mu) / q.meanVariance(), 1e-4);
    assertEquals(1, GridFactors.variance(free.second(), tau) / q.precisionVariance(), 1e-3);
  }

  @Test
  void badInputIsNamed() {
    NormalGamma prior = new NormalGamma(0, 1, 1, 1);
    assertTrue(message(() -> prior.posterior()).contains("data are empty"));
    assertTrue(message(() -> NormalGammaFactors.fit(prior, new double[0], 1)).contains("empty"));
    assertTrue(message(() -> prior.posterior(1, Double.NaN)).contains("Observation 1 is NaN"));
    assertTrue(message(() -> new NormalGamma(0, 0, 1, 1)).contains("kappa must be a positive"));
    assertTrue(message(() -> new NormalGamma(0, 1, -1, 1)).contains("shape"));
    assertTrue(message(() -> new NormalGamma(0, 1, 1, Double.NaN)).contains("rate"));
    assertTrue(
        message(() -> NormalGammaFactors.fit(prior, new double[] {1}, 0)).contains("E[tau]"));
    assertThrows(IllegalStateException.class, () -> new NormalGamma(0, 1, 1, 1).meanVariance());
  }

  static String message(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
