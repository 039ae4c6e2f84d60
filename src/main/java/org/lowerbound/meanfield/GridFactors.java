package org.lowerbound.meanfield;

import java.util.Arrays;
import java.util.Locale;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;

/**
 * Factors of no assumed family: {@code q(u, v) = q₁(u) q₂(v)} for a density held on a grid.
 *
 * <p>The optimal factor {@code log q₁(u) = E_{q₂}[log p(u, v)] + const} is a weighted sum over the
 * grid's columns, so coordinate ascent runs without any derivation by hand. It serves as the check
 * on updates that were derived.
 *
 * @param first the masses {@code q₁(u_i)}, shape {@code [rows]}, summing to 1
 * @param second the masses {@code q₂(v_j)}, shape {@code [columns]}, summing to 1
 */
public record GridFactors(double[] first, double[] second) {

  /** The uniform factors, where an ascent may begin. */
  public static GridFactors uniform(int rows, int columns) {
    double[] first = new double[rows];
    double[] second = new double[columns];
    Arrays.fill(first, 1.0 / rows);
    Arrays.fill(second, 1.0 / columns);
    return new GridFactors(first, second);
  }

  /**
   * One sweep: {@code q₁} with {@code q₂} held, then {@code q₂} with the new {@code q₁} held.
   *
   * @param logP the log density up to a constant, shape {@code [rows, columns]}
   */
  public GridFactors sweep(double[][] logP) {
    shape(logP);
    double[] q1 = new double[first.length];
    double[] q2 = new double[second.length];
    for (int i = 0; i < q1.length; i++) {
      for (int j = 0; j < q2.length; j++) {
        q1[i] += second[j] * logP[i][j];
      }
    }
    q1 = LogSumExp.softmax(q1);
    for (int i = 0; i < q1.length; i++) {
      for (int j = 0; j < q2.length; j++) {
        q2[j] += q1[i] * logP[i][j];
      }
    }
    q2 = LogSumExp.softmax(q2);
    return new GridFactors(q1, q2);
  }

  /**
   * The bound {@code Σ_ij q₁(i) q₂(j) [log p(i, j) − log q₁(i) − log q₂(j)]} in nats; when {@code
   * p}'s masses sum to 1 it is {@code −KL(q ‖ p)}.
   */
  public double bound(double[][] logP) {
    shape(logP);
    double sum = entropy(first) + entropy(second);
    for (int i = 0; i < first.length; i++) {
      for (int j = 0; j < second.length; j++) {
        double q = first[i] * second[j];
        sum += q > 0 ? q * logP[i][j] : 0;
      }
    }
    return sum;
  }

  /** Sweeps until the bound rises by less than {@code tolerance} nats. */
  public static Ascent<GridFactors> fit(double[][] logP, double tolerance, int sweeps) {
    Checks.positive("The tolerance", tolerance);
    if (sweeps < 1 || logP.length == 0) {
      throw new IllegalArgumentException("At least one sweep and one grid row are needed.");
    }
    GridFactors q = uniform(logP.length, logP[0].length);
    double[] bounds = new double[sweeps];
    for (int s = 0; s < sweeps; s++) {
      StopButton.poll();
      q = q.sweep(logP);
      bounds[s] = q.bound(logP);
      if (s > 0 && bounds[s] - bounds[s - 1] < tolerance) {
        return new Ascent<>(q, Arrays.copyOf(bounds, s + 1), true);
      }
    }
    return new Ascent<>(q, bounds, false);
  }

  /** {@code Σ_i q(i) (u_i − ū)²} for the masses {@code q} at the points {@code u}. */
  public static double variance(double[] masses, double[] points) {
    double mean = 0;
    double square = 0;
    for (int i = 0; i < masses.length; i++) {
      mean += masses[i] * points[i];
    }
    for (int i = 0; i < masses.length; i++) {
      square += masses[i] * (points[i] - mean) * (points[i] - mean);
    }
    return square;
  }

  private void shape(double[][] logP) {
    if (logP.length != first.length || logP[0].length != second.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The log density has shape [%d, %d], the factors need [%d, %d].",
              logP.length,
              logP[0].length,
              first.length,
              second.length));
    }
  }

  private static double entropy(double[] q) {
    double sum = 0;
    for (double mass : q) {
      sum -= mass > 0 ? mass * Math.log(mass) : 0;
    }
    return sum;
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
