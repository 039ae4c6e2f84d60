package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class ImageGridTest {

  // Without words the first tile begins after the margin of 4 pixels.
  private static final int MARGIN = 4;

  private static int at(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 0xFFFFFF;
  }

  @Test
  void pixelsBecomeSquaresOfTheirGrey() {
    float[][] pictures = {{0, 1, 0.5f, 0.2f}};
    BufferedImage image = ImageGrid.of(pictures, 2, 2).scale(10).image();
    assertEquals(0x000000, at(image, MARGIN, MARGIN));
    assertEquals(0x000000, at(image, MARGIN + 9, MARGIN + 9));
    assertEquals(0xFFFFFF, at(image, MARGIN + 10, MARGIN));
    assertEquals(0x808080, at(image, MARGIN, MARGIN + 10));
    assertEquals(0x333333, at(image, MARGIN + 19, MARGIN + 19));
  }

  @Test
  void invertedIsInkOnPaper() {
    BufferedImage image =
        ImageGrid.of(new float[][] {{0, 1, 0.2f, 0.2f}}, 2, 2).scale(3).inverted().image();
    assertEquals(0xFFFFFF, at(image, MARGIN, MARGIN));
    assertEquals(0x000000, at(image, MARGIN + 3, MARGIN));
    assertEquals(0xCCCCCC, at(image, MARGIN, MARGIN + 3));
  }

  @Test
  void coloursAreChannelMajor() {
    // Two pixels: the first red, the second blue.
    BufferedImage image = ImageGrid.rgb(new float[][] {{1, 0, 0, 0, 0, 1}}, 1, 2).scale(5).image();
    assertEquals(0xFF0000, at(image, MARGIN + 2, MARGIN + 2));
    assertEquals(0x0000FF, at(image, MARGIN + 7, MARGIN + 2));
  }

  @Test
  void outsideIsClippedAndNanStandsOut() {
    BufferedImage image =
        ImageGrid.of(new float[][] {{-3, 7, Float.NaN, 0}}, 2, 2).scale(4).image();
    assertEquals(0x000000, at(image, MARGIN, MARGIN));
    assertEquals(0xFFFFFF, at(image, MARGIN + 4, MARGIN));
    assertEquals(0xD55E00, at(image, MARGIN, MARGIN + 4));
  }

  @Test
  void tilesStandInReadingOrder() {
    float[][] pictures = {{0}, {0.2f}, {0.4f}, {0.6f}, {0.8f}};
    BufferedImage image = ImageGrid.of(pictures, 1, 1).columns(2).scale(20).image();
    int step = 20 + 4;
    assertEquals(0x000000, at(image, MARGIN + 5, MARGIN + 5));
    assertEquals(0x333333, at(image, MARGIN + step + 5, MARGIN + 5));
    assertEquals(0x666666, at(image, MARGIN + 5, MARGIN + step + 5));
    assertEquals(0xCCCCCC, at(image, MARGIN + 5, MARGIN + 2 * step + 5));
    assertEquals(4 + 2 * step, image.getWidth());
    assertEquals(4 + 3 * step, image.getHeight());
  }

  @Test
  void wordsMakeRoomForThemselves() {
    float[][] pictures = new float[4][784];
    BufferedImage bare = ImageGrid.of(pictures, 28, 28).columns(2).image();
    BufferedImage captioned =
        ImageGrid.of(pictures, 28, 28)
            .columns(2)
            .captions("nearest training image", "b", "c", "d")
            .rowLabels("above", "below")
            .title("Samples")
            .image();
    assertTrue(captioned.getHeight() > bare.getHeight() + 3 * 15);
    assertTrue(captioned.getWidth() > bare.getWidth() + 100);
    // The caption is written: dark pixels in a place where the bare grid has none.
    assertTrue(ChartsTest.count(captioned, 0x222222) > 50);
  }

  @Test
  void wrongArgumentsAreNamed() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> ImageGrid.of(new float[][] {new float[784], new float[783]}, 28, 28))
            .getMessage();
    assertEquals("picture 1 must have 28*28 = 784 values, has 783", message);
    message =
        assertThrows(
                IllegalArgumentException.class,
                () -> ImageGrid.rgb(new float[][] {new float[1024]}, 32, 32))
            .getMessage();
    assertEquals("picture 0 must have 3*32*32 = 3072 values, has 1024", message);
    assertThrows(IllegalArgumentException.class, () -> ImageGrid.of(new float[0][], 2, 2));
    ImageGrid grid = ImageGrid.of(new float[][] {{0}}, 1, 1);
    assertThrows(IllegalArgumentException.class, () -> grid.columns(0));
    assertThrows(IllegalArgumentException.class, () -> grid.scale(0));
    assertThrows(IllegalArgumentException.class, () -> grid.captions("a", "b"));
  }

  @Test
  void valuesOutsideAreCounted() {
    ImageGrid inside = ImageGrid.of(new float[][] {{0, 1, 0.5f, 1.000001f}}, 2, 2);
    assertEquals("1 pictures of 2×2", inside.toString());
    ImageGrid outside =
        ImageGrid.of(new float[][] {{-2, 1, 0.5f, Float.NaN}, {0, 3.5f, 0, 255}}, 2, 2);
    assertEquals(
        "2 pictures of 2×2. 3 of 8 values lie outside [0, 1], from -2 to 255, and are clipped. 1 of 8"
            + " values are NaN, drawn in vermillion.",
        outside.toString());
    assertTrue(outside.image().getHeight() > inside.image().getHeight() + 20);
  }
}
