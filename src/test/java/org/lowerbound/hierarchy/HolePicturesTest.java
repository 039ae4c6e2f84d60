package org.lowerbound.hierarchy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lowerbound.Size;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Splits;
import org.lowerbound.data.StreetDigits;

class HolePicturesTest {

  private static final LevelSizes SMALL =
      new LevelSizes(Size.QUICK, 20, 5, 7, 4, new int[] {2, 2, 3}, 1, 10, 1, 5);

  @Test
  void withoutANameTheyAreHouseNumbersInOrder() {
    Splits<ImageData> parts = HolePictures.load("", SMALL);
    ImageData all = StreetDigits.of(32, HolePictures.SEED).materialised();
    assertEquals(20, parts.train().size());
    assertEquals(5, parts.valid().size());
    assertEquals(7, parts.test().size());
    assertArrayEquals(all.pixels(0), parts.train().pixels(0));
    assertArrayEquals(all.pixels(31), parts.test().pixels(6));
  }

  @Test
  void aWrongNameIsNamed() {
    String why =
        assertThrows(IllegalArgumentException.class, () -> HolePictures.load("cifar", SMALL))
            .getMessage();
    assertTrue(why.contains("'cifar'") && why.contains("cifar10"), why);
  }
}
