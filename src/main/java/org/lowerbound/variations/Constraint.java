package org.lowerbound.variations;

import org.lowerbound.plot.Numbers;

/**
 * An integral constraint {@code C[y] = value}; it enters the problem as {@code J + λ (C − value)},
 * so that the multiplier is the price of the constraint: {@code dJ/dvalue = −λ} along the
 * solutions.
 *
 * @param name how messages call it, for instance "length"
 * @param of C
 * @param value the value C must take
 */
public record Constraint(String name, Functional of, double value) {

  /** Checks that the value is finite. */
  public Constraint {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("The constraint \"" + name + "\" asks for " + value);
    }
  }

  /** {@code C[y] = value}. */
  public static Constraint of(String name, Functional of, double value) {
    return new Constraint(name, of, value);
  }

  /**
   * The curve has this length: {@code ∫ √(1 + y'²) dx = length}.
   *
   * @throws IllegalArgumentException when the length does not exceed the chord between fixed ends,
   *     or the width of the interval when an end is free
   */
  public static Constraint length(Grid grid, Boundary ends, double length) {
    double width = grid.x(grid.cells()) - grid.x(0);
    double rise =
        ends.left().isPresent() && ends.right().isPresent()
            ? ends.right().getAsDouble() - ends.left().getAsDouble()
            : 0;
    double chord = Math.hypot(width, rise);
    if (!(length >= chord)) {
      throw new IllegalArgumentException(
          "No curve of length "
              + length
              + " joins the ends: the straight line between them is already "
              + chord
              + " long. Ask for a greater length");
    }
    if (length <= chord * (1 + 1e-12)) {
      throw new IllegalArgumentException(
          "A curve of length "
              + length
              + " is the straight line and nothing else, so there is nothing left to vary and no"
              + " multiplier exists. Ask for a greater length");
    }
    return new Constraint(
        "length",
        Functional.ofChords(grid, (x0, y0, x1, y1) -> Math.hypot(x1 - x0, y1 - y0)),
        length);
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
