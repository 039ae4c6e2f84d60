package org.lowerbound.variations;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The nodes {@code x_0 < x_1 < … < x_n} at which a path is known; between them a path is a polygon.
 *
 * <p>n is the number of cells, so a path has n+1 heights. A grid is immutable.
 */
public final class Grid {
  private final double[] nodes;

  private Grid(double[] nodes) {
    this.nodes = nodes;
  }

  /**
   * {@code x_i = from + (to − from) i / cells}: equal steps {@code h = (to − from) / cells}.
   *
   * @throws IllegalArgumentException for fewer than 2 cells or an empty or infinite interval
   */
  public static Grid uniform(double from, double to, int cells) {
    return graded(from, to, cells, 1);
  }

  /**
   * {@code x_i = from + (to − from) (i / cells)^power}: steps that shrink towards the left end as
   * {@code i^(power − 1)}, for a path whose slope is infinite there. A path that behaves like
   * {@code (x − from)^(2/3)}, as the brachistochrone does, is smooth in {@code i} for power 3.
   *
   * @throws IllegalArgumentException for fewer than 2 cells, an empty or infinite interval, or a
   *     power below 1
   */
  public static Grid graded(double from, double to, int cells, double power) {
    if (!(from < to) || Double.isInfinite(from) || Double.isInfinite(to)) {
      throw new IllegalArgumentException(
          "A grid covers a finite interval with from < to; got from = " + from + ", to = " + to);
    }
    if (cells < 2) {
      throw new IllegalArgumentException(
          "A grid needs at least 2 cells, so that a node lies between its ends; got " + cells);
    }
    if (!(power >= 1)) {
      throw new IllegalArgumentException("The grading power must be 1 or more; got " + power);
    }
    double[] nodes = new double[cells + 1];
    for (int i = 0; i <= cells; i++) {
      nodes[i] = from + (to - from) * Math.pow((double) i / cells, power);
    }
    nodes[cells] = to;
    for (int i = 0; i < cells; i++) {
      if (!(nodes[i] < nodes[i + 1])) {
        throw new IllegalArgumentException(
            "With "
                + cells
                + " cells and power "
                + power
                + " the nodes near x = "
                + from
                + " coincide in double precision; use fewer cells or a smaller power");
      }
    }
    return new Grid(nodes);
  }

  /** The n+1 nodes {@code x_0 … x_n}. */
  public double[] nodes() {
    return nodes.clone();
  }

  /** The n−1 nodes between the ends, {@code x_1 … x_(n−1)}. */
  public double[] inner() {
    return Arrays.copyOfRange(nodes, 1, nodes.length - 1);
  }

  /** The n mid-points of the cells. */
  public double[] middles() {
    double[] middles = new double[cells()];
    for (int i = 0; i < middles.length; i++) {
      middles[i] = (nodes[i] + nodes[i + 1]) / 2;
    }
    return middles;
  }

  /** n, the number of cells. */
  public int cells() {
    return nodes.length - 1;
  }

  /** Node {@code x_i}, 0 ≤ i ≤ n. */
  public double x(int i) {
    return nodes[i];
  }

  /** {@code x_(i+1) − x_i}, the width of cell i, 0 ≤ i &lt; n. */
  public double step(int i) {
    return nodes[i + 1] - nodes[i];
  }

  /**
   * The share of the interval that belongs to node i: half of each cell it touches. {@code ∂J/∂y_i}
   * divided by it approximates the functional derivative at {@code x_i}.
   */
  public double share(int i) {
    double left = i == 0 ? 0 : step(i - 1);
    double right = i == cells() ? 0 : step(i);
    return (left + right) / 2;
  }

  /** The n+1 heights {@code f(x_i)} of a function. */
  public double[] sample(DoubleUnaryOperator f) {
    return Arrays.stream(nodes).map(f).toArray();
  }

  /** The n+1 heights of the straight line from {@code (x_0, left)} to {@code (x_n, right)}. */
  public double[] line(double left, double right) {
    double from = nodes[0];
    double length = nodes[cells()] - from;
    return sample(x -> left + (right - left) * (x - from) / length);
  }

  /** The n slopes {@code (y_(i+1) − y_i) / h_i} of the polygon through a path's heights. */
  public double[] slopes(double[] path) {
    requirePath("path", path);
    double[] slopes = new double[cells()];
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = (path[i + 1] - path[i]) / step(i);
    }
    return slopes;
  }

  /**
   * The trapezoidal rule {@code Σ share_i v_i} for {@code ∫ v dx}, from the n+1 values at nodes.
   */
  public double integral(double[] values) {
    requirePath("values", values);
    double sum = 0;
    for (int i = 0; i <= cells(); i++) {
      sum += share(i) * values[i];
    }
    return sum;
  }

  /** The largest {@code |one_i − other_i|}: how far two paths on the same grid are apart. */
  public static double distance(double[] one, double[] other) {
    if (one.length != other.length) {
      throw new IllegalArgumentException(
          "The paths have " + one.length + " and " + other.length + " heights: not the same grid");
    }
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs(one[i] - other[i])); // a NaN stays a NaN
    }
    return largest;
  }

  /** The largest {@code |values_i − value|}: how far from constant a supposed invariant is. */
  public static double distance(double[] values, double value) {
    double[] constant = new double[values.length];
    Arrays.fill(constant, value);
    return distance(values, constant);
  }

  void requirePath(String what, double[] path) {
    if (path.length != nodes.length) {
      throw new IllegalArgumentException(
          what
              + " has "
              + path.length
              + " heights but the grid has "
              + nodes.length
              + " nodes; make it with grid.sample(f) or grid.line(left, right)");
    }
    for (int i = 0; i < path.length; i++) {
      if (!Double.isFinite(path[i])) {
        throw new IllegalArgumentException(
            what + " is " + path[i] + " at node " + i + " (x = " + nodes[i] + ")");
      }
    }
  }

  @Override
  public String toString() {
    return cells() + " cells on [" + nodes[0] + ", " + nodes[cells()] + "]";
  }
}
