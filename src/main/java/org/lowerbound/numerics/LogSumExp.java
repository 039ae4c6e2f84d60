package org.lowerbound.numerics;

/**
 * {@code log Σ_i e^{a_i}}: the sum of numbers whose logarithms are known, without ever forming a
 * number that overflows or a sum that underflows to zero. With {@code m = max_i a_i} it is {@code m
 * + log Σ_i e^{a_i − m}}, in which the largest term is 1.
 *
 * <p>The terms are given all together, or one by one to an instance where there are too many to
 * keep; an instance belongs to one thread. The empty sum is 0 and its logarithm {@code −∞}; a term
 * of {@code −∞} counts as zero; NaN stays NaN.
 */
public final class LogSumExp {
  private double largest = Double.NEGATIVE_INFINITY;
  private double sum;
  private long count;

  /** A sum without terms. */
  public LogSumExp() {}

  /** {@code log Σ_i e^{a_i}}. */
  public static double of(double... a) {
    double largest = largest(a);
    if (Double.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (double value : a) {
      sum += Math.exp(value - largest);
    }
    return largest + Math.log(sum);
  }

  /** {@code log (1/n) Σ_i e^{a_i}}: the logarithm of a mean. */
  public static double mean(double... a) {
    return of(a) - Math.log(a.length);
  }

  /**
   * {@code e^{a_i}/Σ_j e^{a_j}}, in a new array: the probabilities with these logarithms up to a
   * constant.
   *
   * @throws IllegalArgumentException when no term is finite, so that there is nothing to divide by
   */
  public static double[] softmax(double... a) {
    double largest = largest(a);
    Checks.require(
        Double.isFinite(largest),
        "Probabilities need a largest logarithm that is finite, but it is %s.",
        largest);
    double[] p = new double[a.length];
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      p[i] = Math.exp(a[i] - largest);
      sum += p[i];
    }
    for (int i = 0; i < a.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  /** Adds one more term {@code e^a} to the sum. */
  public void add(double a) {
    count++;
    if (a > largest) {
      // An infinite term has nothing to be compared with: the sum is that term alone.
      sum = Double.isInfinite(a) ? 1 : sum * Math.exp(largest - a) + 1;
      largest = a;
    } else if (a == largest) {
      // Also −∞ − (−∞), which would be NaN.
      sum += Double.isInfinite(a) ? 0 : 1;
    } else {
      sum += Math.exp(a - largest);
    }
  }

  /** {@code log Σ_i e^{a_i}} of the terms so far. */
  public double value() {
    return Double.isInfinite(largest) && !Double.isNaN(sum) ? largest : largest + Math.log(sum);
  }

  /** {@code log (1/n) Σ_i e^{a_i}} of the terms so far. */
  public double mean() {
    return value() - Math.log(count);
  }

  private static double largest(double[] a) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double value : a) {
      largest = Math.max(largest, value);
    }
    return largest;
  }

  @Override
  public String toString() {
    return "log of a sum of " + count + " terms";
  }
}
