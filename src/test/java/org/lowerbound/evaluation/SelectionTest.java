package org.lowerbound.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SelectionTest {

  private static double[][] normal(int candidates, int rows, double common, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] losses = new double[candidates][rows];
    for (int i = 0; i < rows; i++) {
      double shared = Math.sqrt(common) * random.nextGaussian();
      for (int k = 0; k < candidates; k++) {
        losses[k][i] = shared + Math.sqrt(1 - common) * random.nextGaussian();
      }
    }
    return losses;
  }

  @Test
  void equalCandidatesCostWhatTheFormulaSays() {
    for (double common : new double[] {0, 0.9}) {
      double sum = 0;
      double formula = 0;
      int sets = 40;
      for (int s = 0; s < sets; s++) {
        Selection selection = Selection.of(normal(20, 400, common, s));
        sum += selection.halves(60, s).optimism() / sets;
        formula += selection.optimismIfEqual(common) / sets;
      }
      // √2·√(1−ρ)·σ/√(N/2)·E[M_20] of fresh halves; the 40 sets leave it an error of about 4 %.
      double expected = Math.sqrt(1 - common) / Math.sqrt(200) * BestOf.expected(20);
      assertEquals(expected, sum, 0.15 * expected, "correlation " + common);
      assertEquals(expected * Math.sqrt(2), formula, 0.05 * expected);
    }
  }

  @Test
  void oneCandidateIsNoChoice() {
    Selection one = Selection.of(normal(1, 100, 0, 5));
    assertEquals(0, one.halves(50, 1).optimism(), 1e-12);
    assertEquals(0, one.optimismIfEqual(0), 1e-12);
    assertEquals(1, one.correlation(), 0);
  }

  @Test
  void theBetterCandidateIsFound() {
    double[][] losses = normal(3, 500, 0.5, 2);
    for (int i = 0; i < 500; i++) {
      losses[1][i] -= 5;
    }
    Selection selection = Selection.of(losses);
    Selection.Halves halves = selection.halves(50, 1);
    assertEquals(selection.means()[1], (halves.reported() + halves.fresh()) / 2, 1e-12);
    assertTrue(Math.abs(halves.optimism()) < 0.05, "nothing is chosen by luck");
    assertEquals(0.5, selection.correlation(), 0.1);
    assertEquals(1, selection.deviation(), 0.1);
    assertEquals(2, selection.only(2, 0).candidates());
  }

  @Test
  void nonsenseIsRefusedWithItsPlace() {
    assertThrows(IllegalArgumentException.class, () -> Selection.of(new double[0][]));
    double[][] ragged = {{1, 2, 3}, {1, 2}};
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Selection.of(ragged));
    assertTrue(e.getMessage().contains("Candidate 1"), e.getMessage());
    double[][] infinite = {{1, Double.NaN}};
    e = assertThrows(IllegalArgumentException.class, () -> Selection.of(infinite));
    assertTrue(e.getMessage().contains("row 1"), e.getMessage());
    Selection fine = Selection.of(new double[][] {{1, 2}});
    assertThrows(IllegalArgumentException.class, () -> fine.only(1));
    assertThrows(IllegalArgumentException.class, () -> fine.halves(1, 1));
  }
}
