package org.lowerbound.ranking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WinCountsTest {

  private static final double[][] RING = {{0, 2, 0}, {1, 0, 3}, {4, 0, 0}};

  @Test
  void matchesOfTwoPlayersAreAddedInWhicheverOrderTheyAreNamed() {
    WinCounts counts =
        WinCounts.of(
            3,
            new int[] {0, 1, 0},
            new int[] {1, 0, 2},
            new double[] {3, 1, 0.5},
            new double[] {2, 3, 0.5});
    assertEquals(6, counts.wins(0, 1));
    assertEquals(3, counts.wins(1, 0));
    assertEquals(9, counts.games(0, 1));
    assertEquals(6.5, counts.wins(0));
    assertEquals(10, counts.games(0));
    assertEquals(10, counts.games());
    assertEquals(2, counts.pairs());
    assertEquals(0, counts.games(1, 2));
    assertArrayEquals(new int[] {1, 2}, counts.opponents(0));
  }

  @Test
  void theLikelihoodIsTheSumOverAllGames() {
    WinCounts counts = WinCounts.of(RING);
    double[] theta = {0.3, -0.2, 1.1};
    double expected = 0;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        // The definition in strengths: π_i/(π_i + π_j).
        double p = Math.exp(theta[i]) / (Math.exp(theta[i]) + Math.exp(theta[j]));
        expected += RING[i][j] * Math.log(p);
      }
    }
    assertEquals(expected, counts.logLikelihood(theta), 1e-13);
    assertEquals(
        expected,
        counts.logLikelihood(0.3 + 7, -0.2 + 7, 1.1 + 7),
        1e-12,
        "only differences count");
  }

  @Test
  void extremeStrengthsDoNotOverflow() {
    WinCounts counts = WinCounts.of(new double[][] {{0, 1}, {0, 0}});
    assertEquals(0, counts.logLikelihood(800, -800), 0);
    assertEquals(-1600, counts.logLikelihood(-800, 800), 1e-9);
  }

  @Test
  void componentsAreThoseOfReachability() {
    assertTrue(WinCounts.of(RING).stronglyConnected());
    // 2 never beats anyone: two groups.
    assertArrayEquals(
        new int[] {0, 0, 1},
        WinCounts.of(new double[][] {{0, 1, 1}, {1, 0, 2}, {0, 0, 0}}).components());
    SplittableRandom random = new SplittableRandom(4);
    for (int trial = 0; trial < 200; trial++) {
      int n = 2 + trial % 6;
      double[][] wins = new double[n][n];
      boolean[][] reach = new boolean[n][n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          wins[i][j] = i != j && random.nextInt(3) == 0 ? 1 : 0;
          reach[i][j] = i == j || wins[i][j] > 0;
        }
      }
      for (int k = 0; k < n; k++) { // Warshall
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            reach[i][j] |= reach[i][k] && reach[k][j];
          }
        }
      }
      int[] component = WinCounts.of(wins).components();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          assertEquals(reach[i][j] && reach[j][i], component[i] == component[j]);
        }
      }
    }
  }

  @Test
  void aDummyPlaysEveryone() {
    WinCounts counts = WinCounts.of(RING).withDummy(0.5);
    assertEquals(4, counts.players());
    assertEquals(1.5, counts.wins(3));
    assertEquals(3, counts.games(3));
    assertEquals(2.5, counts.wins(0));
    assertEquals(13, counts.games());
    assertFalse(WinCounts.of(new double[][] {{0, 1}, {0, 0}}).stronglyConnected());
    assertTrue(WinCounts.of(new double[][] {{0, 1}, {0, 0}}).withDummy(1).stronglyConnected());
  }

  @Test
  void badInputIsNamed() {
    Throwable self =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                WinCounts.of(2, new int[] {1}, new int[] {1}, new double[] {1}, new double[] {0}));
    assertEquals("In match 0 player 1 plays against itself.", self.getMessage());
    Throwable unknown =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                WinCounts.of(2, new int[] {0}, new int[] {2}, new double[] {1}, new double[] {0}));
    assertEquals(
        "Match 0 is played by number 2; the 2 players have the numbers 0 to 1.",
        unknown.getMessage());
    Throwable negative =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                WinCounts.of(2, new int[] {0}, new int[] {1}, new double[] {-1}, new double[] {0}));
    assertTrue(negative.getMessage().contains("-1.0 wins"), negative.getMessage());
    assertThrows(IllegalArgumentException.class, () -> WinCounts.of(RING).logLikelihood(1, 2));
  }
}
