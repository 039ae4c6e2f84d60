package org.lowerbound.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lowerbound.numerics.StopButton;

/** Rows of 0 and 1 as text, one row a line, as the density sets and binarised MNIST are kept. */
final class BitText {

  private static final FileKind KIND = FileKind.TEXT;

  private BitText() {}

  /**
   * Reads all rows. Lines may end in LF, CRLF or CR; a byte-order mark, spaces at the end of a line
   * and blank lines at the end of the file are passed over.
   *
   * @param features the number of bits that each row must have
   * @param separator between two bits: a comma or a space
   */
  static byte[][] read(Path file, int features, char separator) {
    List<byte[]> rows = new ArrayList<>();
    int number = 0;
    int blank = 0;
    try (BufferedReader in = DataIo.openText(file)) {
      for (String line; (line = in.readLine()) != null; ) {
        StopButton.poll();
        number++;
        String row = line.stripTrailing();
        if (row.isEmpty()) {
          blank = blank == 0 ? number : blank;
        } else if (blank > 0) {
          throw DataIo.malformed(file, KIND, "line " + blank + " is blank, and rows follow it");
        } else {
          rows.add(row(file, number, row, features, separator));
        }
      }
    } catch (IOException e) {
      throw DataIo.failure(file, KIND, e);
    }
    return rows.toArray(new byte[0][]);
  }

  private static byte[] row(Path file, int number, String line, int features, char separator) {
    byte[] bits = new byte[features];
    boolean whole = line.length() == 2 * features - 1;
    for (int j = 0; j < features && whole; j++) {
      bits[j] = (byte) (line.charAt(2 * j) - '0');
      whole = (bits[j] & ~1) == 0 && line.charAt(2 * j) < 128;
      whole &= j == features - 1 || line.charAt(2 * j + 1) == separator;
    }
    if (!whole) {
      throw DataIo.malformed(file, KIND, wrong(number, line, features, separator));
    }
    return bits;
  }

  /** What is wrong with a line. */
  private static String wrong(int number, String line, int features, char separator) {
    String where = "line " + number + " ";
    String[] cells = line.split(String.valueOf(separator), -1);
    String rule =
        features + " values 0 or 1 separated by " + (separator == ',' ? "commas" : "spaces");
    if (number == 1 && line.chars().anyMatch(Character::isLetter)) {
      return where + "is a header, \"" + shortened(line) + "\": remove it; expected " + rule;
    }
    if (cells.length != features) {
      return where
          + "has "
          + cells.length
          + (cells.length == 1 ? " value" : " values")
          + "; expected "
          + rule;
    }
    for (String cell : cells) {
      if (!cell.equals("0") && !cell.equals("1")) {
        return where + "holds \"" + shortened(cell) + "\"; expected " + rule;
      }
    }
    return where + "is not " + rule;
  }

  static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
