package org.lowerbound.variations;

import java.util.OptionalDouble;
import org.lowerbound.numerics.Vectors;
import org.lowerbound.plot.Numbers;

/**
 * What is prescribed at the two ends of a path: a height, or nothing.
 *
 * <p>A free end is varied like every inner height. Stationarity then gives the natural boundary
 * condition {@code ∂F/∂y' = 0} there (Gelfand and Fomin, section 6).
 *
 * @param left the height at {@code x_0}, or empty when that end is free
 * @param right the height at {@code x_n}, or empty when that end is free
 */
public record Boundary(OptionalDouble left, OptionalDouble right) {

  /** Checks that prescribed heights are finite. */
  public Boundary {
    if (!left.isEmpty() && !Double.isFinite(left.getAsDouble())) {
      throw new IllegalArgumentException("The left end is fixed at " + left.getAsDouble());
    }
    if (!right.isEmpty() && !Double.isFinite(right.getAsDouble())) {
      throw new IllegalArgumentException("The right end is fixed at " + right.getAsDouble());
    }
  }

  /** Both ends fixed: {@code y(x_0) = left}, {@code y(x_n) = right}. */
  public static Boundary fixed(double left, double right) {
    return new Boundary(OptionalDouble.of(left), OptionalDouble.of(right));
  }

  /** {@code y(x_0) = left}; the right end is free. */
  public static Boundary rightFree(double left) {
    return new Boundary(OptionalDouble.of(left), OptionalDouble.empty());
  }

  /** {@code y(x_n) = right}; the left end is free. */
  public static Boundary leftFree(double right) {
    return new Boundary(OptionalDouble.empty(), OptionalDouble.of(right));
  }

  /** Both ends free. */
  public static Boundary free() {
    return new Boundary(OptionalDouble.empty(), OptionalDouble.empty());
  }

  /** Index of the first height that may vary. */
  int first() {
    return left.isPresent() ? 1 : 0;
  }

  /** Index of the last height that may vary, on a grid of so many cells. */
  int last(int cells) {
    return right.isPresent() ? cells - 1 : cells;
  }

  void requireStart(Grid grid, double[] start) {
    grid.requirePath("The start path", start);
    // Rounding is a part of the largest height, in whatever units.
    double near = 1e-9 * Vectors.largest(start);
    requireEnd("begins", left, start[0], grid.x(0), near);
    requireEnd("ends", right, start[start.length - 1], grid.x(grid.cells()), near);
  }

  private static void requireEnd(
      String verb, OptionalDouble fixed, double start, double x, double near) {
    if (fixed.isPresent() && Math.abs(start - fixed.getAsDouble()) > near) {
      throw new IllegalArgumentException(
          "The start path "
              + verb
              + " at height "
              + start
              + " but the boundary condition is y("
              + x
              + ") = "
              + fixed.getAsDouble()
              + "; let the start path meet its boundary conditions");
    }
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
