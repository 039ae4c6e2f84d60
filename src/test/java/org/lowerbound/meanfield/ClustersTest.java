package org.lowerbound.meanfield;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChart;
import org.lowerbound.Size;
import org.lowerbound.plot.Charts;

class ClustersTest {
  @Test
  void standardisedColumnsHaveMeanZeroAndVarianceOne() {
    Standardised z = Standardised.of(new double[][] {{1, 40}, {2, 70}, {4, 90}, {9, 20}});
    for (int i = 0; i < 2; i++) {
      double sum = 0;
      double square = 0;
      for (double[] row : z.rows()) {
        sum += row[i];
        square += row[i] * row[i];
      }
      assertEquals(0, sum, 1e-14);
      assertEquals(3, square, 1e-13);
    }
    assertArrayEquals(new double[] {4, 90}, z.original(z.rows()[2]), 1e-13);
  }

  @Test
  void standardisingBadDataIsRefusedByName() {
    assertTrue(NormalGammaTest.message(() -> Standardised.of(new double[0][])).contains("empty"));
    assertTrue(
        NormalGammaTest.message(() -> Standardised.of(new double[][] {{1, 2}}))
            .contains("at least two"));
    assertTrue(
        NormalGammaTest.message(() -> Standardised.of(new double[][] {{1, 2}, {3, 2}}))
            .contains("Column 1 is constant"));
    assertTrue(
        NormalGammaTest.message(() -> Standardised.of(new double[][] {{1, 2}, {Double.NaN, 2}}))
            .contains("Row 1"));
  }

  @Test
  void generatedClustersLieWhereTheyShould() {
    double[][] pair = Clusters.pair(3000, 5, new SplittableRandom(1));
    double left = 0;
    for (int n = 0; n < 3000; n += 3) {
      left += pair[n][0] / 1000;
    }
    // The standard error of 1000 rows is 0.03.
    assertEquals(-2.5, left, 0.12);
    double[][] ring = Clusters.ring(4, 500, 0.2, new SplittableRandom(2));
    double y = 0;
    for (int n = 1; n < ring.length; n += 4) {
      y += ring[n][1] / 500;
    }
    assertEquals(1.3, y, 0.04);
    for (double[] row : Clusters.randomStart(50, 3, new SplittableRandom(3))) {
      assertEquals(1, row[0] + row[1] + row[2], 0);
    }
  }

  @Test
  void figuresAreDrawn() {
    NormalGamma exact = new NormalGamma(0, 1, 1, 1).posterior(0.2, 1.1, -0.4);
    XYChart contours =
        MeanFieldFigures.contours(
            "t", exact, NormalGammaFactors.fixedPoint(new NormalGamma(0, 1, 1, 1), 0.2, 1.1, -0.4));
    assertEquals(6, contours.getSeriesCollection().size());
    // The contour passes through points of equal density.
    double[] mu = contours.getSeries("exact 2.0").getXData();
    double[] tau = contours.getSeries("exact 2.0").getYData();
    assertEquals(exact.logDensity(mu[50], tau[50]), exact.logDensity(mu[150], tau[150]), 1e-9);
    double[][] x = VariationalMixtureTest.clusters(30, 3, 1);
    XYChart chart =
        MeanFieldFigures.responsibilities(
            "t",
            "x",
            "y",
            x,
            VariationalMixture.best(
                    MixturePrior.standardised(1, 2, 0.3), x, 2, 2, new SplittableRandom(1))
                .factors());
    assertTrue(Charts.image(chart).getWidth() > 100);
    assertTrue(Sizes.of(Size.QUICK).gibbsDraws() < Sizes.of(Size.FULL).gibbsDraws());
  }
}
