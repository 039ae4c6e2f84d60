package org.lowerbound.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.function.Function;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * XChart charts in the house style: white, thinly gridded, in the colours of Okabe and Ito, with
 * text that can be read when the picture is shown at half its width.
 *
 * <p>Each method returns XChart's own chart, to which series are added and whose styler stays open
 * to any change. A reference line is drawn across the data that the chart has when it is painted.
 *
 * <p>Whatever is finite is drawn, a single point too; NaN and infinite values leave a gap, and a
 * sentence below the chart counts them. Ticks stay short: where values are very large, very small
 * or very close together, the title of the axis names the unit and the value they count from.
 */
public final class Charts {

  /** Width of a chart in pixels. */
  public static final int WIDTH = 720;

  /** Height of a chart in pixels. */
  public static final int HEIGHT = 440;

  static final String REFERENCE_X = "\0vertical ";
  static final String REFERENCE_Y = "\0horizontal ";

  /** The text of a tick on a linear axis, whose unit the painter may choose. */
  static final Function<Double, String> TICK = Charts::tick;

  // Dashed, dotted, dash-dotted: reference lines differ in pattern, data in colour.
  private static final float[][] DASHES = {{8, 6}, {2, 5}, {12, 5, 2, 5}};

  private static final Map<Chart<?, ?>, Dimension> SIZES =
      Collections.synchronizedMap(new WeakHashMap<>());

  private Charts() {}

  /** The eight colours of Okabe and Ito, the strongest on white first. */
  public static Color[] palette() {
    return Style.PALETTE.clone();
  }

  /** Curves: series added with {@code addSeries(name, x, y)} are drawn as lines without markers. */
  public static XYChart lines(String title, String xLabel, String yLabel) {
    return xy(title, xLabel, yLabel, XYSeriesRenderStyle.Line);
  }

  /** Points: each pair (x, y) is a marker. */
  public static XYChart points(String title, String xLabel, String yLabel) {
    return xy(title, xLabel, yLabel, XYSeriesRenderStyle.Scatter);
  }

  /** Steps: each value holds until the next x. */
  public static XYChart step(String title, String xLabel, String yLabel) {
    return xy(title, xLabel, yLabel, XYSeriesRenderStyle.Step);
  }

  /** Bars, one group for each category: {@code addSeries(name, List.of("a", "b"), values)}. */
  public static CategoryChart bars(String title, String xLabel, String yLabel) {
    CategoryChart chart = new CategoryChart(WIDTH, HEIGHT);
    chart.setTitle(title);
    chart.setXAxisTitle(xLabel);
    chart.setYAxisTitle(yLabel);
    style(chart.getStyler());
    chart.getStyler().setAvailableSpaceFill(0.8);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    // XChart would leave out the names of bars closer than the hint; the painter turns them
    // instead.
    chart.getStyler().setXAxisTickMarkSpacingHint(1);
    return chart;
  }

  /**
   * The density of the values in equal bins from the smallest to the largest: bar areas sum to 1,
   * so that a density curve can be laid over it with {@code addSeries(name, x, y)}.
   *
   * @param values the sample; NaN and infinite values are rejected
   * @param bins the number of bins, at least 1
   */
  public static XYChart histogram(String title, String xLabel, double[] values, int bins) {
    XYChart chart = xy(title, xLabel, "density", XYSeriesRenderStyle.Line);
    addHistogram(chart, "sample", values, bins);
    return chart;
  }

