package org.lowerbound.entropy;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.lowerbound.plot.Numbers;

/**
 * Outcomes {@code x_i} with their reference measure {@code m_i}: what an expectation sums over.
 *
 * <p>{@code E[f] = Σ_i m_i p_i f(x_i)}, where {@code p_i} is a density with respect to the
 * reference measure. Over a discrete set {@code m_i = 1} (the counting measure) and {@code p_i} is
 * a probability. Over an interval the points are midpoints of cells, {@code m_i} is the width of a
 * cell and {@code p_i} is a density in the usual sense; the midpoint rule makes an error of order
 * {@code width²}. Any other reference measure comes from {@link #weighted}.
 *
 * <p>A grid must end somewhere although the half-line and the line do not. Such an end is
 * remembered as open: a solution that has not died out there is refused by {@link
 * MaximumEntropy#solve()}, because it lives off the cut and not off the constraints.
 */
public final class Outcomes {
  private final String name;
  private final double[] points;
  private final double[] weights;
  private final boolean openBelow;
  private final boolean openAbove;

  private Outcomes(
      String name, double[] points, double[] weights, boolean openBelow, boolean openAbove) {
    this.name = name;
    this.points = points;
    this.weights = weights;
    this.openBelow = openBelow;
    this.openAbove = openAbove;
  }

  /**
   * A finite set of numbers with the counting measure.
   *
   * @throws IllegalArgumentException if there are fewer than two, or one of them is not finite
   */
  public static Outcomes of(double... points) {
    if (points.length < 2) {
      throw new IllegalArgumentException(
          "There is nothing to be uncertain about with "
              + points.length
              + " outcomes: give at least two.");
    }
    for (double x : points) {
      if (!Double.isFinite(x)) {
        throw new IllegalArgumentException("Outcomes are finite numbers, but one is " + x + ".");
      }
    }
    return new Outcomes(
        points.length + " outcomes", points.clone(), ones(points.length), false, false);
  }

  /** The integers {@code from, …, to}, both included, with the counting measure. */
  public static Outcomes integers(int from, int to) {
    if (to <= from) {
      throw new IllegalArgumentException(
          "Integers run upwards: expected from < to, got " + from + " to " + to + ".");
    }
    return new Outcomes(
        "the integers " + from + " to " + to,
        IntStream.rangeClosed(from, to).asDoubleStream().toArray(),
        ones(to - from + 1),
        false,
        false);
  }

  /** The integers from {@code from} upwards, of which the first {@code count} are kept. */
  public static Outcomes integersFrom(int from, int count) {
    Outcomes kept = integers(from, from + count - 1);
    return new Outcomes(
        "the integers from " + from + " on", kept.points, kept.weights, false, true);
  }

  /** The interval {@code [a, b]}, cut into {@code cells} equal cells. */
  public static Outcomes interval(double a, double b, int cells) {
    return grid("the interval " + between(a, b), a, b, cells, false, false);
  }

  /** The half-line {@code [0, ∞)}, of which {@code [0, length]} is kept. */
  public static Outcomes halfLine(double length, int cells) {
    return grid(
        "the half-line (kept up to " + Numbers.format(length) + ")", 0, length, cells, false, true);
  }

  /** The whole line, of which {@code [a, b]} is kept. */
  public static Outcomes line(double a, double b, int cells) {
    return grid("the line (kept on " + between(a, b) + ")", a, b, cells, true, true);
  }

  /**
   * The half-line {@code (0, ∞)} on a grid that is even in {@code log x}, for laws whose scale runs
   * over orders of magnitude. The reference measure is still {@code dx}: the weights are {@code x
   * du} with {@code u = log x}.
   *
   * @throws IllegalArgumentException unless {@code 0 < a < b}
   */
  public static Outcomes positive(double a, double b, int cells) {
    if (!(a > 0)) {
      throw new IllegalArgumentException(
          "A grid in log x starts above zero, but it starts at " + a + ".");
    }
    Outcomes u = grid("log x", Math.log(a), Math.log(b), cells, true, true);
    double[] x = Arrays.stream(u.points).map(Math::exp).toArray();
    double[] dx = IntStream.range(0, cells).mapToDouble(i -> x[i] * u.weights[i]).toArray();
    return new Outcomes("(0, ∞) (kept on " + between(a, b) + ")", x, dx, true, true);
  }

  private static Outcomes grid(
      String name, double a, double b, int cells, boolean openBelow, boolean openAbove) {
    if (!(a < b && Double.isFinite(a) && Double.isFinite(b))) {
      throw new IllegalArgumentException(
          "A grid runs upwards between two finite ends: expected a < b, got " + a + " and " + b);
    }
    if (cells < 2) {
      throw new IllegalArgumentException("A grid has at least two cells, not " + cells + ".");
    }
    double width = (b - a) / cells;
    double[] points = IntStream.range(0, cells).mapToDouble(i -> a + (i + 0.5) * width).toArray();
    double[] weights = new double[cells];
    Arrays.fill(weights, width);
    return new Outcomes(name, points, weights, openBelow, openAbove);
  }

  /**
   * The same outcomes with the reference measure multiplied by {@code w(x)}.
   *
   * @param density how much the reference measure gives to {@code x}; not negative, and zero where
   *     an outcome is excluded
   * @throws IllegalArgumentException if a weight is negative or not finite, or fewer than two are
   *     positive
   */
  public Outcomes weighted(DoubleUnaryOperator density) {
    double[] product = new double[points.length];
    int positive = 0;
    for (int i = 0; i < points.length; i++) {
      double w = density.applyAsDouble(points[i]);
      if (!(w >= 0 && w < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "A reference measure is finite and not negative, but it is "
                + w
                + " at x = "
                + points[i]
                + ".");
      }
      product[i] = w * weights[i];
      positive += product[i] > 0 ? 1 : 0;
    }
    if (positive < 2) {
      throw new IllegalArgumentException(
          "The reference measure leaves " + positive + " outcomes: at least two are needed.");
    }
    return new Outcomes(name + ", reweighted", points, product, openBelow, openAbove);
  }

  /** Number of outcomes. */
  public int size() {
    return points.length;
  }

  /** The outcomes {@code x}, {@code [size]}. */
  public double[] points() {
    return points.clone();
  }

  /** The reference measure {@code m}, {@code [size]}. */
  public double[] weights() {
    return weights.clone();
  }

  boolean openBelow() {
    return openBelow;
  }

  boolean openAbove() {
    return openAbove;
  }

  @Override
  public String toString() {
    return name;
  }

  private static String between(double a, double b) {
    return "[" + Numbers.format(a) + ", " + Numbers.format(b) + "]";
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }
}
