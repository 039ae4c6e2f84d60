package org.lowerbound.claims;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lowerbound.Size;
import org.lowerbound.plot.Display;
import org.lowerbound.plot.Html;
import org.lowerbound.plot.Numbers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The results of a chapter's full-size runs, kept beside the notebooks in {@code
 * results/CHAPTER.csv}: what was measured, on which data, with which seed, on which device, when
 * and for how long, beside the value of the paper. A full-size run records its numbers here; a
 * quick one shows what was recorded.
 */
public final class Results implements Html {

  private static final List<String> HEADER =
      List.of("data", "model", "metric", "value", "paper", "seed", "device", "date", "seconds");

  private final Path file;
  private final Size size;
  private final List<String[]> rows;

  private Results(Path file, Size size, List<String[]> rows) {
    this.file = file;
    this.size = size;
    this.rows = rows;
  }

  /**
   * The results of one chapter, for instance {@code "07-made"}: an empty list if there are none.
   *
   * @throws IllegalStateException if the file is there and is not such a table
   */
  public static Results of(String chapter) {
    Path here = Path.of("results", chapter + ".csv");
    boolean inNotebooks =
        Files.isDirectory(Path.of("results")) || !Files.isDirectory(Path.of("notebooks"));
    return of(inNotebooks ? here : Path.of("notebooks").resolve(here), Size.current());
  }

  static Results of(Path file, Size size) {
    List<String[]> rows = new ArrayList<>();
    if (Files.exists(file)) {
      try {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.get(0).equals(String.join(",", HEADER))) {
          throw new IllegalStateException(
              "The results in "
                  + file.getFileName()
                  + " do not start with the header "
                  + String.join(",", HEADER)
                  + ".");
        }
        for (String line : lines.subList(1, lines.size())) {
          String[] cells = line.split(",", -1);
          if (cells.length != HEADER.size()) {
            throw new IllegalStateException(
                "A line of " + file.getFileName() + " has " + cells.length + " cells: " + line);
          }
          rows.add(cells);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("The results in " + file + " could not be read.", e);
      }
    }
    return new Results(file, size, rows);
  }

  /**
   * Records one number of a full-size run; it replaces an earlier one of the same data, model,
   * metric and seed. At quick size nothing is recorded.
   *
   * @param data name of the data as it was loaded; generated data never bear a real name
   * @param model with its size, for instance {@code "MADE 500, direct, natural order"}
   * @param metric for instance {@code "test NLL (nats)"}
   * @param value what was measured
   * @param paper the published value with what it refers to, or an empty string
   * @param seed of the run
   * @param device what it ran on
   * @param seconds of training
   */
  public void record(
      String data,
      String model,
      String metric,
      double value,
      String paper,
      long seed,
      String device,
      double seconds) {
    if (size != Size.FULL) {
      return;
    }
    String[] row = {
      plain(data),
      plain(model),
      plain(metric),
      String.format(Locale.ROOT, "%.4f", value),
      plain(paper),
      Long.toString(seed),
      plain(device),
      LocalDate.now().toString(),
      String.format(Locale.ROOT, "%.0f", seconds)
    };
    rows.removeIf(
        old ->
            old[0].equals(row[0])
                && old[1].equals(row[1])
                && old[2].equals(row[2])
                && old[5].equals(row[5]));
    rows.add(row);
    write();
  }

  /**
   * Says in the number's place why it was not measured, unless it was. At quick size nothing is
   * recorded.
   *
   * @param why for instance {@code "data not reachable"}
   */
  public void notRun(String data, String model, String metric, long seed, String why) {
    if (size != Size.QUICK && !has(data, model, metric, seed)) {
      String[] row = {
        plain(data),
        plain(model),
        plain(metric),
        "",
        "",
        Long.toString(seed),
        "not run: " + plain(why),
        LocalDate.now().toString(),
        ""
      };
      rows.add(row);
      write();
    }
  }

  /** Whether a number of this data, model, metric and seed is recorded. */
  public boolean has(String data, String model, String metric, long seed) {
    return rows.stream()
        .anyMatch(
            row ->
                row[0].equals(plain(data))
                    && row[1].equals(plain(model))
                    && row[2].equals(plain(metric))
                    && row[5].equals(Long.toString(seed))
                    && !row[3].isEmpty());
  }

  private void write() {
    StringBuilder text = new StringBuilder(String.join(",", HEADER)).append('\n');
    for (String[] row : rows) {
      text.append(String.join(",", row)).append('\n');
    }
    try {
      Path directory = file.toAbsolutePath().getParent();
      Files.createDirectories(directory);
      Path part = directory.resolve(file.getFileName() + ".part");
      Files.writeString(part, text.toString());
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("The results could not be written to " + file + ".", e);
    }
  }

  /** A cell without the characters that structure the file. */
  private static String plain(String text) {
    return text.replace(',', ';').replace('\n', ' ').strip();
  }

