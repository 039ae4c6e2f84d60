package org.lowerbound.evaluation;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.TDistribution;
import org.lowerbound.numerics.Checks;

/**
 * Two methods on the same rows, or with the same seeds: the differences d_i = a_i − b_i, whose
 * spread lacks what both have in common.
 *
 * <p>Var(ā − b̄) = (σ_a² + σ_b² − 2ρσ_aσ_b)/n, against (σ_a² + σ_b²)/n of two unrelated samples: a
 * hard row is hard for both, ρ is near 1, and the pairing saves most of the work.
 */
public final class Paired {

  private static final int ENUMERATED = 16;

  private final double[] a;
  private final double[] b;
  private final double[] difference;

  private Paired(double[] a, double[] b) {
    this.a = a;
    this.b = b;
    difference = new double[a.length];
    Arrays.setAll(difference, i -> a[i] - b[i]);
  }

  /**
   * The values of both methods, row by row.
   *
   * @throws IllegalArgumentException if they are not pairs of finite numbers, at least two
   */
  public static Paired of(double[] a, double[] b) {
    Checks.require(
        a != null && b != null && a.length == b.length && a.length >= 2,
        "A paired comparison needs the same rows of both methods, at least two: there are %d and"
            + " %d.",
        a == null ? 0 : a.length,
        b == null ? 0 : b.length);
    for (int i = 0; i < a.length; i++) {
      Checks.require(
          Double.isFinite(a[i]) && Double.isFinite(b[i]),
          "Pair %d is %s and %s; both must be finite.",
          i,
          a[i],
          b[i]);
    }
    return new Paired(a.clone(), b.clone());
  }

  /** The number of pairs. */
  public int size() {
    return a.length;
  }

  /** The mean of a − b. */
  public double mean() {
    return Arrays.stream(difference).average().orElseThrow();
  }

  /** The standard error of {@link #mean}, from the differences. */
  public double standardError() {
    return Math.sqrt(variance(difference) / size());
  }

  /** What the standard error would be if the pairing were forgotten. */
  public double unpairedError() {
    return Math.sqrt((variance(a) + variance(b)) / size());
  }

  /** ρ, the correlation of a and b; 0 where one of them is constant. */
  public double correlation() {
    double scale = 2 * Math.sqrt(variance(a) * variance(b));
    return scale == 0 ? 0 : (variance(a) + variance(b) - variance(difference)) / scale;
  }

  private static double variance(double[] x) {
    double mean = Arrays.stream(x).average().orElseThrow();
    return Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / (x.length - 1);
  }

  /**
   * Student's interval for the mean difference.
   *
   * @param level in (0, 1)
   * @return {@code {lower, upper}}
   */
  public double[] interval(double level) {
    Checks.require(level > 0 && level < 1, "The level must lie in (0, 1), not %s.", level);
    double reach =
        TDistribution.of(size() - 1).inverseCumulativeProbability((1 + level) / 2)
            * standardError();
    return new double[] {mean() - reach, mean() + reach};
  }

  /** The two-sided p-value of Student's t test; 1 where all differences are 0. */
  public double tTest() {
    if (standardError() == 0) {
      return mean() == 0 ? 1 : 0;
    }
    double t = Math.abs(mean()) / standardError();
    return 2 * TDistribution.of(size() - 1).survivalProbability(t);
  }

  /**
   * The two-sided p-value of Fisher's permutation test: if neither method is better, the sign of
   * each difference is a fair coin. All 2^n signs for n ≤ 16, else {@code draws} random ones (and
   * the observed one, so that it is never 0).
   */
  public double signFlips(int draws, long seed) {
    int n = size();
    double observed = Math.abs(Arrays.stream(difference).sum());
    double slack = 1e-12 * Arrays.stream(difference).map(Math::abs).sum();
    if (n <= ENUMERATED) {
      int as = 0;
      for (int signs = 0; signs < 1 << n; signs++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += (signs >> i & 1) == 1 ? -difference[i] : difference[i];
        }
        as += Math.abs(sum) >= observed - slack ? 1 : 0;
      }
      return as / (double) (1 << n);
    }
    Checks.atLeast(100, "the number of random signs", draws);
    SplittableRandom random = new SplittableRandom(seed);
    int as = 1;
    for (int r = 0; r < draws; r++) {
      double sum = 0;
      for (double d : difference) {
        sum += random.nextBoolean() ? d : -d;
      }
      as += Math.abs(sum) >= observed - slack ? 1 : 0;
    }
    return as / (draws + 1.0);
  }

  /**
   * The two-sided p-value of the exact sign test; for values 0 and 1 (wrong and right) it is
   * McNemar's test: of the rows on which the methods differ, each is a fair coin.
   */
  public double signTest() {
    int better = (int) Arrays.stream(difference).filter(d -> d > 0).count();
    int worse = (int) Arrays.stream(difference).filter(d -> d < 0).count();
    if (better == worse) {
      return 1;
    }
    BinomialDistribution coins = BinomialDistribution.of(better + worse, 0.5);
    return Math.min(1, 2 * coins.cumulativeProbability(Math.min(better, worse)));
  }

  @Override
  public String toString() {
    double[] ends = interval(0.95);
    return String.format(
        Locale.ROOT,
        "%d pairs: mean difference %.4g, 95 %% [%.4g, %.4g], correlation %.3f",
        size(),
        mean(),
        ends[0],
        ends[1],
        correlation());
  }
}
