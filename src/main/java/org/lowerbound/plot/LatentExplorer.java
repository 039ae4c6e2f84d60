package org.lowerbound.plot;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * A latent plane to walk about in: the decoded pictures of a grid of latent values z = (z₁, z₂)
 * side by side, the one under the pointer shown large beside them with its coordinates.
 *
 * <p>All pictures are decoded beforehand and travel in the HTML as one PNG, so that neither a
 * server nor the network is needed and the page still works years later. The plane is reached with
 * the Tab key and explored with the arrow keys (with Shift five steps at a time), Home, End, Page
 * Up and Page Down, with the pointer, or with a finger.
 *
 * <p>The fragment carries its own script. It stands in the fragment itself and not in a frame,
 * because a fragment takes the page's text colour (light or dark), its width and as much height as
 * it needs, and because JupyterLab, the pages of {@code nbconvert} and any other page run it there
 * just as well. Where no script may run (a notebook that JupyterLab does not trust yet, GitHub),
 * the plane stays as a picture with its caption.
 */
public final class LatentExplorer implements Html {

  // Characters of base64, four for every three bytes: well below 300 kB with all that stands
  // around.
  private static final int SHEET_CHARACTERS = 270_000;
  private static final int[] LEVELS = {256, 64, 32, 16};
  private static final int NOT_A_NUMBER = 0xD55E00;
  private static final int MOST_POINTS = 5000;
  private static final int MOST_CLASSES = 16;

  private final float[][] pictures;
  private final int height;
  private final int width;
  private final int channels;
  private final double[] x;
  private final double[] y;
  private String title = "";
  private String xName = "z₁";
  private String yName = "z₂";
  private boolean inverted;
  private double[][] points = {};
  private int[] classes = {};
  private String[] classNames = {};

