package org.lowerbound.claims;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lowerbound.plot.Display;
import org.lowerbound.plot.Html;
import org.lowerbound.plot.Numbers;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The claim table of a chapter: each statement with the value expected, the value measured and the
 * tolerance.
 *
 * <p>Every call records its row, shows it on the page at once, in the cell that makes it, and
 * throws {@link ClaimFailed} when the statement does not hold. A NaN never holds. Making the same
 * statement again, as a cell that is run twice does, replaces its row.
 */
public final class Claims implements Html {

  private static final int STATEMENT_WIDTH = 56;

  private final String chapter;
  private final Map<String, Claim> rows = new LinkedHashMap<>();

  private Claims(String chapter) {
    this.chapter = chapter;
  }

  /**
   * An empty table.
   *
   * @param chapter the name of the chapter, such as {@code 07-made}
   */
  public static Claims of(String chapter) {
    if (chapter == null || chapter.isBlank()) {
      throw new IllegalArgumentException("name the chapter, for instance Claims.of(\"07-made\")");
    }
    return new Claims(chapter);
  }

  /**
   * |measured − expected| ≤ tolerance.
   *
   * @param tolerance at least 0, in the unit of the values; 0 asks for the same number exactly
   * @throws ClaimFailed when the statement does not hold
   * @throws IllegalArgumentException for a negative tolerance or one that is NaN
   */
  public void equal(String statement, double expected, double measured, double tolerance) {
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException(
          "the tolerance must be a number of at least 0, was " + tolerance);
    }
    boolean held = measured == expected || Math.abs(measured - expected) <= tolerance;
    String text = Numbers.format(expected, tolerance);
    record(new Claim(statement, text, measured, tolerance, held));
  }

  /**
   * measured ≤ bound.
   *
   * @throws ClaimFailed when the statement does not hold
   */
  public void atMost(String statement, double bound, double measured) {
    String text = "≤ " + bound(bound, measured, measured <= bound);
    record(new Claim(statement, text, measured, Double.NaN, measured <= bound));
  }

  /**
   * measured ≥ bound.
   *
   * @throws ClaimFailed when the statement does not hold
   */
  public void atLeast(String statement, double bound, double measured) {
    String text = "≥ " + bound(bound, measured, measured >= bound);
    record(new Claim(statement, text, measured, Double.NaN, measured >= bound));
  }

  /** Six digits of a bound, or all of them where six would make a failure look like a success. */
  private static String bound(double bound, double measured, boolean held) {
    String text = Numbers.format(bound);
    return !held && text.equals(Numbers.format(measured)) ? Numbers.exact(bound) : text;
  }

  /**
   * A fact without a number: the statement is true.
   *
   * @throws ClaimFailed when it is not
   */
  public void holds(String statement, boolean held) {
    record(new Claim(statement, Claim.FACT, held ? 1 : 0, Double.NaN, held));
  }

  private void record(Claim claim) {
    if (claim.statement().isBlank()) {
      throw new IllegalArgumentException("a claim needs its statement, in words");
    }
    rows.put(claim.statement(), claim);
    if (!claim.held()) {
      throw new ClaimFailed(chapter, claim);
    }
    Display.show(claim);
  }

  /** All claims in the order in which they were first made. */
  public List<Claim> all() {
    return List.copyOf(rows.values());
  }

  /** The number of claims made. */
  public int size() {
    return rows.size();
  }

  /** The claims as a table with the columns claim, expected, measured, tolerance, held. */
  public Table table() {
    StringColumn statement = StringColumn.create("claim");
    StringColumn expected = StringColumn.create("expected");
    DoubleColumn measured = DoubleColumn.create("measured");
    DoubleColumn tolerance = DoubleColumn.create("tolerance");
    BooleanColumn held = BooleanColumn.create("held");
    for (Claim claim : rows.values()) {
      statement.append(claim.statement());
      expected.append(claim.expected());
      measured.append(claim.measured());
      tolerance.append(claim.tolerance());
      held.append(claim.held());
    }
    return Display.plain(
        Table.create("Claims of " + chapter, statement, expected, measured, tolerance, held));
  }

  private String title() {
    long held = rows.values().stream().filter(Claim::held).count();
    return "Claims of " + chapter + ": " + held + " of " + rows.size() + " held";
  }

  /** The title line and the table as aligned text, long statements wrapped. */
  @Override
  public String toString() {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"claim", "expected", "measured", "tolerance", "held"});
    for (Claim claim : rows.values()) {
      List<String> statement = wrap(claim.statement());
      lines.add(
          new String[] {
            statement.get(0),
            claim.expected(),
            claim.measuredText(),
            claim.toleranceText(),
            claim.heldText()
          });
      for (String rest : statement.subList(1, statement.size())) {
        lines.add(new String[] {rest, "", "", "", ""});
      }
    }
    int[] widths = new int[5];
    for (String[] line : lines) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], length(line[c]));
      }
    }
    StringBuilder text = new StringBuilder(title()).append('\n');
    for (int row = 0; row < lines.size(); row++) {
      text.append('\n').append(aligned(lines.get(row), widths));
      if (row == 0) {
        for (int c = 0; c < widths.length; c++) {
          text.append(c == 0 ? "\n" : "-+-").append("-".repeat(widths[c]));
        }
      }
    }
    return text.toString();
  }

  private static String aligned(String[] line, int[] widths) {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String space = " ".repeat(widths[c] - length(line[c]));
      boolean number = c >= 1 && c <= 3;
      text.append(c == 0 ? "" : " | ").append(number ? space + line[c] : line[c] + space);
    }
    return text.toString().stripTrailing();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static List<String> wrap(String statement) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : statement.strip().split("\\s+")) {
      if (line.length() > 0 && length(line.toString()) + 1 + length(word) > STATEMENT_WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  @Override
  public String toHtml() {
    StringBuilder html =
        new StringBuilder(
                "<div style=\"margin:.5em 0;overflow-x:auto\"><p style=\"margin:.3em 0\"><b>")
            .append(Html.escape(title()))
            .append(
                "</b></p><table style=\"border-collapse:collapse;margin:0;color:inherit;font-size:inherit\"><thead><tr>");
    String[] heads = {"claim", "expected", "measured", "tolerance", "held"};
    for (int c = 0; c < heads.length; c++) {
      html.append("<th style=\"").append(cell(c, "2px")).append("\">").append(heads[c]);
      html.append("</th>");
    }
    html.append("</tr></thead><tbody>");
    for (Claim claim : rows.values()) {
      String[] values = {
        claim.statement(),
        claim.expected(),
        claim.measuredText(),
        claim.toleranceText(),
        claim.held() ? "✓ held" : "✗ does not hold"
      };
      html.append("<tr>");
      for (int c = 0; c < values.length; c++) {
        String weight = claim.held() ? "" : ";font-weight:bold";
        html.append("<td style=\"").append(cell(c, "1px")).append(weight).append("\">");
        html.append(Html.escape(values[c])).append("</td>");
      }
      html.append("</tr>");
    }
    return html.append("</tbody></table></div>").toString();
  }

  private static String cell(int column, String border) {
    boolean number = column >= 1 && column <= 3;
    return "padding:.3em .8em;vertical-align:top;color:inherit;border:0;border-bottom:"
        + border
        + " solid rgba(128,128,128,.45);text-align:"
        + (number ? "right;white-space:nowrap" : "left")
        + (column == 0 ? ";max-width:34em;min-width:14em;white-space:normal" : "")
        + (column == 4 ? ";white-space:nowrap" : "");
  }
}
