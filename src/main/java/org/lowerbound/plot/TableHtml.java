package org.lowerbound.plot;

import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** A Tablesaw table on a page: numbers right-aligned with five significant digits. */
final class TableHtml {

  private static final int HEAD = 40;
  private static final int TAIL = 10;

  private TableHtml() {}

  static String of(Table table) {
    StringBuilder html = new StringBuilder("<div style=\"margin:.5em 0;overflow-x:auto\">");
    if (table.name() != null && !table.name().isBlank()) {
      html.append("<p style=\"margin:.3em 0\"><b>").append(Html.escape(table.name()));
      html.append("</b></p>");
    }
    html.append(
        "<table style=\"border-collapse:collapse;margin:0;color:inherit;font-size:inherit\"><thead><tr>");
    for (Column<?> column : table.columns()) {
      html.append("<th style=\"").append(cell(column, "2px")).append("\">");
      html.append(Html.escape(column.name())).append("</th>");
    }
    html.append("</tr></thead><tbody>");
    int rows = table.rowCount();
    boolean cut = rows > HEAD + TAIL + 1;
    String[][] texts = new String[table.columnCount()][];
    for (int c = 0; c < texts.length; c++) {
      texts[c] = texts(table.column(c));
    }
    for (int row = 0; row < rows; row++) {
      if (cut && row == HEAD) {
        html.append("<tr><td style=\"padding:.3em .8em;border:0;text-align:left\" colspan=\"");
        html.append(table.columnCount()).append("\">… ").append(rows - HEAD - TAIL);
        html.append(" rows not shown …</td></tr>");
        row = rows - TAIL;
      }
      html.append("<tr>");
      for (int c = 0; c < texts.length; c++) {
        html.append("<td style=\"").append(cell(table.column(c), "1px")).append("\">");
        html.append(Html.escape(texts[c][row])).append("</td>");
      }
      html.append("</tr>");
    }
    return html.append("</tbody></table></div>").toString();
  }

  /** The table as aligned text, numbers as on a page. */
  static String text(Table table) {
    int columns = table.columnCount();
    String[][] texts = new String[columns][];
    int[] widths = new int[columns];
    for (int c = 0; c < columns; c++) {
      texts[c] = texts(table.column(c));
      widths[c] = table.column(c).name().length();
      for (String text : texts[c]) {
        widths[c] = Math.max(widths[c], text.length());
      }
    }
    StringBuilder text = new StringBuilder(table.name() == null ? "" : table.name());
    for (int row = -1; row < table.rowCount(); row++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        String cell = row < 0 ? table.column(c).name() : texts[c][row];
        String space = " ".repeat(widths[c] - cell.length());
        boolean number = table.column(c) instanceof NumericColumn;
        line.append(c == 0 ? "" : "  ").append(number ? space + cell : cell + space);
      }
      text.append(text.length() == 0 ? "" : "\n").append(line.toString().stripTrailing());
    }
    return text.toString();
  }

  private static String cell(Column<?> column, String border) {
    return "padding:.25em .8em;color:inherit;border:0;border-bottom:"
        + border
        + " solid rgba(128,128,128,.4);text-align:"
        + (column instanceof NumericColumn ? "right;white-space:nowrap" : "left");
  }

  /** The cells of a column; numbers of one column share their number of decimals. */
  static String[] texts(Column<?> column) {
    String[] texts = new String[column.size()];
    if (!(column instanceof NumericColumn<?> numbers)) {
      for (int row = 0; row < texts.length; row++) {
        texts[row] = column.isMissing(row) ? "" : column.getString(row);
      }
      return texts;
    }
    double largest = 0;
    boolean whole = true;
    for (int row = 0; row < texts.length; row++) {
      double value = numbers.isMissing(row) ? Double.NaN : numbers.getDouble(row);
      if (Double.isFinite(value)) {
        largest = Math.max(largest, Math.abs(value));
        whole &= value == Math.rint(value);
      }
    }
    int exponent = largest == 0 ? 0 : (int) Math.floor(Math.log10(largest));
    int decimals = whole ? 0 : Math.max(0, Math.min(8, 4 - exponent));
    for (int row = 0; row < texts.length; row++) {
      if (numbers.isMissing(row)) {
        texts[row] = "";
        continue;
      }
      texts[row] = Numbers.format(numbers.getDouble(row), Math.pow(10, -decimals));
    }
    return texts;
  }
}
