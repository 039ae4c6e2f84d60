package org.lowerbound.entropy;

/**
 * Information and entropy of finite distributions, in nats.
 *
 * <p>{@code I(p) = −log p}, {@code H(p) = −Σ p_i log p_i}, {@code KL(p‖q) = Σ p_i log(p_i/q_i)},
 * with {@code 0·log 0 = 0}. Source: C. E. Shannon, <a
 * href="https://doi.org/10.1002/j.1538-7305.1948.tb01338.x">A Mathematical Theory of
 * Communication</a> (1948), section 6.
 */
public final class Information {
  /** Sums of probabilities may differ from one by this much: rounding, not error. */
  private static final double SUM_TOLERANCE = 1e-9;

  private Information() {}

  /**
   * The information content {@code −log p} of an event of probability {@code p}, in nats.
   *
   * @throws IllegalArgumentException unless {@code 0 < p ≤ 1}
   */
  public static double content(double p) {
    if (!(p > 0 && p <= 1)) {
      throw new IllegalArgumentException(
          "The information of an event needs a probability in (0, 1], but it is " + p + ".");
    }
    return p == 1 ? 0 : -Math.log(p);
  }

  /**
   * The entropy {@code −Σ p_i log p_i}, in nats.
   *
   * @param p probabilities {@code [n]}
   * @throws IllegalArgumentException if a probability is negative or they do not sum to one
   */
  public static double entropy(double... p) {
    requireDistribution("p", p);
    double sum = 0;
    for (double pi : p) {
      sum -= pi == 0 ? 0 : pi * Math.log(pi);
    }
    return sum;
  }

  /**
   * The Kullback-Leibler divergence {@code KL(p‖q) = Σ p_i log(p_i/q_i)}, in nats; infinite where
   * {@code q} excludes what {@code p} allows.
   *
   * @param p probabilities {@code [n]}
   * @param q probabilities {@code [n]}
   * @throws IllegalArgumentException if the lengths differ or either is not a distribution
   */
  public static double divergence(double[] p, double[] q) {
    if (p.length != q.length) {
      throw new IllegalArgumentException(
          "KL(p‖q) compares distributions over the same outcomes, but p has "
              + p.length
              + " and q has "
              + q.length
              + ".");
    }
    requireDistribution("p", p);
    requireDistribution("q", q);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      if (p[i] > 0) {
        sum += p[i] * Math.log(p[i] / q[i]);
      }
    }
    return sum;
  }

  /** Converts nats to bits: divides by {@code log 2}. */
  public static double bits(double nats) {
    return nats / Math.log(2);
  }

  private static void requireDistribution(String name, double[] p) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      if (!(p[i] >= 0)) {
        throw new IllegalArgumentException(
            "Probabilities are not negative, but " + name + "[" + i + "] = " + p[i] + ".");
      }
      sum += p[i];
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new IllegalArgumentException(
          "Probabilities sum to 1, but those of "
              + name
              + " sum to "
              + sum
              + ". Divide by the sum first.");
    }
  }
}
