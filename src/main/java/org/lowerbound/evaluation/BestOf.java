package org.lowerbound.evaluation;

import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.StopButton;

/**
 * M_k = max(Z_1, …, Z_k) of independent standard normal numbers: what is reported when k runs that
 * are equally good have normal errors and the best of them is shown.
 *
 * <p>P(M_k ≤ z) = Φ(z)^k, hence the density k φ(z) Φ(z)^{k−1} and the optimism σ·E[M_k] of a report
 * whose errors have the deviation σ (Tippett 1925). If each two errors have the correlation ρ, Z_i
 * = √ρ C + √(1−ρ) E_i with a common C that no choice can change, so that E[max] = √(1−ρ) E[M_k].
 */
public final class BestOf {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  private static final double STEP = 0.005;
  private static final double LOWEST = -10;
  private static final double HIGHEST = 12;

  private BestOf() {}

  /**
   * The density of M_k.
   *
   * @param k at least 1
   */
  public static double density(int k, double z) {
    Checks.atLeast(1, "the number of runs", k);
    // Φ^{k−1} from the upper tail, which keeps its digits where Φ rounds to 1.
    double below = Math.log1p(-NORMAL.survivalProbability(z));
    // Far below, log Φ is −∞, and 0·(−∞) of a single run would be no number.
    double others = k == 1 ? 1 : Math.exp((k - 1) * below);
    return k * NORMAL.density(z) * others;
  }

  /**
   * E[M_k], by the trapezoidal rule on the density, which for a function that vanishes at both ends
   * is accurate to rounding.
   *
   * @param k at least 1
   */
  public static double expected(int k) {
    return moment(k, 1, 0);
  }

  /** The standard deviation of M_k. */
  public static double deviation(int k) {
    return Math.sqrt(moment(k, 2, expected(k)));
  }

  private static double moment(int k, int power, double centre) {
    double sum = 0;
    int steps = (int) Math.round((HIGHEST - LOWEST) / STEP);
    for (int i = 0; i <= steps; i++) {
      double z = LOWEST + i * STEP;
      sum += Math.pow(z - centre, power) * density(k, z) * STEP;
    }
    return sum;
  }

  /**
   * The expected largest of k standard normal numbers of which each two have the correlation ρ.
   *
   * @param correlation ρ in [0, 1]
   */
  public static double expected(int k, double correlation) {
    Checks.require(
        correlation >= 0 && correlation <= 1,
        "The correlation of the runs must lie in [0, 1], but it is %s.",
        correlation);
    return Math.sqrt(1 - correlation) * expected(k);
  }

  /** √(2 log k), the limit for k → ∞ that is often quoted; for small k it is far too large. */
  public static double asymptote(int k) {
    Checks.atLeast(1, "the number of runs", k);
    return Math.sqrt(2 * Math.log(k));
  }

  /**
   * Draws of M_k, made as a hurried reader makes them: k numbers, of which the largest is kept.
   *
   * @return {@code [trials]}
   */
  public static double[] simulate(int k, int trials, long seed) {
    Checks.atLeast(1, "the number of runs", k);
    Checks.atLeast(1, "the number of trials", trials);
    SplittableRandom random = new SplittableRandom(seed);
    double[] best = new double[trials];
    for (int t = 0; t < trials; t++) {
      if (t % 1000 == 0) {
        StopButton.poll();
      }
      best[t] = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < k; i++) {
        best[t] = Math.max(best[t], random.nextGaussian());
      }
    }
    return best;
  }

  /**
   * The probability that the best of {@code tries} runs of a method is better than the best of
   * {@code rivals} runs of another that is <em>exactly as good</em>: tries/(tries + rivals),
   * because each of all runs is equally likely to be the best one. No assumption on the errors is
   * needed except that they are exchangeable and without ties.
   */
  public static double winsThoughEqual(int tries, int rivals) {
    Checks.atLeast(1, "the number of tries", tries);
    Checks.atLeast(1, "the number of the rival's tries", rivals);
    return tries / ((double) tries + rivals);
  }
}
