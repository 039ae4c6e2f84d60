package org.lowerbound.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

class RocCurveTest {

  private static double[] draw(RandomGenerator random, int n, double shift, boolean whole) {
    return IntStream.range(0, n)
        .mapToDouble(i -> shift + random.nextGaussian())
        .map(v -> whole ? Math.rint(2 * v) : v)
        .toArray();
  }

  @Test
  void theAreaCountsPairs() {
    RandomGenerator random = new SplittableRandom(1);
    for (boolean whole : new boolean[] {false, true}) {
      double[] normal = draw(random, 40, 0, whole);
      double[] strange = draw(random, 30, 0.7, whole);
      double pairs = 0;
      for (double s : strange) {
        for (double n : normal) {
          pairs += s > n ? 1 : s == n ? 0.5 : 0;
        }
      }
      RocCurve curve = RocCurve.of(normal, strange);
      assertEquals(pairs / 1200, curve.area(), 1e-12);
      assertEquals(
          pairs / 1200, Arrays.stream(curve.normalPlacements()).average().orElseThrow(), 1e-12);
      // The area below the corners, by trapezoids.
      double[][] points = curve.points();
      double area = 0;
      for (int i = 1; i < points[0].length; i++) {
        area += (points[0][i] - points[0][i - 1]) * (points[1][i] + points[1][i - 1]) / 2;
      }
      assertEquals(curve.area(), area, 1e-12);
      double[] flipped = Arrays.stream(normal).map(v -> -v).toArray();
      double[] also = Arrays.stream(strange).map(v -> -v).toArray();
      assertEquals(1 - curve.area(), RocCurve.of(flipped, also).area(), 1e-12);
    }
  }

  @Test
  void theStandardErrorIsThatOfSimulation() {
    // Two normal laws of unit variance, a shift apart: AUC = Φ(shift/√2).
    RandomGenerator random = new SplittableRandom(2);
    int runs = 2000;
    double[] areas = new double[runs];
    double expected = 0;
    for (int r = 0; r < runs; r++) {
      RocCurve curve = RocCurve.of(draw(random, 60, 0, false), draw(random, 25, 1, false));
      areas[r] = curve.area();
      expected += Math.pow(curve.standardError(), 2) / runs;
    }
    double mean = Arrays.stream(areas).average().orElseThrow();
    double variance = Arrays.stream(areas).map(a -> (a - mean) * (a - mean)).sum() / (runs - 1);
    assertEquals(NormalDistribution.of(0, 1).cumulativeProbability(Math.sqrt(0.5)), mean, 0.005);
    // A variance from 2,000 runs is known to 3 %.
    assertEquals(1, expected / variance, 0.12);
    assertTrue(Double.isNaN(RocCurve.of(new double[] {1, 2}, new double[] {3}).standardError()));
  }

  @Test
  void precisionAndRecallByHand() {
    // From the top: anomalous 4, normal 3, anomalous 2, normal 1.
    RocCurve curve = RocCurve.of(new double[] {1, 3}, new double[] {4, 2});
    assertArrayEquals(new double[] {0.5, 0.5, 1, 1}, curve.precisionRecall()[0], 1e-15);
    assertArrayEquals(new double[] {1, 0.5, 2.0 / 3, 0.5}, curve.precisionRecall()[1], 1e-15);
    assertEquals(0.5 + 0.5 * 2 / 3, curve.averagePrecision(), 1e-15);
    RocCurve.Rates rates = curve.at(2);
    assertEquals(0.5, rates.falseAlarms(), 0);
    assertEquals(0.5, rates.detections(), 0);
    assertEquals(0.01, rates.precision(0.01), 1e-15);
    assertEquals(0, curve.at(Double.POSITIVE_INFINITY).detections(), 0);
    assertEquals(1, curve.at(Double.NEGATIVE_INFINITY).falseAlarms(), 0);
  }

  @Test
  void labelsDivideTheRows() {
    RocCurve curve =
        RocCurve.of(new double[] {5, 1, 4, 2}, new boolean[] {true, false, true, false});
    assertEquals(1, curve.area(), 0);
    assertEquals(2, curve.normalRows());
  }

  @Test
  void whatIsNoScoreIsNamed() {
    double[] one = {1};
    String empty =
        assertThrows(IllegalArgumentException.class, () -> RocCurve.of(new double[0], one))
            .getMessage();
    assertTrue(empty.contains("normal"), empty);
    String nan =
        assertThrows(
                IllegalArgumentException.class,
                () -> RocCurve.of(one, new double[] {1, Double.NaN}))
            .getMessage();
    assertTrue(nan.contains("anomalous row 1"), nan);
    assertThrows(IllegalArgumentException.class, () -> RocCurve.of(one, new boolean[2]));
  }

  @Test
  void theBestThresholdCostsLeast() {
    RandomGenerator random = new SplittableRandom(3);
    RocCurve curve = RocCurve.of(draw(random, 50, 0, true), draw(random, 20, 1, true));
    Cost cost = new Cost(0.1, 1, 5);
    double best = cost.of(curve.at(cost.best(curve)));
    for (double t = -12; t < 12; t += 0.25) {
      assertTrue(best <= cost.of(curve.at(t)) + 1e-15);
    }
    // By hand: 0.9 · 1 · 0.5 + 0.1 · 5 · 0.25.
    assertEquals(0.575, cost.of(new RocCurve.Rates(0.5, 0.75)), 1e-15);
    assertEquals(0.9 / 0.5, cost.slope(), 1e-15);
    // Where misses cost next to nothing, no alarm is best; where false alarms do, all are flagged.
    RocCurve normalOnTop = RocCurve.of(new double[] {5, 1}, new double[] {4, 0});
    assertEquals(Double.POSITIVE_INFINITY, new Cost(0.5, 1, 1e-9).best(normalOnTop), 0);
    assertEquals(1, curve.at(new Cost(0.5, 1e-9, 1).best(curve)).detections(), 0);
    assertThrows(IllegalArgumentException.class, () -> new Cost(0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Cost(0.5, 0, 1));
  }
}
