package org.lowerbound.hierarchy;

import org.lowerbound.numerics.Checks;

/**
 * How the weight of each level's KL grows in training: level l's rises from 0 to 1 in the steps (l
 * − 1)·n to l·n, so that the lowest level has to pay first; n = 0 for weights of 1 throughout.
 *
 * @param steps n, a level
 */
public record WarmUp(int steps) {

  /** Checks the number. */
  public WarmUp {
    Checks.atLeast(0, "steps", steps);
  }

  /** Every KL counts in full from the first step. */
  public static WarmUp none() {
    return new WarmUp(0);
  }

  /**
   * The weight of a level's KL.
   *
   * @param level from 1, the lowest
   * @param step from 0
   */
  public double weight(int level, long step) {
    return steps == 0 ? 1 : Math.min(1, Math.max(0, (double) step / steps - (level - 1)));
  }
}
