package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.Examples;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.StreetDigits;

class PictureGaussianTest {

  /** Numbers that are not pictures. */
  private record Rows(float[][] values) implements Examples {
    @Override
    public int size() {
      return values.length;
    }

    @Override
    public int[] shape() {
      return new int[] {values[0].length};
    }

    @Override
    public void draw(int row, RandomGenerator random, float[] into, int at) {
      System.arraycopy(values[row], 0, into, at, values[row].length);
    }

    @Override
    public Provenance provenance() {
      return Provenance.builtIn("rows", "made in the test");
    }
  }

  private static final float[][] VALUES = values();
  private static final double[][] X = new double[VALUES.length][];
  private static final Rows DATA = new Rows(VALUES);
  private static final PictureGaussian FIT = PictureGaussian.fit(DATA, 1);

  private static float[][] values() {
    RandomGenerator random = new SplittableRandom(8);
    double[][] rows = LinearGaussianTest.random(6, 2, random).sample(700, random);
    float[][] values = new float[rows.length][6];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < 6; j++) {
        // Far from zero, so that a second moment about zero would lose digits.
        values[i][j] = (float) (rows[i][j] + 100);
      }
    }
    return values;
  }

  static {
    for (int i = 0; i < X.length; i++) {
      X[i] = new double[6];
      for (int j = 0; j < 6; j++) {
        X[i][j] = VALUES[i][j];
      }
    }
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  @Test
  void eigenvaluesAreThoseOfProbabilisticPca() {
    // Another program: covariance in plain loops. 700 rows cross the block of 500.
    assertArrayEquals(ProbabilisticPca.fit(X, 2).eigenvalues(), FIT.eigenvalues(), 1e-9);
  }

  @Test
  void principalIsTheLikelihoodOfProbabilisticPca() {
    double expected = ProbabilisticPca.fit(X, 2).logLikelihood();
    assertEquals(expected, mean(FIT.logDensity(DATA, 1, FIT.principal(2))[0]), 1e-8);
  }

  @Test
  void fullIsTheDensityOfTheGaussianWithTheSampleCovariance() {
    double[][] covariance = new double[6][6];
    double[] mean = FIT.mean();
    for (double[] row : X) {
      for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
          covariance[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]) / X.length;
        }
      }
    }
    double trace = 0;
    for (int i = 0; i < 6; i++) {
      trace += covariance[i][i] / 6;
    }
    double[][] shrunk = new double[6][6];
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 6; j++) {
        shrunk[i][j] = 0.9 * covariance[i][j] + (i == j ? 0.1 * trace : 0);
      }
    }
    double[][] density = FIT.logDensity(DATA, 1, FIT.full(0), FIT.full(0.1));
    for (int i = 0; i < X.length; i += 97) {
      assertEquals(Gaussian.of(mean, covariance).logDensity(X[i]), density[0][i], 1e-7);
      assertEquals(Gaussian.of(mean, shrunk).logDensity(X[i]), density[1][i], 1e-7);
    }
  }

  @Test
  void moreLatentsAreLikelierOnTheDataOfTheFit() {
    double before = Double.NEGATIVE_INFINITY;
    for (int q = 1; q < 6; q++) {
      double now = mean(FIT.logDensity(DATA, 1, FIT.principal(q))[0]);
      assertTrue(now >= before, q + " latents");
      before = now;
    }
  }

  @Test
  void whitenedCoordinatesHaveUnitVarianceAndTheStatedVolume() {
    double[][] y = FIT.coordinates(DATA, 1, 3, false);
    double[][] w = FIT.coordinates(DATA, 1, 3, true);
    double volume = 0;
    for (int j = 0; j < 3; j++) {
      int column = j;
      assertEquals(0, Arrays.stream(w).mapToDouble(r -> r[column]).average().orElseThrow(), 1e-9);
      assertEquals(
          1,
          Arrays.stream(w).mapToDouble(r -> r[column] * r[column]).average().orElseThrow(),
          1e-9);
      volume += Math.log(y[5][j] / w[5][j]);
    }
    // log |dy/dw|, from the quotients of the coordinates themselves.
    assertEquals(volume, FIT.whiteningLogDeterminant(3), 1e-10);
  }

  @Test
  void drawsHaveMeanAndSpectrum() {
    float[][] draws = FIT.draw(20_000, FIT.full(0), new SplittableRandom(3));
    double[] along = new double[draws.length];
    double[] first = FIT.directions(1)[0];
    for (int i = 0; i < draws.length; i++) {
      for (int j = 0; j < 6; j++) {
        along[i] += first[j] * (draws[i][j] - FIT.mean()[j]);
      }
    }
    double variance = mean(Arrays.stream(along).map(a -> a * a).toArray());
    // The relative standard error of a variance is √(2/20,000) = 1 %.
    assertEquals(1, variance / FIT.eigenvalues()[0], 0.05);
  }

  @Test
  void aSpectrumWithoutNoiseIsRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> FIT.logDensity(DATA, 1, new double[] {1, 1, 1, 1, 1, 0}));
    assertTrue(e.getMessage().contains("Dequantise"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> FIT.principal(6));
    assertThrows(IllegalArgumentException.class, () -> FIT.full(1.5));
    assertThrows(IllegalArgumentException.class, () -> FIT.coordinates(DATA, 1, 7, true));
  }

  @Test
  void dequantisedLevelsStayInTheirIntervals() {
    ImageData levels = StreetDigits.of(3, 1).materialised();
    Dequantised noisy = new Dequantised(levels);
    float[] x = new float[3 * 32 * 32];
    RandomGenerator random = new SplittableRandom(4);
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      noisy.draw(i, random, x, 0);
      byte[] k = levels.pixels(i);
      for (int d = 0; d < x.length; d++) {
        double fraction = 256.0 * x[d] - (k[d] & 0xff);
        assertTrue(fraction >= 0 && fraction < 1, "fraction " + fraction);
        sum += fraction / 3 / x.length;
      }
    }
    // Uniform fractions: the mean of 9,216 errs by 0.29/√9216 = 0.003.
    assertEquals(0.5, sum, 0.015);
  }

  @Test
  void bitsAreNatsByTheLogarithmOfTwo() {
    // Keng's CIFAR-10 figure: −14,166.18 nats are 20,437.47 bits, 6.65 a dimension.
    assertEquals(20_437.47 / 3072, Bits.perDimension(-14_166.18, 3072), 1e-5);
    assertEquals(-14_166.18, Bits.nats(Bits.perDimension(-14_166.18, 3072), 3072), 1e-9);
    // The uniform density on [0, 1) is 8 bits.
    assertEquals(8, Bits.ofDensity(0, 3072));
  }
}
