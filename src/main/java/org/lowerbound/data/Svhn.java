package org.lowerbound.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.lowerbound.numerics.StopButton;

/**
 * Street View House Numbers, format 2: cropped digits of 32×32 in red, green and blue, 73,257 for
 * training, 26,032 for test, 531,131 easier ones besides (Netzer, Wang, Coates, Bissacco, Wu, Ng
 * 2011; for non-commercial use).
 *
 * <p>The files hold X, 32×32×3×N in column-major order, and y, where the digit 0 is stored as 10.
 * Here an image is {@code [3, 32, 32]} and a label 0 to 9.
 *
 * <p>If the files of train and test cannot be had, both are {@link StreetDigits}; the extra set has
 * no replacement.
 */
public final class Svhn {

  static final int[] SHAPE = {3, 32, 32};
  private static final int PIXELS = 3 * 32 * 32;

  private Svhn() {}

  /** The 73,257 images for training. */
  public static ImageData train() {
    return load(DataStore.system(), true);
  }

  /** The 26,032 images for test. */
  public static ImageData test() {
    return load(DataStore.system(), false);
  }

  /**
   * The 531,131 images of the extra set; 1.6 GB of bytes.
   *
   * @throws DataException if the file cannot be had
   */
  public static ImageData extra() {
    DataStore.Found file = DataStore.system().find(Catalogue.SVHN_EXTRA.get(0));
    return read(file.path(), Catalogue.provenance("SVHN extra", List.of(file)));
  }

  /** Whether both files are here, so that {@link #train} and {@link #test} are the real ones. */
  public static boolean atHand() {
    try {
      Catalogue.SVHN.forEach(DataStore.system()::find);
      return true;
    } catch (DataException e) {
      return false;
    }
  }

  static ImageData load(DataStore store, boolean train) {
    List<DataStore.Found> files;
    try {
      files = Catalogue.SVHN.stream().map(store::find).toList();
    } catch (DataException e) {
      return StreetDigits.instead("SVHN", train, e);
    }
    DataStore.Found file = files.get(train ? 0 : 1);
    String name = train ? "SVHN train" : "SVHN test";
    return read(file.path(), Catalogue.provenance(name, List.of(file)));
  }

  /**
   * Reads any file of format 2.
   *
   * @throws DataException if it is truncated, damaged or of another layout
   */
  public static ImageData read(Path file) {
    return read(
        file, Provenance.own("SVHN format 2, " + file.getFileName(), "" + file.getFileName()));
  }

  private static ImageData read(Path file, Provenance provenance) {
    byte[][] images = null;
    byte[] labels = null;
    try (Matlab mat = Matlab.open(file)) {
      while (mat.next()) {
        if (mat.name().equals("X") && images == null) {
          requireNumbers(file, mat);
          images = images(file, mat);
        } else if (mat.name().equals("y") && labels == null) {
          requireNumbers(file, mat);
          labels = labels(file, mat);
        }
      }
    }
    if (images == null || labels == null) {
      throw DataIo.malformed(
          file, FileKind.MATLAB_5, "it lacks the variable " + (images == null ? "X" : "y"));
    }
    if (images.length != labels.length) {
      throw DataIo.malformed(
          file,
          FileKind.MATLAB_5,
          "it holds " + images.length + " images and " + labels.length + " labels");
    }
    return ImageData.of(provenance, SHAPE, 10, images, labels);
  }

  private static void requireNumbers(Path file, Matlab mat) {
    if (!mat.numeric()) {
      throw DataIo.malformed(
          file, FileKind.MATLAB_5, "it has " + mat.describe() + "; expected numbers");
    }
  }

  private static byte[][] images(Path file, Matlab mat) {
    int[] dimensions = mat.dimensions();
    int rank = dimensions.length;
    if (Arrays.stream(dimensions).anyMatch(length -> length == 0)) {
      return new byte[0][];
    }
    // MATLAB drops a last dimension of 1.
    if (rank < 3 || rank > 4 || dimensions[0] != 32 || dimensions[1] != 32 || dimensions[2] != 3) {
      throw DataIo.malformed(
          file,
          FileKind.MATLAB_5,
          "X is " + Arrays.toString(dimensions) + "; expected [32, 32, 3, images]");
    }
    byte[][] images = new byte[rank == 4 ? dimensions[3] : 1][];
    byte[] stored = new byte[PIXELS];
    for (int i = 0; i < images.length; i++) {
      StopButton.poll();
      mat.read(stored, 0, PIXELS);
      byte[] image = new byte[PIXELS];
      for (int channel = 0; channel < PIXELS; channel += 1024) {
        for (int row = 0; row < 32; row++) {
          for (int column = 0; column < 32; column++) {
            image[channel + 32 * row + column] = stored[channel + row + 32 * column];
          }
        }
      }
      images[i] = image;
    }
    return images;
  }

  private static byte[] labels(Path file, Matlab mat) {
    int[] dimensions = mat.dimensions();
    if (dimensions.length != 2
        || dimensions[0] != 1 && dimensions[1] != 1 && dimensions[0] * dimensions[1] != 0) {
      throw DataIo.malformed(
          file,
          FileKind.MATLAB_5,
          "y is " + Arrays.toString(dimensions) + "; expected [images, 1]");
    }
    byte[] labels = new byte[dimensions[0] * dimensions[1]];
    mat.read(labels, 0, labels.length);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 1 || labels[i] > 10) {
        throw DataIo.malformed(
            file,
            FileKind.MATLAB_5,
            "label " + i + " is " + (labels[i] & 0xff) + "; expected 1 to 10");
      }
      labels[i] %= 10;
    }
    return labels;
  }
}