  /** Number of results. */
  public int size() {
    return rows.size();
  }

  /**
   * The results as a table: data, model, metric, value, paper, seed, device, date, seconds. What
   * was not run has no value.
   *
   * @throws IllegalStateException if there are none, as where a chapter was copied without the
   *     folder {@code results} that comes with it
   */
  public Table table() {
    if (rows.isEmpty()) {
      throw new IllegalStateException(
          "No full-size run is recorded here: "
              + file
              + " is missing or empty. It comes with the repository; run the chapter in its"
              + " folder, notebooks, or copy the folder results along with the chapter.");
    }
    Table table = Table.create("Results of the full-size runs");
    for (int column = 0; column < HEADER.size(); column++) {
      int index = column;
      if (HEADER.get(column).equals("value") || HEADER.get(column).equals("seconds")) {
        table.addColumns(
            DoubleColumn.create(
                HEADER.get(column),
                rows.stream()
                    .map(row -> row[index].isEmpty() ? null : Double.valueOf(row[index]))
                    .toArray(Double[]::new)));
      } else {
        table.addColumns(
            StringColumn.create(
                HEADER.get(column), rows.stream().map(row -> row[index]).toArray(String[]::new)));
      }
    }
    return Display.plain(table);
  }

  /**
   * For each data set a table that can be read: models against metrics, the larger of the two
   * downwards, a paper's value below ours; then seeds, devices, dates and times once.
   */
  @Override
  public String toHtml() {
    if (rows.isEmpty()) {
      return "<p>" + this + "</p>";
    }
    StringBuilder html = new StringBuilder("<p><b>Results of the full-size runs</b></p>\n");
    for (String data : different(rows, 0)) {
      List<String[]> some = rows.stream().filter(row -> row[0].equals(data)).toList();
      boolean modelsDown = different(some, 1).size() >= different(some, 2).size();
      int down = modelsDown ? 1 : 2;
      List<String> across = different(some, 3 - down);
      html.append(
              "<div style=\"margin:.5em 0;overflow-x:auto\"><table style=\"border-collapse:collapse;")
          .append(
              "margin:0;color:inherit;font-size:inherit\"><caption style=\"text-align:left;color:")
          .append("inherit;caption-side:top\">")
          .append(Html.escape(data))
          .append("</caption><thead><tr>");
      cell(html, "th", modelsDown ? "model" : "metric", "left");
      across.forEach(name -> cell(html, "th", Html.escape(name), "right"));
      html.append("</tr></thead><tbody>\n");
      for (String name : different(some, down)) {
        html.append("<tr>");
        cell(html, "td", Html.escape(name), "left");
        for (String other : across) {
          String found =
              some.stream()
                  .filter(row -> row[down].equals(name) && row[3 - down].equals(other))
                  .map(Results::shown)
                  .collect(Collectors.joining("<br>"));
          cell(html, "td", found, "right");
        }
        html.append("</tr>\n");
      }
      html.append("</tbody></table></div>\n");
    }
    List<String[]> measured = rows.stream().filter(row -> !row[3].isEmpty()).toList();
    return html.append("<p style=\"opacity:.8\">Seed ")
        .append(Html.escape(String.join(", ", different(measured, 5))))
        .append("; ")
        .append(Html.escape(String.join(", ", different(measured, 6))))
        .append("; ")
        .append(Html.escape(String.join(", ", different(measured, 7))))
        .append("; seconds of training: ")
        .append(String.join(", ", different(measured, 8)))
        .append(".</p>")
        .toString();
  }

  /** The different entries of a column, in their order. */
  private static List<String> different(List<String[]> rows, int column) {
    return rows.stream().map(row -> row[column]).distinct().toList();
  }

  /** A value, and the paper's below it; or why there is none. */
  private static String shown(String[] row) {
    String value =
        row[3].isEmpty()
            ? Html.escape(row[6])
            : "<b>" + Numbers.significant(Double.parseDouble(row[3]), 5) + "</b>";
    return row[4].isEmpty()
        ? value
        : value + "<br><span style=\"opacity:.75\">paper " + Html.escape(row[4]) + "</span>";
  }

  private static void cell(StringBuilder html, String tag, String content, String align) {
    html.append('<')
        .append(tag)
        .append(" style=\"padding:.25em .8em;vertical-align:top;color:inherit;border:0;")
        .append("border-bottom:1px solid rgba(128,128,128,.4);white-space:normal;max-width:18em;")
        .append("text-align:")
        .append(align)
        .append("\">")
        .append(content)
        .append("</")
        .append(tag)
        .append('>');
  }

  @Override
  public String toString() {
    if (rows.isEmpty()) {
      return "No full-size run has been recorded.";
    }
    StringBuilder text = new StringBuilder("Results of the full-size runs");
    for (String[] row : rows) {
      text.append('\n').append(String.join(" | ", Arrays.asList(row)));
    }
    return text.toString();
  }
}
