package org.lowerbound.vae;

import org.lowerbound.plot.Numbers;

/**
 * Where the spread s of a continuous likelihood comes from: the standard deviation of a Gaussian,
 * the scale of a logistic.
 *
 * @param kind given, learned once for all features, or a second output of the decoder
 * @param value the scale itself, the scale that training starts from, or the least scale
 */
public record Scale(Kind kind, double value) {

  /** The three ways to have a scale. */
  public enum Kind {
    /** Given: the reconstruction term is then a squared error with weight 1/(2s²). */
    FIXED,
    /** One number for all features, learned through its logarithm. */
    SHARED,
    /** One number a feature and example, the decoder's second output: s = floor + log(1 + eᵃ). */
    PREDICTED
  }

  /** Checks the number. */
  public Scale {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          "The scale ("
              + kind.toString().toLowerCase(java.util.Locale.ROOT)
              + ") must be a positive number, not "
              + value
              + ".");
    }
  }

  /** The scale s, not learned. */
  public static Scale fixed(double s) {
    return new Scale(Kind.FIXED, s);
  }

  /** One learned scale for all features. */
  public static Scale shared(double initial) {
    return new Scale(Kind.SHARED, initial);
  }

  /**
   * A scale for every feature from the decoder. The floor is what keeps a density bounded: where
   * the data have no noise, s runs to 0 and the "likelihood" to infinity.
   */
  public static Scale predicted(double floor) {
    return new Scale(Kind.PREDICTED, floor);
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
