package org.lowerbound.data;

/** Skeleton. */
public final class Mnist {
  private Mnist() {}

  /** Skeleton. */
  public static ImageData train() {
    throw new UnsupportedOperationException("not yet");
  }

  /** Skeleton. */
  public static ImageData test() {
    throw new UnsupportedOperationException("not yet");
  }
}