  private LatentExplorer(
      float[][] pictures, int height, int width, int channels, double[] x, double[] y) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a picture needs a height and width of at least 1, was " + height + " by " + width);
    }
    requireMonotone(x, "x");
    requireMonotone(y, "y");
    if (pictures.length != y.length * x.length) {
      throw new IllegalArgumentException(
          "a plane of "
              + y.length
              + " rows and "
              + x.length
              + " columns needs "
              + y.length * x.length
              + " pictures, has "
              + pictures.length);
    }
    Pictures.requireValues(pictures, channels, height, width);
    this.pictures = pictures;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.x = x.clone();
    this.y = y.clone();
  }

  private static void requireMonotone(double[] values, String name) {
    if (values.length == 0) {
      throw new IllegalArgumentException(name + " needs at least one coordinate");
    }
    for (int i = 0; i < values.length; i++) {
      boolean ordered =
          i == 0 || (values[1] > values[0] ? values[i] > values[i - 1] : values[i] < values[i - 1]);
      if (!Double.isFinite(values[i]) || !ordered) {
        throw new IllegalArgumentException(
            name
                + " needs finite coordinates that all rise or all fall, entry "
                + i
                + " is "
                + values[i]);
      }
    }
  }

  /**
   * A plane of grey pictures.
   *
   * @param pictures {@code [rows*columns][height*width]}, row by row from the top, each picture row
   *     by row; 0 black to 1 white
   * @param x the latent value z₁ of each column from left to right, rising or falling
   * @param y the latent value z₂ of each row from top to bottom, rising or falling
   * @throws IllegalArgumentException if a length does not fit, or coordinates neither rise nor fall
   */
  public static LatentExplorer of(
      float[][] pictures, int height, int width, double[] x, double[] y) {
    return new LatentExplorer(pictures, height, width, 1, x, y);
  }

  /**
   * A square plane of grey pictures with the same latent values along both axes: z₁ grows to the
   * right, z₂ upwards.
   *
   * @param pictures {@code [side²][height*width]}, row by row from the top left; 0 black to 1 white
   * @param axis the side's latent values, rising
   */
  public static LatentExplorer of(float[][] pictures, int height, int width, double[] axis) {
    double[] downwards = new double[axis.length];
    Arrays.setAll(downwards, i -> axis[axis.length - 1 - i]);
    return of(pictures, height, width, axis, downwards);
  }

  /**
   * A plane of colour pictures; see {@link #of(float[][], int, int, double[], double[])}.
   *
   * @param pictures {@code [rows*columns][3*height*width]}: all red values, then green, then blue
   */
  public static LatentExplorer rgb(
      float[][] pictures, int height, int width, double[] x, double[] y) {
    return new LatentExplorer(pictures, height, width, 3, x, y);
  }

  /** A title above the plane. */
  public LatentExplorer title(String title) {
    this.title = Objects.requireNonNull(title, "title");
    return this;
  }

  /** What the two axes are, instead of z₁ and z₂. */
  public LatentExplorer axes(String x, String y) {
    this.xName = Objects.requireNonNull(x, "x");
    this.yName = Objects.requireNonNull(y, "y");
    return this;
  }

  /** Ink on paper: 0 is white and 1 is black. */
  public LatentExplorer inverted() {
    this.inverted = true;
    return this;
  }

  /**
   * Encoded examples as dots on the plane, coloured by class. Between the grid's positions their
   * place is interpolated; beyond its ends they are drawn on the edge, and the legend says how
   * many.
   *
   * @param means {@code [count][2]}: z₁ and z₂ of at most 5,000 examples
   * @param classes the class of each, from 0 to 15
   */
  public LatentExplorer points(double[][] means, int[] classes) {
    if (means.length != classes.length || means.length > MOST_POINTS) {
      throw new IllegalArgumentException(
          "a class for each of at most "
              + MOST_POINTS
              + " points is needed, was "
              + means.length
              + " points and "
              + classes.length
              + " classes");
    }
    for (int i = 0; i < means.length; i++) {
      if (means[i].length != 2 || !Double.isFinite(means[i][0] + means[i][1])) {
        throw new IllegalArgumentException("point " + i + " must have two finite coordinates");
      }
      if (classes[i] < 0 || classes[i] >= MOST_CLASSES) {
        throw new IllegalArgumentException(
            "classes are 0 to " + (MOST_CLASSES - 1) + ", point " + i + " has " + classes[i]);
      }
    }
    this.points = means;
    this.classes = classes.clone();
    return this;
  }

  /** The names of classes 0, 1, … in the legend, instead of their numbers. */
  public LatentExplorer classNames(String... names) {
    this.classNames = names.clone();
    return this;
  }

  /** The plane as one picture, a pixel for each value. */
  public BufferedImage image() {
    return image(LEVELS[0]);
  }

  private BufferedImage image(int levels) {
    boolean colour = channels == 3;
    for (float[] picture : pictures) {
      for (float value : picture) {
        colour |= Float.isNaN(value);
      }
    }
    BufferedImage image =
        new BufferedImage(
            x.length * width,
            y.length * height,
            colour ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
    int area = height * width;
    int[] pixel = new int[3];
    for (int i = 0; i < pictures.length; i++) {
      int left = i % x.length * width;
      int top = i / x.length * height;
      for (int at = 0; at < area; at++) {
        for (int channel = 0; channel < 3; channel++) {
          float value = pictures[i][channels == 1 ? at : channel * area + at];
          if (Float.isNaN(value)) {
            pixel[0] = NOT_A_NUMBER >> 16;
            pixel[1] = NOT_A_NUMBER >> 8 & 255;
            pixel[2] = NOT_A_NUMBER & 255;
            break;
          }
          float brightness = Math.max(0, Math.min(1, inverted ? 1 - value : value));
          pixel[channel] = Math.round(255f * Math.round(brightness * (levels - 1)) / (levels - 1));
        }
        // Past the colour model: a grey raster takes the numbers as they are.
        image.getRaster().setPixel(left + at % width, top + at / width, pixel);
      }
    }
    return image;
  }

  /** The picture as a PNG that keeps to the size; fewer grey levels where that is needed for it. */
  private String sheet() {
    String text = "";
    for (int levels : LEVELS) {
      text = Base64.getEncoder().encodeToString(compressed(image(levels)));
      if (text.length() <= SHEET_CHARACTERS) {
        break;
      }
    }
    return text;
  }

  private static byte[] compressed(BufferedImage image) {
    ImageWriter writer =
        ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(image), "png").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionQuality(0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** The explorer: a style, the plane as a picture, a caption, its numbers, and the script. */
  @Override
  public String toHtml() {
    String caption = caption();
    StringBuilder html = new StringBuilder(SHEET_CHARACTERS);
    // JupyterLab then leaves the arrow keys to the plane.
    html.append(
            "<div class=\"lowerbound-explorer\" data-lm-suppress-shortcuts=\"true\">\n<style>\n")
        .append(Fragments.resource("explorer.css"))
        .append("</style>\n");
    if (!title.isEmpty()) {
      html.append("<p><b>").append(Html.escape(title)).append("</b></p>\n");
    }
    html.append("<div class=\"lbe-body\"><div class=\"lbe-frame\"><div class=\"lbe-plane\">")
        .append("<img style=\"max-width:100%;height:auto\" alt=\"")
        .append(Html.escape(caption))
        .append("\" src=\"data:image/png;base64,")
        .append(sheet())
        .append("\"></div></div></div>\n<p>")
        .append(Html.escape(caption))
        .append("</p>\n<noscript><p>Run the cell, or allow the page its scripts, to explore the")
        .append(" plane.</p></noscript>\n<script type=\"application/json\" class=\"lbe-data\">")
        .append(data())
        .append("</script>\n<script>\n")
        .append(Fragments.resource("explorer.js"))
        .append("</script>\n</div>\n");
    return html.toString();
  }

  private String size() {
    return y.length + "×" + x.length + " pictures of " + height + "×" + width;
  }

  private String caption() {
    return size()
        + ": "
        + xName
        + " from "
        + coordinate(x[0])
        + " (left) to "
        + coordinate(x[x.length - 1])
        + " (right), "
        + yName
        + " from "
        + coordinate(y[y.length - 1])
        + " (bottom) to "
        + coordinate(y[0])
        + " (top).";
  }

  private String data() {
    StringBuilder json = new StringBuilder("{\"width\":").append(width);
    json.append(",\"height\":").append(height).append(",\"x\":");
    numbers(json, x);
    json.append(",\"y\":");
    numbers(json, y);
    json.append(",\"axes\":[")
        .append(Fragments.quoted(xName))
        .append(',')
        .append(Fragments.quoted(yName));
    json.append("],\"label\":")
        .append(
            Fragments.quoted(
                "Latent plane of "
                    + size()
                    + ". Arrow keys move by one picture, with Shift by five; Home and End go to the"
                    + " ends of the row, Page Up and Page Down to the ends of the column."));
    int outside = 0;
    StringBuilder[] paths = new StringBuilder[MOST_CLASSES];
    for (int i = 0; i < points.length; i++) {
      if (beyond(points[i][0], x) || beyond(points[i][1], y)) {
        outside++;
      }
      int left = (int) Math.round(1000 * place(points[i][0], x));
      int top = (int) Math.round(1000 * place(points[i][1], y));
      if (paths[classes[i]] == null) {
        paths[classes[i]] = new StringBuilder();
      }
      // A line of no length with round ends is a dot.
      paths[classes[i]].append('M').append(left).append(' ').append(top).append("h.01");
    }
    String legend = String.format(Locale.ROOT, "%,d points by class", points.length);
    if (outside > 0) {
      legend += String.format(Locale.ROOT, ", %,d beyond the plane squeezed into its rim", outside);
    }
    // Seen on the ground of the pictures, whatever the colour within.
    json.append(",\"rim\":").append(inverted ? "\"#000\"" : "\"#fff\"");
    json.append(",\"ground\":").append(inverted ? "\"#fff\"" : "\"#000\"");
    json.append(",\"legend\":").append(Fragments.quoted(legend)).append(",\"points\":[");
    boolean first = true;
    for (int k = 0; k < MOST_CLASSES; k++) {
      if (paths[k] != null) {
        int colour = Style.PALETTE[k % Style.PALETTE.length].getRGB() & 0xFFFFFF;
        json.append(first ? "" : ",").append("{\"name\":");
        json.append(Fragments.quoted(k < classNames.length ? classNames[k] : Integer.toString(k)));
        json.append(String.format(Locale.ROOT, ",\"colour\":\"#%06X\"", colour));
        json.append(",\"ring\":").append(k >= Style.PALETTE.length);
        json.append(",\"path\":\"").append(paths[k]).append("\"}");
        first = false;
      }
    }
    return json.append("]}").toString();
  }

  /**
   * Where between 0 and 1 along an axis a value lies: each picture's middle at its coordinate, in
   * between by interpolation, beyond the first and the last coordinate squeezed into the half
   * picture that is left, without a kink.
   */
  static double place(double value, double[] axis) {
    int last = axis.length - 1;
    if (last == 0) {
      return 0.5;
    }
    double before = (value - axis[0]) / (axis[1] - axis[0]);
    double after = (value - axis[last]) / (axis[last] - axis[last - 1]);
    double pictures;
    if (before < 0) {
      pictures = 0.5 * Math.exp(2 * before);
    } else if (after > 0) {
      pictures = axis.length - 0.5 * Math.exp(-2 * after);
    } else {
      int i = 0;
      while (i < last - 1 && (value - axis[i + 1]) / (axis[last] - axis[0]) > 0) {
        i++;
      }
      pictures = i + 0.5 + (value - axis[i]) / (axis[i + 1] - axis[i]);
    }
    return pictures / axis.length;
  }

  /** Whether a value lies more than half a step before the first or after the last coordinate. */
  private static boolean beyond(double value, double[] axis) {
    int last = axis.length - 1;
    return last > 0
        && ((value - axis[0]) / (axis[1] - axis[0]) < -0.5
            || (value - axis[last]) / (axis[last] - axis[last - 1]) > 0.5);
  }

  private static String coordinate(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return (text.equals("-0.00") ? "0.00" : text).replace('-', '−');
  }

  private static void numbers(StringBuilder json, double[] values) {
    for (int i = 0; i < values.length; i++) {
      json.append(i == 0 ? '[' : ',').append(Numbers.significant(values[i], 6));
    }
    json.append(']');
  }

  @Override
  public String toString() {
    String text = "latent plane of " + caption();
    return title.isEmpty() ? text : title + ": " + text;
  }
}
