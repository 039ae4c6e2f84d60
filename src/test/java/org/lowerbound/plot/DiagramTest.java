package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class DiagramTest {

  private static Diagram two() {
    return Diagram.titled("Two boxes")
        .box(Diagram.Kind.OBSERVED, "x", 0, 0, "[batch, 3]")
        .box(Diagram.Kind.LOSS, "loss", 1, 0);
  }

  @Test
  void arrowsJoinBoxes() {
    BufferedImage without = two().image();
    BufferedImage with = two().arrows("x", "loss").image();
    assertEquals(without.getWidth(), with.getWidth());
    // Between the boxes, at the height of their centres, there is the arrow or nothing but white.
    int x = 14 + 128 + 6;
    int y = 34 + 27;
    assertEquals(0xFFFFFFFF, without.getRGB(x, y));
    assertNotEquals(0xFFFFFFFF, with.getRGB(x, y));
  }

  @Test
  void observedIsShaded() {
    BufferedImage image = two().image();
    assertEquals(0xFFDDDDDD, image.getRGB(14 + 8, 34 + 8));
    assertEquals(0xFFFFFFFF, image.getRGB(14 + 154 + 8, 34 + 8));
  }

  @Test
  void unknownAndRepeatedBoxesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> two().arrows("x", "y"));
    assertThrows(IllegalArgumentException.class, () -> two().box(Diagram.Kind.LOSS, "x", 2, 2));
  }
}
