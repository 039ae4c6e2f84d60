package org.lowerbound.data;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Binarised MNIST, the fixed version: 50,000 / 10,000 / 10,000 images of 784 bits, drawn once from
 * the grey values and kept in files since (Salakhutdinov and Murray 2008; the split is Larochelle
 * and Murray's, 2011).
 *
 * <p>The rows are not in MNIST's order: paired with MNIST's label files they give a
 * nearest-centroid classifier of chance accuracy. Labels here come from files derived by matching
 * each row to its image; without these files the rows have no labels.
 *
 * <p>If the files cannot be had, the rows are built-in {@link StrokeDigits}, binarised once.
 */
public final class BinarizedMnist {

  private static final String[] PARTS = {"train", "valid", "test"};
  private static final int[] ROWS = {50_000, 10_000, 10_000};

  private BinarizedMnist() {}

  /** The three parts, rows of shape {@code [1, 28, 28]}. */
  public static Splits<BinaryRows> load() {
    return load(DataStore.system());
  }

  static Splits<BinaryRows> load(DataStore store) {
    List<DataStore.Found> files;
    try {
      files = Catalogue.BINARIZED_MNIST.stream().map(store::find).toList();
    } catch (DataException e) {
      if (!e.absent()) {
        throw e;
      }
      return builtIn(e.brief());
    }
    List<DataStore.Found> labels = List.of();
    try {
      labels = Catalogue.BINARIZED_MNIST_LABELS.stream().map(store::find).toList();
    } catch (DataException e) {
      if (!e.absent()) {
        throw e;
      }
    }
    BinaryRows[] parts = new BinaryRows[3];
    for (int i = 0; i < 3; i++) {
      DataStore.Found file = files.get(i);
      List<DataStore.Found> used = !labels.isEmpty() ? List.of(file, labels.get(i)) : List.of(file);
      parts[i] =
          BinaryRows.of(
              Catalogue.provenance("Binarised MNIST (fixed) " + PARTS[i], used),
              Mnist.SHAPE,
              read(file, ROWS[i]),
              !labels.isEmpty() ? Idx.labels(labels.get(i).path()) : null);
    }
    return new Splits<>(parts[0], parts[1], parts[2]);
  }

  /** StrokeDigits, each pixel drawn once from its grey value. */
  private static Splits<BinaryRows> builtIn(String why) {
    ImageData train = StrokeDigits.train().materialised();
    ImageData[] grey = {
      train.range(0, ROWS[0]),
      train.range(ROWS[0], ROWS[0] + ROWS[1]),
      StrokeDigits.test().materialised()
    };
    BinaryRows[] parts = new BinaryRows[3];
    for (int part = 0; part < 3; part++) {
      SplittableRandom random = new SplittableRandom(10 + part);
      byte[][] bits = new byte[grey[part].size()][784];
      float[] drawn = new float[784];
      for (int i = 0; i < bits.length; i++) {
        grey[part].drawBits(i, random, drawn, 0);
        for (int j = 0; j < 784; j++) {
          bits[i][j] = (byte) drawn[j];
        }
      }
      parts[part] =
          BinaryRows.of(
              Provenance.builtIn(
                      "StrokeDigits, binarised once, " + PARTS[part],
                      "digits generated from pen strokes")
                  .replacing("binarised MNIST", why),
              Mnist.SHAPE,
              bits,
              grey[part].labelBytes());
    }
    return new Splits<>(parts[0], parts[1], parts[2]);
  }

  private static byte[][] read(DataStore.Found file, int rows) {
    try (Matlab mat = Matlab.open(file.path())) {
      if (!mat.next() || !mat.name().equals("X")) {
        throw DataIo.malformed(file.path(), "its first variable is not X");
      }
      int[] expected = {rows, 784};
      if (!Arrays.equals(mat.dimensions(), expected)) {
        throw DataIo.malformed(
            file.path(),
            "X is "
                + Arrays.toString(mat.dimensions())
                + "; expected "
                + Arrays.toString(expected));
      }
      // X is stored column by column; 28 columns at a time keep the scattered writes in the cache.
      byte[][] bits = new byte[rows][784];
      byte[] columns = new byte[28 * rows];
      for (int from = 0; from < 784; from += 28) {
        mat.read(columns, 0, columns.length);
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < 28; j++) {
            bits[i][from + j] = columns[j * rows + i];
          }
        }
      }
      while (mat.next()) {
        // Nothing else is expected; reading on checks the end of the compressed data.
      }
      return bits;
    }
  }
}
