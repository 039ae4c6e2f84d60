package org.lowerbound.made;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MasksTest {

  @Test
  void masksFollowTheDegreesOfAnExampleWorkedByHand() {
    // D = 3, natural order: inputs 1, 2, 3; EVEN over [1, 2] gives 4 units the degrees 1, 1, 2, 2.
    Masks masks = Masks.of(Ordering.natural(3), new int[] {4}, DegreeRule.EVEN, 0);
    assertArrayEquals(new int[] {1, 1, 2, 2}, masks.degrees(0));
    // Kept into the hidden layer if m(unit) >= m(input).
    assertArrayEquals(new float[] {1, 1, 1, 1}, masks.layer(0)[0]);
    assertArrayEquals(new float[] {0, 0, 1, 1}, masks.layer(0)[1]);
    assertArrayEquals(new float[] {0, 0, 0, 0}, masks.layer(0)[2]);
    // Kept into an output if m(output) > m(unit).
    assertArrayEquals(new float[] {0, 1, 1}, masks.layer(1)[0]);
    assertArrayEquals(new float[] {0, 0, 1}, masks.layer(1)[3]);
    // Direct: strictly later outputs only.
    assertArrayEquals(new float[] {0, 1, 1}, masks.direct()[0]);
    assertArrayEquals(new float[] {0, 0, 0}, masks.direct()[2]);
    // Paths from input 0 to output 1 go through the two units of degree 1; to output 2 through all.
    assertArrayEquals(new double[] {0, 2, 4}, masks.paths()[0]);
    assertArrayEquals(new double[] {0, 0, 2}, masks.paths()[1]);
    assertArrayEquals(new double[] {0, 0, 0}, masks.paths()[2]);
  }

  @Test
  void noPathLeadsFromAVariableToItselfOrToAnEarlierOne() {
    SplittableRandom random = new SplittableRandom(11);
    for (int trial = 0; trial < 200; trial++) {
      int dimensions = random.nextInt(2, 12);
      int[] hidden = random.ints(random.nextInt(1, 4), 1, 20).toArray();
      DegreeRule rule = DegreeRule.values()[random.nextInt(3)];
      Ordering ordering = Ordering.random(dimensions, trial);
      Masks masks = Masks.of(ordering, hidden, rule, trial);
      double[][] paths = masks.paths();
      for (int e = 0; e < dimensions; e++) {
        for (int d = 0; d < dimensions; d++) {
          if (ordering.position(d) <= ordering.position(e)) {
            assertEquals(0, paths[e][d], rule + " " + ordering);
            assertEquals(0, masks.direct()[e][d]);
          }
        }
      }
    }
  }

  @Test
  void everyUnitOfTheCorrectRulesIsAliveAndMostOfThePublishedOnesAreDead() {
    int[] hidden = {1000, 1000};
    for (DegreeRule rule : new DegreeRule[] {DegreeRule.UNIFORM, DegreeRule.EVEN}) {
      Masks right = Masks.of(Ordering.natural(100), hidden, rule, 1);
      assertEquals(1000, right.aliveCount(0));
      assertEquals(1000, right.aliveCount(1));
    }
    Masks wrong = Masks.of(Ordering.natural(100), hidden, DegreeRule.UP_TO_WIDTH, 1);
    // A unit lives if its degree is at most D − 1 = 99, of degrees 1…998: 99/998 of 1000 units,
    // a binomial count of mean 99 and standard deviation 9.5; five of those as the tolerance.
    assertEquals(99, wrong.aliveCount(0), 48);
    assertTrue(wrong.aliveWeights() < 0.03 * wrong.allWeights());
  }

  @Test
  void thePublishedNetworkHasTheLiveWeightsThatWereCountedInIt() {
    // The notebook's network: 784 inputs, two layers of 8000, degrees up to 7998. Counted
    // independently (curriculum 1.7): about 783 live units a layer, 1.64 % of the weights.
    Masks masks =
        Masks.of(Ordering.natural(784), new int[] {8000, 8000}, DegreeRule.UP_TO_WIDTH, 3);
    // Binomial with n = 8000, p = 783/7998: mean 783, standard deviation 26.6; four of those.
    assertEquals(783, masks.aliveCount(0), 107);
    // With the direct weights, D² of which D(D − 1)/2 are kept. The count of 783 units a layer has
    // a
    // relative deviation of 3.4 %, the share one of about 4 %; three of those.
    double direct = 784 * 783 / 2.0;
    double share = (masks.aliveWeights() + direct) / (masks.allWeights() + 784.0 * 784);
    assertEquals(0.0164, share, 0.002);
  }

  @Test
  void livenessCountedByDegreesIsLivenessCountedAlongTheMatrices() {
    SplittableRandom random = new SplittableRandom(12);
    for (int trial = 0; trial < 100; trial++) {
      int dimensions = random.nextInt(2, 9);
      int[] hidden = random.ints(random.nextInt(1, 4), 1, 15).toArray();
      DegreeRule rule = DegreeRule.values()[random.nextInt(3)];
      Masks masks = Masks.of(Ordering.random(dimensions, trial), hidden, rule, trial);
      int levels = hidden.length + 2;
      boolean[][] reached = new boolean[levels][];
      boolean[][] reaching = new boolean[levels][];
      reached[0] = new boolean[dimensions];
      Arrays.fill(reached[0], true);
      reaching[levels - 1] = reached[0];
      for (int l = 0; l < levels - 1; l++) {
        float[][] up = masks.layer(l);
        reached[l + 1] = new boolean[up[0].length];
        for (int j = 0; j < up.length; j++) {
          for (int k = 0; k < up[j].length; k++) {
            reached[l + 1][k] |= reached[l][j] && up[j][k] == 1;
          }
        }
      }
      for (int l = levels - 2; l >= 0; l--) {
        float[][] up = masks.layer(l);
        reaching[l] = new boolean[up.length];
        for (int j = 0; j < up.length; j++) {
          for (int k = 0; k < up[j].length; k++) {
            reaching[l][j] |= reaching[l + 1][k] && up[j][k] == 1;
          }
        }
      }
      long weights = 0;
      for (int l = 0; l < levels - 1; l++) {
        float[][] up = masks.layer(l);
        for (int j = 0; j < up.length; j++) {
          for (int k = 0; k < up[j].length; k++) {
            weights += up[j][k] == 1 && reached[l][j] && reaching[l + 1][k] ? 1 : 0;
          }
        }
      }
      assertEquals(weights, masks.aliveWeights());
      for (int l = 0; l < hidden.length; l++) {
        boolean[] alive = masks.alive(l);
        for (int k = 0; k < alive.length; k++) {
          assertEquals(reached[l + 1][k] && reaching[l + 1][k], alive[k]);
        }
      }
    }
  }

  @Test
  void withoutMasksEverythingIsKept() {
    Masks none = Masks.none(5, 7, 6);
    assertEquals(5 * 7 + 7 * 6 + 6 * 5, none.aliveWeights());
    assertEquals(none.allWeights(), none.aliveWeights());
    assertArrayEquals(new float[] {1, 1, 1, 1, 1}, none.layer(2)[3]);
    assertEquals(42, none.paths()[4][0]);
  }

  @Test
  void aLiveUnitIsFoundByHand() {
    // D = 2: outputs of position 2 listen to units of degree 1 only; UP_TO_WIDTH with 5 units draws
    // degrees 1…3, and only units of degree 1 live.
    Masks masks = Masks.of(Ordering.natural(2), new int[] {5}, DegreeRule.UP_TO_WIDTH, 4);
    boolean[] alive = masks.alive(0);
    for (int k = 0; k < 5; k++) {
      assertEquals(masks.degrees(0)[k] == 1, alive[k], Arrays.toString(masks.degrees(0)));
    }
  }

  @Test
  void orderingsArePermutationsAndTheirSequenceInvertsThem() {
    for (int seed = 0; seed < 20; seed++) {
      Ordering ordering = Ordering.random(9, seed);
      int[] sequence = ordering.sequence();
      for (int i = 0; i < 9; i++) {
        assertEquals(i + 1, ordering.position(sequence[i]));
      }
    }
    assertArrayEquals(new int[] {0, 1, 2}, Ordering.natural(3).sequence());
  }

  @Test
  void wrongSizesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Ordering.natural(1));
    assertThrows(
        IllegalArgumentException.class,
        () -> Masks.of(Ordering.natural(4), new int[0], DegreeRule.EVEN, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Masks.of(Ordering.natural(4), new int[] {0}, DegreeRule.EVEN, 0));
    assertThrows(IllegalArgumentException.class, () -> AllStates.of(23));
  }
}
