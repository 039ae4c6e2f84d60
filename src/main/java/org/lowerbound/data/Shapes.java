package org.lowerbound.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Checks of shapes and row numbers that all kinds of rows share. */
final class Shapes {

  private Shapes() {}

  static int product(int[] shape) {
    long product = 1;
    for (int length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(shape) + " has a negative length");
      }
      product = Math.multiplyExact(product, (long) length);
    }
    return Math.toIntExact(product);
  }

  static int row(Examples examples, int row) {
    if (row < 0 || row >= examples.size()) {
      throw new IndexOutOfBoundsException(
          "row "
              + row
              + " of "
              + examples.name()
              + " does not exist: expected 0 to "
              + (examples.size() - 1));
    }
    return row;
  }

  static int[] range(Examples examples, int from, int to) {
    if (from < 0 || to < from || to > examples.size()) {
      throw new IndexOutOfBoundsException(
          "rows "
              + from
              + " to "
              + to
              + " of "
              + examples.name()
              + " do not exist: expected 0 <= from <= to <= "
              + examples.size());
    }
    int[] rows = new int[to - from];
    Arrays.setAll(rows, i -> from + i);
    return rows;
  }

  /** One line that says what the rows are. */
  static String line(Examples examples, String more) {
    StringBuilder shape = new StringBuilder();
    for (int length : examples.shape()) {
      shape.append(shape.length() == 0 ? "" : "×").append(length);
    }
    return String.format(
        Locale.ROOT,
        "%s: %,d rows of %s%s, %s",
        examples.name(),
        examples.size(),
        shape,
        more,
        examples.provenance().kind());
  }

  /** Labels of one unsigned byte each as numbers. */
  static int[] unsigned(byte[] labels) {
    if (labels == null) {
      return null;
    }
    int[] all = new int[labels.length];
    Arrays.setAll(all, i -> labels[i] & 0xff);
    return all;
  }

  /** The labels of some rows, or null where there are none. */
  static int[] take(int[] labels, int[] rows) {
    return labels == null ? null : Arrays.stream(rows).map(row -> labels[row]).toArray();
  }

  /** An order of all rows that the seed determines. */
  static int[] permutation(Examples examples, long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    int[] order = range(examples, 0, examples.size());
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  /** The rows of three parts, one after the other. */
  static int[][] split(Examples examples, int train, int valid, int test) {
    if (train < 0 || valid < 0 || test < 0 || (long) train + valid + test > examples.size()) {
      throw new IllegalArgumentException(
          train
              + " + "
              + valid
              + " + "
              + test
              + " rows asked for; there are "
              + examples.size()
              + " of "
              + examples.name());
    }
    return new int[][] {
      range(examples, 0, train),
      range(examples, train, train + valid),
      range(examples, train + valid, train + valid + test)
    };
  }
}
