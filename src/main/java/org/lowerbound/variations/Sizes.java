package org.lowerbound.variations;

import org.lowerbound.Size;

/**
 * How much the chapter computes at each size.
 *
 * @param cells cells of the grids that are solved and drawn
 * @param finest cells of the finest grid in a study of convergence
 * @param descentCells cells of the grids on which a path is trained
 * @param descentSteps steps of each training run
 */
public record Sizes(int cells, int finest, int descentCells, int descentSteps) {

  /** The sizes of this run: {@code LOWERBOUND_SIZE}. */
  public static Sizes current() {
    return switch (Size.current()) {
      case QUICK -> new Sizes(200, 1600, 64, 400);
      case FULL -> new Sizes(800, 12800, 256, 4000);
    };
  }
}
