package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.StrokeDigits;

class LatentExplorerTest {

  private static final Pattern SHEET = Pattern.compile("src=\"data:image/png;base64,([^\"]+)\"");

  private static BufferedImage sheet(String html) throws IOException {
    Matcher found = SHEET.matcher(html);
    assertTrue(found.find(), "the plane is a PNG in the page");
    byte[] bytes = Base64.getDecoder().decode(found.group(1));
    assertFalse(found.find(), "the PNG is there once");
    return ImageIO.read(new ByteArrayInputStream(bytes));
  }

  /** The brightness as stored, past the colour model, which would correct a grey's gamma. */
  private static int grey(BufferedImage image, int x, int y) {
    return image.getRaster().getSample(x, y, 0);
  }

  private static String inPage(String html, String open, String close) {
    int from = html.indexOf(open) + open.length();
    return html.substring(from, html.indexOf(close, from));
  }

  private static String data(LatentExplorer explorer) {
    return inPage(explorer.toHtml(), "class=\"lbe-data\">", "</script>");
  }

  /** Two rows and three columns of pictures of 2 by 2, each pixel a brightness of its own. */
  private static float[][] small() {
    float[][] pictures = new float[6][4];
    for (int i = 0; i < 24; i++) {
      pictures[i / 4][i % 4] = i / 23f;
    }
    return pictures;
  }

  private static LatentExplorer smallPlane() {
    return LatentExplorer.of(small(), 2, 2, new double[] {-1, 0, 1}, new double[] {1, -1});
  }

  /**
   * Pictures that change smoothly over the plane, from real-looking digits: 5 by 5 of them mixed.
   */
  private static float[][] digits(int side) {
    StrokeDigits source = StrokeDigits.of(25, 7);
    float[][] corners = new float[25][784];
    for (int i = 0; i < 25; i++) {
      source.draw(i, new SplittableRandom(0), corners[i], 0);
    }
    float[][] pictures = new float[side * side][784];
    for (int i = 0; i < pictures.length; i++) {
      double down = 4.0 * (i / side) / (side - 1);
      double across = 4.0 * (i % side) / (side - 1);
      int r = (int) Math.min(3, down);
      int c = (int) Math.min(3, across);
      for (int at = 0; at < 784; at++) {
        double top = mix(corners[5 * r + c][at], corners[5 * r + c + 1][at], across - c);
        double low = mix(corners[5 * r + c + 5][at], corners[5 * r + c + 6][at], across - c);
        pictures[i][at] = (float) mix(top, low, down - r);
      }
    }
    return pictures;
  }

  private static double mix(double a, double b, double part) {
    return (1 - part) * a + part * b;
  }

