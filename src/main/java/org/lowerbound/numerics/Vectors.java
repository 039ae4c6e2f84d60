package org.lowerbound.numerics;

import java.util.Arrays;

/** Sums and products of vectors in plain arrays, shape {@code [D]}; nothing is changed in place. */
public final class Vectors {
  private Vectors() {}

  /** {@code a·b = Σ a_i b_i}. */
  public static double dot(double[] a, double[] b) {
    alike(a, b);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** {@code a + scale·b}. */
  public static double[] plus(double[] a, double scale, double[] b) {
    alike(a, b);
    double[] sum = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + scale * b[i];
    }
    return sum;
  }

  /** {@code a − b}. */
  public static double[] minus(double[] a, double[] b) {
    return plus(a, -1, b);
  }

  /** {@code scale·a}. */
  public static double[] times(double scale, double[] a) {
    double[] product = new double[a.length];
    Arrays.setAll(product, i -> scale * a[i]);
    return product;
  }

  /** {@code max |a_i|}; 0 for an empty vector, NaN where an entry is NaN. */
  public static double largest(double[] a) {
    double largest = 0;
    for (double value : a) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static void alike(double[] a, double[] b) {
    Checks.require(
        a.length == b.length, "A vector of %d values expected, but it has %d.", b.length, a.length);
  }
}
