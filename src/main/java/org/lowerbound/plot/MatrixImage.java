package org.lowerbound.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A matrix as a heat map: one square an entry, rows downwards, with axis labels and a colour bar.
 *
 * <p>Rows and columns are numbered from 0, or named with {@link #rowNames} and {@link
 * #columnNames}, or carry coordinates with {@link #extent}. A NaN is grey.
 */
public final class MatrixImage {

  private static final int SIDE = 340;
  private static final int NOT_A_NUMBER = 0x9A9A9A;

  // Anchors of the viridis map (S. van der Walt, N. Smith, 2015; CC0), equally spaced.
  private static final int[] SEQUENTIAL = {
    0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E, 0x21918C, 0x22A884, 0x44BF70, 0x7AD151,
    0xBDDF26, 0xFDE725
  };
  // From Okabe and Ito's blue through white to their vermillion.
  private static final int[] DIVERGING = {
    0x00436B, 0x0072B2, 0x8CC1E0, 0xFFFFFF, 0xF0B68C, 0xD55E00, 0x7F3800
  };
  private static final int[] BINARY = {0xFFFFFF, 0x0072B2};

  private final double[][] values;
  private final int rows;
  private final int columns;
  private String title = "";
  private String xLabel = "";
  private String yLabel = "";
  private double lowest = Double.NaN;
  private double highest = Double.NaN;
  private double[] extent;
  private String[] rowNames = {};
  private String[] columnNames = {};
  private int[] colours = SEQUENTIAL;
  private boolean numbered;

  private MatrixImage(double[][] values) {
    if (values.length == 0 || values[0].length == 0) {
      throw new IllegalArgumentException("a matrix needs at least one row and one column");
    }
    for (int row = 0; row < values.length; row++) {
      if (values[row].length != values[0].length) {
        throw new IllegalArgumentException(
            "all rows must have "
                + values[0].length
                + " columns as row 0 has, row "
                + row
                + " has "
                + values[row].length);
      }
    }
    this.values = values;
    this.rows = values.length;
    this.columns = values[0].length;
  }

  /**
   * A heat map from dark (smallest) to bright (largest value).
   *
   * @param values {@code [rows][columns]}
   */
  public static MatrixImage of(double[][] values) {
    return new MatrixImage(values);
  }

  public MatrixImage title(String title) {
    this.title = Objects.requireNonNull(title, "title");
    return this;
  }

  /** What a column is. */
  public MatrixImage xLabel(String label) {
    this.xLabel = Objects.requireNonNull(label, "label");
    return this;
  }

  /** What a row is. */
  public MatrixImage yLabel(String label) {
    this.yLabel = Objects.requireNonNull(label, "label");
    return this;
  }

  /** The values at the two ends of the colours; values outside take the colour of the end. */
  public MatrixImage range(double lowest, double highest) {
    if (!(lowest < highest) || Double.isInfinite(highest - lowest)) {
      throw new IllegalArgumentException(
          "the range needs finite ends, lowest < highest, was " + lowest + " to " + highest);
    }
    this.lowest = lowest;
    this.highest = highest;
    return this;
  }

  /** Blue for negative, white for zero, vermillion for positive values. */
  public MatrixImage diverging() {
    this.colours = DIVERGING;
    return this;
  }

  /** White for 0, blue for 1, and no colour bar: for masks and patterns of zeros. */
  public MatrixImage binary() {
    this.colours = BINARY;
    return this;
  }

  /** A name for each row, drawn as far as there is room for them. */
  public MatrixImage rowNames(String... names) {
    requireCount(names, rows, "row");
    this.rowNames = names.clone();
    return this;
  }

  /** A name for each column, drawn as far as there is room for them. */
  public MatrixImage columnNames(String... names) {
    requireCount(names, columns, "column");
    this.columnNames = names.clone();
    return this;
  }

  private static void requireCount(String[] names, int count, String what) {
    if (names.length != count) {
      throw new IllegalArgumentException(
          "a name for each " + what + " is needed: " + count + ", was " + names.length);
    }
  }

  /** Writes each value into its cell: for matrices of at most 12 rows and columns. */
  public MatrixImage numbers() {
    if (Math.max(rows, columns) > 12) {
      throw new IllegalArgumentException(
          "numbers are legible in at most 12 rows and columns, was " + rows + " by " + columns);
    }
    this.numbered = true;
    return this;
  }

  /**
   * The matrix is a function on a rectangle: column 0 lies at xLow and row 0 at yLow, at the bottom
   * of the picture.
   */
  public MatrixImage extent(double xLow, double xHigh, double yLow, double yHigh) {
    if (!(xLow < xHigh) || !(yLow < yHigh)) {
      throw new IllegalArgumentException("the extent needs xLow < xHigh and yLow < yHigh");
    }
    this.extent = new double[] {xLow, xHigh, yLow, yHigh};
    return this;
  }

  /** The heat map on white. */
  public BufferedImage image() {
    Pictures.requireFonts();
    double[] ends = ends();
    // Squares as large as fit, or several entries to a pixel for a very large matrix.
    int largest = Math.max(rows, columns);
    double cell =
        largest <= SIDE
            ? Math.max(1, Math.min(numbered ? 64 : 44, (numbered ? 600 : SIDE) / largest))
            : 1;
    int shrink = Math.max(1, (int) Math.ceil(largest / 900.0));
    int width = (int) Math.ceil(columns * cell / shrink);
    int height = (int) Math.ceil(rows * cell / shrink);
    if (extent != null && largest <= SIDE) {
      // A function on a rectangle fills it, whatever the number of grid points.
      width = SIDE;
      height = SIDE;
    }
    double cellWidth = (double) width / columns;
    double cellHeight = (double) height / rows;

    Font tickFont = Style.text(15);
    Font labelFont = Style.text(16);
    Font titleFont = Style.bold(17);
    FontMetrics ticks = Pictures.metrics(tickFont);
    FontMetrics labels = Pictures.metrics(labelFont);
    FontMetrics titles = Pictures.metrics(titleFont);

    List<Tick> xTicks = ticks(true, cellWidth, width, ticks);
    List<Tick> yTicks = ticks(false, cellHeight, height, ticks);
    int yTickWidth = yTicks.stream().mapToInt(t -> ticks.stringWidth(t.text)).max().orElse(0);
    int left = 8 + (yLabel.isEmpty() ? 0 : labels.getHeight() + 4) + yTickWidth + 8;
    boolean bar = colours != BINARY;
    String[] barTexts = barTexts(ends);
    int barTextWidth = 0;
    for (String text : barTexts) {
      barTextWidth = Math.max(barTextWidth, ticks.stringWidth(text));
    }
    int barHeight = Math.max(height, 96);
    int right = bar ? 16 + 18 + 6 + barTextWidth + 8 : 14;
    int bottom = 6 + ticks.getHeight() + (xLabel.isEmpty() ? 2 : labels.getHeight() + 4) + 4;

    int plotRoom = Math.max(width, xLabel.isEmpty() ? 0 : labels.stringWidth(xLabel));
    int wantedTitle = title.isEmpty() ? 0 : Math.min(titles.stringWidth(title), 340);
    int imageWidth = Math.max(left + plotRoom + right, wantedTitle + 16);
    List<String> titleLines =
        title.isEmpty() ? List.of() : Pictures.wrap(title, titles, imageWidth - 16);
    int top = 12 + titleLines.size() * titles.getHeight();
    int yLabelLength = yLabel.isEmpty() ? 0 : labels.stringWidth(yLabel);
    int plotHeight = Math.max(bar ? barHeight : height, yLabelLength);
    int imageHeight = top + plotHeight + bottom;
    left += (imageWidth - left - right - width) / 2;
    int plotTop = top + (plotHeight - height) / 2;

    BufferedImage image = Pictures.blank(imageWidth, imageHeight);
    Graphics2D g = image.createGraphics();
    Pictures.smooth(g);
    g.setColor(Style.FRAME);
    g.fillRect(left - 1, plotTop - 1, width + 2, height + 2);
    paintEntries(image, left, plotTop, width, height, ends);
    if (Math.min(cellWidth, cellHeight) >= 8 && extent == null) {
      g.setColor(colours == BINARY ? new Color(0xC8C8C8) : new Color(255, 255, 255, 70));
      for (int c = 1; c < columns; c++) {
        int x = left + (int) Math.round(c * cellWidth);
        g.fillRect(x, plotTop, 1, height);
      }
      for (int r = 1; r < rows; r++) {
        int y = plotTop + (int) Math.round(r * cellHeight);
        g.fillRect(left, y, width, 1);
      }
    }

    if (numbered) {
      paintNumbers(g, left, plotTop, cellWidth, cellHeight, ends);
    }
    g.setColor(Style.INK);
    g.setFont(titleFont);
    for (int line = 0; line < titleLines.size(); line++) {
      int baseline = 6 + line * titles.getHeight() + titles.getAscent();
      Pictures.centred(g, titleLines.get(line), imageWidth / 2, baseline);
    }
    g.setFont(tickFont);
    for (Tick tick : xTicks) {
      int x = left + (int) Math.round(tick.at);
      g.fillRect(x, plotTop + height + 1, 1, 4);
      Pictures.centred(g, tick.text, x, plotTop + height + 6 + ticks.getAscent());
    }
    int half = (ticks.getAscent() - ticks.getDescent()) / 2;
    for (Tick tick : yTicks) {
      int y = plotTop + (int) Math.round(tick.at);
      g.fillRect(left - 5, y, 4, 1);
      Pictures.text(g, tick.text, left - 8 - ticks.stringWidth(tick.text), y + half);
    }
    g.setFont(labelFont);
    if (!xLabel.isEmpty()) {
      int baseline = plotTop + height + 8 + ticks.getHeight() + labels.getAscent();
      Pictures.centred(g, xLabel, left + width / 2, baseline);
    }
    if (!yLabel.isEmpty()) {
      AffineTransform upright = g.getTransform();
      int x = left - 12 - yTickWidth - labels.getDescent();
      g.rotate(-Math.PI / 2, x, plotTop + height / 2.0);
      Pictures.centred(g, yLabel, x, plotTop + height / 2);
      g.setTransform(upright);
    }
    if (bar) {
      int barTop = top + (plotHeight - barHeight) / 2;
      paintBar(g, ends, barTexts, left + width + 16, barTop, barHeight, ticks);
    }
    g.dispose();
    return image;
  }

  private double[] ends() {
    if (!Double.isNaN(lowest)) {
      return new double[] {lowest, highest};
    }
    if (colours == BINARY) {
      return new double[] {0, 1};
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double[] row : values) {
      for (double value : row) {
        if (Double.isFinite(value)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    if (low > high) {
      return new double[] {0, 1};
    }
    if (colours == DIVERGING) {
      double largest = Math.max(Math.abs(low), Math.abs(high));
      largest = largest == 0 ? 1 : largest;
      return new double[] {-largest, largest};
    }
    if (low == high) {
      return new double[] {low - 0.5, high + 0.5};
    }
    return new double[] {low, high};
  }

  private int colour(double value, double[] ends) {
    if (Double.isNaN(value)) {
      return NOT_A_NUMBER;
    }
    double share = Math.max(0, Math.min(1, (value - ends[0]) / (ends[1] - ends[0])));
    double place = share * (colours.length - 1);
    int below = Math.min((int) place, colours.length - 2);
    double part = place - below;
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = colours[below] >> shift & 255;
      int to = colours[below + 1] >> shift & 255;
      mixed = mixed << 8 | (int) Math.round(from + part * (to - from));
    }
    return mixed;
  }

  /** Each pixel shows the mean of the entries it covers, which is one entry unless shrunk. */
  private void paintEntries(
      BufferedImage image, int left, int top, int width, int height, double[] ends) {
    int[] line = new int[width];
    for (int y = 0; y < height; y++) {
      int fromRow = (int) ((long) y * rows / height);
      int toRow = Math.max(fromRow + 1, (int) ((long) (y + 1) * rows / height));
      for (int x = 0; x < width; x++) {
        int fromColumn = (int) ((long) x * columns / width);
        int toColumn = Math.max(fromColumn + 1, (int) ((long) (x + 1) * columns / width));
        if (rows <= height && columns <= width) {
          toRow = fromRow + 1;
          toColumn = fromColumn + 1;
        }
        double sum = 0;
        for (int r = fromRow; r < toRow; r++) {
          double[] row = values[extent == null ? r : rows - 1 - r];
          for (int c = fromColumn; c < toColumn; c++) {
            sum += row[c];
          }
        }
        line[x] = colour(sum / ((toRow - fromRow) * (long) (toColumn - fromColumn)), ends);
      }
      image.setRGB(left, top + y, width, 1, line, 0, width);
    }
  }

  private void paintNumbers(
      Graphics2D g, int left, int top, double cellWidth, double cellHeight, double[] ends) {
    g.setFont(Style.text(15));
    FontMetrics metrics = g.getFontMetrics();
    double half = (metrics.getAscent() - metrics.getDescent()) / 2.0;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        double value = values[extent == null ? r : rows - 1 - r][c];
        Color under = new Color(colour(value, ends));
        // Perceived brightness by the weights of Rec. 709 decides between black and white.
        double brightness =
            0.2126 * under.getRed() + 0.7152 * under.getGreen() + 0.0722 * under.getBlue();
        g.setColor(brightness > 140 ? Color.BLACK : Color.WHITE);
        double middle = top + (r + 0.5) * cellHeight + half;
        Pictures.centred(g, Numbers.significant(value, 3), left + (c + 0.5) * cellWidth, middle);
      }
    }
  }

  private record Tick(double at, String text) {}

  private List<Tick> ticks(boolean horizontal, double cell, int length, FontMetrics metrics) {
    int count = horizontal ? columns : rows;
    List<Tick> ticks = new ArrayList<>();
    if (extent != null) {
      double low = extent[horizontal ? 0 : 2];
      double high = extent[horizontal ? 1 : 3];
      double step = roundStep((high - low) / 4);
      for (double value = Math.ceil(low / step - 1e-9) * step;
          value <= high + 1e-9 * step;
          value += step) {
        double share = (value - low) / (high - low);
        // The first and last entries lie on the ends of the extent, at the middle of their cells.
        double at = cell / 2 + share * (length - cell);
        String text = Math.abs(value) < 1e-9 * step ? "0" : Numbers.significant(value, 6);
        ticks.add(new Tick(horizontal ? at : length - at, text));
      }
      return ticks;
    }
    String[] names = horizontal ? columnNames : rowNames;
    int widest = metrics.stringWidth(Integer.toString(count - 1));
    for (String name : names) {
      widest = Math.max(widest, metrics.stringWidth(name));
    }
    // Names stand close; numbers of rows and columns need not be read one by one.
    double air = names.length > 0 ? 1 : 1.7;
    double needed = horizontal ? widest * air + 8 : (metrics.getHeight() - 2) * air;
    int step = 1;
    for (int candidate : new int[] {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000}) {
      step = candidate;
      if (candidate * cell >= needed) {
        break;
      }
    }
    for (int i = 0; i < count; i += step) {
      ticks.add(new Tick((i + 0.5) * cell, names.length > 0 ? names[i] : Integer.toString(i)));
    }
    return ticks;
  }

  /** The next larger of 1, 2, 5 times a power of ten. */
  private static double roundStep(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    double lead = step / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  private static String[] barTexts(double[] ends) {
    String[] texts = new String[5];
    for (int i = 0; i < texts.length; i++) {
      double value = ends[0] + (ends[1] - ends[0]) * i / 4;
      boolean zero = Math.abs(value) < 1e-9 * (ends[1] - ends[0]);
      texts[i] = zero ? "0" : Numbers.significant(value, 3);
    }
    return texts;
  }

  private void paintBar(
      Graphics2D g, double[] ends, String[] texts, int x, int top, int height, FontMetrics ticks) {
    g.setColor(Style.FRAME);
    g.fillRect(x - 1, top - 1, 20, height + 2);
    for (int y = 0; y < height; y++) {
      double share = 1 - (y + 0.5) / height;
      g.setColor(new Color(colour(ends[0] + share * (ends[1] - ends[0]), ends)));
      g.fillRect(x, top + y, 18, 1);
    }
    g.setFont(Style.text(15));
    g.setColor(Style.INK);
    int every = height < 130 ? 2 : 1;
    for (int i = 0; i < texts.length; i += every) {
      int y = top + height - 1 - (height - 1) * i / 4;
      int half = (ticks.getAscent() - ticks.getDescent()) / 2;
      Pictures.text(g, texts[i], x + 24, y + half);
    }
  }

  @Override
  public String toString() {
    String size = "matrix of " + rows + "×" + columns;
    return title.isEmpty() ? size : title + ": " + size;
  }
}
