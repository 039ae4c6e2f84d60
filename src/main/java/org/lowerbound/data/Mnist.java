package org.lowerbound.data;

import java.util.List;

/**
 * MNIST: 60,000 + 10,000 grey pictures of handwritten digits, 28×28 (LeCun, Bottou, Bengio, Haffner
 * 1998).
 *
 * <p>If the four files are neither on this machine nor to be had from the network, both parts are
 * the built-in {@link StrokeDigits} instead; {@code provenance().notice()} says so.
 */
public final class Mnist {

  static final int[] SHAPE = {1, 28, 28};

  private Mnist() {}

  /** The 60,000 images for training, {@code [1, 28, 28]}. */
  public static ImageData train() {
    return load(DataStore.system(), true);
  }

  /** The 10,000 images for test, {@code [1, 28, 28]}. */
  public static ImageData test() {
    return load(DataStore.system(), false);
  }

  static ImageData load(DataStore store, boolean train) {
    List<DataStore.Found> files;
    try {
      // All four or none: MNIST for training and other digits for test would mislead.
      files = Catalogue.MNIST.stream().map(store::find).toList();
    } catch (DataException e) {
      if (!e.absent()) {
        throw e;
      }
      ImageData digits = (train ? StrokeDigits.train() : StrokeDigits.test()).materialised();
      return digits.from(digits.provenance().replacing("MNIST", e.brief()));
    }
    return train
        ? read("MNIST train", files.get(0), files.get(1))
        : read("MNIST test", files.get(2), files.get(3));
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
