package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class NumbersTest {

  @Test
  void toleranceDecidesTheDecimals() {
    assertEquals("-0.371049", Numbers.format(-0.3710491234, 1e-6));
    assertEquals("0.50", Numbers.format(0.5, 0.01));
    assertEquals("0.52", Numbers.format(0.52, 0.02));
    assertEquals("0.500", Numbers.format(0.5, 0.002));
    assertEquals("86.6", Numbers.format(86.61, 0.5));
    assertEquals("12346", Numbers.format(12345.6, 100));
    assertEquals("0.5", Numbers.format(0.5, 0));
  }

  @Test
  void tinyNumbersAreScientificAndNeverPrintedAsZero() {
    assertEquals("3.2e-9", Numbers.format(3.2e-9, 1e-6));
    assertEquals("1.2000e-5", Numbers.format(1.2e-5, 1e-9));
    assertEquals("0", Numbers.format(0.0, 1e-6));
    assertEquals("0", Numbers.format(-0.0, 1e-6));
    assertEquals("1.4e-4", Numbers.format(1.4e-4, 0.01));
  }

  @Test
  void sixSignificantDigitsWithoutTrailingZeros() {
    assertEquals("6.0153", Numbers.format(6.0153));
    assertEquals("0.931235", Numbers.format(0.93123456));
    assertEquals("1200", Numbers.format(1200));
    assertEquals("65536", Numbers.format(65536));
    assertEquals("1.23457e8", Numbers.format(123456789));
    assertEquals("3e-7", Numbers.format(3e-7));
    assertEquals("1", Numbers.format(0.99999999));
  }

  @Test
  void exactReadsBack() {
    for (double value : new double[] {0.1, 1.0 / 3, 6.0200000001, 1e-6, 2.5e-13, 1e22, -7, 1e7}) {
      assertEquals(value, Double.parseDouble(Numbers.exact(value)));
    }
    assertEquals("1e-6", Numbers.exact(1e-6));
    assertEquals("6.02", Numbers.exact(6.02));
  }

  @Test
  void specialValuesAreNamed() {
    assertEquals("NaN", Numbers.format(Double.NaN, 1e-3));
    assertEquals("-∞", Numbers.format(Double.NEGATIVE_INFINITY));
  }

  @Test
  void localeDoesNotMatter() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals("0.500", Numbers.format(0.5, 1e-3));
      assertEquals("0.5", Numbers.format(0.5));
    } finally {
      Locale.setDefault(before);
    }
  }

  private record Inner(double third) {
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  private record Everything(
      double number,
      float[] few,
      double[][] many,
      int[][] ragged,
      java.util.OptionalDouble end,
      List<Double> list,
      Inner inner,
      Object nameless,
      String text,
      int[] none) {}

  @Test
  void aRecordIsReadable() {
    assertEquals(
        "Everything[number=0.333333, few=[0.1, 2], many=double[272][2], ragged=int[3][], end=0.333333,"
            + " list=[1, 0.1], inner=Inner[third=0.333333], nameless=Object, text=a, none=null]",
        Numbers.record(
            new Everything(
                1 / 3.0,
                new float[] {0.1f, 2},
                new double[272][2],
                new int[][] {new int[20], new int[3], new int[0]},
                java.util.OptionalDouble.of(1 / 3.0),
                List.of(1.0, 0.1),
                new Inner(1 / 3.0),
                new Object(),
                "a",
                null)));
  }
}
