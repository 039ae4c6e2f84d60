package org.lowerbound.numerics;

/**
 * The logistic function {@code σ(a) = 1/(1 + e^−a)} and its integral, the softplus {@code log(1 +
 * e^a)}: a bit with log-odds {@code a} is 1 with probability {@code σ(a)}, and {@code log p(x) = x
 * a − log(1 + e^a)}.
 */
public final class Logistic {
  private Logistic() {}

  /** {@code σ(a) = 1/(1 + e^−a)}, exact to rounding at both ends. */
  public static double sigmoid(double a) {
    return 1 / (1 + Math.exp(-a));
  }

  /** {@code log(1 + e^a) = max(a, 0) + log(1 + e^−|a|)}, which no {@code a} overflows. */
  public static double softplus(double a) {
    return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
  }
}
