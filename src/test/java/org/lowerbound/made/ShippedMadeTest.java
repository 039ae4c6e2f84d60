package org.lowerbound.made;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.BinarizedMnist;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.train.ModelFile;

/** The weights of chapter 07's network that come with the library. */
class ShippedMadeTest {

  private static final String NAME = "07-digits";

  private static Made network(long seedOfMasks) {
    Made.Shape shape = Made.Shape.of(784, 500);
    Masks masks = Masks.of(Ordering.natural(784), shape.hidden(), DegreeRule.UNIFORM, seedOfMasks);
    return Made.create(shape, List.of(masks), 1);
  }

  /** What its own samples cost is its entropy, which lies near the 90.7 nats of the test digits. */
  @Test
  void itsSamplesCostItsEntropy() {
    Made made = network(1);
    assertTrue(ModelFile.loadShipped(NAME, made), "the weights of " + NAME + " are missing");
    float[][] samples = made.sample(60, 0, new SplittableRandom(3));
    double nll =
        -Arrays.stream(made.logProbability(BinaryRows.of("samples", bytes(samples))))
            .average()
            .orElseThrow();
    // The deviation of one sample is some 20 nats: of the mean of 60 it is 2.6.
    assertEquals(90.7, nll, 10);
  }

  /** The number of the recorded run: rounding the weights to 12 bits changed its fifth decimal. */
  @Test
  void onTheTestDigitsItScoresWhatTheRecordSays() {
    BinaryRows test = BinarizedMnist.load().test();
    Assumptions.assumeTrue(test.provenance().real(), "binarised MNIST is not at hand");
    Made made = network(1);
    ModelFile.loadShipped(NAME, made);
    assertEquals(90.7100, -Arrays.stream(made.logProbability(test)).average().orElseThrow(), 2e-3);
  }

  @Test
  void otherMasksAreRefused() {
    Made other = network(2);
    assertThrows(IllegalArgumentException.class, () -> ModelFile.loadShipped(NAME, other));
  }

  private static byte[][] bytes(float[][] rows) {
    byte[][] bits = new byte[rows.length][rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      for (int d = 0; d < rows[i].length; d++) {
        bits[i][d] = (byte) rows[i][d];
      }
    }
    return bits;
  }
}
