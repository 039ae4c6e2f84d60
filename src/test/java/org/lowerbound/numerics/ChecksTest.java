package org.lowerbound.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What is right passes unchanged; what is wrong is named in a sentence. */
class ChecksTest {

  @Test
  void whatIsRightPasses() {
    assertEquals(2, Checks.positive("The scale", 2));
    assertEquals(-2, Checks.finite("The mean", -2));
    assertEquals(3, Checks.atLeast(3, "K", 3));
    double[] x = {1, 2};
    assertSame(x, Checks.data(x));
    double[][] rows = {{1, 2}, {3, 4}};
    assertSame(rows, Checks.data(rows));
    assertSame(rows, Checks.data(rows, 2, "the mean"));
    Checks.require(true, "%d", "not a number: the message is not put together");
  }

  @Test
  void whatIsWrongIsNamed() {
    says(
        "The scale must be a positive, finite number, but it is 0.0.",
        () -> Checks.positive("The scale", 0));
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      says(
          "The scale must be a positive, finite number, but it is " + bad + ".",
          () -> Checks.positive("The scale", bad));
    }
    says(
        "The mean must be a finite number, but it is NaN.",
        () -> Checks.finite("The mean", Double.NaN));
    says("K must be at least 1, but it is 0.", () -> Checks.atLeast(1, "K", 0));
    String empty = "The data are empty: there is nothing to learn from. Give at least one ";
    says(empty + "number.", () -> Checks.data(new double[0]));
    says(empty + "row.", () -> Checks.data((double[][]) null));
    says(
        "Observation 1 is NaN. Remove missing or infinite values first.",
        () -> Checks.data(new double[] {0, Double.NaN}));
    says(
        "Row 1 of the data has 1 values, but the first row has 2: shape [rows, 2] expected.",
        () -> Checks.data(new double[][] {{1, 2}, {3}}));
    says(
        "Row 0 of the data has 0 values, but the mean has 2: shape [rows, 2] expected.",
        () -> Checks.data(new double[][] {null}, 2, "the mean"));
    says(
        "Row 0 of the data is [1.0, Infinity]. Remove rows with missing or infinite values first.",
        () -> Checks.data(new double[][] {{1, Double.POSITIVE_INFINITY}}));
    says(
        "A vector of 2 values expected, but it has 1.",
        () -> Vectors.dot(new double[] {1}, new double[] {1, 2}));
    says("100 % of nothing", () -> Checks.require(false, "100 % of nothing"));
  }

  private static void says(String message, Executable mistake) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, mistake).getMessage());
  }
}
