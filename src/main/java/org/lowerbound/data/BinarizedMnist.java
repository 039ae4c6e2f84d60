package org.lowerbound.data;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
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
  private static final int PIXELS = 784;

  /** The checksums of the bits in the order of the usual files, by {@link #checksum}. */
  private static final String[] BITS = {
    "8d4f0427d6c2572b5e9994e08bad66de",
    "3e33becd40c694040e5e6c812e2f4b50",
    "fc34623e13bd64fed2f8b61365198339"
  };

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
      byte[][] bits = read(file.path(), ROWS[i]);
      // The derived labels belong to the rows in one order only.
      boolean known = checksum(bits).equals(BITS[i]);
      boolean labelled = known && !labels.isEmpty();
      List<DataStore.Found> used = labelled ? List.of(file, labels.get(i)) : List.of(file);
      parts[i] =
          BinaryRows.of(
              Catalogue.provenance(
                  "Binarised MNIST (fixed"
                      + (known ? ") " : ", other rows or another order than the usual file) ")
                      + PARTS[i],
                  used),
              Mnist.SHAPE,
              bits,
              labelled ? Idx.labels(labels.get(i).path()) : null);
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
              grey[part].labels());
    }
    return new Splits<>(parts[0], parts[1], parts[2]);
  }

  /** Reads the rows of a MATLAB file, or of Larochelle's text, whatever the file is called. */
  static byte[][] read(Path file, int rows) {
    if (FileKind.of(file).orElse(null) != FileKind.TEXT) {
      return matlab(file, rows);
    }
    byte[][] bits = BitText.read(file, PIXELS, ' ');
    if (bits.length != rows) {
      throw DataIo.malformed(
          file, FileKind.TEXT, "it has " + bits.length + " rows; expected " + rows);
    }
    return bits;
  }

  /** The checksum of the bits, one byte each, row by row. */
  static String checksum(byte[][] bits) {
    MessageDigest digest = DataIo.digest();
    for (byte[] row : bits) {
      digest.update(row);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[][] matlab(Path file, int rows) {
    byte[][] bits = null;
    try (Matlab mat = Matlab.open(file)) {
      while (mat.next()) {
        if (mat.name().equals("X") && bits == null) {
          bits = variable(file, mat, rows);
        }
      }
    }
    if (bits == null) {
      throw DataIo.malformed(file, FileKind.MATLAB_5, "it lacks the variable X");
    }
    return bits;
  }

  private static byte[][] variable(Path file, Matlab mat, int rows) {
    if (!mat.numeric() || !Arrays.equals(mat.dimensions(), new int[] {rows, PIXELS})) {
      throw DataIo.malformed(
          file,
          FileKind.MATLAB_5,
          "it has " + mat.describe() + "; expected X [" + rows + ", " + PIXELS + "]");
    }
    // X is stored column by column; 28 columns at a time keep the scattered writes in the cache.
    byte[][] bits = new byte[rows][PIXELS];
    byte[] columns = new byte[28 * rows];
    for (int from = 0; from < PIXELS; from += 28) {
      mat.read(columns, 0, columns.length);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < 28; j++) {
          bits[i][from + j] = columns[j * rows + i];
          if ((bits[i][from + j] & ~1) != 0) {
            throw DataIo.malformed(file, FileKind.MATLAB_5, "X holds a value other than 0 and 1");
          }
        }
      }
    }
    return bits;
  }
}
