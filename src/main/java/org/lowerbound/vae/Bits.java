package org.lowerbound.vae;

/**
 * Nats into bits per dimension and back.
 *
 * <p>One bit is log 2 = 0.693… nats. A log-probability of a picture of D sub-pixels, in nats, is
 * −log p/(D log 2) bits per dimension: what an ideal code would spend on a sub-pixel. A density
 * over values that were divided by 256 becomes a bound on the probability of the level by adding 8:
 * each level is an interval of width 1/256.
 */
public final class Bits {

  private Bits() {}

  /** Bits per dimension of a log-probability in nats. */
  public static double perDimension(double nats, int dimensions) {
    require(dimensions);
    return -nats / dimensions / Math.log(2);
  }

  /**
   * Bits per dimension of a log-density, in nats, of levels k dequantised to (k + u)/256 in [0, 1):
   * by Jensen's inequality no less than those of the probabilities of the levels.
   */
  public static double ofDensity(double nats, int dimensions) {
    return perDimension(nats, dimensions) + 8;
  }

  /** The nats of so many bits per dimension: the inverse of {@link #perDimension}. */
  public static double nats(double bitsPerDimension, int dimensions) {
    require(dimensions);
    return -bitsPerDimension * dimensions * Math.log(2);
  }

  private static void require(int dimensions) {
    if (dimensions < 1) {
      throw new IllegalArgumentException(
          "A picture has at least 1 dimension, not " + dimensions + ".");
    }
  }
}
