package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class MatrixImageTest {

  private static final int BLUE = 0x0072B2;

  /** Mean x and y of the pixels of a colour. */
  private static double[] centre(BufferedImage image, int colour) {
    double x = 0;
    double y = 0;
    int count = 0;
    for (int row = 0; row < image.getHeight(); row++) {
      for (int column = 0; column < image.getWidth(); column++) {
        if ((image.getRGB(column, row) & 0xFFFFFF) == colour) {
          x += column;
          y += row;
          count++;
        }
      }
    }
    assertTrue(count > 0, "colour not found");
    return new double[] {x / count, y / count};
  }

  @Test
  void rowsRunDownwardsAndColumnsToTheRight() {
    double[][] upper = {{0, 1}, {0, 0}};
    double[][] lower = {{0, 0}, {1, 0}};
    double[] first = centre(MatrixImage.of(upper).binary().image(), BLUE);
    double[] second = centre(MatrixImage.of(lower).binary().image(), BLUE);
    // Cells of 44 pixels; the line between them takes at most one.
    assertEquals(44, first[0] - second[0], 1);
    assertEquals(-44, first[1] - second[1], 1);
  }

  @Test
  void extentPutsRowZeroAtTheBottom() {
    double[][] values = {{1, 0}, {0, 0}};
    BufferedImage image = MatrixImage.of(values).binary().extent(0, 1, 0, 1).image();
    double[] centre = centre(image, BLUE);
    double[] other =
        centre(
            MatrixImage.of(new double[][] {{0, 0}, {1, 0}}).binary().extent(0, 1, 0, 1).image(),
            BLUE);
    assertTrue(centre[1] > other[1] + 100);
  }

  @Test
  void binaryFillsTheShareOfOnes() {
    double[][] mask = new double[20][20];
    for (int row = 0; row < 20; row++) {
      for (int column = 0; column < row; column++) {
        mask[row][column] = 1;
      }
    }
    int cell = 340 / 20;
    int blue = ChartsTest.count(MatrixImage.of(mask).binary().image(), BLUE);
    // 190 ones of 17×17 pixels, less the lines between cells (at most 2/17 of them).
    assertTrue(blue <= 190 * cell * cell, "blue " + blue);
    assertTrue(blue >= 190 * (cell - 1) * (cell - 1) - 190, "blue " + blue);
  }

  @Test
  void divergingHasWhiteAtZeroAndNanIsGrey() {
    double[][] values = {{-2, 0}, {Double.NaN, 1}};
    BufferedImage image = MatrixImage.of(values).diverging().image();
    // Symmetric about zero: -2 takes the end of the colours, 1 the middle of their upper half.
    assertTrue(ChartsTest.count(image, 0x00436B) > 1000);
    assertTrue(ChartsTest.count(image, 0x9A9A9A) > 1000);
    assertEquals(0, ChartsTest.count(image, 0x7F3800, 0, 0, 110, image.getHeight()));
  }

  @Test
  void rangeClips() {
    double[][] values = {{-100, 0.5}, {0.5, 100}};
    BufferedImage image = MatrixImage.of(values).range(0, 1).image();
    assertTrue(ChartsTest.count(image, 0x440154) > 1000);
    assertTrue(ChartsTest.count(image, 0xFDE725) > 1000);
    assertThrows(IllegalArgumentException.class, () -> MatrixImage.of(values).range(1, 1));
  }

  @Test
  void largeMatricesAreShrunkByTheMean() {
    double[][] stripes = new double[2000][784];
    for (int row = 0; row < 2000; row++) {
      for (int column = 0; column < 784; column++) {
        stripes[row][column] = row % 2;
      }
    }
    BufferedImage image = MatrixImage.of(stripes).range(0, 1).title("Weights").image();
    assertTrue(image.getHeight() < 1000, "height " + image.getHeight());
    assertTrue(image.getWidth() < 600, "width " + image.getWidth());
  }

  @Test
  void constantMatrixAndAllNanAreDrawn() {
    assertTrue(MatrixImage.of(new double[][] {{3, 3}}).image().getWidth() > 80);
    assertTrue(MatrixImage.of(new double[][] {{Double.NaN}}).image().getWidth() > 40);
    assertTrue(MatrixImage.of(new double[][] {{0}}).diverging().image().getWidth() > 40);
  }

  @Test
  void numbersAreWrittenIntoTheCells() {
    double[][] values = {{0, 1}};
    BufferedImage image = MatrixImage.of(values).numbers().image();
    // Black on the bright end: a colour that the map itself never takes.
    int black = ChartsTest.count(image, 0x000000);
    assertTrue(black > 5, "black digit pixels " + black);
    MatrixImage plain = MatrixImage.of(values);
    assertEquals(0, ChartsTest.count(plain.image(), 0x000000));
    double[][] large = new double[13][2];
    assertThrows(IllegalArgumentException.class, () -> MatrixImage.of(large).numbers());
  }

  @Test
  void wrongArgumentsAreNamed() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> MatrixImage.of(new double[][] {{1, 2}, {3}}))
            .getMessage();
    assertEquals("all rows must have 2 columns as row 0 has, row 1 has 1", message);
    assertThrows(IllegalArgumentException.class, () -> MatrixImage.of(new double[0][]));
    MatrixImage image = MatrixImage.of(new double[][] {{1, 2}});
    assertThrows(IllegalArgumentException.class, () -> image.columnNames("only one"));
    assertThrows(IllegalArgumentException.class, () -> image.extent(1, 0, 0, 1));
  }
}
