package org.lowerbound.entropy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class InformationTest {
  /** Only rounding of a few logarithms. */
  private static final double ROUNDING = 1e-14;

  @Test
  void informationFallsWithProbabilityAndAddsUp() {
    assertEquals(0, Information.content(1));
    assertEquals(1, Information.bits(Information.content(0.5)), ROUNDING);
    assertEquals(
        Information.content(0.3) + Information.content(0.2),
        Information.content(0.3 * 0.2),
        ROUNDING);
    assertTrue(Information.content(0.2) > Information.content(0.3));
  }

  @Test
  void entropyOfAFairCoinIsOneBitAndOfCertaintyZero() {
    assertEquals(1, Information.bits(Information.entropy(0.5, 0.5)), ROUNDING);
    assertEquals(0, Information.entropy(0, 1, 0));
    // An eight-sided die: three bits.
    double[] die = new double[8];
    Arrays.fill(die, 0.125);
    assertEquals(3, Information.bits(Information.entropy(die)), ROUNDING);
  }

  @Test
  void entropyOfAGroupedChoiceIsTheSumOfItsStages() {
    // Shannon's third requirement, in the example of his section 6.
    assertEquals(
        Information.entropy(0.5, 0.5) + 0.5 * Information.entropy(2.0 / 3, 1.0 / 3),
        Information.entropy(1.0 / 2, 1.0 / 3, 1.0 / 6),
        ROUNDING);
  }

  @Test
  void divergenceIsZeroOnlyForEqualsAndInfiniteForWhatIsExcluded() {
    RandomGenerator random = new SplittableRandom(2);
    for (int trial = 0; trial < 20; trial++) {
      double p = random.nextDouble(0.01, 0.99);
      double q = random.nextDouble(0.01, 0.99);
      assertTrue(
          Information.divergence(new double[] {p, 1 - p}, new double[] {q, 1 - q}) > 0,
          "Gibbs' inequality");
    }
    assertEquals(0, Information.divergence(new double[] {0.4, 0.6}, new double[] {0.4, 0.6}));
    assertEquals(
        Double.POSITIVE_INFINITY,
        Information.divergence(new double[] {0.4, 0.6}, new double[] {1, 0}));
    // A die with face 8 forty times likelier than the others, 1/47 and 40/47, against a fair one:
    // KL = 3 bits − H, H = (7/47)·log2 47 + (40/47)·log2(47/40), worked by hand.
    double[] fair = new double[8];
    double[] loaded = new double[8];
    Arrays.fill(fair, 0.125);
    Arrays.fill(loaded, 1.0 / 47);
    loaded[7] = 40.0 / 47;
    double entropy = 7.0 / 47 * Math.log(47) + 40.0 / 47 * Math.log(47.0 / 40);
    assertEquals(3 * Math.log(2) - entropy, Information.divergence(loaded, fair), ROUNDING);
  }

  @Test
  void badProbabilitiesAreNamed() {
    assertMessage("(0, 1]", () -> Information.content(0));
    assertMessage("(0, 1]", () -> Information.content(Double.NaN));
    assertMessage("p[1] = -0.1", () -> Information.entropy(1.1, -0.1));
    assertMessage("sum to 0.9", () -> Information.entropy(0.4, 0.5));
    assertMessage("sum to 0.0", () -> Information.entropy());
    assertMessage(
        "p has 2 and q has 1",
        () -> Information.divergence(new double[] {0.5, 0.5}, new double[] {1}));
  }

  static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
    IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, call);
    assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
  }
}
