package org.lowerbound.plot;

import java.awt.image.BufferedImage;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.knowm.xchart.internal.chartpart.AxesChart;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.internal.series.Series;
import tech.tablesaw.api.NumberColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/**
 * The only hook between the library and a notebook.
 *
 * <p>A start-up script of the kernel connects a {@link Page}; without one, as in a plain program, a
 * value is printed on standard output as text. Nothing else in the library knows of a kernel.
 */
public final class Display {

  /** Where values appear: implemented by a start-up script of the kernel. */
  public interface Page {

    /** Shows the value and returns the name under which it can be replaced. */
    String show(Object value);

    /** Replaces what {@link #show} has shown under this name. */
    void update(String id, Object value);
  }

  private static final AtomicLong SHOWN = new AtomicLong();
  private static volatile Page page;

  private Display() {}

  /** Connects the page on which values appear from now on. */
  public static void connect(Page page) {
    Display.page = Objects.requireNonNull(page, "page; disconnect() removes one");
  }

  /** Back to standard output. */
  public static void disconnect() {
    page = null;
  }

  /** The connected page, if any. */
  public static Optional<Page> page() {
    return Optional.ofNullable(page);
  }

  /**
   * Shows a chart, a picture, a table, a result or a text at once, in the middle of a cell.
   *
   * @return the name under which {@link #update} replaces it
   */
  public static String show(Object value) {
    Page connected = page;
    if (connected != null) {
      return connected.show(value);
    }
    System.out.println(text(value));
    return "shown-" + SHOWN.incrementAndGet();
  }

  /** Replaces what {@link #show} has shown; in a plain program prints it below. */
  public static void update(String id, Object value) {
    Page connected = page;
    if (connected != null) {
      connected.update(id, value);
    } else {
      System.out.println(text(value));
    }
  }

  /**
   * The same table, whose own text no longer depends on the language of the machine: Tablesaw would
   * print 0.5 as 0,5 in German.
   */
  public static Table plain(Table table) {
    DecimalFormat format =
        new DecimalFormat("0.######", DecimalFormatSymbols.getInstance(Locale.ROOT));
    for (Column<?> column : table.columns()) {
      if (column instanceof NumberColumn<?, ?> numbers) {
        numbers.setPrintFormatter(format, "");
      }
    }
    return table;
  }

  /** The value as text: what a plain program prints. */
  public static String text(Object value) {
    if (value instanceof BufferedImage image) {
      return "picture of " + image.getWidth() + "×" + image.getHeight() + " pixels";
    }
    if (value instanceof Chart<?, ?> chart) {
      return "chart: " + chart.getTitle();
    }
    if (value instanceof Table table) {
      return TableHtml.text(table);
    }
    return String.valueOf(value);
  }

  /** The value as HTML: results by their {@code toHtml()}, tables, pictures, otherwise as text. */
  public static String html(Object value) {
    if (value instanceof Html result) {
      return result.toHtml();
    }
    if (value instanceof Table table) {
      return TableHtml.of(table);
    }
    if (picture(value).isPresent()) {
      return Figure.of(value).toHtml();
    }
    return "<pre style=\"color:inherit\">" + Html.escape(text(value)) + "</pre>";
  }

  /** The picture of a chart, a grid, a matrix or a {@link Figure}; a picture itself. */
  public static Optional<BufferedImage> picture(Object value) {
    if (value instanceof BufferedImage image) {
      return Optional.of(image);
    }
    if (value instanceof Chart<?, ?> chart) {
      return Optional.of(Charts.image(chart));
    }
    if (value instanceof ImageGrid grid) {
      return Optional.of(grid.image());
    }
    if (value instanceof MatrixImage matrix) {
      return Optional.of(matrix.image());
    }
    if (value instanceof LiveChart live) {
      return Optional.of(Charts.image(live.chart()));
    }
    if (value instanceof Figure figure) {
      return Optional.of(figure.image());
    }
    return Optional.empty();
  }

  /** What a picture shows, for those who do not see it: title, axes, names of the curves. */
  static String described(Object value) {
    if (value instanceof LiveChart live) {
      return described(live.chart());
    }
    if (!(value instanceof Chart<?, ?> chart)) {
      return text(value);
    }
    StringBuilder said = new StringBuilder("Chart: ").append(chart.getTitle());
    if (chart instanceof AxesChart<?, ?> axes && !blank(axes.getYAxisTitle())) {
      said.append(". ").append(axes.getYAxisTitle());
      said.append(blank(axes.getXAxisTitle()) ? "" : " against " + axes.getXAxisTitle());
    }
    String curves =
        chart.getSeriesCollection().stream()
            .map(Series::getLabel)
            .collect(Collectors.joining(", "));
    return said.append(curves.isEmpty() ? "." : ": " + curves + ".").toString();
  }

  private static boolean blank(String text) {
    return text == null || text.isBlank();
  }
}
