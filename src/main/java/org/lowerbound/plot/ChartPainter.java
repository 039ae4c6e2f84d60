package org.lowerbound.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.AxesChart;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.internal.chartpart.RenderableSeries.LegendRenderType;
import org.knowm.xchart.internal.series.MarkerSeries;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Paints a chart with what XChart leaves undone: a title and a legend that wrap and share a
 * baseline, ticks at round numbers where the data are equally spaced, powers of ten on logarithmic
 * axes, names of bars that do not run into one another.
 */
final class ChartPainter {

  /** Marks an axis whose logarithmic ticks are chosen when the range is known. */
  static final Function<Double, String> POWERS = value -> power(value, 1);

  private static final String NO_LABEL = " ";
  private static final String UNEVEN = "\0uneven";
  private static final int MARGIN = 12;

  private ChartPainter() {}

  static BufferedImage paint(Chart<?, ?> chart, int width, int height) {
    if (width < 160 || height < 120) {
      throw new IllegalArgumentException(
          "a chart needs at least 160 by 120 pixels, was " + width + " by " + height);
    }
    Pictures.requireFonts();
    Styler styler = chart.getStyler();
    BufferedImage image = Pictures.blank(width, height);
    Graphics2D graphics = image.createGraphics();
    Pictures.smooth(graphics);
    if (chart instanceof CategoryChart bars) {
      // As XChart does itself, but only when it paints: the legend asks earlier.
      for (CategorySeries series : bars.getSeriesCollection()) {
        if (series.getChartCategorySeriesRenderStyle().isEmpty()) {
          series.setChartCategorySeriesRenderStyle(bars.getStyler().getDefaultSeriesRenderStyle());
        }
      }
    }
    boolean titled = styler.isChartTitleVisible() && !chart.getTitle().isBlank();
    boolean ownLegend =
        styler.isLegendVisible()
            && chart instanceof AxesChart<?, ?>
            && styler.getLegendPosition() == Styler.LegendPosition.OutsideS;
    List<Runnable> undo = new ArrayList<>();
    try {
      int top = 0;
      List<String> sentences =
          chart instanceof XYChart lines
              ? Drawable.finite(lines, undo)
              : chart instanceof CategoryChart bars ? Drawable.finite(bars, undo) : List.of();
      if (titled) {
        top = title(chart, graphics, width);
        styler.setChartTitleVisible(false);
        undo.add(() -> styler.setChartTitleVisible(true));
      }
      List<List<MarkerSeries>> legend = List.of();
      FontMetrics metrics = graphics.getFontMetrics(styler.getLegendFont());
      if (ownLegend) {
        legend = legendLines(chart, metrics, width - 2 * MARGIN);
        styler.setLegendVisible(false);
        undo.add(() -> styler.setLegendVisible(true));
      }
      int lineHeight = metrics.getHeight() + 2;
      int notesHeight = 0;
      List<String> notes = Pictures.wrapAll(sentences, metrics, width - 2 * MARGIN);
      if (!notes.isEmpty()) {
        notesHeight = notes.size() * lineHeight + 4;
      }
      int legendHeight = legend.isEmpty() ? 0 : legend.size() * lineHeight + 6;
      int bottom = legendHeight + notesHeight;
      int plotHeight = height - top - bottom;
      if (plotHeight < 80) {
        throw new IllegalArgumentException(
            "a chart of "
                + width
                + " by "
                + height
                + " pixels has no room left beside its title and legend: make it larger");
      }
      if (chart instanceof XYChart lines) {
        prepare(lines, width, plotHeight, undo);
      } else if (chart instanceof CategoryChart bars) {
        fitCategories(bars, width, undo);
        Drawable.scale(bars, undo);
      }
      graphics.translate(0, top);
      chart.paint(graphics, width, plotHeight);
      graphics.translate(0, -top);
      Pictures.smooth(graphics);
      graphics.setFont(styler.getLegendFont());
      for (int line = 0; line < legend.size(); line++) {
        int baseline = height - bottom - 2 + line * lineHeight + metrics.getAscent();
        legendLine(legend.get(line), styler, graphics, width, baseline);
      }
      graphics.setColor(styler.getChartFontColor());
      for (int line = 0; line < notes.size(); line++) {
        int baseline = height - notesHeight - 2 + line * lineHeight + metrics.getAscent();
        Pictures.text(graphics, notes.get(line), MARGIN, baseline);
      }
    } finally {
      // Last changes first: some were made on top of others.
      Collections.reverse(undo);
      undo.forEach(Runnable::run);
      graphics.dispose();
    }
    return image;
  }

