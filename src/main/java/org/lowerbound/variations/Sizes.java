package org.lowerbound.variations;

import org.lowerbound.Size;

/**
 * How much the chapter computes at each size.
 *
 * @param cells cells of most grids
 * @param slideCells cells of the grid of the fastest slide, whose descent is the slowest
 * @param finest cells of the finest grid, on which the published formula is tested
 * @param steps steps of training; twice as many for the slide
 */
public record Sizes(int cells, int slideCells, int finest, int steps) {

  /** The sizes of this run: {@code LOWERBOUND_SIZE}. */
  public static Sizes current() {
    return switch (Size.current()) {
      case QUICK -> new Sizes(200, 100, 2000, 500);
      case FULL -> new Sizes(400, 200, 20000, 2000);
    };
  }
}
