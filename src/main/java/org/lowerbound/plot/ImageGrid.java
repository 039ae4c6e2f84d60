package org.lowerbound.plot;

import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/**
 * Tiles of small pictures in reading order, enlarged without smoothing so that each pixel stays a
 * square.
 *
 * <p>Values are brightness from 0 (black) to 1 (white); values outside are clipped, a NaN is drawn
 * in vermillion so that it cannot be missed, and a sentence below the tiles counts both.
 */
public final class ImageGrid {

  private static final int GAP = 4;
  private static final int NOT_A_NUMBER = 0xD55E00;
  private static final float ROUNDING = 1e-5f;

  private final float[][] pictures;
  private final int height;
  private final int width;
  private final int channels;
  private int columns;
  private int scale;
  private boolean inverted;
  private String title = "";
  private String[] captions = {};
  private String[] rowLabels = {};

  private ImageGrid(float[][] pictures, int height, int width, int channels) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a picture needs a height and width of at least 1, was " + height + " by " + width);
    }
    if (pictures.length == 0) {
      throw new IllegalArgumentException("a grid needs at least one picture");
    }
    Pictures.requireValues(pictures, channels, height, width);
    this.pictures = pictures;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.columns = Math.min(pictures.length, 10);
    this.scale = Math.max(1, Math.round(60f / Math.max(height, width)));
  }

  /**
   * Grey pictures, ten to a row.
   *
   * @param pictures {@code [count][height*width]}, row by row, 0 black to 1 white
   */
  public static ImageGrid of(float[][] pictures, int height, int width) {
    return new ImageGrid(pictures, height, width, 1);
  }

  /**
   * Colour pictures, ten to a row.
   *
   * @param pictures {@code [count][3*height*width]}: all red values, then green, then blue; 0 to 1
   */
  public static ImageGrid rgb(float[][] pictures, int height, int width) {
    return new ImageGrid(pictures, height, width, 3);
  }

  /** The number of pictures in a row. */
  public ImageGrid columns(int columns) {
    if (columns < 1) {
      throw new IllegalArgumentException("columns must be at least 1, was " + columns);
    }
    this.columns = columns;
    return this;
  }

  /** The side of one pixel on the screen. */
  public ImageGrid scale(int scale) {
    if (scale < 1) {
      throw new IllegalArgumentException("scale must be at least 1, was " + scale);
    }
    this.scale = scale;
    return this;
  }

  /** A caption below each picture, in order; there may be fewer captions than pictures. */
  public ImageGrid captions(String... captions) {
    if (captions.length > pictures.length) {
      throw new IllegalArgumentException(
          captions.length + " captions for " + pictures.length + " pictures");
    }
    this.captions = captions.clone();
    return this;
  }

  /** A label left of each row, in order. */
  public ImageGrid rowLabels(String... labels) {
    this.rowLabels = labels.clone();
    return this;
  }

  /** A title above the tiles. */
  public ImageGrid title(String title) {
    this.title = title;
    return this;
  }

  /** Ink on paper: 0 is white and 1 is black. */
  public ImageGrid inverted() {
    this.inverted = true;
    return this;
  }

  /** How many values are not drawn as they are; empty where all are. */
  private String note() {
    long outside = 0;
    long notNumbers = 0;
    float lowest = 0;
    float highest = 1;
    for (float[] picture : pictures) {
      for (float value : picture) {
        // Sums of single-precision numbers reach 1 up to rounding.
        outside += value < -ROUNDING || value > 1 + ROUNDING ? 1 : 0;
        notNumbers += Float.isNaN(value) ? 1 : 0;
        lowest = Math.min(lowest, Float.isNaN(value) ? 0 : value);
        highest = Math.max(highest, Float.isNaN(value) ? 1 : value);
      }
    }
    long all = (long) pictures.length * pictures[0].length;
    String clipped =
        outside == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "%d of %d values lie outside [0, 1], from %s to %s, and are clipped.",
                outside,
                all,
                Numbers.significant(lowest, 3),
                Numbers.significant(highest, 3));
    String missing =
        notNumbers == 0
            ? ""
            : String.format(
                Locale.ROOT, "%d of %d values are NaN, drawn in vermillion.", notNumbers, all);
    return (clipped + " " + missing).strip();
  }

  /** The tiles on white. */
  public BufferedImage image() {
    String note = note();
    boolean words =
        !title.isEmpty() || captions.length > 0 || rowLabels.length > 0 || !note.isEmpty();
    if (words) {
      Pictures.requireFonts();
    }
    int tileWidth = width * scale;
    int tileHeight = height * scale;
    int across = Math.min(columns, pictures.length);
    int down = (pictures.length + columns - 1) / columns;
    FontMetrics small = words ? Pictures.metrics(Style.text(15)) : null;
    FontMetrics large = words ? Pictures.metrics(Style.bold(17)) : null;

    int cellWidth = tileWidth;
    for (String caption : captions) {
      cellWidth = Math.max(cellWidth, small.stringWidth(caption) + 6);
    }
    int captionHeight = captions.length == 0 ? 0 : small.getHeight() + 2;
    int left = GAP;
    for (String label : rowLabels) {
      left = Math.max(left, small.stringWidth(label) + 14);
    }
    int imageWidth = left + across * (cellWidth + GAP);
    List<String> titleLines = List.of();
    if (!title.isEmpty()) {
      int widestWord = 0;
      for (String word : title.split("\\s")) {
        widestWord = Math.max(widestWord, large.stringWidth(word));
      }
      // A narrow grid grows a little rather than breaking its title into many lines.
      int wanted = Math.min(large.stringWidth(title), 320);
      imageWidth = Math.max(imageWidth, Math.max(widestWord, wanted) + 2 * GAP);
      titleLines = Pictures.wrap(title, large, imageWidth - 2 * GAP);
    }
    int top = GAP + (titleLines.isEmpty() ? 0 : titleLines.size() * large.getHeight() + 4);
    int shift = (imageWidth - left - across * (cellWidth + GAP)) / 2;
    List<String> noteLines = List.of();
    if (!note.isEmpty()) {
      imageWidth = Math.max(imageWidth, 240);
      noteLines = Pictures.wrap(note, small, imageWidth - 2 * GAP);
    }
    int noteTop = top + down * (tileHeight + captionHeight + GAP);
    int imageHeight = noteTop + noteLines.size() * (small == null ? 0 : small.getHeight());

    BufferedImage image = Pictures.blank(imageWidth, imageHeight);
    Graphics2D graphics = image.createGraphics();
    Pictures.smooth(graphics);
    graphics.setColor(Style.INK);
    if (!titleLines.isEmpty()) {
      graphics.setFont(Style.bold(17));
      for (int line = 0; line < titleLines.size(); line++) {
        int baseline = GAP + line * large.getHeight() + large.getAscent();
        Pictures.centred(graphics, titleLines.get(line), imageWidth / 2, baseline);
      }
    }
    graphics.setFont(Style.text(15));
    for (int row = 0; row < Math.min(down, rowLabels.length); row++) {
      int middle = top + row * (tileHeight + captionHeight + GAP) + tileHeight / 2;
      Pictures.text(
          graphics,
          rowLabels[row],
          shift + 4,
          middle + (small.getAscent() - small.getDescent()) / 2);
    }
    for (int i = 0; i < pictures.length; i++) {
      int x = shift + left + (i % columns) * (cellWidth + GAP) + (cellWidth - tileWidth) / 2;
      int y = top + (i / columns) * (tileHeight + captionHeight + GAP);
      // A hairline keeps a white picture apart from the page.
      graphics.setColor(new Color(0xC8C8C8));
      graphics.fillRect(x - 1, y - 1, tileWidth + 2, tileHeight + 2);
      drawTile(image, pictures[i], x, y);
      if (i < captions.length && !captions[i].isEmpty()) {
        graphics.setColor(Style.INK);
        int baseline = y + tileHeight + 2 + small.getAscent();
        Pictures.centred(graphics, captions[i], x + tileWidth / 2, baseline);
      }
    }
    graphics.setColor(Style.INK);
    for (int line = 0; line < noteLines.size(); line++) {
      int baseline = noteTop + line * small.getHeight() + small.getAscent();
      Pictures.text(graphics, noteLines.get(line), GAP, baseline);
    }
    graphics.dispose();
    return image;
  }

  private void drawTile(BufferedImage image, float[] picture, int left, int top) {
    int area = height * width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        int colour = 0;
        for (int channel = 0; channel < 3; channel++) {
          float value = picture[channels == 1 ? at : channel * area + at];
          if (Float.isNaN(value)) {
            colour = NOT_A_NUMBER;
            break;
          }
          float brightness = Math.max(0, Math.min(1, inverted ? 1 - value : value));
          colour = colour << 8 | Math.round(255 * brightness);
        }
        for (int dy = 0; dy < scale; dy++) {
          for (int dx = 0; dx < scale; dx++) {
            image.setRGB(left + x * scale + dx, top + y * scale + dy, colour);
          }
        }
      }
    }
  }

  @Override
  public String toString() {
    String size = pictures.length + " pictures of " + height + "×" + width;
    String text = title.isEmpty() ? size : title + ": " + size;
    String note = note();
    return note.isEmpty() ? text : text + ". " + note;
  }
}
