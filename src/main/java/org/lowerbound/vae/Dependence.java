package org.lowerbound.vae;

import java.util.ArrayList;
import java.util.List;

/**
 * Which sub-pixels of a 2×2 block of colour pixels a sub-pixel may look at before it is drawn.
 *
 * <p>The twelve sub-pixels of a block stand in a row: pixel by pixel from the top left, red before
 * green before blue. The centre of sub-pixel i is then μ_i(z) + Σ_j c_ij(z) (x_j − μ_j(z)), the sum
 * over the earlier j that the row allows (Salimans et al. 2017, section 2.2, for the three channels
 * of a pixel). Whatever the c_ij, each factor is a normalised law of x_i given the earlier ones,
 * hence so is the product.
 */
public enum Dependence {
  /** Nothing: all sub-pixels are independent given z. */
  NONE,
  /** The channels of the same pixel: green sees red, blue sees both. */
  CHANNELS,
  /** All that come earlier in the block of four pixels. */
  BLOCK;

  /** Sub-pixels of a block: 2×2 pixels of 3 channels. */
  static final int LENGTH = 12;

  /** The pairs (i, j): i sees j. Ordered by i. */
  List<int[]> pairs() {
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < LENGTH; i++) {
      for (int j = 0; j < i; j++) {
        if (this == BLOCK || this == CHANNELS && i / 3 == j / 3) {
          pairs.add(new int[] {i, j});
        }
      }
    }
    return pairs;
  }
}
