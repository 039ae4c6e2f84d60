package org.lowerbound.train.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ThreadTrialTest {

  @Test
  void threadsAreDoubledUpToTheCores() {
    assertArrayEquals(new int[] {1}, ThreadTrial.candidates(1));
    assertArrayEquals(new int[] {1, 2}, ThreadTrial.candidates(3));
    assertArrayEquals(new int[] {1, 2, 4, 8, 16}, ThreadTrial.candidates(64));
  }

  @Test
  void moreThreadsMustBeWorthIt() {
    int[] counts = {1, 2, 4};
    assertEquals(1, ThreadTrial.chosen(counts, new double[][] {{100}, {120}, {400}}));
    assertEquals(2, ThreadTrial.chosen(counts, new double[][] {{100}, {130}, {160}}));
    assertEquals(4, ThreadTrial.chosen(counts, new double[][] {{100}, {130}, {170}}));
    // One lucky turn does not count.
    double[][] lucky = {{100, 100, 100}, {90, 300, 95}, {50, 50, 50}};
    assertEquals(1, ThreadTrial.chosen(counts, lucky));
  }
}
