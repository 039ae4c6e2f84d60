package org.lowerbound.data;

/**
 * Small binary images that are known completely: every row is all 1 or all 0 (stripes), or every
 * column is (bars) (MacKay 2003, section 43).
 *
 * <p>Of the 2 · 2^s patterns on a square of side s, the empty and the full one are both bars and
 * stripes; so there are 2^(s+1) − 2 distinct images. Here each distinct image stands once and has
 * probability 1 / (2^(s+1) − 2), so that the entropy is log(2^(s+1) − 2) nats and no model can have
 * a lower mean negative log-likelihood. (Choosing the direction by a fair coin first, as some texts
 * do, gives the empty and the full image twice that weight: another distribution.)
 */
public final class BarsAndStripes {

  private BarsAndStripes() {}

  /**
   * All distinct images of the given side, each once, of shape {@code [side * side]}: stripes
   * first, in binary order, then bars.
   *
   * @param side 1 to 12
   */
  public static BinaryRows all(int side) {
    check(side);
    byte[][] images = new byte[count(side)][];
    int n = 0;
    for (int direction = 0; direction < 2; direction++) {
      for (int on = 0; on < 1 << side; on++) {
        boolean constant = on == 0 || on == (1 << side) - 1;
        // For side 1 bars and stripes are the same images.
        if (direction == 1 && (constant || side == 1)) {
          continue;
        }
        byte[] image = new byte[side * side];
        for (int row = 0; row < side; row++) {
          for (int column = 0; column < side; column++) {
            int line = direction == 0 ? row : column;
            image[row * side + column] = (byte) (on >> (side - 1 - line) & 1);
          }
        }
        images[n++] = image;
      }
    }
    return BinaryRows.of(
        Provenance.builtIn(
            "Bars and stripes " + side + "×" + side,
            "all " + images.length + " distinct images, each once"),
        images);
  }

  /** The number of distinct images, 2^(side+1) − 2. */
  public static int count(int side) {
    check(side);
    return (1 << (side + 1)) - 2;
  }

  /** The entropy of the uniform distribution over the distinct images, in nats. */
  public static double entropy(int side) {
    return Math.log(count(side));
  }

  private static void check(int side) {
    if (side < 1 || side > 12) {
      throw new IllegalArgumentException("side " + side + "; expected 1 to 12");
    }
  }
}
