package org.lowerbound.data;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Speech: 4,509 frames of 32 ms from TIMIT, each the log-periodogram at 256 frequencies, of five
 * phonemes (Hastie, Buja and Tibshirani 1995; the data of their book's section 5.2.3). The split is
 * TIMIT's own by speakers: 3,340 frames for training, 1,169 for test.
 *
 * <p>There is no replacement and no mirror that is known: without the file both parts throw a
 * {@link DataException} that says where to put it.
 */
public final class Phonemes {

  private static final List<String> NAMES = List.of("aa", "ao", "dcl", "iy", "sh");
  private static final int FREQUENCIES = 256;
  private static final int ROWS = 4_509;

  private Phonemes() {}

  /** The 3,340 frames of TIMIT's training speakers, {@code [256]}; labels as in {@link #names}. */
  public static RealRows train() {
    return load(DataStore.system(), true);
  }

  /** The 1,169 frames of TIMIT's test speakers. */
  public static RealRows test() {
    return load(DataStore.system(), false);
  }

  /**
   * The phonemes in the order of the labels: the vowels of "dark", "water" and "she", the closure
   * of "dark", and the fricative of "she" are aa, ao, iy, dcl and sh.
   */
  public static List<String> names() {
    return NAMES;
  }

  static RealRows load(DataStore store, boolean train) {
    DataStore.Found file = store.find(Catalogue.PHONEMES.get(0));
    CsvFile table = CsvFile.read(file.path());
    List<String> columns = IntStream.rangeClosed(1, FREQUENCIES).mapToObj(j -> "x" + j).toList();
    if (table.size() != ROWS
        || !table.columns().containsAll(columns)
        || !table.columns().containsAll(List.of("phoneme", "speaker"))
        || !table.classes("phoneme").equals(NAMES)) {
      throw DataIo.malformed(
          file.path(), FileKind.TEXT, "it is no table of x1 to x256, phoneme and speaker");
    }
    List<String> speakers = table.texts("speaker");
    String part = train ? "train." : "test.";
    int[] chosen = IntStream.range(0, ROWS).filter(i -> speakers.get(i).startsWith(part)).toArray();
    return RealRows.of(
            Catalogue.provenance("Phoneme frames " + (train ? "train" : "test"), List.of(file)),
            columns,
            table.numbers(columns.toArray(new String[0])))
        .labelled(table.labels("phoneme"))
        .take(chosen);
  }
}
