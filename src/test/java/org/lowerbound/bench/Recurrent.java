package org.lowerbound.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lowerbound.train.Trainer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A character model of the usual size, by DL4J: one LSTM of 256 units, 65 characters, sequences of
 * 50, batches of 32. Its score is summed over the characters of a sequence.
 */
final class Recurrent {

  private static final int CHARACTERS = 65;
  private static final int UNITS = 256;
  private static final int LENGTH = 50;
  private static final int BATCH = 32;

  private final MultiLayerNetwork network;
  private final List<Map<String, INDArray>> feeds = new ArrayList<>();

  private Recurrent(MultiLayerNetwork network) {
    this.network = network;
  }

  static Recurrent create() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(new Adam(1e-3))
                .weightInit(WeightInit.XAVIER)
                .list()
                .layer(
                    new LSTM.Builder()
                        .nIn(CHARACTERS)
                        .nOut(UNITS)
                        .activation(Activation.TANH)
                        .gateActivationFunction(Activation.SIGMOID)
                        .build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(UNITS)
                        .nOut(CHARACTERS)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    Recurrent recurrent = new Recurrent(network);
    for (int step = 0; step < Workload.STEPS; step++) {
      RandomGenerator random = Trainer.random(5, step);
      INDArray x = Nd4j.zeros(DataType.FLOAT, BATCH, CHARACTERS, LENGTH);
      INDArray y = Nd4j.zeros(DataType.FLOAT, BATCH, CHARACTERS, LENGTH);
      for (int i = 0; i < BATCH; i++) {
        // A text that can be learned: the next character follows from the last one, or is random.
        int character = random.nextInt(CHARACTERS);
        for (int t = 0; t < LENGTH; t++) {
          x.putScalar(i, character, t, 1);
          character =
              random.nextInt(4) == 0
                  ? random.nextInt(CHARACTERS)
                  : (character * 7 + 3) % CHARACTERS;
          y.putScalar(i, character, t, 1);
        }
      }
      recurrent.feeds.add(Map.of("x", x, "y", y));
    }
    return recurrent;
  }

  void export(Path folder) throws IOException {
    Workload.export(folder, BATCH, new LinkedHashMap<>(network.paramTable()), feeds);
  }

  void serve(Worker.Conversation conversation) throws IOException {
    for (int step = 0; ; step++) {
      if (step == 1) {
        conversation.say("first");
      }
      Map<String, INDArray> feed = feeds.get(step % Workload.STEPS);
      if (step == Workload.STEPS) {
        conversation.say("loss " + network.score(new DataSet(feed.get("x"), feed.get("y"))));
      }
      if (step >= Workload.STEPS && !conversation.next()) {
        return;
      }
      network.fit(feed.get("x"), feed.get("y"));
    }
  }
}
