package org.lowerbound.variations;

import org.lowerbound.Size;
import org.lowerbound.plot.Numbers;

/**
 * How much the chapter computes at each size.
 *
 * @param cells cells of most grids
 * @param slideCells cells of the grid of the fastest slide, whose descent is the slowest; the same
 *     at both sizes, for order 2 makes a hundred enough
 * @param finest cells of the finest grid, on which the published formula is tested
 * @param steps steps of training the shortest path. The number of cells hardly matters to them, and
 *     Adam must stop soon after it has arrived: when all gradients are below its ε its steps grow
 * @param slideSteps steps of training the fastest slide
 */
public record Sizes(int cells, int slideCells, int finest, int steps, int slideSteps) {

  /** The numbers of one size. */
  public static Sizes of(Size size) {
    return switch (size) {
      case QUICK -> new Sizes(200, 100, 2000, 500, 1200);
      case FULL -> new Sizes(400, 100, 20000, 500, 1200);
    };
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