  /** Draws the title and returns the height it takes. */
  private static int title(Chart<?, ?> chart, Graphics2D graphics, int width) {
    Font font = chart.getStyler().getChartTitleFont();
    graphics.setFont(font);
    graphics.setColor(chart.getStyler().getChartTitleFontColor());
    FontMetrics metrics = graphics.getFontMetrics();
    List<String> lines = Pictures.wrap(chart.getTitle(), metrics, width - 2 * MARGIN);
    for (int line = 0; line < lines.size(); line++) {
      int baseline = 6 + line * metrics.getHeight() + metrics.getAscent();
      Pictures.centred(graphics, lines.get(line), width / 2, baseline);
    }
    return 6 + lines.size() * metrics.getHeight();
  }

  private static int entryWidth(MarkerSeries series, Styler styler, FontMetrics metrics) {
    return swatchWidth(series, styler) + 8 + metrics.stringWidth(series.getLabel());
  }

  private static int swatchWidth(MarkerSeries series, Styler styler) {
    return series.getLegendRenderType() == LegendRenderType.Line
        ? styler.getLegendSeriesLineLength()
        : 16;
  }

  private static List<List<MarkerSeries>> legendLines(
      Chart<?, ?> chart, FontMetrics metrics, int width) {
    List<List<MarkerSeries>> lines = new ArrayList<>();
    int used = width;
    for (Object each : chart.getSeriesCollection()) {
      if (each instanceof MarkerSeries series
          && series.isShowInLegend()
          && series.isEnabled()
          && !series.getLabel().isBlank()) {
        int needed = 24 + entryWidth(series, chart.getStyler(), metrics);
        if (used + needed > width + 24) {
          lines.add(new ArrayList<>());
          used = 0;
        }
        lines.get(lines.size() - 1).add(series);
        used += needed;
      }
    }
    return lines;
  }

  private static void legendLine(
      List<MarkerSeries> entries, Styler styler, Graphics2D graphics, int width, int baseline) {
    FontMetrics metrics = graphics.getFontMetrics();
    int total = 24 * (entries.size() - 1);
    for (MarkerSeries series : entries) {
      total += entryWidth(series, styler, metrics);
    }
    int x = Math.max(MARGIN, (width - total) / 2);
    int middle = baseline - metrics.getAscent() * 2 / 5;
    for (MarkerSeries series : entries) {
      int swatch = swatchWidth(series, styler);
      if (series.getLegendRenderType() == LegendRenderType.Line) {
        graphics.setColor(series.getLineColor());
        graphics.setStroke(series.getLineStyle());
        graphics.drawLine(x, middle, x + swatch, middle);
      }
      if (series.getLegendRenderType() == LegendRenderType.Line
          || series.getLegendRenderType() == LegendRenderType.Scatter) {
        if (series.getMarker() != null && series.getMarker() != SeriesMarkers.NONE) {
          graphics.setColor(series.getMarkerColor());
          series.getMarker().paint(graphics, x + swatch / 2.0, middle, styler.getMarkerSize());
        }
      } else {
        graphics.setColor(series.getFillColor());
        graphics.fillRect(x, middle - 7, swatch, 14);
      }
      graphics.setColor(styler.getChartFontColor());
      Pictures.text(graphics, series.getLabel(), x + swatch + 8, baseline);
      x += entryWidth(series, styler, metrics) + 24;
    }
  }

