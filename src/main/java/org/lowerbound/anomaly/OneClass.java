package org.lowerbound.anomaly;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.vae.PictureGaussian;
import org.lowerbound.vae.PictureMoments;

/**
 * The protocol of one-class detection (Ruff et al. 2018, section 4.2): the training rows of one
 * class are normal, a score is fitted to them, and it is measured on all test rows, those of the
 * other classes being anomalous. And its mirror: all classes but one are normal, the one that was
 * held out is anomalous. Test rows choose nothing.
 */
public final class OneClass {

  private final Examples train;
  private final Examples test;
  private final int classes;
  private final PictureMoments[] moments;

  private OneClass(Examples train, Examples test, int classes) {
    this.train = train;
    this.test = test;
    this.classes = classes;
    this.moments = new PictureMoments[classes];
  }

  /**
   * The protocol on a data set.
   *
   * @param train labelled rows
   * @param test labelled rows of the same width
   * @throws IllegalArgumentException if they have no labels, other widths, or a class is missing in
   *     one of them
   */
  public static OneClass of(Examples train, Examples test) {
    for (Examples part : new Examples[] {train, test}) {
      Checks.require(
          part.labelled(), "%s has no labels; they say which rows are normal.", part.name());
    }
    Checks.require(
        train.features() == test.features(),
        "%s has rows of %s numbers, %s of %s.",
        train.name(),
        train.features(),
        test.name(),
        test.features());
    int[] counts = counts(train);
    int[] tested = counts(test);
    Checks.require(counts.length >= 2, "%s has one class only.", train.name());
    for (int c = 0; c < Math.max(counts.length, tested.length); c++) {
      Checks.require(
          c < counts.length && c < tested.length && counts[c] >= 2 && tested[c] >= 1,
          "Class %s has %s training and %s test rows; at least 2 and 1 are needed.",
          c,
          c < counts.length ? counts[c] : 0,
          c < tested.length ? tested[c] : 0);
    }
    return new OneClass(train, test, counts.length);
  }

  private static int[] counts(Examples data) {
    int[] counts = new int[1];
    for (int i = 0; i < data.size(); i++) {
      int label = data.label(i);
      Checks.require(label >= 0, "Row %s of %s has no label.", i, data.name());
      if (label >= counts.length) {
        counts = Arrays.copyOf(counts, label + 1);
      }
      counts[label]++;
    }
    return counts;
  }

  /** The number of classes. */
  public int classes() {
    return classes;
  }

  /** The test rows. */
  public Examples test() {
    return test;
  }

  /** The training rows of one class. */
  public Selection normal(int digit) {
    within(digit);
    return Selection.labelled(train, label -> label == digit);
  }

  /** The training rows of all other classes. */
  public Selection others(int digit) {
    within(digit);
    return Selection.labelled(train, label -> label != digit);
  }

  private void within(int digit) {
    Checks.require(
        digit >= 0 && digit < classes, "There are classes 0 to %d, not %d.", classes - 1, digit);
  }

  private PictureMoments moments(int digit) {
    if (moments[digit] == null) {
      moments[digit] = PictureMoments.of(normal(digit), 1);
    }
    return moments[digit];
  }

  /** The Gaussian of one class; the moments of a class are computed once and kept. */
  public PictureGaussian gaussian(int digit) {
    within(digit);
    return PictureGaussian.of(moments(digit));
  }

  /** The Gaussian of all other classes, from the moments of each. */
  public PictureGaussian gaussianWithout(int digit) {
    within(digit);
    return PictureGaussian.of(
        IntStream.range(0, classes)
            .filter(c -> c != digit)
            .mapToObj(this::moments)
            .reduce(PictureMoments::plus)
            .orElseThrow());
  }

  /**
   * The curve of a score of all test rows, one class being normal.
   *
   * @param scores {@code [test rows]}
   */
  public RocCurve curve(int digit, double[] scores) {
    within(digit);
    return curve(scores, label -> label != digit);
  }

  /** The curve of a score of all test rows, one class being anomalous. */
  public RocCurve heldOut(int digit, double[] scores) {
    within(digit);
    return curve(scores, label -> label == digit);
  }

  private RocCurve curve(double[] scores, IntFunction<Boolean> strange) {
    Checks.require(
        scores.length == test.size(),
        "There are %d scores for %d test rows.",
        scores.length,
        test.size());
    boolean[] labels = new boolean[scores.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = strange.apply(test.label(i));
    }
    return RocCurve.of(scores, labels);
  }

  /**
   * The mean over all classes of the areas of one-class scores.
   *
   * @param scores {@code [classes][test rows]}: for each class the scores of its detector
   */
  public MeanArea mean(double[][] scores) {
    Checks.require(
        scores.length == classes, "There are %d detectors for %d classes.", scores.length, classes);
    double[] influence = new double[test.size()];
    double sum = 0;
    for (int digit = 0; digit < classes; digit++) {
      RocCurve curve = curve(digit, scores[digit]);
      double area = curve.area();
      sum += area;
      double[] normal = curve.normalPlacements();
      double[] strange = curve.anomalousPlacements();
      int atNormal = 0;
      int atStrange = 0;
      for (int i = 0; i < influence.length; i++) {
        influence[i] +=
            (test.label(i) == digit
                    ? (normal[atNormal++] - area) / normal.length
                    : (strange[atStrange++] - area) / strange.length)
                / classes;
      }
    }
    return new MeanArea(sum / classes, influence);
  }

  /**
   * Σ_d (x_d − p)² of every test row, where p is the paper: the smallest value of the training rows
   * (0 of MNIST, −1 of USPS). How much ink there is, and nothing else.
   */
  public double[] ink() {
    double paper = Double.POSITIVE_INFINITY;
    for (int i = 0; i < train.size(); i++) {
      for (float value : train.rows(i, i + 1)[0]) {
        paper = Math.min(paper, value);
      }
    }
    double[] ink = new double[test.size()];
    for (int i = 0; i < ink.length; i++) {
      for (float value : test.rows(i, i + 1)[0]) {
        ink[i] += (value - paper) * (value - paper);
      }
    }
    return ink;
  }

  @Override
  public String toString() {
    return "one class of " + classes + ": " + train + ", " + test;
  }
}
