package org.lowerbound.data;

import java.nio.file.Path;
import java.util.List;

/**
 * The binary density-estimation sets (Lowd and Davis 2010; Van Haaren and Davis 2012; the
 * collection DEBD): rows of bits as text, 0 and 1 separated by commas.
 *
 * <p>Part sizes (train / valid / test): nltcs 16,181 / 2,157 / 3,236 of 16 bits; dna 1,600 / 400 /
 * 1,186 of 180; adult 5,000 / 1,414 / 26,147 of 123; connect4 16,000 / 4,000 / 47,557 of 126;
 * ocr_letters 32,152 / 10,000 / 10,000 of 128. A part that was not found makes its accessor of
 * {@link Splits} throw a {@link DataException} that names the file.
 */
public final class DensitySets {

  private static final String[] PARTS = {"train", "valid", "test"};

  private DensitySets() {}

  /** NLTCS, 16 bits; if it cannot be had, rows of {@link LatentClass#sixteen()}. */
  public static Splits<BinaryRows> nltcs() {
    return load(
        DataStore.system(),
        "NLTCS",
        16,
        Catalogue.NLTCS,
        LatentClass.sixteen(),
        16_181,
        2_157,
        3_236);
  }

  /** DNA, 180 bits; if it cannot be had, rows of {@link LatentClass#hundredEighty()}. */
  public static Splits<BinaryRows> dna() {
    return load(
        DataStore.system(),
        "DNA",
        180,
        Catalogue.DNA,
        LatentClass.hundredEighty(),
        1_600,
        400,
        1_186);
  }

  /** Adult, 123 bits. */
  public static Splits<BinaryRows> adult() {
    return load(DataStore.system(), "Adult", 123, Catalogue.ADULT, null);
  }

  /** Connect4, 126 bits. */
  public static Splits<BinaryRows> connect4() {
    return load(DataStore.system(), "Connect4", 126, Catalogue.CONNECT4, null);
  }

  /** OCR letters, 128 bits. */
  public static Splits<BinaryRows> ocrLetters() {
    return load(DataStore.system(), "OCR letters", 128, Catalogue.OCR_LETTERS, null);
  }

  static Splits<BinaryRows> load(
      DataStore store,
      String name,
      int features,
      List<DataFile> files,
      LatentClass substitute,
      int... rows) {
    BinaryRows[] parts = new BinaryRows[3];
    DataException missing = null;
    for (int i = 0; i < 3; i++) {
      try {
        DataStore.Found file = store.find(files.get(i));
        parts[i] =
            BinaryRows.of(
                Catalogue.provenance(name + " " + PARTS[i], List.of(file)),
                read(file.path(), features));
      } catch (DataException e) {
        if (!e.absent()) {
          throw e;
        }
        missing = e;
      }
    }
    if (missing != null && substitute != null) {
      // All parts or none, lest a model be fitted on one distribution and tested on another.
      for (int i = 0; i < 3; i++) {
        BinaryRows drawn = substitute.sample(" " + PARTS[i], rows[i], i + 1);
        parts[i] = drawn.from(drawn.provenance().replacing(name, missing.brief()));
      }
    } else if (parts[0] == null && parts[1] == null && parts[2] == null) {
      throw missing;
    }
    return new Splits<>(parts[0], parts[1], parts[2]);
  }

  /**
   * Reads rows of 0 and 1 separated by commas, one row a line; lines may end in LF or CRLF, and the
   * last one need not end.
   *
   * @param features the number of bits that each row must have
   * @throws DataException if a line is anything else; it names the line and what is wrong with it
   */
  public static byte[][] read(Path file, int features) {
    return BitText.read(file, features, ',');
  }
}