  /** Adds the density of a further sample to a chart; see {@link #histogram}. */
  public static XYSeries addHistogram(XYChart chart, String name, double[] values, int bins) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a histogram needs at least one value");
    }
    if (bins < 1) {
      throw new IllegalArgumentException("bins must be at least 1, was " + bins);
    }
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a histogram needs finite values, found " + value);
      }
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
    if (lowest == highest) {
      lowest -= 0.5;
      highest += 0.5;
    }
    double width = (highest - lowest) / bins;
    double[] heights = new double[bins];
    for (double value : values) {
      heights[Math.min(bins - 1, (int) ((value - lowest) / width))] += 1 / (values.length * width);
    }
    // The outline as a closed area: up and down at each edge.
    double[] x = new double[2 * bins + 2];
    double[] y = new double[2 * bins + 2];
    for (int bin = 0; bin < bins; bin++) {
      x[2 * bin + 1] = lowest + bin * width;
      // Rounding may carry the last edge past the largest value, and an area's x must not fall.
      x[2 * bin + 2] = bin == bins - 1 ? highest : lowest + (bin + 1) * width;
      y[2 * bin + 1] = heights[bin];
      y[2 * bin + 2] = heights[bin];
    }
    x[0] = lowest;
    x[2 * bins + 1] = highest;
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
    series.setMarker(SeriesMarkers.NONE);
    Color colour = Style.PALETTE[(chart.getSeriesCollection().size() - 1) % Style.PALETTE.length];
    series.setLineColor(colour);
    series.setFillColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 90));
    if (chart.getStyler().getYAxisMin() == null) {
      chart.getStyler().setYAxisMin(0.0);
    }
    return series;
  }

  private static XYChart xy(
      String title, String xLabel, String yLabel, XYSeriesRenderStyle renderStyle) {
    XYChart chart = new XYChart(WIDTH, HEIGHT);
    chart.setTitle(title);
    chart.setXAxisTitle(xLabel);
    chart.setYAxisTitle(yLabel);
    XYStyler styler = chart.getStyler();
    style(styler);
    styler.setXAxisTickLabelsFormattingFunction(TICK);
    styler.setDefaultSeriesRenderStyle(renderStyle);
    if (renderStyle != XYSeriesRenderStyle.Scatter) {
      Marker[] none = new Marker[Style.PALETTE.length];
      Arrays.fill(none, SeriesMarkers.NONE);
      styler.setSeriesMarkers(none);
    }
    return chart;
  }

  private static void style(AxesChartStyler styler) {
    BasicStroke line = new BasicStroke(2.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    BasicStroke[] lines = new BasicStroke[Style.PALETTE.length];
    Arrays.fill(lines, line);
    styler.setBaseFont(Style.text(16));
    styler.setChartTitleFont(Style.bold(18));
    styler.setAxisTitleFont(Style.text(17));
    styler.setAxisTickLabelsFont(Style.text(15));
    styler.setLegendFont(Style.text(16));
    styler.setChartFontColor(Style.INK);
    styler.setAxisTickLabelsColor(Style.INK);
    styler.setXAxisTitleColor(Style.INK);
    styler.setYAxisTitleColor(Style.INK);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setChartTitleBoxVisible(false);
    styler.setChartTitlePadding(4);
    styler.setChartPadding(9);
    styler.setPlotBorderVisible(true);
    styler.setPlotBorderColor(Style.FRAME);
    styler.setPlotGridLinesColor(Style.GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1f));
    styler.setPlotContentSize(0.94);
    styler.setPlotMargin(4);
    styler.setAxisTicksLineVisible(false);
    styler.setAxisTickMarksColor(Style.FRAME);
    styler.setAxisTickMarkLength(5);
    styler.setXAxisTickMarkSpacingHint(100);
    styler.setYAxisTickMarkSpacingHint(50);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendBackgroundColor(Color.WHITE);
    styler.setLegendPadding(8);
    styler.setLegendSeriesLineLength(32);
    styler.setSeriesColors(Style.PALETTE);
    styler.setSeriesLines(lines);
    styler.setMarkerSize(9);
    styler.setAntiAlias(true);
    styler.setTextAntiAlias(true);
    styler.setLocale(java.util.Locale.ROOT);
    styler.setYAxisTickLabelsFormattingFunction(TICK);
  }

  /** Ticks are round numbers up to rounding error; seven digits show them as such. */
  private static String tick(double value) {
    return Math.abs(value) < 1e-12 ? "0" : Numbers.significant(value, 7);
  }

  /** Adds points to a chart of curves: measured values as markers beside the curves of a theory. */
  public static XYSeries addPoints(XYChart chart, String name, double[] x, double[] y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    series.setMarker(SeriesMarkers.CIRCLE);
    return series;
  }

  /** A logarithmic x axis; all x must be positive. */
  public static XYChart logX(XYChart chart) {
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setXAxisTickLabelsFormattingFunction(ChartPainter.POWERS);
    return chart;
  }

  /** A logarithmic y axis; all y must be positive. */
  public static XYChart logY(XYChart chart) {
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setYAxisTickLabelsFormattingFunction(ChartPainter.POWERS);
    return chart;
  }

  /**
   * A broken line at height y across the chart, named in the legend; it takes the place of an
   * earlier one of the same label.
   */
  public static XYChart horizontal(XYChart chart, String label, double y) {
    return reference(chart, REFERENCE_Y, label, y);
  }

  /**
   * A broken line at x from the bottom to the top of the data, named in the legend; it takes the
   * place of an earlier one of the same label.
   */
  public static XYChart vertical(XYChart chart, String label, double x) {
    return reference(chart, REFERENCE_X, label, x);
  }

  private static XYChart reference(XYChart chart, String kind, String label, double at) {
    if (!Double.isFinite(at)) {
      throw new IllegalArgumentException("a reference line needs a finite place, was " + at);
    }
    long earlier =
        chart.getSeriesCollection().stream().filter(series -> isReference(series)).count();
    double[] twice = {at, at};
    XYSeries same = chart.getSeries(kind + label);
    if (same != null) {
      same.replaceData(twice, twice, null);
      return chart;
    }
    XYSeries line = chart.addSeries(kind + label, twice, twice);
    line.setLabel(label);
    line.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    line.setMarker(SeriesMarkers.NONE);
    float[] dashes = DASHES[(int) (earlier % DASHES.length)];
    line.setLineStyle(
        new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes, 0));
    line.setLineColor(Style.REFERENCE);
    return chart;
  }

  static boolean isReference(XYSeries series) {
    return series.getName().startsWith(REFERENCE_X) || series.getName().startsWith(REFERENCE_Y);
  }

  /** The chart as a picture of its own size, {@value #WIDTH} by {@value #HEIGHT} pixels. */
  public static BufferedImage image(Chart<?, ?> chart) {
    Dimension size = naturalSize(chart);
    return image(chart, size.width, size.height);
  }

  /** The chart as a picture of the given size in pixels; text keeps its size. */
  public static BufferedImage image(Chart<?, ?> chart, int width, int height) {
    naturalSize(chart);
    return ChartPainter.paint(chart, width, height);
  }

  /** XChart forgets the size a chart was made with as soon as it is painted at another. */
  private static Dimension naturalSize(Chart<?, ?> chart) {
    Objects.requireNonNull(chart, "chart");
    return SIZES.computeIfAbsent(chart, c -> new Dimension(c.getWidth(), c.getHeight()));
  }

  /**
   * Figures side by side where the page is wide enough, below one another where it is not.
   *
   * @param figures charts, pictures, {@link ImageGrid}s, {@link MatrixImage}s and {@link Figure}s
   */
  public static Figure row(Object... figures) {
    return Figure.row(figures);
  }

  /** Figures, or rows of them, below one another; see {@link #row}. */
  public static Figure column(Object... figures) {
    return Figure.column(figures);
  }
}