  /** Reference lines across the data, round ticks, powers of ten. */
  private static void prepare(XYChart chart, int width, int height, List<Runnable> undo) {
    XYStyler styler = chart.getStyler();
    double[] x = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    double[] y = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (XYSeries series : chart.getSeriesCollection()) {
      if (!series.getName().startsWith(Charts.REFERENCE_Y)) {
        widen(x, series.getXData());
      }
      if (!series.getName().startsWith(Charts.REFERENCE_X)) {
        widen(y, series.getYData());
      }
    }
    x[0] = styler.getXAxisMin() == null ? x[0] : styler.getXAxisMin();
    x[1] = styler.getXAxisMax() == null ? x[1] : styler.getXAxisMax();
    y[0] = styler.getYAxisMin() == null ? y[0] : styler.getYAxisMin();
    y[1] = styler.getYAxisMax() == null ? y[1] : styler.getYAxisMax();
    requirePositive(chart);
    boolean empty = x[0] > x[1] || y[0] > y[1];
    boolean point = !styler.isXAxisLogarithmic() && x[0] == x[1];
    boolean level = !styler.isYAxisLogarithmic() && y[0] == y[1];
    Drawable.open(x);
    Drawable.open(y);
    if (empty || point) {
      bounds(styler::getXAxisMin, styler::setXAxisMin, x[0], undo);
      bounds(styler::getXAxisMax, styler::setXAxisMax, x[1], undo);
    }
    if (empty || level) {
      bounds(styler::getYAxisMin, styler::setYAxisMin, y[0], undo);
      bounds(styler::getYAxisMax, styler::setYAxisMax, y[1], undo);
    }
    for (XYSeries series : chart.getSeriesCollection()) {
      if (series.getName().startsWith(Charts.REFERENCE_Y)) {
        double at = series.getYData()[0];
        series.replaceData(x.clone(), new double[] {at, at}, null);
      } else if (series.getName().startsWith(Charts.REFERENCE_X)) {
        double at = series.getXData()[0];
        series.replaceData(new double[] {at, at}, y.clone(), null);
      }
    }
    Drawable.Unit unitX =
        styler.isXAxisLogarithmic() ? Drawable.Unit.ONE : Drawable.Unit.of(x[0], x[1]);
    Drawable.Unit unitY =
        styler.isYAxisLogarithmic() ? Drawable.Unit.ONE : Drawable.Unit.of(y[0], y[1]);
    Drawable.scale(chart, unitX, unitY, undo);
    x = unitX.to(x);
    y = unitY.to(y);
    if (styler.getXAxisTickLabelsFormattingFunction() == POWERS) {
      styler.setXAxisTickLabelsFormattingFunction(powers(x, width / 70));
      undo.add(() -> styler.setXAxisTickLabelsFormattingFunction(POWERS));
      boolean labels = styler.isXAxisLogarithmicDecadeOnly();
      boolean grid = styler.isPlotGridVerticalLinesVisible();
      styler.setXAxisLogarithmicDecadeOnly(labels && !few(x));
      styler.setPlotGridVerticalLinesVisible(grid && !many(x));
      undo.add(() -> styler.setXAxisLogarithmicDecadeOnly(labels));
      undo.add(() -> styler.setPlotGridVerticalLinesVisible(grid));
    } else if (!styler.isXAxisLogarithmic()) {
      // XChart labels equally spaced data at the data, 0.157 0.471 0.785, and anything else at
      // round numbers: one invisible uneven series makes it the latter.
      double[] uneven = {x[0], x[0] + 0.382 * (x[1] - x[0]), x[1]};
      double middle = y[0] / 2 + y[1] / 2;
      XYSeries invisible = chart.addSeries(UNEVEN, uneven, new double[] {middle, middle, middle});
      invisible.setShowInLegend(false);
      invisible.setMarker(SeriesMarkers.NONE);
      invisible.setLineColor(new Color(0, 0, 0, 0));
      invisible.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
      undo.add(() -> chart.removeSeries(UNEVEN));
    }
    if (styler.isXAxisLogarithmic() && crowded(x) || styler.isYAxisLogarithmic() && crowded(y)) {
      boolean marks = styler.isAxisTicksMarksVisible();
      styler.setAxisTicksMarksVisible(false);
      undo.add(() -> styler.setAxisTicksMarksVisible(marks));
    }
    if (styler.getYAxisTickLabelsFormattingFunction() == POWERS) {
      styler.setYAxisTickLabelsFormattingFunction(powers(y, height / 34));
      undo.add(() -> styler.setYAxisTickLabelsFormattingFunction(POWERS));
      boolean labels = styler.isYAxisLogarithmicDecadeOnly();
      boolean grid = styler.isPlotGridHorizontalLinesVisible();
      styler.setYAxisLogarithmicDecadeOnly(labels && !few(y));
      styler.setPlotGridHorizontalLinesVisible(grid && !many(y));
      undo.add(() -> styler.setYAxisLogarithmicDecadeOnly(labels));
      undo.add(() -> styler.setPlotGridHorizontalLinesVisible(grid));
    }
  }

  /** Sets a bound of an axis that has none. */
  private static void bounds(
      Supplier<Double> get, Consumer<Double> set, double bound, List<Runnable> undo) {
    if (get.get() == null) {
      set.accept(bound);
      undo.add(() -> set.accept(null));
    }
  }

