package org.lowerbound.data;

import java.util.Arrays;
import java.util.Locale;

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
        examples.provenance().real() ? "real data" : "built-in data");
  }
}
