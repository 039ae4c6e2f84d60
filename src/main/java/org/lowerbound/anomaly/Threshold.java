package org.lowerbound.anomaly;

import java.util.Arrays;
import org.lowerbound.numerics.Checks;

/**
 * A threshold from normal rows alone, which were not used for training: no anomaly is looked at,
 * and no test row.
 *
 * <p>Let n scores of normal rows be given, and a new normal row be exchangeable with them. Its rank
 * among the n + 1 is then uniform, so that with the k-th smallest of the n as threshold it is
 * flagged with probability 1 − k/(n + 1) if no scores are equal, whatever their law (the rule of
 * conformal prediction; Vovk, Gammerman and Shafer 2005, chapter 4.2; Laxhammar 2014). The rate of
 * false alarms that a given threshold has follows the law Beta(n + 1 − k, k).
 */
public final class Threshold {

  private Threshold() {}

  /**
   * The least of the given scores at which a new normal row is flagged with a probability of at
   * most {@code rate}: the k-th smallest with k = ⌈(n + 1)(1 − rate)⌉.
   *
   * @param normal scores of normal rows that the detector was not trained on
   * @param rate of false alarms, between 0 and 1
   * @return a threshold for {@link RocCurve#at}; infinity if {@code rate < 1/(n + 1)}, which so few
   *     rows cannot promise
   */
  public static double of(double[] normal, double rate) {
    int k = rank(normal.length, rate);
    double[] rising = Checks.data(normal).clone();
    Arrays.sort(rising);
    return k > rising.length ? Double.POSITIVE_INFINITY : rising[k - 1];
  }

  /** k = ⌈(n + 1)(1 − rate)⌉, from 1 to n + 1. */
  public static int rank(int n, double rate) {
    Checks.require(
        rate > 0 && rate < 1, "The rate of false alarms lies between 0 and 1, not at %s.", rate);
    Checks.require(n > 0, "A threshold needs scores of normal rows; there are none.");
    // (n + 1)(1 − rate) may be a whole number up to rounding.
    return (int) Math.max(1, Math.ceil((n + 1) * (1 - rate) - 1e-9));
  }

  /** 1 − k/(n + 1): the probability with which a new normal row is flagged. */
  public static double expectedFalseAlarms(int n, double rate) {
    return 1 - rank(n, rate) / (n + 1.0);
  }
}