  private static void requirePositive(XYChart chart) {
    for (XYSeries series : chart.getSeriesCollection()) {
      // A reference line has a place on one axis only; on the other it spans the data.
      if (chart.getStyler().isXAxisLogarithmic()
          && !series.getName().startsWith(Charts.REFERENCE_Y)) {
        requirePositive("x", series.getLabel(), series.getXData());
      }
      if (chart.getStyler().isYAxisLogarithmic()
          && !series.getName().startsWith(Charts.REFERENCE_X)) {
        requirePositive("y", series.getLabel(), series.getYData());
      }
    }
  }

  private static void requirePositive(String axis, String series, double[] values) {
    for (double value : values) {
      if (value <= 0) {
        throw new IllegalArgumentException(
            "a logarithmic "
                + axis
                + " axis needs values above 0; the series \""
                + series
                + "\" has "
                + Numbers.format(value)
                + ": leave it out, or plot it on a linear axis");
      }
    }
  }

  private static void widen(double[] range, double[] values) {
    for (double value : values) {
      if (Double.isFinite(value)) {
        range[0] = Math.min(range[0], value);
        range[1] = Math.max(range[1], value);
      }
    }
  }

  /** Too few powers of ten to label them alone. */
  private static boolean few(double[] range) {
    return Math.log10(range[1] / range[0]) < 2;
  }

  /** So many powers of ten that the nine lines of each would turn the plot grey. */
  private static boolean many(double[] range) {
    return Math.log10(range[1] / range[0]) > 7;
  }

  /** So many powers of ten that their marks would merge into a bar. */
  private static boolean crowded(double[] range) {
    return Math.log10(range[1] / range[0]) > 60;
  }

  /** Labels at every power of ten, at every k-th of many, or at 1, 2 and 5 of few. */
  private static Function<Double, String> powers(double[] range, int room) {
    if (!(range[0] > 0) || !(range[0] <= range[1])) {
      return POWERS;
    }
    double decades = Math.log10(range[1] / range[0]);
    if (few(range)) {
      return value -> {
        long lead = Math.round(value / Math.pow(10, Math.floor(Math.log10(value) + 1e-9)));
        boolean shown = lead == 1 || lead == 2 || lead == 5 || decades < 0.7;
        return shown ? Numbers.significant(value, 4) : NO_LABEL;
      };
    }
    int least = (int) Math.max(1, Math.ceil(decades / Math.max(1, room)));
    int every = decades < 60 ? least : 10 * (int) Math.ceil(least / 10.0);
    return value -> power(value, every);
  }

  private static String power(double value, int every) {
    double exponent = Math.log10(value);
    long power = Math.round(exponent);
    // XChart reaches a tick by repeated multiplication, which errs a little at each.
    if (Math.abs(exponent - power) > 1e-6 || Math.floorMod(power, every) != 0) {
      return NO_LABEL;
    }
    if (power == 0 || power == 1) {
      return power == 0 ? "1" : "10";
    }
    StringBuilder text = new StringBuilder("10");
    for (char digit : Long.toString(power).toCharArray()) {
      text.append(digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(digit - '0'));
    }
    boolean drawable = Style.text(15).canDisplayUpTo(text.toString()) < 0;
    return drawable ? text.toString() : "1e" + power;
  }

  /** Turns the names of the categories, or leaves out numbers, where they would overlap. */
  private static void fitCategories(CategoryChart chart, int width, List<Runnable> undo) {
    CategoryStyler styler = chart.getStyler();
    List<String> labels = new ArrayList<>();
    for (CategorySeries series : chart.getSeriesCollection()) {
      if (series.getXData().size() > labels.size()) {
        labels.clear();
        series.getXData().forEach(label -> labels.add(String.valueOf(label)));
      }
    }
    int hint = styler.getXAxisTickMarkSpacingHint();
    if (labels.isEmpty() || styler.getXAxisLabelRotation() != 0 || hint != 1) {
      return;
    }
    FontMetrics metrics = Pictures.metrics(styler.getAxisTickLabelsFont());
    int widest = labels.stream().mapToInt(metrics::stringWidth).max().orElse(0);
    double room = (width - 110.0) / labels.size();
    if (widest + 10 <= room) {
      return;
    }
    if (labels.stream().allMatch(label -> label.matches("-?\\d+(\\.\\d+)?"))) {
      styler.setXAxisTickMarkSpacingHint(widest + 16);
      undo.add(() -> styler.setXAxisTickMarkSpacingHint(hint));
    } else {
      styler.setXAxisLabelRotation(widest > 3 * room ? 90 : 30);
      undo.add(() -> styler.setXAxisLabelRotation(0));
    }
  }
}
