package org.lowerbound.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lowerbound.numerics.Checks;
import org.lowerbound.plot.Display;
import org.lowerbound.plot.Html;
import org.lowerbound.plot.Numbers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The table of leaks: for each where it was found, what is reported with it, what is true without
 * it, and the difference, counted so that a positive optimism flatters.
 */
public final class Audit implements Html {

  /** Which way is better. */
  public enum Better {
    /** Accuracies. */
    HIGHER,
    /** Losses, nats, bits, errors. */
    LOWER
  }

  /**
   * One leak.
   *
   * @param leak what was done
   * @param source where it was found
   * @param unit of both numbers
   * @param reported the number with the leak
   * @param honest the number without
   * @param optimism by how much the reported number is too good; negative if it is too bad
   */
  public record Row(
      String leak, String source, String unit, double reported, double honest, double optimism) {
    /** The values with the digits that matter. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  private final List<Row> rows = new ArrayList<>();

  /** An empty table. */
  public Audit() {}

  /**
   * Adds a leak; of the same name it replaces the earlier one, so that a cell may be run twice.
   *
   * @throws IllegalArgumentException if a number is not finite or a text is missing
   */
  public void add(
      String leak, String source, String unit, Better better, double reported, double honest) {
    for (String text : new String[] {leak, source, unit}) {
      Checks.require(
          text != null && !text.isBlank(), "A leak needs its name, its source and its unit.");
    }
    Checks.finite("the reported number of '" + leak + "'", reported);
    Checks.finite("the honest number of '" + leak + "'", honest);
    double optimism = better == Better.HIGHER ? reported - honest : honest - reported;
    Row row = new Row(leak, source, unit, reported, honest, optimism);
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).leak.equals(leak)) {
        rows.set(i, row);
        return;
      }
    }
    rows.add(row);
  }

  /** The leaks in the order in which they were first added. */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /**
   * The leak of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Row row(String leak) {
    return rows.stream()
        .filter(r -> r.leak.equals(leak))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("The audit has no leak '" + leak + "'."));
  }

  /** The rows as a table. */
  public Table table() {
    StringColumn leak = StringColumn.create("leak");
    StringColumn source = StringColumn.create("found in");
    StringColumn unit = StringColumn.create("unit");
    DoubleColumn reported = DoubleColumn.create("reported");
    DoubleColumn honest = DoubleColumn.create("honest");
    DoubleColumn optimism = DoubleColumn.create("optimism");
    for (Row row : rows) {
      leak.append(row.leak);
      source.append(row.source);
      unit.append(row.unit);
      reported.append(row.reported);
      honest.append(row.honest);
      optimism.append(row.optimism);
    }
    return Display.plain(
        Table.create("Leaks, measured", leak, source, unit, reported, honest, optimism));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Leaks, measured");
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%s (%s): reported %s, honest %s %s",
              row.leak,
              row.source,
              Numbers.significant(row.reported, 5),
              Numbers.significant(row.honest, 5),
              row.unit));
    }
    return text.toString();
  }

  @Override
  public String toHtml() {
    return Display.html(table());
  }
}
