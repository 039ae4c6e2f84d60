package org.lowerbound.data;

/** Skeleton. */
public final class DensitySets {
  private DensitySets() {}

  /** Skeleton. */
  public static Splits<BinaryRows> nltcs() {
    throw new UnsupportedOperationException("not yet");
  }

  /** Skeleton. */
  public static Splits<BinaryRows> dna() {
    throw new UnsupportedOperationException("not yet");
  }

  /** Skeleton. */
  public static Splits<BinaryRows> adult() {
    throw new UnsupportedOperationException("not yet");
  }

  /** Skeleton. */
  public static Splits<BinaryRows> connect4() {
    throw new UnsupportedOperationException("not yet");
  }

  /** Skeleton. */
  public static Splits<BinaryRows> ocrLetters() {
    throw new UnsupportedOperationException("not yet");
  }
}
