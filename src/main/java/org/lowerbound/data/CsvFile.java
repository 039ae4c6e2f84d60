package org.lowerbound.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.lowerbound.numerics.StopButton;

/**
 * A table in a text file, one row a line: cells separated by commas, or by semicolons or tabs if
 * the first line has no comma. Cells may stand in double quotes. The first line names the columns,
 * unless all of it is numbers; then they are called x1, x2 and so on.
 *
 * <p>The text is UTF-8, gzipped or not; lines may end in LF, CRLF or CR; a byte-order mark and
 * blank lines at the end are passed over. Numbers are written with a decimal point. Anything else
 * ends in a {@link DataException} that names the line and the column: a row that is shorter or
 * longer than the first, a blank line between rows, a missing value, {@code NaN}.
 */
public final class CsvFile {

  private static final FileKind KIND = FileKind.TEXT;
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  /** A row and the line of the file that it stands in. */
  private record Row(int line, String[] cells) {}

  private final Path file;
  private final List<String> columns;
  // The line that names the columns, or null.
  private final Row head;
  private final List<Row> rows;

  private CsvFile(Path file, List<String> columns, Row head, List<Row> rows) {
    this.file = file;
    this.columns = columns;
    this.head = head;
    this.rows = rows;
  }

  /** Reads a table; at least one row must follow the names of the columns. */
  public static CsvFile read(Path file) {
    return read(file, null);
  }

  /**
   * Reads a table row by row: a row of another length than the first and a row whose quotation mark
   * does not close are left out and told to {@code refused}, each in a sentence that names its
   * line, for instance {@code "line 7 has 4 cells; expected 5 as in line 1"}; blank lines are
   * passed over. Columns that are called the same get a number: {@code G}, {@code G 2}.
   *
   * @param refused takes the sentence of each row that was left out, in the order of the file
   * @throws DataException if the file is no text in UTF-8, or no row below its first line is left
   */
  public static CsvFile readRows(Path file, Consumer<String> refused) {
    return read(file, Objects.requireNonNull(refused, "refused"));
  }

  private static CsvFile read(Path file, Consumer<String> refused) {
    // Some other kinds, such as Git LFS pointers, would pass for a table of one column.
    if (FileKind.of(file).orElse(KIND) != KIND) {
      throw DataIo.malformed(file, KIND, "it is no text");
    }
    List<Row> rows = new ArrayList<>();
    int blank = 0;
    int number = 0;
    char separator = ',';
    try (BufferedReader in = DataIo.openText(file)) {
      for (String line; (line = in.readLine()) != null; ) {
        StopButton.poll();
        number++;
        if (line.isBlank()) {
          blank = blank == 0 ? number : blank;
          continue;
        }
        if (blank > 0 && refused == null) {
          throw DataIo.malformed(file, KIND, "line " + blank + " is blank, and rows follow it");
        }
        if (rows.isEmpty() && line.indexOf(',') < 0) {
          separator = line.indexOf(';') >= 0 ? ';' : line.indexOf('\t') >= 0 ? '\t' : ',';
        }
        String[] cells = cells(line, separator);
        String wrong = null;
        if (cells == null) {
          wrong = "line " + number + " has a quotation mark that does not close on it";
        } else if (!rows.isEmpty() && cells.length != rows.get(0).cells.length) {
          wrong =
              "line "
                  + number
                  + " has "
                  + cells.length
                  + (cells.length == 1 ? " cell" : " cells")
                  + "; expected "
                  + rows.get(0).cells.length
                  + " as in line "
                  + rows.get(0).line;
        }
        if (wrong != null && (refused == null || rows.isEmpty())) {
          throw DataIo.malformed(file, KIND, wrong);
        }
        if (wrong != null) {
          refused.accept(wrong);
          continue;
        }
        rows.add(new Row(number, cells));
      }
    } catch (IOException e) {
      throw DataIo.failure(file, KIND, e);
    }
    return named(file, rows, refused != null);
  }

  private static CsvFile named(Path file, List<Row> rows, boolean numbered) {
    boolean header = false;
    for (String cell : rows.isEmpty() ? new String[0] : rows.get(0).cells) {
      header |= !NUMBER.matcher(cell).matches();
    }
    if (rows.size() < (header ? 2 : 1)) {
      throw DataIo.malformed(
          file,
          KIND,
          !header
              ? "it is empty"
              : numbered
                  ? "it has no row below the first line that can be read"
                  : "it has no rows below the first line");
    }
    if (!header) {
      int width = rows.get(0).cells.length;
      List<String> names = numbered(width);
      return new CsvFile(file, names, null, rows);
    }
    List<String> names = new ArrayList<>(List.of(rows.get(0).cells));
    Set<String> seen = new HashSet<>();
    for (int j = 0; j < names.size(); j++) {
      String name = names.get(j);
      for (int twin = 2; numbered && !seen.add(names.get(j)); twin++) {
        names.set(j, name + " " + twin);
      }
      if (!numbered && !seen.add(name)) {
        throw DataIo.malformed(file, KIND, "two columns are called \"" + name + "\" in line 1");
      }
    }
    return new CsvFile(file, List.copyOf(names), rows.get(0), rows.subList(1, rows.size()));
  }

