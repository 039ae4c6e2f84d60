package org.lowerbound.plot;

import java.awt.Color;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Data as XChart can draw them, put in place of a chart's own while it is painted: without what is
 * not finite, which becomes a gap and a sentence; with a marker on a point that has no neighbour to
 * draw a line to; and in units in which ticks are short numbers, which the title of the axis names.
 */
final class Drawable {

  private static final String ALONE = "\0alone ";

  /** Above and below, ticks would be long: the axis counts in powers of ten. */
  private static final double LARGE = 1e9;

  private static final double SMALL = 1e-6;

  /** A range that is this part of its values, or less, is counted from one of them. */
  private static final double NARROW = 1e-5;

  private Drawable() {}

  /** Takes out what is not finite. Returns a sentence for each series that has any. */
  static List<String> finite(XYChart chart, List<Runnable> undo) {
    List<String> notes = new ArrayList<>();
    int index = 0;
    for (XYSeries series : List.copyOf(chart.getSeriesCollection())) {
      Color standard = Style.PALETTE[index++ % Style.PALETTE.length];
      if (Charts.isReference(series)) {
        continue;
      }
      double[] x = series.getXData();
      double[] y = series.getYData();
      double[] drawnX = x.clone();
      double[] drawnY = y.clone();
      double near = Arrays.stream(x).filter(Double::isFinite).findFirst().orElse(0);
      boolean any = false;
      for (int i = 0; i < x.length; i++) {
        boolean drawn = Double.isFinite(x[i]) && Double.isFinite(y[i]);
        any |= drawn;
        near = Double.isFinite(x[i]) ? x[i] : near;
        drawnX[i] = near;
        drawnY[i] = drawn ? y[i] : Double.NaN;
      }
      if (!Arrays.equals(x, drawnX) || !Arrays.equals(y, drawnY) || !any || missing(y)) {
        notes.add(note(series.getLabel(), x, y));
        double[] extra = series.getExtraValues();
        series.replaceData(drawnX, drawnY, extra);
        undo.add(() -> series.replaceData(x, y, extra));
      }
      if (!any) {
        series.setEnabled(false);
        undo.add(() -> series.setEnabled(true));
      } else {
        markPointsAlone(chart, series, drawnX, drawnY, standard, undo);
      }
    }
    return notes;
  }

  private static boolean missing(double[] values) {
    return Arrays.stream(values).anyMatch(Double::isNaN);
  }

  /** As for curves; a bar that is not finite has no height. */
  static List<String> finite(CategoryChart chart, List<Runnable> undo) {
    List<String> notes = new ArrayList<>();
    for (CategorySeries series : chart.getSeriesCollection()) {
      double[] y = series.getYData();
      if (!Arrays.stream(y).allMatch(Double::isFinite)) {
        notes.add(note(series.getLabel(), new double[y.length], y));
        double[] drawn = Arrays.stream(y).map(v -> Double.isFinite(v) ? v : 0).toArray();
        replace(series, drawn, series.getExtraValues(), undo);
      }
    }
    return notes;
  }

  private static void replace(
      CategorySeries series, double[] y, double[] extra, List<Runnable> undo) {
    List<?> x = new ArrayList<>(series.getXData());
    double[] before = series.getYData();
    double[] extraBefore = series.getExtraValues();
    series.replaceData(x, y, extra);
    undo.add(() -> series.replaceData(x, before, extraBefore));
  }

  private static String note(String label, double[] x, double[] y) {
    int notNumbers = 0;
    int infinite = 0;
    for (int i = 0; i < x.length; i++) {
      if (Double.isNaN(x[i]) || Double.isNaN(y[i])) {
        notNumbers++;
      } else if (Double.isInfinite(x[i]) || Double.isInfinite(y[i])) {
        infinite++;
      }
    }
    String kinds =
        infinite == 0
            ? "NaN"
            : notNumbers == 0 ? "infinite" : notNumbers + " NaN, " + infinite + " infinite";
    return String.format(
        Locale.ROOT,
        "Not drawn: %d of %d points of “%s” (%s).",
        notNumbers + infinite,
        x.length,
        label,
        kinds);
  }

  /** A line needs two points: one that has no neighbour would not be seen. */
  private static void markPointsAlone(
      XYChart chart, XYSeries series, double[] x, double[] y, Color standard, List<Runnable> undo) {
    XYSeriesRenderStyle style =
        series.getXYSeriesRenderStyle().orElse(chart.getStyler().getDefaultSeriesRenderStyle());
    if (style != XYSeriesRenderStyle.Line && style != XYSeriesRenderStyle.Step) {
      return;
    }
    List<Double> aloneX = new ArrayList<>();
    List<Double> aloneY = new ArrayList<>();
    for (int i = 0; i < y.length; i++) {
      boolean before = i > 0 && !Double.isNaN(y[i - 1]);
      boolean after = i + 1 < y.length && !Double.isNaN(y[i + 1]);
      if (!Double.isNaN(y[i]) && !before && !after) {
        aloneX.add(x[i]);
        aloneY.add(y[i]);
      }
    }
    if (aloneX.isEmpty()) {
      return;
    }
    String name = ALONE + series.getName();
    XYSeries points = chart.addSeries(name, aloneX, aloneY);
    points.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    points.setShowInLegend(false);
    points.setMarker(SeriesMarkers.CIRCLE);
    points.setMarkerColor(series.getLineColor() == null ? standard : series.getLineColor());
    undo.add(() -> chart.removeSeries(name));
    if (aloneX.size() == Arrays.stream(y).filter(v -> !Double.isNaN(v)).count()) {
      // No line at all: the legend shows what there is.
      Marker marker = series.getMarker();
      series.setMarker(SeriesMarkers.CIRCLE);
      undo.add(() -> series.setMarker(marker));
    }
  }

