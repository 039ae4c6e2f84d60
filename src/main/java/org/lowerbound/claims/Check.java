package org.lowerbound.claims;

/**
 * The checks of the assignments. A check is silent when it holds and throws an {@link
 * AssertionError} when it does not, with what was expected, what was found, and, where the two
 * numbers suggest it, what kind of mistake that is.
 *
 * <p>Assignments call it by its full name, {@code org.lowerbound.claims.Check}, because a notebook
 * has one name space, in which an answer could declare a {@code check} of its own.
 */
public final class Check {

  private Check() {}

  /**
   * The condition holds.
   *
   * @param holds the condition
   * @param otherwise what is wrong when it does not hold
   * @throws AssertionError when it does not
   */
  public static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /**
   * |found − expected| ≤ tolerance, or both are the same infinity. A NaN never passes.
   *
   * @param what the quantity, in words
   * @param tolerance at least 0, in the unit of the values
   * @throws AssertionError when it does not hold
   * @throws IllegalArgumentException for a negative tolerance or one that is NaN
   */
  public static void close(String what, double expected, double found, double tolerance) {
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException(
          "the tolerance must be a number of at least 0, was " + tolerance);
    }
    if (found == expected || Math.abs(found - expected) <= tolerance) {
      return;
    }
    String hint = suspicion(expected, found);
    throw new AssertionError(
        what
            + ": expected "
            + expected
            + ", but it is "
            + found
            + (hint.isEmpty() ? "" : " (" + hint + ")"));
  }

  /**
   * Fails, always. The grader puts it behind a test: when its word is heard the test has come to
   * its end, and when it is not, no silence of the test can be believed.
   *
   * @param word appears in the failure, so that it is known to be this one
   * @throws AssertionError always
   */
  public static void canary(String word) {
    throw new AssertionError(word);
  }

  /**
   * What kind of mistake turns one number into the other, to a relative accuracy of
   * 10<sup>−6</sup>; empty when none of the usual ones does.
   */
  static String suspicion(double expected, double found) {
    if (Double.isNaN(found)) {
      return "not a number: 0/0, the root or logarithm of something negative, or ∞ − ∞";
    }
    if (Double.isInfinite(found)) {
      return "a division by 0, or an exponential that overflows";
    }
    if (Double.isInfinite(expected) || expected == 0) {
      return "";
    }
    if (found == 0) {
      return "is it computed at all, or lost in integer division or underflow?";
    }
    double ratio = found / expected;
    if (same(ratio, -1)) {
      return "the sign is the other way round";
    }
    if (same(ratio, 2) || same(ratio, -2)) {
      return "twice as much" + otherSign(ratio);
    }
    if (same(ratio, 0.5) || same(ratio, -0.5)) {
      return "half as much" + otherSign(ratio);
    }
    if (same(ratio, Math.log(2)) || same(ratio, 1 / Math.log(2))) {
      return "a factor log 2: bits and nats";
    }
    if (same(ratio, Math.PI) || same(ratio, 1 / Math.PI)) {
      return "a factor π";
    }
    if (same(ratio, 2 * Math.PI) || same(ratio, 1 / (2 * Math.PI))) {
      return "a factor 2π";
    }
    if (same(ratio, Math.sqrt(2 * Math.PI)) || same(ratio, 1 / Math.sqrt(2 * Math.PI))) {
      return "a factor √(2π)";
    }
    if (!same(Math.abs(expected), 1)) {
      if (same(found, 1 / expected)) {
        return "the reciprocal";
      }
      if (same(found, expected * expected)) {
        return "the square: a variance for a standard deviation?";
      }
      if (same(found * found, expected) && found > 0) {
        return "the square root: a standard deviation for a variance?";
      }
      if (expected > 0 && same(found, Math.log(expected))) {
        return "the logarithm of it";
      }
      if (same(found, Math.exp(expected))) {
        return "its exponential";
      }
    }
    if (same(found, 1 - expected)) {
      return "one minus it: the complement";
    }
    if (same(found, expected + 1) || same(found, expected - 1)) {
      return "one off";
    }
    return "";
  }

  private static String otherSign(double ratio) {
    return ratio < 0 ? ", and the sign is the other way round" : "";
  }

  private static boolean same(double a, double b) {
    return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));
  }
}
