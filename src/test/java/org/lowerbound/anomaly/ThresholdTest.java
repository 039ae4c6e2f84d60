package org.lowerbound.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ThresholdTest {

  @Test
  void theRankIsThatOfConformalPrediction() {
    assertEquals(18, Threshold.rank(19, 0.1));
    assertEquals(0.1, Threshold.expectedFalseAlarms(19, 0.1), 1e-12);
    // 20 rows: k = ⌈18.9⌉ = 19 of 21.
    assertEquals(19, Threshold.rank(20, 0.1));
    assertEquals(2.0 / 21, Threshold.expectedFalseAlarms(20, 0.1), 1e-12);
    assertEquals(3, Threshold.of(new double[] {4, 1, 3, 2}, 0.4), 0);
    // Four rows cannot promise less than one in five.
    assertEquals(Double.POSITIVE_INFINITY, Threshold.of(new double[] {4, 1, 3, 2}, 0.19), 0);
    assertEquals(4, Threshold.of(new double[] {4, 1, 3, 2}, 0.2), 0);
  }

  @Test
  void theRateOfFalseAlarmsIsKept() {
    // Whatever the law of the scores: here the exponential one. Beta(2, 18) has mean 0.1 and
    // deviation 0.065, so that 20,000 thresholds know it to 0.0005.
    SplittableRandom random = new SplittableRandom(4);
    double sum = 0;
    double square = 0;
    int runs = 20_000;
    for (int r = 0; r < runs; r++) {
      double[] scores = random.doubles(19).map(u -> -Math.log(1 - u)).toArray();
      double rate = Math.exp(-Threshold.of(scores, 0.1));
      sum += rate / runs;
      square += rate * rate / runs;
    }
    assertEquals(0.1, sum, 0.002);
    assertEquals(2 * 18 / (20.0 * 20 * 21), square - sum * sum, 0.0002);
  }

  @Test
  void whatIsNoRateIsNamed() {
    assertThrows(IllegalArgumentException.class, () -> Threshold.of(new double[] {1}, 0));
    assertThrows(IllegalArgumentException.class, () -> Threshold.of(new double[] {1}, 1));
    assertThrows(IllegalArgumentException.class, () -> Threshold.of(new double[0], 0.1));
    assertThrows(
        IllegalArgumentException.class, () -> Threshold.of(new double[] {Double.NaN}, 0.5));
  }
}
