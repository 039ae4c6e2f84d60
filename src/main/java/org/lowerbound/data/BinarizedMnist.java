package org.lowerbound.data;

/** Skeleton. */
public final class BinarizedMnist {
  private BinarizedMnist() {}

  /** Skeleton. */
  public static Splits<BinaryRows> load() {
    throw new UnsupportedOperationException("not yet");
  }
}
