package org.lowerbound.numerics;

import java.util.Arrays;
import java.util.Locale;

/** Checks of arguments, worded for the reader who made the mistake. */
public final class Checks {
  private Checks() {}

  /**
   * Refuses an argument.
   *
   * @param held what must be true
   * @param message what is wrong and what to do, with {@code %s} and {@code %d} for the values; it
   *     is put together only where the check fails
   * @throws IllegalArgumentException when it does not hold
   */
  public static void require(boolean held, String message, Object... values) {
    if (!held) {
      throw new IllegalArgumentException(
          values.length == 0 ? message : String.format(Locale.ROOT, message, values));
    }
  }

  /** The value, if it is a positive, finite number. */
  public static double positive(String name, double value) {
    require(
        value > 0 && value < Double.POSITIVE_INFINITY,
        "%s must be a positive, finite number, but it is %s.",
        name,
        value);
    return value;
  }

  /** The value, if it is finite. */
  public static double finite(String name, double value) {
    require(Double.isFinite(value), "%s must be a finite number, but it is %s.", name, value);
    return value;
  }

  /** The value, if it is at least {@code least}. */
  public static int atLeast(int least, String name, int value) {
    require(value >= least, "%s must be at least %d, but it is %d.", name, least, value);
    return value;
  }

  /**
   * The length of an array of so many rows.
   *
   * @throws IllegalArgumentException if Java cannot hold it
   */
  public static int length(long rows, long width) {
    require(
        rows * width <= Integer.MAX_VALUE - 8,
        "A batch of %d rows with %d numbers each has more than 2³¹ numbers; take a smaller batch.",
        rows,
        width);
    return (int) (rows * width);
  }

  /** The observations, shape {@code [N]}, if there are any and all of them are finite. */
  public static double[] data(double[] x) {
    require(
        x != null && x.length > 0,
        "The data are empty: there is nothing to learn from. Give at least one number.");
    for (int n = 0; n < x.length; n++) {
      require(
          Double.isFinite(x[n]),
          "Observation %d is %s. Remove missing or infinite values first.",
          n,
          x[n]);
    }
    return x;
  }

  /** The rows, shape {@code [N, D]}, if there are any, all as long as the first and finite. */
  public static double[][] data(double[][] x) {
    return data(x, x == null || x.length == 0 || x[0] == null ? 0 : x[0].length, "the first row");
  }

  /**
   * The rows, shape {@code [N, D]}, if there are any, all of {@code dimensions} finite values.
   *
   * @param of what has this many, for instance {@code "the prior's mean"}
   */
  public static double[][] data(double[][] x, int dimensions, String of) {
    require(
        x != null && x.length > 0,
        "The data are empty: there is nothing to learn from. Give at least one row.");
    for (int n = 0; n < x.length; n++) {
      require(
          x[n] != null && x[n].length == dimensions,
          "Row %d of the data has %d values, but %s has %d: shape [rows, %d] expected.",
          n,
          x[n] == null ? 0 : x[n].length,
          of,
          dimensions,
          dimensions);
      for (double value : x[n]) {
        require(
            Double.isFinite(value),
            "Row %d of the data is %s. Remove rows with missing or infinite values first.",
            n,
            Double.isFinite(value) ? null : Arrays.toString(x[n]));
      }
    }
    return x;
  }
}
