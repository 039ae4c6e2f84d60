package org.lowerbound.entropy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;
import org.lowerbound.train.Batch;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.History;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class SoftmaxRegressionTest {
  private static final double PENALTY = 0.05;

  /** Two kinds of noisy 4×4 pictures, ink above or below. */
  private static ImageData pictures(int channels, int side) {
    return pictures(channels, side, 5);
  }

  private static ImageData pictures(int channels, int side, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[][] pixels = new byte[40][channels * side * side];
    byte[] labels = new byte[pixels.length];
    for (int n = 0; n < pixels.length; n++) {
      labels[n] = (byte) (n % 2);
      for (int i = 0; i < pixels[n].length; i++) {
        boolean inked = (i < pixels[n].length / 2) == (labels[n] == 0);
        pixels[n][i] = (byte) (random.nextInt(100) + (inked ? 100 : 0));
      }
    }
    return ImageData.of(
        Provenance.builtIn("halves", "generated for a test"),
        new int[] {channels, side, side},
        2,
        pixels,
        labels);
  }

  private static double[][] pooled(ImageData data) {
    double[][] features = new double[data.size()][5];
    float[][] rows = data.rows(0, data.size());
    for (int n = 0; n < rows.length; n++) {
      for (int i = 0; i < 16; i++) {
        features[n][i / 4 / 2 * 2 + i % 4 / 2] += rows[n][i] / 4;
      }
      features[n][4] = 1;
    }
    return features;
  }

  private static Batch all(SoftmaxRegression model, ImageData data) {
    int[] rows = new int[data.size()];
    Arrays.setAll(rows, n -> n);
    return Batch.of(model, data, rows, new SplittableRandom(1));
  }

  @Test
  void lossAndGradientAreThoseOfTheClassifier() {
    ImageData data = pictures(1, 4);
    SoftmaxRegression model = SoftmaxRegression.of(data, PENALTY, DataType.DOUBLE);
    SplittableRandom random = new SplittableRandom(6);
    for (String name : model.graph().parameterNames()) {
      INDArray parameter = model.graph().parameter(name);
      for (long i = 0; i < parameter.length(); i++) {
        parameter.putScalar(i, random.nextDouble(-1, 1));
      }
    }
    Map<String, INDArray> feed = model.feed(all(model, data));
    // The trainer's own check: central differences in double precision.
    assertTrue(GradientCheck.of(model, feed).largestError() < 1e-6);
    MaxEntClassifier classifier = MaxEntClassifier.of(pooled(data), data.labels(), 2, PENALTY);
    // Two implementations of one formula, on pixels that are stored as floats: 1e-7.
    assertEquals(
        classifier.value(model.weights()),
        Trainer.evaluate(model, feed, "loss").get("loss").getDouble(0),
        1e-7);
    double[] gradient = classifier.gradient(model.weights());
    Map<String, INDArray> derivatives = Trainer.gradients(model, feed);
    for (int y = 0; y < 2; y++) {
      for (int j = 0; j < 4; j++) {
        assertEquals(gradient[y * 5 + j], derivatives.get("W").getDouble(j, y), 1e-7);
      }
      assertEquals(gradient[y * 5 + 4], derivatives.get("b").getDouble(y), 1e-7);
    }
  }

  @Test
  void theTrainerReachesTheOptimumThatTheEntropySideCertifies() {
    ImageData data = pictures(1, 4);
    MaxEntClassifier classifier = MaxEntClassifier.of(pooled(data), data.labels(), 2, PENALTY);
    double bound = classifier.maximiseEntropy(1e-12, 1000, 1).value();
    SoftmaxRegression model = SoftmaxRegression.of(data, PENALTY);
    History history =
        Trainer.fit(
            model, data, null, Training.epochs(200).batchSize(40).learningRate(0.05).quiet());
    assertEquals(200, history.epochs());
    double reached = classifier.value(model.weights());
    assertTrue(reached >= bound, "weak duality");
    // Full batches and a smooth loss: single precision is what remains.
    assertEquals(bound, reached, 1e-5);
  }

  @Test
  void validationUsesTheLabelsOfTheValidationRows() {
    ImageData train = pictures(1, 4);
    // The same kind of pictures in the reverse order: row n has the other label.
    ImageData valid = pictures(1, 4, 7).take(IntStream.range(0, 40).map(n -> 39 - n).toArray());
    assertNotEquals(train.label(0), valid.label(0));
    SoftmaxRegression model = SoftmaxRegression.of(train, PENALTY);
    History history =
        Trainer.fit(
            model, train, valid, Training.epochs(30).batchSize(40).learningRate(0.05).quiet());
    // The value of the entropy side's own formula, on the validation rows and their labels. With
    // the training rows' labels the two classes change places and the loss grows from ln 2 on.
    MaxEntClassifier onValid = MaxEntClassifier.of(pooled(valid), valid.labels(), 2, PENALTY);
    double expected = onValid.value(model.weights());
    assertTrue(expected < 0.65 && history.bestEpoch() > 10, expected + ", " + history);
    assertEquals(expected, history.best(), 1e-5);
    assertEquals(expected, Trainer.evaluate(model, valid, 1).get("loss"), 1e-5);
  }

  @Test
  void aLabelThatTheModelDoesNotHaveIsNamed() {
    SoftmaxRegression two = SoftmaxRegression.of(pictures(1, 4), 1);
    ImageData three =
        ImageData.of(
            Provenance.builtIn("three kinds", "generated for a test"),
            new int[] {1, 4, 4},
            3,
            new byte[3][16],
            new byte[] {0, 1, 2});
    InformationTest.assertMessage(
        "Row 2 of three kinds has the label 2; the model has 2 classes, 0 to 1.",
        () -> Trainer.evaluate(two, three, 1));
    BinaryRows bits = BinaryRows.of("bits", new byte[3][16]);
    assertThrows(IllegalStateException.class, () -> Trainer.evaluate(two, bits, 1));
  }

  @Test
  void badInputIsNamed() {
    InformationTest.assertMessage(
        "[1, even, even], got [1, 3, 3]", () -> SoftmaxRegression.of(pictures(1, 3), 1));
    InformationTest.assertMessage("got [3, 4, 4]", () -> SoftmaxRegression.of(pictures(3, 4), 1));
    InformationTest.assertMessage(
        "not be negative", () -> SoftmaxRegression.of(pictures(1, 4), -1));
  }
}
