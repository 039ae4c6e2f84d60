package org.lowerbound.anomaly;

import java.util.Arrays;
import java.util.Locale;
import org.lowerbound.numerics.Checks;

/**
 * How well a score separates anomalous rows from normal ones, whatever the threshold. A row is
 * flagged where its score <em>exceeds</em> the threshold: larger is stranger.
 *
 * <p>The area under the receiver operating characteristic (detections against false alarms) is the
 * statistic of Mann and Whitney,
 *
 * <pre>  AUC = P(s(anomalous) > s(normal)) + ½ P(s(anomalous) = s(normal)),</pre>
 *
 * <p>over all pairs, and its standard error is that of DeLong, DeLong and Clarke-Pearson (1988):
 * with the <em>placement</em> of a row, the part of the other side's rows that it is on the right
 * side of, Var = Var(placements of anomalous)/m + Var(placements of normal)/n.
 */
public final class RocCurve {

  private final double[] normal;
  private final double[] anomalous;
  private final double[] normalRising;
  private final double[] anomalousRising;

  private RocCurve(double[] normal, double[] anomalous) {
    this.normal = normal;
    this.anomalous = anomalous;
    this.normalRising = Arrays.stream(normal).sorted().toArray();
    this.anomalousRising = Arrays.stream(anomalous).sorted().toArray();
  }

  /**
   * The curve of a score.
   *
   * @param normal scores of normal rows, at least one
   * @param anomalous scores of anomalous rows, at least one
   * @throws IllegalArgumentException if a side is empty or a score is NaN
   */
  public static RocCurve of(double[] normal, double[] anomalous) {
    return new RocCurve(sound("normal", normal), sound("anomalous", anomalous));
  }

  /**
   * The curve of a score over rows of both kinds.
   *
   * @param scores one a row
   * @param strange whether the row is anomalous
   */
  public static RocCurve of(double[] scores, boolean[] strange) {
    Checks.require(
        scores.length == strange.length,
        "There are %d scores and %d labels; one a row expected.",
        scores.length,
        strange.length);
    return of(side(scores, strange, false), side(scores, strange, true));
  }

  private static double[] side(double[] scores, boolean[] strange, boolean wanted) {
    double[] side = new double[scores.length];
    int n = 0;
    for (int i = 0; i < scores.length; i++) {
      if (strange[i] == wanted) {
        side[n++] = scores[i];
      }
    }
    return Arrays.copyOf(side, n);
  }

  private static double[] sound(String side, double[] scores) {
    Checks.require(
        scores.length > 0, "There is no %s row: a curve needs rows of both kinds.", side);
    double[] copy = scores.clone();
    for (int i = 0; i < copy.length; i++) {
      Checks.require(
          !Double.isNaN(copy[i]), "The score of %s row %d is not a number (NaN).", side, i);
    }
    return copy;
  }

  /** P(s(anomalous) > s(normal)) + ½ P(equal), from 0 to 1; ½ for a score that knows nothing. */
  public double area() {
    return mean(anomalousPlacements());
  }

  /**
   * For each anomalous row, in the order given, the part of the normal rows with a smaller score,
   * ties counting half.
   */
  public double[] anomalousPlacements() {
    return placements(anomalous, normalRising);
  }

  /**
   * For each normal row, in the order given, the part of the anomalous rows with a larger score,
   * ties counting half.
   */
  public double[] normalPlacements() {
    double[] below = placements(normal, anomalousRising);
    return Arrays.stream(below).map(p -> 1 - p).toArray();
  }

  /** The part of a sorted array below each of the rows, ties counting half. */
  private static double[] placements(double[] rows, double[] sorted) {
    return Arrays.stream(rows)
        .map(s -> (first(sorted, s, false) + first(sorted, s, true)) / (2.0 * sorted.length))
        .toArray();
  }

