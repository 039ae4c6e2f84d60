package org.lowerbound.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Sums of exponentials whose value is known, far outside the range of a double among them. */
class LogSumExpTest {
  private static final double NONE = Double.NEGATIVE_INFINITY;

  @Test
  void sumsThatAreKnown() {
    // e^log 2 + e^log 3 = 5, whatever the terms are multiplied with.
    for (double shift : new double[] {0, -2000, 2000, 1e15}) {
      double expected = shift + Math.log(5);
      double[] terms = {shift + Math.log(2), shift + Math.log(3)};
      assertEquals(expected, LogSumExp.of(terms), 1e-15 * (1 + Math.abs(shift)));
      assertEquals(expected, oneByOne(terms).value(), 1e-15 * (1 + Math.abs(shift)));
      assertEquals(expected - Math.log(2), LogSumExp.mean(terms), 1e-15 * (1 + Math.abs(shift)));
      assertEquals(LogSumExp.mean(terms), oneByOne(terms).mean(), 1e-15 * (1 + Math.abs(shift)));
    }
  }

  @Test
  void termsOfZeroInfiniteTermsAndNaN() {
    double infinity = Double.POSITIVE_INFINITY;
    double[][] terms = {
      {},
      {NONE},
      {NONE, NONE},
      {NONE, 1},
      {1, NONE},
      {infinity, 1},
      {1, infinity},
      {infinity, infinity},
      {Double.NaN, 1},
      {1, Double.NaN},
      {NONE, Double.NaN}
    };
    double[] expected = {
      NONE, NONE, NONE, 1, 1, infinity, infinity, infinity, Double.NaN, Double.NaN, Double.NaN
    };
    for (int i = 0; i < terms.length; i++) {
      assertEquals(expected[i], LogSumExp.of(terms[i]), "all together, " + i);
      assertEquals(expected[i], oneByOne(terms[i]).value(), "one by one, " + i);
    }
  }

  @Test
  void oneByOneInAnyOrderIsTheSameAsAllTogether() {
    SplittableRandom random = new SplittableRandom(2);
    for (int trial = 0; trial < 100; trial++) {
      double[] terms = random.doubles(50).map(u -> 100 * u - 50).toArray();
      // 50 additions, each wrong by at most half a unit in the last place of a number near 50.
      assertEquals(LogSumExp.of(terms), oneByOne(terms).value(), 50 * Math.ulp(50));
    }
  }

  @Test
  void softmaxIsADistribution() {
    assertArrayEquals(new double[] {0.4, 0.6}, LogSumExp.softmax(Math.log(2), Math.log(3)), 2e-16);
    assertArrayEquals(new double[] {0.5, 0.5, 0}, LogSumExp.softmax(1e300, 1e300, 0), 0);
    assertArrayEquals(new double[] {0, 1}, LogSumExp.softmax(NONE, -5000), 0);
    double[] a = {1, 2};
    LogSumExp.softmax(a);
    assertArrayEquals(new double[] {1, 2}, a, 0);
    for (double[] none : new double[][] {{NONE, NONE}, {}, {Double.NaN}}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> LogSumExp.softmax(none)).getMessage();
      assertTrue(message.contains("largest logarithm that is finite"), message);
    }
  }

  @Test
  void logisticFunctions() {
    // Abramowitz and Stegun's way: σ(log 3) = 3/4, log(1 + e^0) = log 2, and the asymptotes.
    assertEquals(0.75, Logistic.sigmoid(Math.log(3)), 1e-16);
    assertEquals(Math.log(2), Logistic.softplus(0), 0);
    assertEquals(1000, Logistic.softplus(1000), 0);
    assertEquals(0, Logistic.softplus(-1000), 0);
    assertEquals(Math.exp(-40), Logistic.softplus(-40), 1e-32);
    assertEquals(Math.exp(-40), Logistic.sigmoid(-40), 1e-32);
    assertEquals(0, Logistic.sigmoid(-1000), 0);
    for (double a = -30; a <= 30; a += 0.7) {
      // The derivative of the softplus, by central differences: error h²/6 · 0.1.
      double slope = (Logistic.softplus(a + 1e-4) - Logistic.softplus(a - 1e-4)) / 2e-4;
      assertEquals(Logistic.sigmoid(a), slope, 1e-9);
    }
  }

  private static LogSumExp oneByOne(double[] terms) {
    LogSumExp sum = new LogSumExp();
    for (double term : terms) {
      sum.add(term);
    }
    return sum;
  }
}
