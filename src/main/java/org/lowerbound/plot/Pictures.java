package org.lowerbound.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/** What all pictures share: text, joining, and PNG. */
final class Pictures {

  private static final int GAP = 16;

  /**
   * How Linux's loader names a library that is not there: Ubuntu's JDK only recommends
   * libharfbuzz0b.
   */
  private static final Pattern LIBRARY =
      Pattern.compile("(lib[\\w+-]+\\.so[.\\d]*): cannot open shared object file");

  private Pictures() {}

  static void smooth(Graphics2D graphics) {
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
  }

  /**
   * Java draws text with the fonts of the machine, even without a screen; where there is none it
   * fails deep inside AWT.
   *
   * @throws IllegalStateException with the packages to install
   */
  static void requireFonts() {
    try {
      metrics(Style.text(12)).stringWidth("0");
    } catch (RuntimeException | LinkageError | InternalError e) {
      throw noFonts(e);
    }
  }

  /**
   * Passes pictures of {@code channels*height*width} values each.
   *
   * @throws IllegalArgumentException naming the first that is not
   */
  static void requireValues(float[][] pictures, int channels, int height, int width) {
    for (int i = 0; i < pictures.length; i++) {
      if (pictures[i].length != channels * height * width) {
        throw new IllegalArgumentException(
            "picture "
                + i
                + " must have "
                + (channels == 1 ? "" : channels + "*")
                + height
                + "*"
                + width
                + " = "
                + channels * height * width
                + " values, has "
                + pictures[i].length);
      }
    }
  }

  /**
   * Says what is missing: a library, which the JVM names in the error or in a cause of it; or else
   * a font.
   */
  static IllegalStateException noFonts(Throwable cause) {
    String missing = "Java finds no font on this machine";
    for (Throwable one = cause; one != null; one = one.getCause()) {
      Matcher library = LIBRARY.matcher(String.valueOf(one.getMessage()));
      if (library.find()) {
        missing = "Java lacks " + library.group(1) + ", with which it draws letters";
        break;
      }
    }
    return new IllegalStateException(
        missing
            + ", so no figure with text can be drawn. Install fontconfig, one font family and what"
            + " draws letters, on Debian or Ubuntu with: apt-get install fontconfig"
            + " fonts-dejavu-core libfreetype6 libharfbuzz0b",
        cause);
  }

  static FontMetrics metrics(Font font) {
    BufferedImage scratch = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scratch.createGraphics();
    try {
      return graphics.getFontMetrics(font);
    } finally {
      graphics.dispose();
    }
  }

  /** Sentences, each on lines of its own. */
  static List<String> wrapAll(List<String> sentences, FontMetrics metrics, int width) {
    List<String> lines = new ArrayList<>();
    sentences.forEach(sentence -> lines.addAll(wrap(sentence, metrics, width)));
    return lines;
  }

  static BufferedImage blank(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return image;
  }

  static BufferedImage join(boolean sideBySide, List<BufferedImage> pictures) {
    int along = GAP * (pictures.size() - 1);
    int across = 0;
    for (BufferedImage picture : pictures) {
      along += sideBySide ? picture.getWidth() : picture.getHeight();
      across = Math.max(across, sideBySide ? picture.getHeight() : picture.getWidth());
    }
    BufferedImage image = sideBySide ? blank(along, across) : blank(across, along);
    Graphics2D graphics = image.createGraphics();
    int at = 0;
    for (BufferedImage picture : pictures) {
      int size = sideBySide ? picture.getHeight() : picture.getWidth();
      int offset = (across - size) / 2;
      graphics.drawImage(picture, sideBySide ? at : offset, sideBySide ? offset : at, null);
      at += GAP + (sideBySide ? picture.getWidth() : picture.getHeight());
    }
    graphics.dispose();
    return image;
  }

  /** Breaks text into lines no wider than {@code width} pixels; a longer word stays whole. */
  static List<String> wrap(String text, FontMetrics metrics, int width) {
    List<String> lines = new ArrayList<>();
    for (String paragraph : text.split("\n", -1)) {
      StringBuilder line = new StringBuilder();
      for (String word : paragraph.split(" ")) {
        String longer = line.isEmpty() ? word : line + " " + word;
        if (!line.isEmpty() && metrics.stringWidth(longer) > width) {
          lines.add(line.toString());
          line.setLength(0);
          line.append(word);
        } else {
          line.setLength(0);
          line.append(longer);
        }
      }
      lines.add(line.toString());
    }
    return lines;
  }

  /** Text as filled outlines, as XChart draws its own, so that all text of a figure is alike. */
  static void text(Graphics2D graphics, String text, double x, double baseline) {
    if (!text.isEmpty()) {
      TextLayout layout = new TextLayout(text, graphics.getFont(), graphics.getFontRenderContext());
      graphics.fill(layout.getOutline(AffineTransform.getTranslateInstance(x, baseline)));
    }
  }

  static void centred(Graphics2D graphics, String text, double centre, double baseline) {
    int width = graphics.getFontMetrics().stringWidth(text);
    text(graphics, text, centre - width / 2.0, baseline);
  }

  static String dataUri(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
