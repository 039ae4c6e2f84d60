package org.lowerbound.meanfield;

import java.util.Arrays;

/** Checks of arguments, worded for the reader who made the mistake. */
final class Checks {
  private Checks() {}

  static double positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + " must be a positive, finite number, but it is " + value + ".");
    }
    return value;
  }

  static double finite(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          name + " must be a finite number, but it is " + value + ".");
    }
    return value;
  }

  static double[] data(double[] x) {
    if (x == null || x.length == 0) {
      throw new IllegalArgumentException(
          "The data are empty: there is nothing to learn from. Give at least one number.");
    }
    for (int n = 0; n < x.length; n++) {
      if (!Double.isFinite(x[n])) {
        throw new IllegalArgumentException(
            "Observation " + n + " is " + x[n] + ". Remove missing or infinite values first.");
      }
    }
    return x;
  }

  static double[][] data(double[][] x, int dimensions) {
    if (x == null || x.length == 0) {
      throw new IllegalArgumentException(
          "The data are empty: there is nothing to learn from. Give at least one row.");
    }
    for (int n = 0; n < x.length; n++) {
      if (x[n] == null || x[n].length != dimensions) {
        throw new IllegalArgumentException(
            "Row %d of the data has %d values, but the prior's mean has %d: shape [rows, %d] expected."
                .formatted(n, x[n] == null ? 0 : x[n].length, dimensions, dimensions));
      }
      for (double value : x[n]) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException(
              "Row %d of the data is %s. Remove rows with missing or infinite values first."
                  .formatted(n, Arrays.toString(x[n])));
        }
      }
    }
    return x;
  }

  static int components(int k) {
    if (k < 1) {
      throw new IllegalArgumentException(
          "A mixture needs at least one component, but " + k + " were asked for.");
    }
    return k;
  }

  /** Responsibilities: one row an observation, non-negative, summing to 1. */
  static double[][] responsibilities(double[][] r, int rows) {
    if (r == null || r.length != rows) {
      throw new IllegalArgumentException(
          "The responsibilities have %d rows, but the data have %d."
              .formatted(r == null ? 0 : r.length, rows));
    }
    components(r[0].length);
    for (int n = 0; n < rows; n++) {
      double sum = 0;
      boolean proper = r[n].length == r[0].length;
      for (double value : r[n]) {
        proper &= value >= 0;
        sum += value;
      }
      if (!proper || !(Math.abs(sum - 1) < 1e-9)) {
        throw new IllegalArgumentException(
            "Row %d of the responsibilities is %s: %d non-negative numbers that sum to 1 expected."
                .formatted(n, Arrays.toString(r[n]), r[0].length));
      }
    }
    return r;
  }
}
