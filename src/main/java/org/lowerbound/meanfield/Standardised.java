package org.lowerbound.meanfield;

import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Matrices;
import org.lowerbound.plot.Numbers;

/**
 * Data shifted and scaled so that every column has mean 0 and sample variance 1, {@code z_nd =
 * (x_nd − mean_d)/deviation_d}: one weak prior then suits all columns.
 *
 * @param rows the standardised rows, shape {@code [N, D]}
 * @param means the columns' means, shape {@code [D]}
 * @param deviations the columns' standard deviations (divisor {@code N − 1}), shape {@code [D]}
 */
public record Standardised(double[][] rows, double[] means, double[] deviations) {

  /**
   * Standardises every column.
   *
   * @throws IllegalArgumentException for fewer than two rows, values that are not finite, or a
   *     column that is constant
   */
  public static Standardised of(double[][] x) {
    Checks.data(x);
    if (x.length < 2) {
      throw new IllegalArgumentException("One row has no spread: at least two are needed.");
    }
    int d = x[0].length;
    double[] means = new double[d];
    double[] deviations = new double[d];
    double[][] rows = Matrices.copy(x);
    for (int i = 0; i < d; i++) {
      for (double[] row : x) {
        means[i] += row[i] / x.length;
      }
      for (double[] row : x) {
        deviations[i] += (row[i] - means[i]) * (row[i] - means[i]) / (x.length - 1);
      }
      deviations[i] = Math.sqrt(deviations[i]);
      if (!(deviations[i] > 0)) {
        throw new IllegalArgumentException(
            "Column " + i + " is constant: it cannot be scaled to variance 1. Leave it out.");
      }
      for (double[] row : rows) {
        row[i] = (row[i] - means[i]) / deviations[i];
      }
    }
    return new Standardised(rows, means, deviations);
  }

  /** A standardised point in the units of the data. */
  public double[] original(double... z) {
    double[] x = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      x[i] = means[i] + deviations[i] * z[i];
    }
    return x;
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
