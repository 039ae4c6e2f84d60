package org.lowerbound.meanfield;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.LogGamma;
import org.junit.jupiter.api.Test;
import org.lowerbound.numerics.Matrices;

class VariationalMixtureTest {
  /** Two clusters in the plane, {@code separation} apart along the first axis. */
  static double[][] clusters(int rows, double separation, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] x = new double[rows][2];
    for (int n = 0; n < rows; n++) {
      double side = n % 3 == 0 ? -1 : 1;
      x[n][0] = 0.5 * separation * side + 0.5 * random.nextGaussian();
      x[n][1] = 0.3 * x[n][0] + 0.5 * random.nextGaussian();
    }
    return x;
  }

  private static final MixturePrior PRIOR =
      new MixturePrior(
          0.7,
          NormalWishart.of(
              new double[] {0.1, -0.2}, 0.8, new double[][] {{1, 0.2}, {0.2, 0.7}}, 3.5));

  @Test
  void oneComponentIsExact() {
    double[][] x = clusters(25, 2, 1);
    double[][] r = new double[25][1];
    for (double[] row : r) {
      row[0] = 1;
    }
    VariationalMixture q = VariationalMixture.given(PRIOR, x, r);
    double[] ones = new double[25];
    Arrays.fill(ones, 1);
    // With K = 1 the family holds the posterior, so the bound is the evidence.
    assertEquals(PRIOR.component().logEvidence(x, ones), q.bound(x).total(), 1e-10);
  }

  @Test
  void normalWishartInOneDimensionIsNormalGamma() {
    double[] x = {0.4, 1.9, -0.3, 1.1};
    double[][] rows = {{0.4}, {1.9}, {-0.3}, {1.1}};
    NormalGamma gamma = new NormalGamma(0.2, 1.3, 2.1, 0.9);
    NormalWishart wishart =
        NormalWishart.of(new double[] {0.2}, 1.3, new double[][] {{1 / (2 * 0.9)}}, 4.2);
    double[] ones = {1, 1, 1, 1};
    assertEquals(gamma.logEvidence(x), wishart.logEvidence(rows, ones), 1e-12);
    NormalWishart posterior = wishart.posterior(rows, ones);
    assertEquals(gamma.posterior(x).rate(), 1 / (2 * posterior.scale()[0][0]), 1e-12);
    assertEquals(
        gamma.posterior(x).expectedLogPrecision(), posterior.expectedLogDeterminant(), 1e-12);
    assertEquals(gamma.posterior(x).meanVariance(), posterior.meanCovariance()[0][0], 1e-12);
    assertEquals(
        gamma.logDensity(0.5, 1.4),
        wishart.logDensity(new double[] {0.5}, new double[][] {{1.4}}),
        1e-12);
  }

  @Test
  void evidenceOfRowsIsTheProductOfPredictives() {
    double[][] x = clusters(9, 2, 2);
    double sum = 0;
    double[] seen = new double[9];
    for (int n = 0; n < 9; n++) {
      sum += PRIOR.component().posterior(x, seen).logPredictive(x[n]);
      seen[n] = 1;
    }
    assertEquals(PRIOR.component().logEvidence(x, seen), sum, 1e-10);
  }

  /** A sum over a fine grid of an expectation under a density given by its logarithm. */
  private static double expectation(
      DoubleUnaryOperator logDensity, DoubleUnaryOperator f, double from, double to) {
    int n = 200_000;
    double h = (to - from) / n;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double u = from + (i + 0.5) * h;
      sum += h * Math.exp(logDensity.applyAsDouble(u)) * f.applyAsDouble(u);
    }
    return sum;
  }

  @Test
  void boundIsItsIntegralForFactorsThatAreNotOptimal() {
    // One dimension, two components, arbitrary factors: every expectation is a one-dimensional
    // integral
    // over π ~ Beta, Λ ~ Gamma(ν/2, 1/(2W)) or μ given Λ, whose integrand in μ is quadratic.
    MixturePrior prior =
        new MixturePrior(1.3, NormalWishart.of(new double[] {0.2}, 0.9, new double[][] {{0.8}}, 3));
    double[][] x = {{-0.9}, {0.3}, {1.4}};
    double[][] r = {{0.8, 0.2}, {0.5, 0.5}, {0.1, 0.9}};
    double[] alpha = {2.4, 3.1};
    double[] m = {-0.5, 0.9};
    double[] beta = {2.2, 1.7};
    double[] w = {0.5, 0.9};
    double[] nu = {6.5, 8};
    NormalWishart[] factors = new NormalWishart[2];
    for (int k = 0; k < 2; k++) {
      factors[k] = NormalWishart.of(new double[] {m[k]}, beta[k], new double[][] {{w[k]}}, nu[k]);
    }
    double expected = 0;
    DoubleUnaryOperator beta1 =
        p ->
            (alpha[0] - 1) * Math.log(p)
                + (alpha[1] - 1) * Math.log1p(-p)
                + LogGamma.value(alpha[0] + alpha[1])
                - LogGamma.value(alpha[0])
                - LogGamma.value(alpha[1]);
    double n1 = 0.8 + 0.5 + 0.1;
    double n2 = 3 - n1;
    expected +=
        expectation(
            beta1,
            p ->
                n1 * Math.log(p)
                    + n2 * Math.log1p(-p)
                    + LogGamma.value(2.6)
                    - 2 * LogGamma.value(1.3)
                    + 0.3 * (Math.log(p) + Math.log1p(-p))
                    - beta1.applyAsDouble(p),
            0,
            1);
    for (double[] row : r) {
      expected -= row[0] * Math.log(row[0]) + row[1] * Math.log(row[1]);
    }
    for (int k = 0; k < 2; k++) {
      int c = k;
      double a = nu[c] / 2;
      double b = 1 / (2 * w[c]);
      DoubleUnaryOperator gamma =
          t -> a * Math.log(b) - LogGamma.value(a) + (a - 1) * Math.log(t) - b * t;
      double a0 = 1.5;
      double b0 = 1 / 1.6;
      expected +=
          expectation(
              gamma,
              t -> {
                double value =
                    a0 * Math.log(b0) - LogGamma.value(a0) + (a0 - 1) * Math.log(t) - b0 * t;
                value -= gamma.applyAsDouble(t);
                // μ given Λ = t is N(m, 1/(βt)): E[(μ − c)²] = (m − c)² + 1/(βt).
                double spread = 1 / (beta[c] * t);
                value +=
                    0.5 * Math.log(0.9 * t / (2 * Math.PI))
                        - 0.45 * t * ((m[c] - 0.2) * (m[c] - 0.2) + spread);
                value += 0.5 * Math.log(2 * Math.PI * Math.E * spread);
                for (int n = 0; n < 3; n++) {
                  value +=
                      r[n][c]
                          * (0.5 * Math.log(t / (2 * Math.PI))
                              - 0.5 * t * ((x[n][0] - m[c]) * (x[n][0] - m[c]) + spread));
                }
                return value;
              },
              1e-12,
              80);
    }
    VariationalMixture q = VariationalMixture.of(prior, alpha, factors, r);
    // The midpoint rule with 200 000 cells; the integrands behave like sqrt at the ends at worst.
    assertEquals(expected, q.bound(x).total(), 1e-6);
  }

  @Test
  void neitherHalfOfASweepLowersTheBound() {
    double[][] x = clusters(60, 2.5, 3);
    SplittableRandom random = new SplittableRandom(4);
    for (int run = 0; run < 5; run++) {
      VariationalMixture q =
          VariationalMixture.given(PRIOR, x, VariationalMixture.start(x, 4, random));
      double before = q.bound(x).total();
      for (int sweep = 0; sweep < 40; sweep++) {
        VariationalMixture half = q.assign(x);
        double middle = half.bound(x).total();
        q = VariationalMixture.given(PRIOR, x, half.responsibilities());
        double after = q.bound(x).total();
        assertTrue(middle >= before - 1e-10 && after >= middle - 1e-10, "sweep " + sweep);
        before = after;
      }
    }
  }

  @Test
  void everyUpdateIsAStationaryPointOfTheBound() {
    double[][] x = clusters(30, 1.5, 5);
    VariationalMixture q =
        VariationalMixture.fit(
                PRIOR, x, VariationalMixture.start(x, 2, new SplittableRandom(6)), 1e-15, 5000)
            .factors();
    // The bound is flat at its top: it stands still long before the parameters do.
    for (int sweep = 0; sweep < 500; sweep++) {
      q = q.sweep(x);
    }
    int parameters = 2 + 2 * (2 + 1 + 3 + 1) + 30;
    double[] zero = new double[parameters];
    double here = nudged(q, zero).bound(x).total();
    for (int i = 0; i < parameters; i++) {
      double[] step = new double[parameters];
      step[i] = 2e-6;
      double above = nudged(q, step).bound(x).total();
      step[i] = -2e-6;
      double below = nudged(q, step).bound(x).total();
      // Central differences: error of order h² = 1e-10 times third derivatives, round-off
      // 1e-13/1e-5.
      assertEquals(0, (above - below) / 4e-6, 1e-6, "parameter " + i);
      assertTrue(above <= here + 1e-11 && below <= here + 1e-11, "not a maximum in " + i);
    }
  }

  /** The factors with each of their parameters moved by an entry of {@code step}. */
  private static VariationalMixture nudged(VariationalMixture q, double[] step) {
    int at = 0;
    double[] alpha = q.alpha();
    NormalWishart[] factors = new NormalWishart[2];
    for (int k = 0; k < 2; k++) {
      alpha[k] += step[at++];
      NormalWishart c = q.component(k);
      double[] m = c.mean();
      m[0] += step[at++];
      m[1] += step[at++];
      double[][] w = c.scale();
      w[0][0] += step[at++];
      w[1][1] += step[at++];
      w[0][1] += step[at];
      w[1][0] += step[at++];
      factors[k] = NormalWishart.of(m, c.beta() + step[at++], w, c.dof() + step[at++]);
    }
    double[][] r = q.responsibilities();
    for (double[] row : r) {
      // Along the simplex: the odds of the row are multiplied by exp(step).
      double odds = row[0] / row[1] * Math.exp(step[at++]);
      row[0] = odds / (1 + odds);
      row[1] = 1 / (1 + odds);
    }
    return VariationalMixture.of(q.prior(), alpha, factors, r);
  }

  @Test
  void boundLiesBelowTheSumOverAllAssignments() {
    double[][] x = clusters(10, 3, 7);
    EnumeratedMixture exact = EnumeratedMixture.of(PRIOR, x, 2);
    Ascent<VariationalMixture> run =
        VariationalMixture.best(PRIOR, x, 2, 10, new SplittableRandom(8));
    double gap = exact.logEvidence() - run.bound();
    // One of two mirror-image modes is found, which costs up to log 2; the rest is lost
    // correlation.
    assertTrue(gap > 0 && gap < 3, "gap " + gap);
  }

  @Test
  void symmetricStartNeverLeavesTheSymmetry() {
    double[][] x = clusters(40, 4, 9);
    double[][] r = new double[40][2];
    for (double[] row : r) {
      Arrays.fill(row, 0.5);
    }
    VariationalMixture q = VariationalMixture.given(PRIOR, x, r);
    for (int sweep = 0; sweep < 50; sweep++) {
      q = q.sweep(x);
    }
    for (double[] row : q.responsibilities()) {
      assertEquals(0.5, row[0], 0);
    }
  }

  @Test
  void renumberedComponentsHaveTheSameBound() {
    double[][] x = clusters(40, 3, 10);
    VariationalMixture q =
        VariationalMixture.best(PRIOR, x, 3, 2, new SplittableRandom(1)).factors();
    VariationalMixture ordered = q.ordered();
    assertEquals(q.bound(x).total(), ordered.bound(x).total(), 1e-10);
    assertTrue(ordered.component(0).mean()[0] <= ordered.component(1).mean()[0]);
    assertArrayEquals(q.expectedMeanOf(3), ordered.expectedMeanOf(3), 1e-12);
    assertEquals(q.logPredictive(0.3, 0.1), ordered.logPredictive(0.3, 0.1), 1e-12);
  }

  @Test
  void predictiveDensityIntegratesToOne() {
    double[][] x = clusters(40, 3, 11);
    VariationalMixture q =
        VariationalMixture.best(PRIOR, x, 2, 2, new SplittableRandom(1)).factors();
    double sum = 0;
    double h = 0.1;
    for (double u = -25; u < 25; u += h) {
      for (double v = -25; v < 25; v += h) {
        sum += h * h * Math.exp(q.logPredictive(u, v));
      }
    }
    // Student tails with at least 15 degrees of freedom beyond 25: below 1e-8.
    assertEquals(1, sum, 1e-6);
  }

  @Test
  void startsAreHardAndUseEverySeed() {
    double[][] x = clusters(40, 3, 12);
    double[][] r = VariationalMixture.start(x, 4, new SplittableRandom(2));
    double[] counts = new double[4];
    for (double[] row : r) {
      assertEquals(1, Arrays.stream(row).sum(), 0);
      for (int k = 0; k < 4; k++) {
        counts[k] += row[k];
      }
    }
    assertTrue(Arrays.stream(counts).allMatch(c -> c >= 1), Arrays.toString(counts));
    // Rows that are all alike leave nothing to choose: the remaining seeds get no rows, and nothing
    // fails.
    double[][] same = {{1, 1}, {1, 1}, {1, 1}};
    assertEquals(3, VariationalMixture.start(same, 3, new SplittableRandom(3)).length);
    assertTrue(
        Double.isFinite(
            VariationalMixture.best(PRIOR, same, 3, 2, new SplittableRandom(3)).bound()));
  }

  @Test
  void badInputIsNamed() {
    double[][] x = clusters(5, 3, 13);
    double[][] r = VariationalMixture.start(x, 2, new SplittableRandom(1));
    assertTrue(
        NormalGammaTest.message(() -> new MixturePrior(-1, PRIOR.component()))
            .contains("concentration alpha must be a positive"));
    assertTrue(
        NormalGammaTest.message(() -> VariationalMixture.fit(PRIOR, new double[0][], r, 1e-6, 10))
            .contains("data are empty"));
    assertTrue(
        NormalGammaTest.message(
                () -> VariationalMixture.start(new double[0][], 2, new SplittableRandom(1)))
            .contains("data are empty"));
    x[3][1] = Double.NaN;
    assertTrue(
        NormalGammaTest.message(() -> VariationalMixture.fit(PRIOR, x, r, 1e-6, 10))
            .contains("Row 3 of the data is"));
    assertTrue(
        NormalGammaTest.message(
                () -> VariationalMixture.fit(PRIOR, new double[][] {{1, 2, 3}}, r, 1e-6, 10))
            .contains("[rows, 2]"));
    assertTrue(
        NormalGammaTest.message(
                () -> NormalWishart.of(new double[] {0, 0}, 1, new double[][] {{-1, 0}, {0, 1}}, 3))
            .contains("not positive definite"));
    assertTrue(
        NormalGammaTest.message(
                () -> NormalWishart.of(new double[] {0, 0}, 1, Matrices.diagonal(1, 1), 1))
            .contains("degrees of freedom nu must exceed D - 1 = 1"));
    assertTrue(
        NormalGammaTest.message(
                () ->
                    VariationalMixture.given(PRIOR, clusters(1, 1, 1), new double[][] {{0.7, 0.7}}))
            .contains("sum to 1"));
    assertTrue(
        NormalGammaTest.message(
                () -> VariationalMixture.start(clusters(5, 1, 1), 0, new SplittableRandom(1)))
            .contains("must be at least 1, but it is 0"));
  }
}