  /** How many of a sorted array are below s or, if {@code withEqual}, not above it. */
  private static int first(double[] sorted, double s, boolean withEqual) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < s || withEqual && sorted[middle] == s) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** DeLong's standard error of the area; NaN where a side has a single row. */
  public double standardError() {
    return Math.sqrt(
        variance(anomalousPlacements()) / anomalous.length
            + variance(normalPlacements()) / normal.length);
  }

  /** The area less and plus 1.96 standard errors, cut off at 0 and 1. */
  public double[] interval() {
    double area = area();
    double reach = 1.96 * standardError();
    return new double[] {Math.max(0, area - reach), Math.min(1, area + reach)};
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double variance(double[] values) {
    if (values.length < 2) {
      return Double.NaN;
    }
    double mean = mean(values);
    return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
  }

  /**
   * What a threshold does to the rows of this curve: those whose score exceeds it are flagged.
   *
   * @param threshold any number or infinity
   */
  public Rates at(double threshold) {
    return new Rates(above(normalRising, threshold), above(anomalousRising, threshold));
  }

  /**
   * Two rates.
   *
   * @param falseAlarms the part of the normal rows that is flagged
   * @param detections the part of the anomalous rows that is flagged
   */
  public record Rates(double falseAlarms, double detections) {

    /**
     * The part of flagged rows that is anomalous, where anomalies are this part of all rows: {@code
     * π d / (π d + (1 − π) f)}. NaN if nothing is flagged.
     *
     * @param prevalence π, from 0 to 1
     */
    public double precision(double prevalence) {
      double right = prevalence * detections;
      return right / (right + (1 - prevalence) * falseAlarms);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "false alarms %.4f, detections %.4f", falseAlarms, detections);
    }
  }

  /**
   * The corners of the curve from (0, 0) to (1, 1): {@code {false alarms, detections}}. Equal
   * scores are one step, a slanted one where both kinds have them.
   */
  public double[][] points() {
    double[] thresholds = thresholds();
    double[][] points = new double[2][thresholds.length + 1];
    for (int i = 0; i < thresholds.length; i++) {
      points[0][i] = above(normalRising, thresholds[i]);
      points[1][i] = above(anomalousRising, thresholds[i]);
    }
    points[0][thresholds.length] = 1;
    points[1][thresholds.length] = 1;
    return points;
  }

  /**
   * Precision against recall as the threshold falls: {@code {recall, precision}}. Unlike the curve
   * of rates it depends on how many anomalies there are; here as many as in these rows.
   */
  public double[][] precisionRecall() {
    double[][] points = points();
    int size = points[0].length - 1;
    double[][] curve = new double[2][size];
    for (int i = 0; i < size; i++) {
      double found = points[1][i + 1] * anomalous.length;
      curve[0][i] = points[1][i + 1];
      curve[1][i] = found / (found + points[0][i + 1] * normal.length);
    }
    return curve;
  }

  /**
   * Average precision, Σ_i (R_i − R_{i−1}) P_i over the thresholds from the strictest on. A score
   * that knows nothing has about the part of anomalous rows.
   */
  public double averagePrecision() {
    double[][] curve = precisionRecall();
    double sum = 0;
    double before = 0;
    for (int i = 0; i < curve[0].length; i++) {
      sum += (curve[0][i] - before) * curve[1][i];
      before = curve[0][i];
    }
    return sum;
  }

  /** All different scores, largest first. */
  public double[] thresholds() {
    double[] all = Arrays.copyOf(normal, normal.length + anomalous.length);
    System.arraycopy(anomalous, 0, all, normal.length, anomalous.length);
    double[] rising = Arrays.stream(all).sorted().distinct().toArray();
    double[] falling = new double[rising.length];
    Arrays.setAll(falling, i -> rising[rising.length - 1 - i]);
    return falling;
  }

  private static double above(double[] rising, double threshold) {
    return (rising.length - first(rising, threshold, true)) / (double) rising.length;
  }

  /** Number of normal rows. */
  public int normalRows() {
    return normal.length;
  }

  /** Number of anomalous rows. */
  public int anomalousRows() {
    return anomalous.length;
  }

  @Override
  public String toString() {
    double[] interval = interval();
    return String.format(
        Locale.ROOT,
        "AUC %.1f (%.1f to %.1f), %d normal and %d anomalous rows",
        100 * area(),
        100 * interval[0],
        100 * interval[1],
        normal.length,
        anomalous.length);
  }
}
