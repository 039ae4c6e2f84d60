package org.lowerbound.variations;

/**
 * What one straight piece of a path, from {@code (x0, y0)} to {@code (x1, y1)}, contributes to a
 * functional.
 *
 * <p>It serves functionals whose value on a straight piece is known in closed form, where a rule
 * for the integral would be poorer or singular: a bead takes an exact, finite time down a straight
 * wire although its integrand {@code 1/v} is infinite at the start.
 *
 * <p>The derivatives are five-point differences whose step is a thousandth of the piece's extent
 * {@code |x1 − x0| + |y1 − y0|}, or finer or coarser where the cost varies on another scale.
 */
@FunctionalInterface
public interface Chord {

  /** The contribution of the piece from {@code (x0, y0)} to {@code (x1, y1)}. */
  double cost(double x0, double y0, double x1, double y1);
}
