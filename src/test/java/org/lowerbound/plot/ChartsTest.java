package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;

class ChartsTest {

  private static final int BLUE = 0x0072B2;
  private static final int VERMILLION = 0xD55E00;
  private static final int REFERENCE = 0x444444;

  private final double[] x = IntStream.range(0, 50).mapToDouble(i -> 0.157 * i).toArray();
  private final double[] sine = IntStream.range(0, 50).mapToDouble(i -> Math.sin(x[i])).toArray();

  static int count(BufferedImage image, int colour) {
    return count(image, colour, 0, 0, image.getWidth(), image.getHeight());
  }

  static int count(BufferedImage image, int colour, int left, int top, int right, int bottom) {
    int count = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        count += (image.getRGB(x, y) & 0xFFFFFF) == colour ? 1 : 0;
      }
    }
    return count;
  }

  private XYChart twoCurves() {
    XYChart chart = Charts.lines("Bound", "step", "nats");
    chart.addSeries("first", x, sine);
    double[] half = IntStream.range(0, 50).mapToDouble(i -> sine[i] / 2).toArray();
    chart.addSeries("second", x, half);
    return chart;
  }

  @Test
  void curvesTakeTheColoursOfThePaletteOnWhite() {
    BufferedImage image = Charts.image(twoCurves());
    assertEquals(Charts.WIDTH, image.getWidth());
    assertEquals(Charts.HEIGHT, image.getHeight());
    assertTrue(count(image, BLUE) > 300, "blue pixels " + count(image, BLUE));
    assertTrue(count(image, VERMILLION) > 300, "vermillion pixels " + count(image, VERMILLION));
    assertEquals(0xFFFFFF, image.getRGB(2, 2) & 0xFFFFFF);
    // Most of a chart is paper.
    assertTrue(count(image, 0xFFFFFF) > 0.8 * Charts.WIDTH * Charts.HEIGHT);
  }

  @Test
  void textIsLegibleAtHalfWidth() {
    // 15 pixels halve to 7.5, about the size of a footnote on a page of 96 dots an inch.
    List<AxesChartStyler> stylers =
        List.of(
            Charts.lines("a", "b", "c").getStyler(),
            Charts.points("a", "b", "c").getStyler(),
            Charts.bars("a", "b", "c").getStyler());
    for (AxesChartStyler styler : stylers) {
      assertTrue(styler.getAxisTickLabelsFont().getSize() >= 15);
      assertTrue(styler.getAxisTitleFont().getSize() >= 16);
      assertTrue(styler.getLegendFont().getSize() >= 16);
    }
  }

  @Test
  void paintingLeavesTheChartAsItWas() {
    XYChart chart = Charts.logY(Charts.lines("a", "b", "c"));
    chart.addSeries("positive", x, IntStream.range(0, 50).mapToDouble(i -> i + 1).toArray());
    var formatter = chart.getStyler().getYAxisTickLabelsFormattingFunction();
    Charts.image(chart, 400, 300);
    assertEquals(1, chart.getSeriesCollection().size());
    assertTrue(chart.getStyler().isLegendVisible());
    assertTrue(chart.getStyler().isChartTitleVisible());
    assertEquals(formatter, chart.getStyler().getYAxisTickLabelsFormattingFunction());
    BufferedImage again = Charts.image(chart);
    assertEquals(Charts.WIDTH, again.getWidth());
    assertEquals(Charts.HEIGHT, again.getHeight());
  }

  @Test
  void referenceLinesRunAcrossDataAddedLater() {
    XYChart chart = Charts.lines("a", "b", "c");
    chart.addSeries("short", new double[] {0, 1}, new double[] {0, 1});
    Charts.horizontal(chart, "exact", 0.5);
    Charts.vertical(chart, "best", 0.25);
    chart.addSeries("long", new double[] {0, 10}, new double[] {0, 4});
    BufferedImage image = Charts.image(chart);
    XYSeries[] series = chart.getSeriesCollection().toArray(XYSeries[]::new);
    assertEquals("exact", series[1].getLabel());
    assertEquals(10, series[1].getXData()[1]);
    assertEquals(0.5, series[1].getYData()[1]);
    assertEquals(4, series[2].getYData()[1]);
    assertEquals(0.25, series[2].getXData()[1]);
    // Broken lines: more than a third of 600 pixels drawn, twice over by their width.
    assertTrue(count(image, REFERENCE) > 300, "reference pixels " + count(image, REFERENCE));
    assertThrows(
        IllegalArgumentException.class, () -> Charts.horizontal(chart, "nowhere", Double.NaN));
  }

  @Test
  void legendWrapsIntoThePicture() {
    XYChart chart = Charts.lines("a", "b", "c");
    for (int k = 0; k < 6; k++) {
      int shift = k;
      chart.addSeries(
          "ordering number " + k + " of six",
          x,
          IntStream.range(0, 50).mapToDouble(i -> sine[i] + shift).toArray());
    }
    BufferedImage image = Charts.image(chart);
    // The sixth colour is in the curve and, on the last lines of the picture, in the legend.
    int height = image.getHeight();
    int legend = count(image, 0x56B4E9, 0, height - 90, image.getWidth(), height);
    assertTrue(legend >= 32, "pixels of the sixth swatch " + legend);
    for (int y = 0; y < height; y++) {
      assertEquals(0xFFFFFF, image.getRGB(0, y) & 0xFFFFFF, "text runs out of the picture");
      assertEquals(0xFFFFFF, image.getRGB(image.getWidth() - 1, y) & 0xFFFFFF);
    }
  }

  @Test
  void histogramIsADensity() {
    SplittableRandom random = new SplittableRandom(1);
    double[] sample = random.doubles(1000, -2, 3).toArray();
    XYChart chart = Charts.histogram("a", "b", sample, 20);
    XYSeries outline = chart.getSeriesCollection().iterator().next();
    double area = 0;
    double[] at = outline.getXData();
    double[] height = outline.getYData();
    for (int i = 1; i < at.length; i++) {
      area += (at[i] - at[i - 1]) * (height[i] + height[i - 1]) / 2;
    }
    // The trapezoids of the outline are the bars; only rounding remains.
    assertEquals(1, area, 1e-12);
    assertTrue(count(Charts.image(chart), BLUE) > 300);
    assertThrows(
        IllegalArgumentException.class, () -> Charts.histogram("a", "b", new double[] {}, 5));
    assertThrows(
        IllegalArgumentException.class,
        () -> Charts.histogram("a", "b", new double[] {Double.NaN}, 5));
    assertThrows(IllegalArgumentException.class, () -> Charts.histogram("a", "b", sample, 0));
  }

  @Test
  void lastEdgeOfAHistogramIsTheLargestValue() {
    // Here lowest + 40·width rounds to more than the largest value, which XChart refuses to draw.
    double[] sample = {-0.1 * 21, 0.7 * 21};
    XYChart chart = Charts.histogram("a", "b", sample, 40);
    double[] x = chart.getSeriesCollection().iterator().next().getXData();
    assertEquals(sample[1], x[x.length - 2], 0);
    assertEquals(sample[1], x[x.length - 1], 0);
  }

  @Test
  void aReferenceLineMayLieAtANegativePlaceBesideALogarithmicAxis() {
    XYChart across = Charts.logX(Charts.lines("a", "b", "c"));
    across.addSeries("s", new double[] {1, 100}, new double[] {-3, -2});
    Charts.horizontal(across, "limit", -1.5);
    assertNotNull(Charts.image(across));
    XYChart up = Charts.logY(Charts.lines("a", "b", "c"));
    up.addSeries("s", new double[] {-3, -2}, new double[] {1, 100});
    Charts.vertical(up, "limit", -2.5);
    assertNotNull(Charts.image(up));
    XYChart wrong = Charts.logY(Charts.lines("a", "b", "c"));
    wrong.addSeries("s", new double[] {1, 2}, new double[] {1, 100});
    Charts.horizontal(wrong, "limit", -1);
    assertThrows(IllegalArgumentException.class, () -> Charts.image(wrong));
  }

  @Test
  void histogramOfOneValueHasABar() {
    XYChart chart = Charts.histogram("a", "b", new double[] {2, 2, 2}, 4);
    double highest = 0;
    for (double value : chart.getSeriesCollection().iterator().next().getYData()) {
      highest = Math.max(highest, value);
    }
    // All of the mass in one bin of width 1/4.
    assertEquals(4, highest, 1e-12);
  }

  @Test
  void longNamesOfBarsAreTurnedAndShortOnesAreNot() {
    CategoryChart shortNames = Charts.bars("a", "b", "c");
    shortNames.addSeries("s", List.of("u", "v", "w"), List.of(1, 2, 3));
    CategoryChart longNames = Charts.bars("a", "b", "c");
    longNames.addSeries(
        "s",
        List.of("a mixture of Bernoullis", "a restricted Boltzmann machine", "sixteen orderings"),
        List.of(1, 2, 3));
    CategoryChart many = Charts.bars("a", "b", "c");
    int[] states = IntStream.range(0, 256).toArray();
    many.addSeries("s", states, states);
    // The floor of the plot, where bars end, rises to make room for turned names only.
    assertTrue(lowestBar(shortNames) > lowestBar(longNames) + 40);
    assertEquals(lowestBar(shortNames), lowestBar(many), 6);
    assertEquals(0, longNames.getStyler().getXAxisLabelRotation());
  }

  private static int lowestBar(CategoryChart chart) {
    chart.getStyler().setLegendVisible(false);
    BufferedImage image = Charts.image(chart);
    for (int y = image.getHeight() - 1; y >= 0; y--) {
      if (count(image, BLUE, 0, y, image.getWidth(), y + 1) > 50) {
        return y;
      }
    }
    throw new AssertionError("no bar found");
  }

  @Test
  void ticksOfLogarithmicAxesArePowersOfTen() {
    assertEquals("10⁻³", ChartPainter.POWERS.apply(1e-3).replace("1e-3", "10⁻³"));
    assertEquals("1", ChartPainter.POWERS.apply(1.0));
    assertEquals("10", ChartPainter.POWERS.apply(10.0));
    assertTrue(ChartPainter.POWERS.apply(20.0).isBlank());
    XYChart chart = Charts.logX(Charts.logY(Charts.points("a", "b", "c")));
    chart.addSeries("s", new double[] {1, 1e12}, new double[] {2, 3});
    assertTrue(count(Charts.image(chart), BLUE) > 50);
    chart.addSeries("gap", new double[] {1}, new double[] {-0.5});
    String message =
        assertThrows(IllegalArgumentException.class, () -> Charts.image(chart)).getMessage();
    assertTrue(message.contains("\"gap\" has -0.5"), message);
  }

  @Test
  void rowAndColumnPlaceFiguresBesideAndBelow() {
    BufferedImage red = new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
    BufferedImage green = new BufferedImage(10, 40, BufferedImage.TYPE_INT_RGB);
    paint(red, Color.RED);
    paint(green, Color.GREEN);
    BufferedImage row = Charts.row(red, green).image();
    assertEquals(40, row.getHeight());
    assertEquals(30 + 16 + 10, row.getWidth());
    assertEquals(30 * 20, count(row, 0xFF0000));
    assertEquals(10 * 40, count(row, 0x00FF00));
    // Centred: the lower picture leaves ten lines above and below.
    assertEquals(0xFFFFFF, row.getRGB(0, 9) & 0xFFFFFF);
    assertEquals(0xFF0000, row.getRGB(0, 10) & 0xFFFFFF);
    BufferedImage column = Charts.column(red, twoCurves(), green).image();
    assertEquals(Charts.WIDTH, column.getWidth());
    assertEquals(20 + 16 + Charts.HEIGHT + 16 + 40, column.getHeight());
    assertThrows(IllegalArgumentException.class, () -> Charts.row());
    String message =
        assertThrows(IllegalArgumentException.class, () -> Charts.row("text")).getMessage();
    assertTrue(message.contains("java.lang.String"), message);
  }

  private static void paint(BufferedImage image, Color colour) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        image.setRGB(x, y, colour.getRGB());
      }
    }
  }

  @Test
  void longTitleIsBrokenRatherThanCut() {
    XYChart chart = twoCurves();
    chart.setTitle(
        "The evidence lower bound, the log-likelihood and the divergence between the approximate"
            + " and the true posterior");
    BufferedImage image = Charts.image(chart);
    for (int y = 0; y < 70; y++) {
      assertEquals(0xFFFFFF, image.getRGB(1, y) & 0xFFFFFF);
      assertEquals(0xFFFFFF, image.getRGB(image.getWidth() - 2, y) & 0xFFFFFF);
    }
    assertFalse(count(image, 0x222222, 0, 24, image.getWidth(), 44) == 0, "no second line");
  }

  @Test
  void tooSmallIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Charts.image(twoCurves(), 100, 60));
  }

  /** Pixels of the first two colours of the palette, above the legend. */
  private static int drawn(BufferedImage image) {
    int floor = image.getHeight() - 60;
    return count(image, BLUE, 0, 0, image.getWidth(), floor)
        + count(image, VERMILLION, 0, 0, image.getWidth(), floor);
  }

  @Test
  void aSeriesOfOnePointIsSeen() {
    for (XYChart chart : List.of(Charts.lines("a", "b", "c"), Charts.step("a", "b", "c"))) {
      chart.addSeries("one", new double[] {3}, new double[] {0.25});
      BufferedImage image = Charts.image(chart);
      // A marker 9 pixels wide has an area of about 60, some of it smoothed.
      assertTrue(drawn(image) > 30, "pixels " + drawn(image));
      assertEquals(1, chart.getSeriesCollection().size());
    }
    XYChart second = twoCurves();
    int before = drawn(Charts.image(second));
    second.removeSeries("second");
    second.addSeries("one", new double[] {3}, new double[] {0.25});
    BufferedImage image = Charts.image(second);
    int floor = image.getHeight() - 60;
    assertTrue(count(image, VERMILLION, 0, 0, image.getWidth(), floor) > 30);
    assertTrue(before > 300);
  }

  @Test
  void gapsStayGapsAndASentenceCountsThem() {
    double[] y = sine.clone();
    java.util.Arrays.fill(y, 10, 20, Double.NaN);
    y[15] = 0.5;
    y[30] = Double.POSITIVE_INFINITY;
    XYChart chart = Charts.lines("a", "b", "c");
    chart.addSeries("gap", x, y);
    XYChart whole = Charts.lines("a", "b", "c");
    whole.addSeries("gap", x, sine);
    BufferedImage image = Charts.image(chart);
    List<Runnable> undo = new java.util.ArrayList<>();
    assertEquals(
        List.of("Not drawn: 10 of 50 points of “gap” (9 NaN, 1 infinite)."),
        Drawable.finite(chart, undo));
    java.util.Collections.reverse(undo);
    undo.forEach(Runnable::run);
    // The same data again afterwards, and fewer pixels than without gaps.
    assertEquals(Double.POSITIVE_INFINITY, chart.getSeries("gap").getYData()[30]);
    assertEquals(1, chart.getSeriesCollection().size());
    assertTrue(drawn(image) < 0.9 * drawn(Charts.image(whole)));
    assertTrue(drawn(image) > 0.5 * drawn(Charts.image(whole)));
    // The sentence stands on the last line of the picture.
    int height = image.getHeight();
    assertTrue(count(image, 0x222222, 0, height - 24, image.getWidth(), height) > 50);
  }

  @Test
  void nothingFiniteIsSaidToo() {
    XYChart chart = Charts.lines("a", "b", "c");
    double nan = Double.NaN;
    chart.addSeries("lost", new double[] {1, 2, 3}, new double[] {nan, nan, nan});
    BufferedImage image = Charts.image(chart);
    int height = image.getHeight();
    assertTrue(count(image, 0x222222, 0, height - 24, image.getWidth(), height) > 50);
    CategoryChart bars = Charts.bars("a", "b", "c");
    bars.addSeries("s", List.of("u", "v"), List.of(1, nan));
    assertTrue(drawn(Charts.image(bars)) > 1000);
    assertTrue(Double.isNaN(bars.getSeries("s").getYData()[1]));
  }

  @Test
  void whateverIsFiniteFillsTheFrame() {
    double[][] ranges = {
      {-101.3385, -101.3385 + 1e-5},
      {1, 1 + 1e-7},
      {1e6, 1e6 + 1e-4},
      {0, 1e-300},
      {0, 1e300},
      {-1e308, 1e308},
      {1e-300, 2e-300},
      {-3e-9, 5e-9},
      {1e12, 3e12},
      {0, 1},
      {7, 7},
      {0, 0}
    };
    int usual = 0;
    for (double[] range : ranges) {
      double[] y = new double[50];
      java.util.Arrays.setAll(
          y, i -> range[0] / 2 + range[1] / 2 + sine[i] * (range[1] / 2 - range[0] / 2));
      XYChart chart = Charts.lines("a", "b", "c");
      chart.addSeries("s", x, y);
      Charts.horizontal(chart, "first", y[0]);
      BufferedImage image = Charts.image(chart);
      String at = java.util.Arrays.toString(range);
      if (range[0] < range[1]) {
        usual = usual == 0 ? drawn(image) : usual;
        // The same curve, whatever it is called: only rounding of 1 + 1e-7 sin x moves it.
        assertEquals(usual, drawn(image), 0.1 * usual, at);
      } else {
        assertTrue(drawn(image) > 300, at);
      }
      assertEquals(y[7], chart.getSeries("s").getYData()[7], 0, at);
      assertEquals("c", chart.getYAxisTitle());
    }
    for (double[] range : new double[][] {{1e-300, 1e300}, {1e-300, 1e-299}, {1e300, 1e301}}) {
      XYChart chart = Charts.logY(Charts.lines("a", "b", "c"));
      chart.addSeries("s", new double[] {0, 1}, range);
      assertTrue(drawn(Charts.image(chart)) > 300);
    }
    CategoryChart bars = Charts.bars("a", "b", "c");
    bars.addSeries("s", List.of("u", "v"), List.of(1e300, 2e300));
    assertTrue(drawn(Charts.image(bars)) > 1000);
  }

  @Test
  void theTitleOfAnAxisNamesItsUnit() {
    assertEquals("nats", Drawable.Unit.of(-101.5, -99).title("nats"));
    assertEquals(
        "nats  (-101.33849 + tick × 1e-6)",
        Drawable.Unit.of(-101.33849, -101.338485).title("nats").replace("10⁻⁶", "1e-6"));
    assertEquals("× 1e12", Drawable.Unit.of(0, 3e12).title("").replace("10¹²", "1e12"));
    Drawable.Unit narrow = Drawable.Unit.of(1, 1 + 2e-7);
    assertEquals(1, narrow.offset());
    assertEquals(2, narrow.to(1 + 2e-7), 1e-8);
    assertEquals(1 + 1e-7, narrow.from(1), 1e-15);
    assertEquals(Drawable.Unit.ONE, Drawable.Unit.of(0, 0));
    // A format of one's own keeps the values.
    XYChart chart = Charts.lines("a", "b", "c");
    List<Double> asked = new java.util.ArrayList<>();
    chart
        .getStyler()
        .setYAxisTickLabelsFormattingFunction(
            v -> {
              asked.add(v);
              return "t";
            });
    chart.addSeries("s", new double[] {0, 1}, new double[] {1e12, 3e12});
    Charts.image(chart);
    assertTrue(asked.stream().allMatch(v -> v > 1e11), asked.toString());
  }

  @Test
  void aReferenceLineOfTheSameLabelIsReplaced() {
    XYChart chart = twoCurves();
    Charts.horizontal(chart, "exact", 0.5);
    Charts.vertical(chart, "exact", 3);
    Charts.horizontal(chart, "exact", -0.25);
    Charts.vertical(chart, "exact", 4);
    assertEquals(4, chart.getSeriesCollection().size());
    assertNotNull(Charts.image(chart));
    XYSeries[] series = chart.getSeriesCollection().toArray(XYSeries[]::new);
    assertEquals(-0.25, series[2].getYData()[0]);
    assertEquals(4, series[3].getXData()[0]);
  }
}
