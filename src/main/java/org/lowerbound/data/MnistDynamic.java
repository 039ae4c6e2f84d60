package org.lowerbound.data;

/**
 * MNIST, binarised dynamically: the bits of an image are drawn from its grey values anew each time
 * it is drawn, from the generator of whoever draws (Burda, Grosse, Salakhutdinov 2016).
 *
 * <p>The other binarised MNIST is {@link BinarizedMnist}, whose bits are fixed; for the same model
 * the two differ by about 2 nats, and only like may be compared with like.
 */
public final class MnistDynamic {

  private MnistDynamic() {}

  /**
   * 50,000 images for training, the last 10,000 of MNIST's training images for validation, 10,000
   * for test, each {@code [1, 28, 28]}. {@link StrokeDigits} if MNIST cannot be had.
   */
  public static Splits<DynamicBinaryRows> load() {
    return load(DataStore.system());
  }

  static Splits<DynamicBinaryRows> load(DataStore store) {
    ImageData train = Mnist.load(store, true);
    return new Splits<>(
        DynamicBinaryRows.of(train.range(0, 50_000)),
        DynamicBinaryRows.of(train.range(50_000, 60_000)),
        DynamicBinaryRows.of(Mnist.load(store, false)));
  }
}
