package org.lowerbound.variations;

import org.lowerbound.Size;

/**
 * How much the chapter computes at each size.
 *
 * @param cells cells of the grids that are solved and trained
 * @param finest cells of the finest grid, on which the published formula is tested
 * @param steps steps of training
 */
public record Sizes(int cells, int finest, int steps) {

  /** The sizes of this run: {@code LOWERBOUND_SIZE}. */
  public static Sizes current() {
    return switch (Size.current()) {
      case QUICK -> new Sizes(200, 2000, 500);
      case FULL -> new Sizes(800, 20000, 2000);
    };
  }
}