  /**
   * The unit of an axis: a value v is drawn at (v − offset)/unit.
   *
   * @param offset a value near all of a narrow range; else 0
   * @param unit a power of ten
   */
  record Unit(double offset, double unit) {

    static final Unit ONE = new Unit(0, 1);

    /** The unit for values from low to high. */
    static Unit of(double low, double high) {
      double size = Math.max(Math.abs(low), Math.abs(high));
      double span = high / size - low / size;
      if (size == 0) {
        return ONE;
      }
      if (span > 0 && span < NARROW) {
        int exponent = (int) Math.floor(Math.log10(high - low));
        double offset =
            new BigDecimal(low).setScale(-exponent - 1, RoundingMode.FLOOR).doubleValue();
        return new Unit(offset, power(exponent));
      }
      return size >= LARGE || size < SMALL
          ? new Unit(0, power((int) Math.floor(Math.log10(size))))
          : ONE;
    }

    private static double power(int exponent) {
      return Double.parseDouble("1e" + exponent);
    }

    double to(double value) {
      return (value - offset) / unit;
    }

    double[] to(double[] values) {
      return Arrays.stream(values).map(this::to).toArray();
    }

    double from(double drawn) {
      return offset + drawn * unit;
    }

    /** The title of an axis in this unit. */
    String title(String title) {
      if (equals(ONE)) {
        return title;
      }
      String power = ChartPainter.POWERS.apply(unit);
      String unitName = power.isBlank() ? Numbers.format(unit) : power;
      String text = offset == 0 ? "× " + unitName : Numbers.exact(offset) + " + tick × " + unitName;
      return title == null || title.isBlank() ? text : title + "  (" + text + ")";
    }

    /** What a tick is called that is drawn at a place in this unit. */
    Function<Double, String> ticks(Function<Double, String> own) {
      return own == null || own == Charts.TICK ? own : drawn -> own.apply(from(drawn));
    }
  }

  /** A range of at least two different values, so that there is an axis. */
  static void open(double[] range) {
    if (range[0] > range[1]) {
      range[0] = 0;
      range[1] = 1;
    } else if (range[0] == range[1]) {
      double half = range[0] == 0 ? 1 : Math.max(Math.abs(range[0]) / 10, Double.MIN_NORMAL);
      range[0] -= half;
      range[1] += half;
    }
  }

  /** Draws all series and bounds in these units. */
  static void scale(XYChart chart, Unit x, Unit y, List<Runnable> undo) {
    if (x.equals(Unit.ONE) && y.equals(Unit.ONE)) {
      return;
    }
    for (XYSeries series : chart.getSeriesCollection()) {
      double[] xs = series.getXData();
      double[] ys = series.getYData();
      double[] extra = series.getExtraValues();
      series.replaceData(x.to(xs), y.to(ys), bars(extra, y));
      undo.add(() -> series.replaceData(xs, ys, extra));
    }
    XYStyler styler = chart.getStyler();
    String xTitle = chart.getXAxisTitle();
    String yTitle = chart.getYAxisTitle();
    Function<Double, String> xTicks = styler.getXAxisTickLabelsFormattingFunction();
    Function<Double, String> yTicks = styler.getYAxisTickLabelsFormattingFunction();
    Double[] bounds = {
      styler.getXAxisMin(), styler.getXAxisMax(), styler.getYAxisMin(), styler.getYAxisMax()
    };
    chart.setXAxisTitle(xTicks == Charts.TICK ? x.title(xTitle) : xTitle);
    chart.setYAxisTitle(yTicks == Charts.TICK ? y.title(yTitle) : yTitle);
    styler.setXAxisTickLabelsFormattingFunction(x.ticks(xTicks));
    styler.setYAxisTickLabelsFormattingFunction(y.ticks(yTicks));
    styler.setXAxisMin(bounds[0] == null ? null : Double.valueOf(x.to(bounds[0])));
    styler.setXAxisMax(bounds[1] == null ? null : Double.valueOf(x.to(bounds[1])));
    styler.setYAxisMin(bounds[2] == null ? null : Double.valueOf(y.to(bounds[2])));
    styler.setYAxisMax(bounds[3] == null ? null : Double.valueOf(y.to(bounds[3])));
    undo.add(
        () -> {
          chart.setXAxisTitle(xTitle);
          chart.setYAxisTitle(yTitle);
          styler.setXAxisTickLabelsFormattingFunction(xTicks);
          styler.setYAxisTickLabelsFormattingFunction(yTicks);
          styler.setXAxisMin(bounds[0]);
          styler.setXAxisMax(bounds[1]);
          styler.setYAxisMin(bounds[2]);
          styler.setYAxisMax(bounds[3]);
        });
  }

  /** Draws all bars in the unit of the largest. */
  static void scale(CategoryChart chart, List<Runnable> undo) {
    double low = 0;
    double high = 0;
    for (CategorySeries series : chart.getSeriesCollection()) {
      for (double value : series.getYData()) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    Unit unit = Unit.of(low, high);
    if (unit.equals(Unit.ONE)
        || chart.getStyler().isYAxisLogarithmic()
        || chart.getStyler().getYAxisTickLabelsFormattingFunction() != Charts.TICK) {
      return;
    }
    for (CategorySeries series : chart.getSeriesCollection()) {
      replace(series, unit.to(series.getYData()), bars(series.getExtraValues(), unit), undo);
    }
    String title = chart.getYAxisTitle();
    chart.setYAxisTitle(unit.title(title));
    undo.add(() -> chart.setYAxisTitle(title));
  }

  private static double[] bars(double[] extra, Unit unit) {
    return extra == null ? null : Arrays.stream(extra).map(e -> e / unit.unit).toArray();
  }
}
