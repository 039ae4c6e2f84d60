package org.lowerbound.hierarchy;

import org.lowerbound.numerics.Checks;

/**
 * The architecture of a {@link Denoiser} of square pictures of bits: convolutions at the side, at
 * half of it and at a quarter, and back, with the maps of the way down added on the way up.
 *
 * @param side height and width, which 4 divides
 * @param filters channels at the side; twice as many below
 */
public record DenoiserShape(int side, int filters) {

  /** Checks the sizes. */
  public DenoiserShape {
    Checks.atLeast(1, "filters", filters);
    if (side < 4 || side % 4 != 0) {
      throw new IllegalArgumentException("4 must divide the side of a picture, not " + side + ".");
    }
  }

  /** Pixels. */
  public int features() {
    return side * side;
  }
}
