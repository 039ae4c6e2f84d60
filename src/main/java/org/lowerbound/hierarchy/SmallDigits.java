package org.lowerbound.hierarchy;

import org.lowerbound.data.BinarizedMnist;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Mnist;
import org.lowerbound.data.Splits;

/**
 * The digits of chapter 11b as pictures of bits: at full size the fixed binarisation of MNIST with
 * the split of chapters 04b and 07, at quick size MNIST reduced to 16×16.
 */
public final class SmallDigits {

  private static final int GREY_SIDE = 28;
  private static final int SMALL_SIDE = 16;

  private SmallDigits() {}

  /**
   * Training and validation pictures from the official training set, in an order that a seed
   * determines; the test pictures are the first of the official test set.
   *
   * @throws IllegalArgumentException if the side is neither 16 nor 28
   */
  public static Splits<BinaryRows> load(DiffusionSizes sizes) {
    if (sizes.side() == GREY_SIDE) {
      Splits<BinaryRows> fixed = BinarizedMnist.load();
      return new Splits<>(
          first(fixed.train(), sizes.train()),
          first(fixed.valid(), sizes.valid()),
          first(fixed.test(), sizes.test()));
    }
    if (sizes.side() != SMALL_SIDE) {
      throw new IllegalArgumentException(
          "Digits have a side of 16 or 28, not " + sizes.side() + ".");
    }
    ImageData train = Mnist.train().shuffled(1);
    ImageData test = Mnist.test();
    int valid = Math.min(sizes.valid(), train.size() / 10);
    int rows = Math.min(sizes.train(), train.size() - valid);
    return new Splits<>(
        reduced(train.range(0, rows)),
        reduced(train.range(rows, rows + valid)),
        reduced(test.range(0, Math.min(sizes.test(), test.size()))));
  }

  private static BinaryRows first(BinaryRows rows, int most) {
    return rows.size() <= most ? rows : rows.range(0, most);
  }

  /**
   * 16×16 bits of a grey picture of 28×28: a frame of two black pixels, the mean of each 2×2 block,
   * and 1 where it is at least half of white.
   */
  static BinaryRows reduced(ImageData grey) {
    byte[][] bits = new byte[grey.size()][SMALL_SIDE * SMALL_SIDE];
    for (int i = 0; i < bits.length; i++) {
      byte[] from = grey.pixels(i);
      for (int at = 0; at < bits[i].length; at++) {
        int sum = 0;
        for (int corner = 0; corner < 4; corner++) {
          int y = 2 * (at / SMALL_SIDE) + corner / 2 - 2;
          int x = 2 * (at % SMALL_SIDE) + corner % 2 - 2;
          boolean inside = y >= 0 && y < GREY_SIDE && x >= 0 && x < GREY_SIDE;
          sum += inside ? from[y * GREY_SIDE + x] & 0xff : 0;
        }
        bits[i][at] = (byte) (sum >= 510 ? 1 : 0);
      }
    }
    return BinaryRows.of(
        grey.provenance().named(grey.name() + " 16x16, cut at half"),
        new int[] {1, SMALL_SIDE, SMALL_SIDE},
        bits,
        grey.labels());
  }
}
