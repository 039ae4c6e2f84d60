package org.lowerbound.semisupervised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.vae.Activation;
import org.lowerbound.vae.ProbabilisticPca;

class ClassifiersTest {

  private static final SplittableRandom RANDOM = new SplittableRandom(1);

  /** Two rings: no straight line separates them. */
  private static float[][] rings(int rows) {
    float[][] x = new float[rows][2];
    for (int i = 0; i < rows; i++) {
      double angle = RANDOM.nextDouble() * 2 * Math.PI;
      double radius = (i % 2 == 0 ? 1 : 2) + 0.1 * RANDOM.nextGaussian();
      x[i] = new float[] {(float) (radius * Math.cos(angle)), (float) (radius * Math.sin(angle))};
    }
    return x;
  }

  private static double accuracy(Classifier classifier, float[][] x) {
    int[] got = classifier.classify(x);
    return IntStream.range(0, got.length).filter(i -> got[i] == i % 2).count()
        / (double) got.length;
  }

  @Test
  void neighboursVoteAndTheNearerClassWinsATie() {
    float[][] x = {{0}, {1}, {2}, {10}};
    int[] labels = {0, 1, 1, 2};
    assertArrayEquals(
        new int[] {0, 1, 2},
        NearestNeighbours.of(x, labels, 1).classify(new float[][] {{0.4f}, {0.6f}, {9}}));
    assertArrayEquals(
        new int[] {1}, NearestNeighbours.of(x, labels, 3).classify(new float[][] {{0.4f}}));
    assertArrayEquals(
        new int[] {0}, NearestNeighbours.of(x, labels, 2).classify(new float[][] {{0.4f}}));
    assertThrows(IllegalArgumentException.class, () -> NearestNeighbours.of(x, labels, 5));
    assertThrows(
        IllegalArgumentException.class,
        () -> NearestNeighbours.of(x, labels, 1).classify(new float[][] {{1, 2}}));
  }

  @Test
  void theGaussianMachineSeparatesRingsAndTheLinearOneCannot() {
    float[][] x = rings(200);
    int[] labels = IntStream.range(0, 200).map(i -> i % 2).toArray();
    float[][] test = rings(200);
    assertTrue(accuracy(SupportVectors.gaussian(x, labels, 10, 1), test) > 0.98);
    assertTrue(accuracy(SupportVectors.linear(x, labels, 10), test) < 0.75);
    assertThrows(IllegalArgumentException.class, () -> SupportVectors.linear(x, labels, 0));
    assertThrows(IllegalArgumentException.class, () -> SupportVectors.gaussian(x, labels, 1, -1));
  }

  @Test
  void aNetworkSeparatesRingsAndLogisticRegressionCannot() {
    float[][] x = rings(200);
    double[][] rows = new double[200][];
    for (int i = 0; i < 200; i++) {
      rows[i] = new double[] {x[i][0], x[i][1]};
    }
    RealRows data = RealRows.of(Provenance.builtIn("rings", "two"), List.of("a", "b"), rows);
    int[] all = IntStream.range(0, 200).toArray();
    Labelled labelled =
        Labelled.of(data, all, IntStream.range(0, 200).map(i -> i % 2).toArray(), 2);
    Training how = Training.epochs(60).batchSize(50).learningRate(0.03).quiet();
    NetworkClassifier deep = NetworkClassifier.create(labelled, Activation.RELU, 1, 16);
    Trainer.fit(deep, labelled, labelled, how);
    NetworkClassifier straight = NetworkClassifier.create(labelled, Activation.RELU, 1);
    Trainer.fit(straight, labelled, null, how);
    assertTrue(deep.accuracy(labelled) > 0.97, "network " + deep.accuracy(labelled));
    assertTrue(straight.accuracy(labelled) < 0.75, "line " + straight.accuracy(labelled));
  }

  @Test
  void principalComponentsAreThoseOfProbabilisticPca() {
    double[][] values = new double[400][5];
    for (double[] row : values) {
      double common = RANDOM.nextGaussian();
      for (int d = 0; d < 5; d++) {
        row[d] = 3 + common * (d + 1) + 0.5 * (5 - d) * RANDOM.nextGaussian();
      }
    }
    List<String> names = List.of("a", "b", "c", "d", "e");
    RealRows data = RealRows.of(Provenance.builtIn("rows", "correlated"), names, values);
    ProbabilisticPca oracle = ProbabilisticPca.fit(values, 2);
    float[][] z = PrincipalComponents.fit(data, 2, true).of(data);
    float[][] plain = PrincipalComponents.fit(data, 2, false).of(data);
    for (int k = 0; k < 2; k++) {
      double square = 0;
      double cross = 0;
      double variance = 0;
      for (int i = 0; i < 400; i++) {
        square += z[i][k] * z[i][k] / 400;
        cross += z[i][0] * z[i][1] / 400;
        variance += plain[i][k] * plain[i][k] / 400;
      }
      // Single precision of 400 numbers of order 1.
      assertEquals(1, square, 1e-4);
      assertEquals(k == 0 ? cross : 0, cross, 1e-3);
      assertEquals(oracle.eigenvalues()[k], variance, 1e-3 * variance);
    }
    float[][] unscaled = PrincipalComponents.fit(data, 2, true).plain().of(data);
    for (int i = 0; i < 400; i++) {
      assertArrayEquals(plain[i], unscaled[i], 1e-4f);
    }
    assertThrows(IllegalArgumentException.class, () -> PrincipalComponents.fit(data, 6, false));
  }

  @Test
  void aConvolutionalNetworkStopsWhenItIsTrainedAndTheOtherRuleStopsBefore() {
    ImageData digits = StrokeDigits.of(400, 3).materialised();
    ImageData fifty = digits.balanced(50, 1);
    ConvolutionalNetwork fair =
        ConvolutionalNetwork.create(digits.shape(), 10, 1e-3, 1).untilTrained(fifty, 0.995, 100);
    assertTrue(fair.trainingAccuracy() >= 0.995, "training " + fair.trainingAccuracy());
    ConvolutionalNetwork hasty =
        ConvolutionalNetwork.create(digits.shape(), 10, 1e-4, 1)
            .untilLossStalls(fifty, 0.1, 3, 100);
    assertTrue(hasty.trainingAccuracy() < 0.9, "training " + hasty.trainingAccuracy());
    assertTrue(fair.accuracy(digits) > hasty.accuracy(digits) + 0.1);
    assertTrue(fair.epochs() < 100);
    ConvolutionalNetwork moved = fair.transferred(10, 1e-3, 2);
    double before = moved.accuracy(digits);
    moved.untilTrained(fifty, 0.9, 60);
    assertTrue(moved.accuracy(digits) > before, "a new head learns");
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ConvolutionalNetwork.create(new int[] {3, 32, 32}, 10, 1e-3, 1)
                .untilTrained(fifty, 0.9, 1));
  }
}
