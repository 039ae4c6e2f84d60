package org.lowerbound.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.data.StreetDigits;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Scale;

class PicturesTest {

  private static final ImageData DIGITS = StrokeDigits.of(30, 1).materialised();
  private static final ImageData HOUSES = StreetDigits.of(30, 1).materialised();

  @Test
  void thePerfectReconstructionIsTheBest() {
    double[][] grey = {{0, 1, 0.5, 0.2}};
    RealRows rows = RealRows.of(Provenance.builtIn("grey", "test"), new int[] {4}, grey);
    double best = 0;
    Likelihood bernoulli = Likelihood.bernoulli();
    for (double x : new double[] {0.5, (float) 0.2}) {
      double least = Double.POSITIVE_INFINITY;
      for (double a = -4; a <= 4; a += 1e-3) {
        least = Math.min(least, -bernoulli.logProbability(x, a, 1));
      }
      best += least;
    }
    assertEquals(best, PerfectReconstruction.loss(bernoulli, 1, rows)[0], 1e-6);
    assertEquals(Math.log(2), PerfectReconstruction.entropy(0.5), 1e-15);
    Likelihood gaussian = Likelihood.gaussian(Scale.fixed(0.1));
    assertEquals(
        4 * Math.log(0.1 * Math.sqrt(2 * Math.PI)),
        PerfectReconstruction.loss(gaussian, 0.1, rows)[0],
        1e-9);
    assertThrows(IllegalArgumentException.class, () -> PerfectReconstruction.entropy(1.1));
    Likelihood levels = Likelihood.discretisedLogistic(Scale.fixed(0.1), 256);
    assertThrows(IllegalArgumentException.class, () -> PerfectReconstruction.loss(levels, 1, rows));
  }

  @Test
  void noiseIsLongerThanStripesAndStripesThanGrey() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] noise = new byte[3072];
    random.nextBytes(noise);
    byte[] stripes = new byte[3072];
    for (int d = 0; d < 3072; d++) {
      stripes[d] = (byte) (d % 32 / 5 * 40);
    }
    ImageData three =
        ImageData.of(
            Provenance.builtIn("three", "test"),
            new int[] {3, 32, 32},
            new byte[][] {noise, stripes, new byte[3072]});
    double[] bits = Complexity.bits(three);
    // 24,576 bits of noise cannot be shortened.
    assertTrue(bits[0] >= 8 * 3072 && bits[0] < 8 * 3200, "" + bits[0]);
    assertTrue(bits[1] < bits[0] / 8 && bits[2] < bits[1] && bits[2] > 0, "" + bits[1]);
  }

  @Test
  void contrastMovesLevelsToTheMiddle() {
    ImageData half = Contrast.of(HOUSES, 0.5);
    for (int d = 0; d < 3072; d += 97) {
      int level = HOUSES.pixels(3)[d] & 0xff;
      assertEquals(128 + (level - 128) / 2.0, half.pixels(3)[d] & 0xff, 0.5);
    }
    assertArrayEquals(HOUSES.pixels(1), Contrast.of(HOUSES, 1).pixels(1));
    assertTrue(
        IntStream.range(0, 3072).allMatch(d -> Contrast.of(HOUSES, 0).pixels(0)[d] == (byte) 128));
    assertThrows(IllegalArgumentException.class, () -> Contrast.of(HOUSES, 1.5));
  }

  @Test
  void fourQuartersAreAWhole() {
    ImageData once = Dl4jSamples.turned(DIGITS);
    ImageData four = Dl4jSamples.turned(Dl4jSamples.turned(Dl4jSamples.turned(once)));
    assertArrayEquals(DIGITS.pixels(7), four.pixels(7));
    // The right upper corner comes to the left upper one.
    assertEquals(DIGITS.pixels(7)[20], once.pixels(7)[(27 - 20) * 28]);
    assertThrows(IllegalArgumentException.class, () -> Dl4jSamples.turned(HOUSES));
  }

  @Test
  void aMutationReplacesThatPart() {
    float[] row = new float[3072];
    float[] original = HOUSES.rows(2, 3)[0];
    new Mutated(HOUSES, 0).draw(2, new SplittableRandom(1), row, 0);
    assertArrayEquals(original, row);
    new Mutated(HOUSES, 0.3).draw(2, new SplittableRandom(1), row, 0);
    long changed = IntStream.range(0, 3072).filter(d -> row[d] != original[d]).count();
    // 3,072 · 0.3 · 255/256 = 918, deviation 25.
    assertEquals(918, changed, 125);
    assertThrows(IllegalArgumentException.class, () -> new Mutated(HOUSES, -0.1));
  }
}
