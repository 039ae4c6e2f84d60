package org.lowerbound.data;

import java.util.List;

/**
 * USPS: 7,291 + 2,007 handwritten digits from envelopes, {@code [1, 16, 16]} with real grey values
 * from −1 (paper) to 1 (ink), in the official split (LeCun et al. 1990; as text with Hastie,
 * Tibshirani and Friedman's book, one line an image, the digit first).
 *
 * <p>There is no replacement and no mirror that is known: without the files the two parts throw a
 * {@link DataException} that says where to put them.
 */
public final class Usps {

  private static final int[] SHAPE = {1, 16, 16};
  private static final int[] ROWS = {7_291, 2_007};

  private Usps() {}

  /** The 7,291 images for training, with labels 0 to 9. */
  public static RealRows train() {
    return load(DataStore.system(), 0);
  }

  /** The 2,007 images for test, with labels 0 to 9. */
  public static RealRows test() {
    return load(DataStore.system(), 1);
  }

  static RealRows load(DataStore store, int part) {
    DataStore.Found file = store.find(Catalogue.USPS.get(part));
    CsvFile table = CsvFile.read(file.path());
    if (table.size() != ROWS[part] || table.columns().size() != 257) {
      throw DataIo.malformed(file.path(), FileKind.TEXT, "it is no " + ROWS[part] + " × 257 table");
    }
    double[][] pixels = table.numbers(table.columns().subList(1, 257).toArray(new String[0]));
    return RealRows.of(
            Catalogue.provenance(part == 0 ? "USPS train" : "USPS test", List.of(file)),
            SHAPE,
            pixels)
        .labelled(table.labels("x1"));
  }
}
