package org.lowerbound.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Splits;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.train.Batch;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.Graph;
import org.lowerbound.train.History;
import org.lowerbound.train.Layers;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The README's supervised model, as it stands there, at work. */
class SupervisedTest {

  // README: supervised
  /** A classifier with one hidden layer: −log p(label | x), the mean over the batch, in nats. */
  record Classifier(Graph graph, int classes) implements Model {
    static Classifier create(int inputs, int hidden, int classes, DataType type) {
      SameDiff sd = SameDiff.create();
      SDVariable x = sd.placeHolder("x", type, -1, inputs);
      SDVariable label = sd.placeHolder("label", type, -1, classes);
      SDVariable h = sd.math.tanh(layer(sd, x, "1", inputs, hidden, type));
      SDVariable scores = layer(sd, h, "2", hidden, classes, type).rename("scores");
      sd.nn.logSoftmax(scores).mul(label).sum("logp", 1).mean().neg("nll");
      return new Classifier(Graph.of(sd, "nll"), classes);
    }

    static SDVariable layer(SameDiff sd, SDVariable x, String n, int in, int out, DataType type) {
      double limit = Layers.glorot(in, out);
      SDVariable w = sd.var("W" + n, Layers.uniform(limit, Trainer.random(1, in), type, in, out));
      return x.mmul(w).add(sd.var("b" + n, Nd4j.zeros(type, out)));
    }

    @Override
    public Map<String, INDArray> feed(Batch batch) {
      return Map.of("x", batch.x(), "label", batch.oneHot(classes)); // the labels of these rows
    }
  }

  // README: end

  @Test
  void itLearnsAndItsGradientIsRight() {
    Splits<ImageData> digits = StrokeDigits.of(2000, 1).materialised().split(1500, 250, 250);
    Classifier model = Classifier.create(784, 30, 10, DataType.FLOAT);
    History history =
        Trainer.fit(model, digits.train(), digits.valid(), Training.epochs(6).quiet());
    assertEquals(history.best(), Trainer.evaluate(model, digits.valid(), 1).get("nll"), 1e-4);
    int[] rows = new int[250];
    Arrays.setAll(rows, i -> i);
    Batch test = Batch.of(model, digits.test(), rows, Trainer.random(1));
    int[] predicted =
        Trainer.evaluate(model, model.feed(test), "scores").get("scores").argMax(1).toIntVector();
    int right = 0;
    for (int i = 0; i < rows.length; i++) {
      right += predicted[i] == digits.test().label(i) ? 1 : 0;
    }
    // Chance is 25 ± 5 of 250.
    assertTrue(right > 150, right + " of 250 digits right");
    Classifier small = Classifier.create(784, 2, 10, DataType.DOUBLE);
    // 1,600 parameters, two evaluations each, on two rows.
    Batch two = Batch.of(small, digits.train(), new int[] {0, 1}, Trainer.random(1));
    assertTrue(GradientCheck.of(small, small.feed(two)).largestError() < 1e-6);
  }

  @Test
  void theReadmeShowsThisModelInAtMostThirtyLines() throws Exception {
    String source =
        Files.readString(Path.of("src/test/java/org/lowerbound/examples/SupervisedTest.java"));
    int from = source.indexOf("\n", source.indexOf("// README: supervised\n")) + 1;
    String model = source.substring(from, source.indexOf("// README: end\n", from)).stripIndent();
    List<String> lines = model.lines().filter(line -> !line.isBlank()).toList();
    assertTrue(lines.size() <= 30, lines.size() + " lines");
    String readme = Files.readString(Path.of("README.md"));
    String shown = String.join("\n", model.stripTrailing().lines().toList());
    assertTrue(readme.replace("\r", "").contains(shown), "README.md must show:\n" + shown);
  }
}
