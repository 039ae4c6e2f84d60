package org.lowerbound.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Binarised MNIST, the fixed version: 50,000 / 10,000 / 10,000 images of 784 bits, drawn once from
 * the grey values and kept in files since (Salakhutdinov and Murray 2008; the split is Larochelle
 * and Murray's, 2011).
 *
 * <p>The rows are not in MNIST's order: paired with MNIST's label files they give a
 * nearest-centroid classifier of chance accuracy. Labels here come from files derived by matching
 * each row to its image; without these files the rows have no labels.
 *
 * <p>If the files cannot be had, the rows are built-in {@code StrokeDigits}, binarised once.
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
    Optional<List<DataStore.Found>> files = Catalogue.find(store, Catalogue.BINARIZED_MNIST);
    if (files.isEmpty()) {
      throw new UnsupportedOperationException("built-in digits are not there yet");
    }
    Optional<List<DataStore.Found>> labels =
        Catalogue.find(store, Catalogue.BINARIZED_MNIST_LABELS);
    BinaryRows[] parts = new BinaryRows[3];
    for (int i = 0; i < 3; i++) {
      DataStore.Found file = files.get().get(i);
      List<DataStore.Found> used =
          labels.isPresent() ? List.of(file, labels.get().get(i)) : List.of(file);
      parts[i] =
          BinaryRows.of(
              Catalogue.provenance("Binarised MNIST (fixed) " + PARTS[i], used),
              Mnist.SHAPE,
              read(file, ROWS[i]),
              labels.isPresent() ? Idx.labels(labels.get().get(i).path()) : null);
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
