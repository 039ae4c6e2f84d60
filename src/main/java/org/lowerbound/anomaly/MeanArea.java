package org.lowerbound.anomaly;

import java.util.Locale;
import org.lowerbound.numerics.Checks;

/**
 * A mean of areas under several curves that share their rows, with a standard error that knows it.
 *
 * <p>A row changes the mean through every curve in which it stands; the sum of these influences is
 * kept for each row (for one curve they are DeLong's placements, less their mean and divided by the
 * rows of the side), so that Var = Σ_i influence_i². Two scores on the same rows are compared
 * through the differences of their influences, which is the paired comparison.
 *
 * @param value the mean area
 * @param influence of each row, {@code [rows]}
 */
public record MeanArea(double value, double[] influence) {

  /** The standard error of the mean area. */
  public double standardError() {
    double sum = 0;
    for (double one : influence) {
      sum += one * one;
    }
    return Math.sqrt(sum);
  }

  /** The value less and plus 1.96 standard errors. */
  public double[] interval() {
    double reach = 1.96 * standardError();
    return new double[] {value - reach, value + reach};
  }

  /**
   * The difference from another score's on the same rows, with the standard error of the
   * difference.
   *
   * @throws IllegalArgumentException if the other was measured on another number of rows
   */
  public MeanArea minus(MeanArea other) {
    Checks.require(
        influence.length == other.influence.length,
        "A paired comparison needs the same rows; there are %d and %d.",
        influence.length,
        other.influence.length);
    double[] difference = new double[influence.length];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = influence[i] - other.influence[i];
    }
    return new MeanArea(value - other.value, difference);
  }

  @Override
  public String toString() {
    double[] interval = interval();
    return String.format(
        Locale.ROOT, "%.1f (%.1f to %.1f)", 100 * value, 100 * interval[0], 100 * interval[1]);
  }
}
