package org.lowerbound.made;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.train.Batch;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MadeTest {

  /** A network with random weights everywhere, also where they start at zero. */
  private static Made random(Made.Shape shape, List<Masks> masks) {
    Made made = Made.create(shape, masks, 3, DataType.DOUBLE);
    SplittableRandom random = new SplittableRandom(4);
    for (String name : made.graph().parameterNames()) {
      INDArray parameter = made.graph().parameter(name);
      for (long i = 0; i < parameter.length(); i++) {
        parameter.putScalar(i, random.nextGaussian() * 0.7);
      }
    }
    return made;
  }

  private static List<Masks> masks(int count, int dimensions, int... hidden) {
    return Masks.ensemble(count, dimensions, hidden, true, 5);
  }

  private static Batch batch(int count, int dimensions, boolean training) {
    SplittableRandom random = new SplittableRandom(8);
    double[][] x = new double[count][dimensions];
    for (double[] row : x) {
      Arrays.setAll(row, d -> random.nextInt(2));
    }
    Batch batch = Batch.of(Nd4j.createFromArray(x), random);
    return training ? batch.inTraining(1, 1) : batch;
  }

  @Test
  void everyGradientAgreesWithCentralDifferences() {
    List<Made.Shape> shapes =
        List.of(
            Made.Shape.of(6, 7).direct(false),
            Made.Shape.of(6, 7),
            Made.Shape.of(6, 7, 5),
            Made.Shape.of(6, 7, 5, 4).dropout(0.4));
    for (Made.Shape shape : shapes) {
      Made made = random(shape, masks(2, 6, shape.hidden()));
      Map<String, INDArray> feed = made.feed(batch(9, 6, true));
      GradientCheck check = GradientCheck.of(made, feed);
      // Central differences in double precision with h = 1e−5 are good to about 1e−9.
      assertEquals(0, check.largestError(), 1e-6, check.toString());
      assertEquals(made.graph().parameterNames(), check.errors().keySet());
    }
  }

  @Test
  void theProbabilitiesOfAllStatesSumToOneForEachOrderingAndForTheMixture() {
    Made made = random(Made.Shape.of(9, 12, 10), masks(4, 9, 12, 10));
    AllStates all = AllStates.of(9);
    for (int k = 0; k < 4; k++) {
      assertEquals(1, sum(made.logProbability(all, k)), 1e-12);
    }
    assertEquals(1, sum(made.logProbability(all)), 1e-12);
    // And averaged logits do not: with random weights the sum is far from 1 on either side.
    assertTrue(Math.abs(sum(made.logitAverage(all)) - 1) > 0.01);
  }

  private static double sum(double[] logProbabilities) {
    return Arrays.stream(logProbabilities).map(Math::exp).sum();
  }

  @Test
  void theLogProbabilityIsTheSumOfBernoulliTerms() {
    Made made = random(Made.Shape.of(5, 6), masks(1, 5, 6));
    float[][] rows = AllStates.of(5).rows(0, 32);
    double[][] a = made.logits(rows, 0).toDoubleMatrix();
    double[] logp = made.logProbability(AllStates.of(5), 0);
    for (int i = 0; i < 32; i++) {
      double expected = 0;
      for (int d = 0; d < 5; d++) {
        double p = 1 / (1 + Math.exp(-a[i][d]));
        expected += Math.log(rows[i][d] == 1 ? p : 1 - p);
      }
      assertEquals(expected, logp[i], 1e-10);
    }
  }

  @Test
  void hugeLogitsGiveNeitherInfinityNorNan() {
    Made made = Made.create(Made.Shape.of(4, 3), masks(1, 4, 3), 1);
    made.graph().parameter("c").assign(Nd4j.createFromArray(500f, -500f, 1000f, -1000f));
    BinaryRows rows = BinaryRows.of("rows", new byte[][] {{1, 0, 1, 0}, {0, 1, 1, 0}});
    double[] logp = made.logProbability(rows);
    assertEquals(0, logp[0], 1e-6);
    assertEquals(-1000, logp[1], 1e-3);
  }

  @Test
  void theJacobianIsExactlyZeroWhereNoPathLeadsAndOnlyThere() {
    Made made = random(Made.Shape.of(8, 30).direct(false), masks(2, 8, 30));
    double[] at = new SplittableRandom(2).doubles(8).toArray();
    for (int k = 0; k < 2; k++) {
      double[][] jacobian = made.jacobian(at, k, 1e-5);
      double[][] paths = made.masks().get(k).paths();
      int nonzero = 0;
      for (int e = 0; e < 8; e++) {
        for (int d = 0; d < 8; d++) {
          if (paths[e][d] == 0) {
            assertEquals(0, jacobian[e][d], 0.0);
          } else {
            nonzero += jacobian[e][d] != 0 ? 1 : 0;
          }
        }
      }
      // A ReLU may switch off the only path at this point, so not all of the 28 must be alive.
      assertTrue(nonzero > 20, "only " + nonzero + " of 28 dependencies are active");
    }
  }

  @Test
  void aLogitOfExactlyZeroHasTheGradientOfTheSigmoid() {
    // A new network has no biases, so the first variable's logit is exactly 0, and an input of
    // zeros makes all logits 0: ∂(−log p)/∂c_d = σ(0) − mean of x_d.
    Made made =
        Made.create(Made.Shape.of(4, 5), List.of(masks(1, 4, 5).get(0)), 3, DataType.DOUBLE);
    INDArray zeros = Nd4j.zeros(DataType.DOUBLE, 3, 4);
    Batch batch = Batch.of(zeros, Trainer.random(1)).inTraining(1, 0);
    double[] slopes = Trainer.gradients(made, made.feed(batch)).get("c").toDoubleVector();
    assertArrayEquals(new double[] {0.5, 0.5, 0.5, 0.5}, slopes, 1e-12);
  }

  @Test
  void deadUnitsHaveNoGradientAndAllLiveOnesMayHaveOne() {
    Masks wrong = Masks.of(Ordering.natural(10), new int[] {60}, DegreeRule.UP_TO_WIDTH, 2);
    Made made = random(Made.Shape.of(10, 60).direct(false), List.of(wrong));
    Map<String, INDArray> gradients = Trainer.gradients(made, made.feed(batch(200, 10, true)));
    double[] biases = gradients.get("b1").toDoubleVector();
    boolean[] alive = wrong.alive(0);
    int dead = 0;
    for (int k = 0; k < 60; k++) {
      if (!alive[k]) {
        assertEquals(0, biases[k], 0.0);
        dead++;
      }
    }
    assertTrue(dead > 30);
  }

  @Test
  void samplesHaveTheFrequenciesOfTheModel() {
    Made made = random(Made.Shape.of(4, 8), masks(2, 4, 8));
    int count = 20_000;
    float[][] samples = made.sample(count, 1, new SplittableRandom(6));
    double[] observed = new double[16];
    for (float[] row : samples) {
      int state = 0;
      for (float bit : row) {
        state = state * 2 + (int) bit;
      }
      observed[state]++;
    }
    double[] logp = made.logProbability(AllStates.of(4), 1);
    double chiSquare = 0;
    for (int s = 0; s < 16; s++) {
      double expected = count * Math.exp(logp[s]);
      chiSquare += (observed[s] - expected) * (observed[s] - expected) / expected;
    }
    // χ² with 15 degrees of freedom exceeds 37.7 with probability 0.001.
    assertTrue(chiSquare < 37.7, "χ² = " + chiSquare);
  }

  @Test
  void averagedLogitsOfTheTwoBitExampleSumToTheKnownNumbers() {
    // Two bits that are equal, by two members of opposite order: the first bit is a fair coin, the
    // second copies it with logit ±L. Averaged logits are ±L/2 for both bits, hence
    // Σ = 2σ(L/2)² + 2(1 − σ(L/2))² (derived in chapter 07): 1.21, 1.72, 1.97 for L = 2, 5, 10.
    double[] logits = {2, 5, 10};
    double[] expected = {1.21, 1.72, 1.97};
    for (int i = 0; i < 3; i++) {
      Made made = copier(logits[i]);
      assertEquals(expected[i], sum(made.logitAverage(AllStates.of(2))), 0.005);
      assertEquals(1, sum(made.logProbability(AllStates.of(2))), 1e-12);
    }
  }

  /** Direct weights only: each member predicts its second bit from its first, logit L(2x − 1). */
  private static Made copier(double logit) {
    Masks forward = Masks.of(Ordering.natural(2), new int[] {1}, DegreeRule.EVEN, 0);
    Ordering reverse = null;
    for (int seed = 0; reverse == null || reverse.position(0) == 1; seed++) {
      reverse = Ordering.random(2, seed);
    }
    Masks backward = Masks.of(reverse, new int[] {1}, DegreeRule.EVEN, 0);
    Made made = Made.create(Made.Shape.of(2, 1), List.of(forward, backward), 1, DataType.DOUBLE);
    Graph graph = made.graph();
    for (String name : graph.parameterNames()) {
      graph.parameter(name).assign(0);
    }
    // Second logit: 2L·x by the direct weight, and −L from a hidden unit that is always 1, which
    // feeds the second bit only; the first bit's logit stays 0.
    graph.parameter("b1").assign(1);
    graph.parameter("V").assign(-logit);
    graph.parameter("A").assign(2 * logit);
    return made;
  }

  @Test
  void trainingLearnsADistributionThatIsKnown() {
    // Two fair bits that are equal, then their copy inverted: entropy log 2.
    byte[][] bits = new byte[400][];
    for (int i = 0; i < bits.length; i++) {
      byte b = (byte) (i % 2);
      bits[i] = new byte[] {b, b, (byte) (1 - b)};
    }
    BinaryRows rows = BinaryRows.of("copies", bits);
    Made made = Made.create(Made.Shape.of(3, 20), masks(3, 3, 20), 1);
    Trainer.fit(made, rows, rows, Training.epochs(150).batchSize(50).learningRate(0.01).quiet());
    double nll = -Arrays.stream(made.logProbability(rows)).average().orElseThrow();
    assertEquals(Math.log(2), nll, 0.01);
  }

  @Test
  void aCentredNetworkWithoutWeightsIsTheModelOfIndependentBits() {
    Made made = Made.create(Made.Shape.of(3, 4), masks(1, 3, 4), 1, DataType.DOUBLE);
    for (String name : made.graph().parameterNames()) {
      made.graph().parameter(name).assign(0);
    }
    BinaryRows rows = BinaryRows.of("rows", new byte[][] {{1, 0, 0}, {1, 0, 1}, {1, 1, 0}});
    made.centred(rows);
    // Means with half a one and half a zero added: 3.5/4, 1.5/4, 1.5/4.
    double expected = Math.log(3.5 / 4) + Math.log(2.5 / 4) + Math.log(2.5 / 4);
    assertEquals(expected, made.logProbability(rows)[0], 1e-12);
  }

  @Test
  void theMixtureIsNeverWorseThanTheMeanOfItsMembers() {
    Made made = random(Made.Shape.of(7, 9), masks(5, 7, 9));
    AllStates all = AllStates.of(7);
    double[] mixture = made.logProbability(all);
    double[] mean = new double[all.size()];
    for (int k = 0; k < 5; k++) {
      double[] member = made.logProbability(all, k);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += member[i] / 5;
      }
    }
    double gain = 0;
    for (int i = 0; i < mean.length; i++) {
      // Jensen's inequality: log of the mean ≥ mean of the logs, equal only if all members agree.
      assertTrue(mixture[i] >= mean[i] - 1e-12);
      gain += mixture[i] - mean[i];
    }
    assertTrue(gain > 1e-3);
  }

  @Test
  void wrongArgumentsAreRefusedWithTheShapeExpected() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Made.create(Made.Shape.of(5, 6), masks(1, 5, 7), 1));
    assertTrue(e.getMessage().contains("[6]"), e.getMessage());
    Made made = Made.create(Made.Shape.of(5, 6), masks(1, 5, 6), 1);
    assertThrows(IllegalArgumentException.class, () -> made.logProbability(AllStates.of(4)));
    assertThrows(IllegalArgumentException.class, () -> Made.Shape.of(5));
    assertThrows(IllegalArgumentException.class, () -> Made.Shape.of(5, 3).dropout(1));
    assertThrows(IllegalArgumentException.class, () -> Made.create(made.shape(), List.of(), 1));
  }
}
