package org.lowerbound.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BestOfTest {

  @Test
  void expectationsAreThoseOfTheClosedForms() {
    assertEquals(0, BestOf.expected(1), 1e-12);
    // E max(Z1, Z2) = E|Z1 − Z2|/2 = 1/√π; three: 3/(2√π); four: 3/√π (½ + asin(⅓)/π); five:
    // 5/√π (¼ + 3 asin(⅓)/(2π)) (Godwin 1949).
    double root = Math.sqrt(Math.PI);
    assertEquals(1 / root, BestOf.expected(2), 1e-12);
    assertEquals(1.5 / root, BestOf.expected(3), 1e-12);
    double third = Math.asin(1 / 3.0) / Math.PI;
    assertEquals(3 / root * (0.5 + third), BestOf.expected(4), 1e-12);
    assertEquals(5 / root * (0.25 + 1.5 * third), BestOf.expected(5), 1e-12);
    // Tippett's table of 1925: 1.53875 for 10, 2.50759 for 100, 3.24144 for 1000.
    assertEquals(1.53875, BestOf.expected(10), 5e-6);
    assertEquals(2.50759, BestOf.expected(100), 5e-6);
    assertEquals(3.24144, BestOf.expected(1000), 5e-6);
  }

  @Test
  void deviationsAreThoseOfTheClosedForms() {
    assertEquals(1, BestOf.deviation(1), 1e-10);
    assertEquals(Math.sqrt(1 - 1 / Math.PI), BestOf.deviation(2), 1e-10);
  }

  @Test
  void theDensityIsOneAndHoldsForAMillionRuns() {
    for (int k : new int[] {1, 7, 1_000_000}) {
      double mass = 0;
      for (int i = -2000; i <= 2400; i++) {
        mass += BestOf.density(k, i * 0.005) * 0.005;
      }
      assertEquals(1, mass, 1e-10, k + " runs");
    }
    assertTrue(BestOf.expected(1_000_000) < BestOf.asymptote(1_000_000));
  }

  @Test
  void simulationAgrees() {
    double[] best = BestOf.simulate(20, 20_000, 3);
    // Four standard errors of the mean of 20,000.
    double tolerance = 4 * BestOf.deviation(20) / Math.sqrt(best.length);
    assertEquals(BestOf.expected(20), Arrays.stream(best).average().orElseThrow(), tolerance);
  }

  @Test
  void whatAllRunsShareCannotBeChosen() {
    assertEquals(0, BestOf.expected(50, 1), 0);
    assertEquals(BestOf.expected(50) / 2, BestOf.expected(50, 0.75), 1e-12);
    assertEquals(0.75, BestOf.winsThoughEqual(3, 1), 0);
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> BestOf.expected(0));
    assertThrows(IllegalArgumentException.class, () -> BestOf.expected(3, 1.1));
    assertThrows(IllegalArgumentException.class, () -> BestOf.expected(3, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> BestOf.simulate(1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> BestOf.winsThoughEqual(1, 0));
  }
}
