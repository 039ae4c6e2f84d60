package org.lowerbound.ranking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KnockOutTest {

  @Test
  void aMatchOfOneGameIsTheGame() {
    assertEquals(0.3, new KnockOut(1).match(0.3), 1e-15);
  }

  @Test
  void theBestOfFive() {
    // p³ (1 + 3q + 6q²) at p = 0.6, by hand.
    assertEquals(0.216 * (1 + 1.2 + 0.96), new KnockOut(3).match(0.6), 1e-12);
    assertEquals(0.5, new KnockOut(3).match(0.5), 1e-12);
    assertEquals(1, new KnockOut(3).match(0.6) + new KnockOut(3).match(0.4), 1e-12);
    assertEquals(0, new KnockOut(3).match(0), 0);
    assertEquals(1, new KnockOut(3).match(1), 0);
  }

  @Test
  void chancesAddUpAndMatchPlayedTournaments() {
    double[] theta = {1, -0.5, 0.3, 0, 2, -1, 0.4, -0.2};
    KnockOut cup = new KnockOut(2);
    double[] chances = cup.chances(theta);
    assertEquals(1, Arrays.stream(chances).sum(), 1e-12);
    int[] won = new int[8];
    SplittableRandom random = new SplittableRandom(1);
    for (int t = 0; t < 40_000; t++) {
      won[cup.play(random, theta)]++;
    }
    for (int i = 0; i < 8; i++) {
      // Five standard errors.
      assertEquals(chances[i], won[i] / 40_000.0, 5 * Math.sqrt(0.25 / 40_000));
    }
    assertTrue(chances[4] > chances[0]);
  }

  @Test
  void aFinalIsAMatch() {
    assertEquals(
        new KnockOut(3).match(1 / (1 + Math.exp(-0.7))), new KnockOut(3).chances(0.7, 0)[0], 1e-14);
  }

  @Test
  void badInputIsNamed() {
    assertEquals(
        "A draw needs 2, 4, 8 or so players, not 3.",
        assertThrows(IllegalArgumentException.class, () -> new KnockOut(1).chances(1, 2, 3))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> new KnockOut(0));
    assertThrows(IllegalArgumentException.class, () -> new KnockOut(1).match(1.5));
  }

  @Test
  void theLadderIsInOrderAndItsIntervalsAreLaplaces() {
    WinCounts counts = WinCounts.of(new double[][] {{0, 1, 3}, {2, 0, 4}, {0, 1, 0}});
    BradleyTerry model = BradleyTerry.newton(counts, 1);
    Ladder ladder = Ladder.of(List.of("Ada", "Bo", "Cy"), model);
    assertEquals("Bo", ladder.rungs().get(0).name());
    assertEquals("Cy", ladder.rungs().get(2).name());
    Ladder.Rung top = ladder.rungs().get(0);
    // Ten to one is 400 points.
    assertEquals(1900, Ladder.rating(Math.log(10)), 1e-9);
    assertEquals(Ladder.rating(model.theta(1)), top.rating(), 1e-9);
    assertEquals(2 * 1.95996 * Ladder.POINTS * model.deviation(1), top.high() - top.low(), 1e-2);
    assertTrue(top.aboveNext() > 0.5 && top.aboveNext() < 1);
    assertTrue(Double.isNaN(ladder.rungs().get(2).aboveNext()));
    assertEquals(3, ladder.table().rowCount());
    assertEquals(2, Ladder.top(List.of("Ada", "Bo", "Cy"), model, 2).rungs().size());
    assertTrue(ladder.toString().startsWith("   1  Bo "), ladder.toString());
  }
}