  @Test
  void pictureAtAPositionIsTheOneGiven() throws IOException {
    float[][] pictures = small();
    BufferedImage image = sheet(smallPlane().toHtml());
    assertEquals(6, image.getWidth());
    assertEquals(4, image.getHeight());
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 3; column++) {
        for (int at = 0; at < 4; at++) {
          int expected = Math.round(255 * pictures[3 * row + column][at]);
          assertEquals(expected, grey(image, 2 * column + at % 2, 2 * row + at / 2));
        }
      }
    }
  }

  @Test
  void inkOnPaperAndColours() throws IOException {
    assertEquals(255, grey(sheet(smallPlane().inverted().toHtml()), 0, 0));
    float[][] red = {{1, 0, 0}};
    String html = LatentExplorer.rgb(red, 1, 1, new double[] {0}, new double[] {0}).toHtml();
    assertEquals(0xFF0000, sheet(html).getRGB(0, 0) & 0xFFFFFF);
    float[][] broken = {{Float.NaN}};
    String marked = LatentExplorer.of(broken, 1, 1, new double[] {0}, new double[] {0}).toHtml();
    assertEquals(0xD55E00, sheet(marked).getRGB(0, 0) & 0xFFFFFF, "as in an ImageGrid");
  }

  @Test
  void fullPlaneStaysBelow300KilobytesAndTrueToItsPictures() throws IOException {
    int side = 24;
    NormalDistribution normal = NormalDistribution.of(0, 1);
    double[] x =
        IntStream.range(0, side)
            .mapToDouble(i -> normal.inverseCumulativeProbability((i + 0.5) / side))
            .toArray();
    float[][] pictures = digits(side);
    double[][] points = new double[1000][];
    int[] classes = new int[1000];
    for (int i = 0; i < 1000; i++) {
      points[i] = new double[] {2 * Math.sin(i), 2 * Math.cos(1.7 * i)};
      classes[i] = i % 10;
    }
    String html = LatentExplorer.of(pictures, 28, 28, x).points(points, classes).toHtml();
    assertTrue(html.contains("z₁ from −2.04 (left) to 2.04 (right), z₂ from −2.04 (bottom) to"));
    assertTrue(html.length() < 300_000, "the page has " + html.length() + " characters");
    BufferedImage image = sheet(html);
    for (int i = 0; i < pictures.length; i += 37) {
      for (int at = 0; at < 784; at++) {
        int shown = grey(image, i % side * 28 + at % 28, i / side * 28 + at / 28);
        // Where the levels are reduced, 16 are left: half a step of 255/15, and one for rounding.
        assertEquals(255 * pictures[i][at], shown, 9.5, "picture " + i + ", pixel " + at);
      }
    }
  }

  @Test
  void noiseKeepsToTheSizeByFewerLevels() {
    float[][] noise = new float[400][784];
    SplittableRandom random = new SplittableRandom(1);
    for (float[] picture : noise) {
      for (int at = 0; at < 784; at++) {
        picture[at] = (float) random.nextDouble();
      }
    }
    double[] axis = IntStream.range(0, 20).asDoubleStream().toArray();
    // 400*784 pixels of 4 bits that do not compress are 157 kB, a third more in base64.
    assertTrue(LatentExplorer.of(noise, 28, 28, axis, axis).toHtml().length() < 300_000);
  }

  @Test
  void textIsEscapedWhereverItStands() {
    String evil = "</script><img src=x onerror=\"alert('&')\">\u0001\\";
    LatentExplorer explorer =
        smallPlane()
            .title(evil)
            .axes(evil, evil)
            .points(new double[][] {{0, 0}}, new int[] {0})
            .classNames(evil);
    String html = explorer.toHtml();
    assertEquals(1, html.split("<img ", -1).length - 1, "the plane is the only picture");
    assertEquals(2, html.split("</script>", -1).length - 1, "the numbers and the script");
    String data = data(explorer);
    assertFalse(data.contains("<") || data.contains("&"), data);
    assertTrue(data.contains("\\u003c/script\\u003e\\u003cimg src=x onerror=\\u0022alert("), data);
  }

  @Test
  void fragmentIsSelfContained() {
    String html = smallPlane().toHtml();
    String script = inPage(html, "<script>", "</script>");
    assertFalse(script.contains("<!--") || script.contains("</"), "it would end the script");
    String elsewhere = html.replace("http://www.w3.org/2000/svg", "");
    assertFalse(elsewhere.contains("http") || elsewhere.contains("url("), "it loads nothing");
    assertFalse(html.contains(" id="), "two explorers on one page would share it");
    assertEquals(html, smallPlane().toHtml(), "the same plane is the same text: nothing random");
    assertTrue(html.contains("<noscript>"));
    String caption =
        "2×3 pictures of 2×2: z₁ from −1.00 (left) to 1.00 (right), z₂ from −1.00 (bottom) to 1.00"
            + " (top).";
    assertTrue(html.contains("<p>" + caption + "</p>") && html.contains("alt=\"" + caption));
    assertEquals("latent plane of " + caption, smallPlane().toString());
    assertEquals(html, Display.html(smallPlane()), "a cell that ends with it shows this");
    assertTrue(Display.picture(smallPlane()).isEmpty(), "else the kernels would show a PNG");
  }

  @Test
  void pointsLieWhereTheGridSays() {
    double[] rising = {-1, 0, 2};
    assertEquals(1 / 6.0, LatentExplorer.place(-1, rising), 1e-12, "middle of the first of three");
    assertEquals(0.5, LatentExplorer.place(0, rising), 1e-12);
    assertEquals(2 / 3.0, LatentExplorer.place(1, rising), 1e-12, "half way from 0 to 2");
    assertEquals(5 / 6.0, LatentExplorer.place(2, rising), 1e-12);
    // Half a step beyond the end: of the half picture left there, the part 1/e is left.
    assertEquals(0.5 / Math.E / 3, LatentExplorer.place(-1.5, rising), 1e-12);
    assertEquals(1 - 0.5 / Math.E / 3, LatentExplorer.place(3, rising), 1e-12);
    double place = 0;
    for (double z = -4; z < 9; z += 0.01) {
      double next = LatentExplorer.place(z, rising);
      // The steepest slope is that from -1 to 0: a third of the plane for 1.
      assertTrue(next > place && (z == -4 || next - place < 0.0034), "no jump and no turn at " + z);
      place = next;
    }
    assertTrue(place < 1);
    double[] falling = {2, 0, -1};
    for (double z = -3; z <= 5; z += 0.25) {
      assertEquals(
          1 - LatentExplorer.place(z, rising), LatentExplorer.place(z, falling), 1e-12, "at " + z);
    }
    double[][] points = {{0, 1}, {9, -9}, {-9, 9}, {1, -1}};
    String data = data(smallPlane().points(points, new int[] {0, 1, 1, 9}));
    assertTrue(data.contains("\"path\":\"M500 250h.01\""), data);
    assertTrue(data.contains("\"path\":\"M1000 1000h.01M0 0h.01\""), data);
    assertTrue(data.contains("4 points by class, 2 beyond the plane squeezed into its rim"), data);
    assertTrue(data.contains("{\"name\":\"9\",\"colour\":\"#D55E00\",\"ring\":true"), data);
  }

  @Test
  void argumentsAreChecked() {
    double[] two = {0, 1};
    float[][] four = new float[4][6];
    assertEquals(
        "a plane of 2 rows and 2 columns needs 4 pictures, has 3",
        message(() -> LatentExplorer.of(new float[3][6], 2, 3, two, two)));
    assertEquals(
        "picture 0 must have 2*2 = 4 values, has 6",
        message(() -> LatentExplorer.of(four, 2, 2, two, two)));
    assertEquals(
        "picture 0 must have 3*2*3 = 18 values, has 6",
        message(() -> LatentExplorer.rgb(four, 2, 3, two, two)));
    assertEquals(
        "a picture needs a height and width of at least 1, was 0 by 3",
        message(() -> LatentExplorer.of(four, 0, 3, two, two)));
    assertEquals(
        "y needs finite coordinates that all rise or all fall, entry 1 is 0.0",
        message(() -> LatentExplorer.of(four, 2, 3, two, new double[2])));
    assertEquals(
        "x needs finite coordinates that all rise or all fall, entry 1 is Infinity",
        message(
            () -> LatentExplorer.of(four, 2, 3, new double[] {0, Double.POSITIVE_INFINITY}, two)));
    assertEquals(
        "x needs at least one coordinate",
        message(() -> LatentExplorer.of(four, 2, 3, new double[0], two)));
    LatentExplorer plane = smallPlane();
    assertEquals(
        "a class for each of at most 5000 points is needed, was 2 points and 1 classes",
        message(() -> plane.points(new double[2][2], new int[1])));
    assertEquals(
        "point 0 must have two finite coordinates",
        message(() -> plane.points(new double[][] {{0, Double.NaN}}, new int[1])));
    assertEquals(
        "classes are 0 to 15, point 0 has 16",
        message(() -> plane.points(new double[1][2], new int[] {16})));
  }

  private static String message(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }
}
