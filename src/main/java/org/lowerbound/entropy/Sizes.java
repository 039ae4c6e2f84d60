package org.lowerbound.entropy;

import org.lowerbound.Size;
import org.lowerbound.plot.Numbers;

/**
 * The numbers that differ between the quick and the full run of chapter 02.
 *
 * @param digits training digits of the classifier
 * @param testDigits digits it is tested on
 * @param penalty {@code α} of the classifier
 * @param epochs passes of the trainer over the digits
 * @param rolls most rolls in the experiment with the conditioned die
 */
public record Sizes(int digits, int testDigits, double penalty, int epochs, int rolls) {
  /** The numbers of one size. */
  public static Sizes of(Size size) {
    return switch (size) {
      case QUICK -> new Sizes(3000, 2000, 0.002, 25, 1000);
      case FULL -> new Sizes(20_000, 10_000, 0.0005, 100, 1600);
    };
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