  private static List<String> numbered(int width) {
    return IntStream.rangeClosed(1, width).mapToObj(j -> "x" + j).toList();
  }

  /**
   * The same table for a file that names no columns although its first line is not all numbers:
   * that line is a row too, and the columns are x1, x2 and so on.
   */
  public CsvFile withoutNames() {
    if (head == null) {
      return this;
    }
    List<Row> all = new ArrayList<>(rows);
    all.add(0, head);
    return new CsvFile(file, numbered(columns.size()), null, all);
  }

  /** The cells of a line, or null if a quotation mark does not close on it. */
  private static String[] cells(String line, char separator) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append(c);
        i++;
      } else if (c == '"' && (quoted || cell.toString().isBlank())) {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    if (quoted) {
      return null;
    }
    cells.add(cell.toString().strip());
    return cells.toArray(new String[0]);
  }

  /** The names of the columns. */
  public List<String> columns() {
    return columns;
  }

  /** The number of rows. */
  public int size() {
    return rows.size();
  }

  /** The line of the file that a row stands in, counted from 1. */
  public int line(int row) {
    return rows.get(row).line;
  }

  /**
   * One cell as it is written.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public String text(int row, String column) {
    return rows.get(row).cells[index(column)];
  }

  /** One column as it is written, {@code [rows]}. */
  public List<String> texts(String column) {
    int j = index(column);
    return rows.stream().map(row -> row.cells[j]).toList();
  }

  /**
   * The error that the file as a whole is not what a reader needs, for readers of a kind of table.
   *
   * @param what what is wrong, in words that follow "is damaged or not the one expected:"
   */
  public DataException malformed(String what) {
    return DataIo.malformed(file, KIND, what);
  }

  /**
   * Columns as numbers, {@code [rows, columns]}; all columns if none is named.
   *
   * @throws DataException if a cell is no finite number
   * @throws IllegalArgumentException if there is no such column
   */
  public double[][] numbers(String... names) {
    int[] chosen =
        names.length == 0
            ? IntStream.range(0, columns.size()).toArray()
            : List.of(names).stream().mapToInt(this::index).toArray();
    double[][] numbers = new double[rows.size()][chosen.length];
    for (int i = 0; i < numbers.length; i++) {
      for (int k = 0; k < chosen.length; k++) {
        numbers[i][k] = number(i, chosen[k]);
      }
    }
    return numbers;
  }

  /**
   * One column as classes, {@code [rows]}: the number of each text in {@link #classes}.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public int[] labels(String column) {
    List<String> classes = classes(column);
    return texts(column).stream().mapToInt(classes::indexOf).toArray();
  }

  /** The different texts of a column in ascending order, whole numbers by their size. */
  public List<String> classes(String column) {
    List<String> texts = texts(column);
    SortedSet<String> classes = new TreeSet<>();
    if (texts.stream().allMatch(text -> text.matches("\\d{1,9}"))) {
      classes =
          new TreeSet<>(
              java.util.Comparator.<String>comparingInt(Integer::parseInt)
                  .thenComparing(java.util.Comparator.naturalOrder()));
    }
    classes.addAll(texts);
    return List.copyOf(classes);
  }

  /**
   * Columns as rows to train on; all columns if none is named.
   *
   * @param name what they are, for instance {@code "pump vibrations"}
   * @throws DataException if a cell is no finite number
   */
  public RealRows rows(String name, String... names) {
    List<String> chosen = names.length == 0 ? columns : List.of(names);
    Provenance own = Provenance.own(name, "read from " + file.getFileName());
    return RealRows.of(own, chosen, numbers(names));
  }

  /**
   * Columns of 0 and 1 as rows of bits; all columns if none is named.
   *
   * @throws DataException if a cell is neither 0 nor 1
   */
  public BinaryRows bits(String name, String... names) {
    double[][] numbers = numbers(names);
    byte[][] bits = new byte[numbers.length][];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = new byte[numbers[i].length];
      for (int j = 0; j < bits[i].length; j++) {
        if (numbers[i][j] != 0 && numbers[i][j] != 1) {
          throw wrong(i, names.length == 0 ? j : index(names[j]), "0 or 1");
        }
        bits[i][j] = (byte) numbers[i][j];
      }
    }
    return BinaryRows.of(Provenance.own(name, "read from " + file.getFileName()), bits);
  }

  private int index(String column) {
    int j = columns.indexOf(column);
    if (j < 0) {
      throw new IllegalArgumentException(
          "the file " + file + " has no column " + column + "; it has " + columns);
    }
    return j;
  }

  private double number(int row, int column) {
    String cell = rows.get(row).cells[column];
    if (NUMBER.matcher(cell).matches()) {
      double number = Double.parseDouble(cell);
      if (Double.isFinite(number)) {
        return number;
      }
    }
    throw wrong(row, column, "a finite number");
  }

  private DataException wrong(int row, int column, String expected) {
    String cell = rows.get(row).cells[column];
    return DataIo.malformed(
        file,
        KIND,
        "line "
            + line(row)
            + ", column "
            + columns.get(column)
            + (cell.isEmpty() ? " is empty" : " holds \"" + BitText.shortened(cell) + "\"")
            + "; expected "
            + expected);
  }

  @Override
  public String toString() {
    return file.getFileName() + ": " + size() + " rows of " + columns;
  }
}
