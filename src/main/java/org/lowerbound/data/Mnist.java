package org.lowerbound.data;

import java.util.List;
import java.util.Optional;

/**
 * MNIST: 60,000 + 10,000 grey pictures of handwritten digits, 28×28 (LeCun, Bottou, Bengio, Haffner
 * 1998).
 *
 * <p>If the four files are neither on this machine nor to be had from the network, both parts are
 * the built-in {@code StrokeDigits} instead; {@code provenance().notice()} says so.
 */
public final class Mnist {

  static final int[] SHAPE = {1, 28, 28};

  private Mnist() {}

  /** The 60,000 images for training, {@code [1, 28, 28]}. */
  public static ImageData train() {
    return load(DataStore.system()).train();
  }

  /** The 10,000 images for test, {@code [1, 28, 28]}. */
  public static ImageData test() {
    return load(DataStore.system()).test();
  }

  private static Splits<ImageData> load(DataStore store) {
    Optional<List<DataStore.Found>> files = Catalogue.find(store, Catalogue.MNIST);
    if (files.isEmpty()) {
      throw new UnsupportedOperationException("built-in digits are not there yet");
    }
    List<DataStore.Found> f = files.get();
    return new Splits<>(
        read("MNIST train", f.get(0), f.get(1)), null, read("MNIST test", f.get(2), f.get(3)));
  }

  private static ImageData read(String name, DataStore.Found images, DataStore.Found labels) {
    return ImageData.of(
        Catalogue.provenance(name, List.of(images, labels)),
        SHAPE,
        10,
        Idx.images(images.path(), 28, 28),
        Idx.labels(labels.path()));
  }
}
