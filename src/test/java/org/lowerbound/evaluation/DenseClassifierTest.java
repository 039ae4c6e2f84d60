package org.lowerbound.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;

class DenseClassifierTest {

  @Test
  void itLearnsDigitsAndItsNumbersBelongTogether() {
    ImageData digits = StrokeDigits.of(1500, 1).materialised();
    ImageData test = StrokeDigits.of(400, 2).materialised();
    DenseClassifier model = DenseClassifier.create(784, 10, 1, 40);
    // Before training each class has about a tenth.
    double before = Arrays.stream(model.losses(test)).average().orElseThrow();
    assertEquals(Math.log(10), before, 0.5);
    Trainer.fit(model, digits, null, Training.epochs(6).learningRate(3e-3).quiet());
    assertTrue(model.accuracy(test) > 0.8, "accuracy " + model.accuracy(test));
    double[] losses = model.losses(test);
    double[][] logq = model.logProbabilities(test.rows(0, test.size()));
    for (int i = 0; i < losses.length; i++) {
      assertEquals(-logq[i][test.label(i)], losses[i], 1e-5);
      assertEquals(1, Arrays.stream(logq[i]).map(Math::exp).sum(), 1e-5);
    }
    Map<String, Double> loss = Trainer.evaluate(model, test, 1);
    assertEquals(Arrays.stream(losses).average().orElseThrow(), loss.get("loss"), 1e-4);
    assertEquals("[40]", model.description().get("hidden"));
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> DenseClassifier.create(3, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> DenseClassifier.create(0, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> DenseClassifier.create(3, 2, 1, 0));
  }
}
