package org.lowerbound.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.lowerbound.plot.Charts;
import org.lowerbound.plot.Display;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

/**
 * What a run reported: a row an epoch, a column a quantity. The columns are the loss terms of the
 * model on the training data ({@code "train …"}, means over the epoch while it was running), the
 * same on the validation data ({@code "valid …"}, after the epoch) if there are any, and the
 * gradient's mean norm.
 */
public final class History {

  private final String loss;
  private final List<String> columns;
  private final List<double[]> rows;
  private final int bestRow;
  private final int members;
  private final boolean interrupted;
  private final double seconds;

  History(
      String loss,
      List<String> columns,
      List<double[]> rows,
      int bestRow,
      int members,
      boolean interrupted,
      double seconds) {
    this.loss = loss;
    this.columns = List.copyOf(columns);
    this.rows = new ArrayList<>(rows);
    this.bestRow = bestRow;
    this.members = members;
    this.interrupted = interrupted;
    this.seconds = seconds;
  }

  /** Epochs that were completed. */
  public int epochs() {
    return rows.size();
  }

  /** The epoch whose parameters the model has now: the best on the validation data, or the last. */
  public int bestEpoch() {
    return bestRow + 1;
  }

  /** The loss in {@link #bestEpoch}: on the validation data if there are any; NaN if no epoch. */
  public double best() {
    if (rows.isEmpty()) {
      return Double.NaN;
    }
    String column = columns.contains("valid " + loss) ? "valid " + loss : "train " + loss;
    return rows.get(bestRow)[columns.indexOf(column)];
  }

  /**
   * What a validation value is: {@code "the model's"}, or of an ensemble {@code "mean of 8
   * members"}, which is no value of the members' mixture (by Jensen's inequality the mixture's
   * negative log-likelihood is at most the mean of the members').
   */
  public String validated() {
    return members == 1 ? "the model's" : "mean of " + members + " members";
  }

  /** Names of the columns. */
  public List<String> columns() {
    return columns;
  }

  /**
   * One column, a value an epoch.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public double[] column(String name) {
    int index = columns.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "There is no column '" + name + "'; the columns are " + columns + ".");
    }
    return rows.stream().mapToDouble(row -> row[index]).toArray();
  }

  /** The last value of a column; NaN if no epoch was completed. */
  public double last(String name) {
    double[] values = column(name);
    return values.length == 0 ? Double.NaN : values[values.length - 1];
  }

  /** True if the run was stopped from outside before its end. */
  public boolean interrupted() {
    return interrupted;
  }

  /** Time spent training, in seconds, over all sessions of a resumed run. */
  public double seconds() {
    return seconds;
  }

  /** The epochs 1, 2, … as numbers, for a chart. */
  public double[] epochNumbers() {
    double[] numbers = new double[rows.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i + 1;
    }
    return numbers;
  }

  /** All of it as a table. */
  public Table table() {
    Table table = Table.create("History");
    IntColumn epoch = IntColumn.create("epoch");
    for (int i = 0; i < rows.size(); i++) {
      epoch.append(i + 1);
    }
    table.addColumns(epoch);
    for (String name : columns) {
      table.addColumns(DoubleColumn.create(name, column(name)));
    }
    return Display.plain(table);
  }

  /** The loss by epoch, on the training and the validation data. */
  public XYChart chart() {
    XYChart chart = Charts.lines("Loss by epoch", "epoch", loss);
    for (String part : List.of("train ", "valid ")) {
      if (!rows.isEmpty() && columns.contains(part + loss)) {
        chart.addSeries(part.trim(), epochNumbers(), column(part + loss));
      }
    }
    return chart;
  }

  /** One line: how many epochs, the best loss and where it was reached. */
  @Override
  public String toString() {
    if (rows.isEmpty()) {
      return "no epoch completed" + (interrupted ? " (interrupted)" : "");
    }
    return String.format(
        Locale.ROOT,
        "%d epochs%s; best %s %.4f in epoch %d",
        rows.size(),
        interrupted ? " (interrupted)" : "",
        columns.contains("valid " + loss)
            ? "validation " + loss + (members == 1 ? "" : " (" + validated() + ")")
            : loss,
        best(),
        bestEpoch());
  }
}
