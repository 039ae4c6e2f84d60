package org.lowerbound.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A character model of the usual size: one LSTM of 256 units, 65 characters, sequences of 50,
 * batches of 32. The loss is summed over the characters of a sequence. Weights are [in, 4·units]
 * with the gates in the order input, forget, candidate, output.
 */
final class Recurrent implements Model {

  private static final int CHARACTERS = 65;
  private static final int UNITS = 256;
  private static final int LENGTH = 50;
  static final int BATCH = 32;

  private final Graph graph;

  private Recurrent(Graph graph) {
    this.graph = graph;
  }

  static Recurrent create() {
    RandomGenerator random = Trainer.random(1);
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, CHARACTERS, LENGTH);
    SDVariable y = sd.placeHolder("y", DataType.FLOAT, -1, CHARACTERS, LENGTH);
    LSTMLayerWeights weights =
        LSTMLayerWeights.builder()
            .weights(weight(sd, "0_W", CHARACTERS, 4 * UNITS, random))
            .rWeights(weight(sd, "0_RW", UNITS, 4 * UNITS, random))
            .bias(sd.var("0_b", Nd4j.zeros(DataType.FLOAT, 4 * UNITS)))
            .build();
    LSTMLayerConfig forwards =
        LSTMLayerConfig.builder()
            .lstmdataformat(LSTMDataFormat.NTS)
            .directionMode(LSTMDirectionMode.FWD)
            .gateAct(LSTMActivations.SIGMOID)
            .cellAct(LSTMActivations.TANH)
            .outAct(LSTMActivations.TANH)
            .retFullSequence(true)
            .build();
    SDVariable states = sd.rnn.lstmLayer(x.permute(0, 2, 1), weights, forwards)[0];
    SDVariable logits =
        states
            .reshape(-1, UNITS)
            .mmul(weight(sd, "1_W", UNITS, CHARACTERS, random))
            .add(sd.var("1_b", Nd4j.zeros(DataType.FLOAT, CHARACTERS)));
    SDVariable labels = y.permute(0, 2, 1).reshape(-1, CHARACTERS);
    sd.nn.logSoftmax(logits).mul(labels).sum(1).mean().mul("loss", -LENGTH);
    return new Recurrent(Graph.of(sd, "loss"));
  }

  private static SDVariable weight(
      SameDiff sd, String name, int in, int out, RandomGenerator random) {
    double limit = Math.sqrt(6.0 / (in + out));
    float[] values = new float[in * out];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-limit, limit);
    }
    return sd.var(name, Nd4j.create(values, new long[] {in, out}, 'c'));
  }

  /** A text that can be learned: the next character follows from the last one, or is random. */
  static List<Map<String, INDArray>> feeds() {
    List<Map<String, INDArray>> feeds = new ArrayList<>();
    for (int step = 0; step < Workload.STEPS; step++) {
      RandomGenerator random = Trainer.random(5, step);
      INDArray x = Nd4j.zeros(DataType.FLOAT, BATCH, CHARACTERS, LENGTH);
      INDArray y = Nd4j.zeros(DataType.FLOAT, BATCH, CHARACTERS, LENGTH);
      for (int i = 0; i < BATCH; i++) {
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
      feeds.add(Map.of("x", x, "y", y));
    }
    return feeds;
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Map<String, INDArray> feed(Batch batch) {
    throw new UnsupportedOperationException("The benchmark feeds this model.");
  }
}
