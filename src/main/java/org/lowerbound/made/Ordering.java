package org.lowerbound.made;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The order in which a joint probability is taken apart: p(x) = ∏ p(x_d | the variables that come
 * before d) (Germain et al. 2015, eq. 3 and section 4.2).
 */
public final class Ordering {

  private final int[] position;

  private Ordering(int[] position) {
    this.position = position;
  }

  /** The variables in the order in which they are numbered: x₀ first. */
  public static Ordering natural(int dimensions) {
    require(dimensions);
    int[] position = new int[dimensions];
    Arrays.setAll(position, d -> d + 1);
    return new Ordering(position);
  }

  /** An order drawn uniformly from all D! orders. */
  public static Ordering random(int dimensions, long seed) {
    Ordering ordering = natural(dimensions);
    SplittableRandom random = new SplittableRandom(seed);
    for (int d = dimensions - 1; d > 0; d--) {
      int other = random.nextInt(d + 1);
      int swap = ordering.position[d];
      ordering.position[d] = ordering.position[other];
      ordering.position[other] = swap;
    }
    return ordering;
  }

  /**
   * The ordering of this sequence of variables, first to last.
   *
   * @param sequence each of 0 to D − 1 once
   * @throws IllegalArgumentException if it is no such sequence
   */
  public static Ordering of(int... sequence) {
    require(sequence.length);
    int[] position = new int[sequence.length];
    for (int i = 0; i < sequence.length; i++) {
      int d = sequence[i];
      if (d < 0 || d >= position.length || position[d] != 0) {
        throw new IllegalArgumentException(
            "An ordering of "
                + position.length
                + " variables names each of 0 to "
                + (position.length - 1)
                + " once, not "
                + Arrays.toString(sequence)
                + ".");
      }
      position[d] = i + 1;
    }
    return new Ordering(position);
  }

  private static void require(int dimensions) {
    if (dimensions < 2) {
      throw new IllegalArgumentException(
          "An ordering needs at least 2 variables, not " + dimensions + ".");
    }
  }

  /** D, the number of variables. */
  public int dimensions() {
    return position.length;
  }

  /** The place of variable d, from 1 (first) to D: the degree m⁰(d) of its input unit. */
  public int position(int d) {
    return position[d];
  }

  /** The variables from first to last, {@code [D]}: the order of ancestral sampling. */
  public int[] sequence() {
    int[] sequence = new int[position.length];
    for (int d = 0; d < position.length; d++) {
      sequence[position[d] - 1] = d;
    }
    return sequence;
  }

  @Override
  public String toString() {
    return "Ordering" + Arrays.toString(sequence());
  }
}
