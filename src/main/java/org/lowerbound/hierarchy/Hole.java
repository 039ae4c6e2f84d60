package org.lowerbound.hierarchy;

/**
 * A square of {@code inner²} pixels in the middle of a picture of {@code side²}: what is to be
 * predicted. The rest is the border.
 *
 * @param side height and width of the picture
 * @param inner height and width of the square
 */
public record Hole(int side, int inner) {

  /** The channels of a colour picture. */
  static final int CHANNELS = 3;

  /** Checks the sizes. */
  public Hole {
    if (inner < 1 || inner > side - 2 || (side - inner) % 2 != 0) {
      throw new IllegalArgumentException(
          "A square of "
              + inner
              + " does not lie in the middle of a picture of "
              + side
              + " with a border around it: both must be even or both odd, and the border at least"
              + " 1.");
    }
  }

  /** Pixels from the edge of the picture to the square. */
  public int margin() {
    return (side - inner) / 2;
  }

  /** Numbers in the square: three channels. */
  public int features() {
    return CHANNELS * inner * inner;
  }

  /** Where number {@code i} of the square lies in a row of the picture. */
  public int place(int i) {
    int area = inner * inner;
    int y = i % area / inner + margin();
    int x = i % inner + margin();
    return (i / area * side + y) * side + x;
  }

  /**
   * How deep a number of the square lies: 1 next to the border, {@code inner/2} in the middle (or
   * one more for an odd square).
   */
  public int depth(int i) {
    int y = i % (inner * inner) / inner;
    int x = i % inner;
    return 1 + Math.min(Math.min(y, x), Math.min(inner - 1 - y, inner - 1 - x));
  }

  /**
   * The square of a picture.
   *
   * @param picture {@code [3·side²]}
   * @return {@code [3·inner²]}, channel by channel and row by row
   */
  public float[] cut(float[] picture) {
    check(picture);
    float[] square = new float[features()];
    for (int i = 0; i < square.length; i++) {
      square[i] = picture[place(i)];
    }
    return square;
  }

  /** The squares of several pictures. */
  public float[][] cut(float[][] pictures) {
    float[][] squares = new float[pictures.length][];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = cut(pictures[i]);
    }
    return squares;
  }

  /** A copy of the picture with another square. */
  public float[] paste(float[] picture, float[] square) {
    check(picture);
    if (square.length != features()) {
      throw new IllegalArgumentException(
          "The square has " + square.length + " numbers; expected " + features() + ".");
    }
    float[] whole = picture.clone();
    for (int i = 0; i < square.length; i++) {
      whole[place(i)] = square[i];
    }
    return whole;
  }

  /** Copies of the pictures with other squares. */
  public float[][] paste(float[][] pictures, float[][] squares) {
    float[][] all = new float[pictures.length][];
    for (int i = 0; i < all.length; i++) {
      all[i] = paste(pictures[i], squares[i]);
    }
    return all;
  }

  private void check(float[] picture) {
    if (picture.length != CHANNELS * side * side) {
      throw new IllegalArgumentException(
          "The picture has "
              + picture.length
              + " numbers; expected "
              + CHANNELS
              + " channels of "
              + side
              + "×"
              + side
              + ".");
    }
  }
}
