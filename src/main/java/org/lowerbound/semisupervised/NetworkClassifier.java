package org.lowerbound.semisupervised;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.lowerbound.vae.Activation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A dense network with a softmax that sees labelled rows only: M2's q(y | x) on its own, and
 * without hidden layers logistic regression. It minimises the mean of −log q(y | x), in nats.
 */
public final class NetworkClassifier implements Model, Classifier {

  private static final int CHUNK = 500;

  private final Graph graph;
  private final int classes;

  private NetworkClassifier(Graph graph, int classes) {
    this.graph = graph;
    this.classes = classes;
  }

  /**
   * A new network.
   *
   * @param labelled the rows it will be trained on, by {@code Trainer.fit(model, labelled, …)}
   * @param activation of the hidden layers
   * @param seed of the initial weights, Glorot uniform
   * @param hidden widths of the hidden layers; none for logistic regression
   */
  public static NetworkClassifier create(
      Labelled labelled, Activation activation, long seed, int... hidden) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, labelled.features());
    SDVariable y = sd.placeHolder("y", DataType.FLOAT, -1, labelled.classes());
    int[] widths = Arrays.copyOf(hidden, hidden.length + 1);
    widths[hidden.length] = labelled.classes();
    RandomGenerator random = Trainer.random(seed);
    SDVariable h = x;
    int below = labelled.features();
    for (int l = 0; l < widths.length; l++) {
      if (widths[l] < 1) {
        throw new IllegalArgumentException("A layer has a width of at least 1.");
      }
      INDArray weights =
          Layers.uniform(Layers.glorot(below, widths[l]), random, DataType.FLOAT, below, widths[l]);
      SDVariable a =
          h.mmul(sd.var("W" + (l + 1), weights))
              .add(sd.var("b" + (l + 1), Nd4j.zeros(DataType.FLOAT, widths[l])));
      h = l < hidden.length ? activation.of(sd, a) : a;
      below = widths[l];
    }
    SDVariable shifted = h.sub(h.max(true, 1));
    SDVariable logq = shifted.sub("logq", sd.math.log(sd.math.exp(shifted).sum(true, 1)));
    logq.mul(y).sum(1).mean().neg("loss");
    return new NetworkClassifier(Graph.of(sd, "loss"), labelled.classes());
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Map<String, INDArray> feed(Batch batch) {
    return Map.of("x", batch.x(), "y", batch.oneHot(classes));
  }

  /** q(y | x) of each row, {@code [rows, classes]}. */
  public double[][] classProbabilities(float[][] x) {
    double[][] all = new double[x.length][];
    for (int from = 0; from < x.length; from += CHUNK) {
      float[][] part = Arrays.copyOfRange(x, from, Math.min(x.length, from + CHUNK));
      Map<String, INDArray> feed = new LinkedHashMap<>();
      feed.put("x", Nd4j.createFromArray(part));
      double[][] logq = Trainer.evaluate(this, feed, "logq").get("logq").toDoubleMatrix();
      for (int i = 0; i < logq.length; i++) {
        all[from + i] = Arrays.stream(logq[i]).map(Math::exp).toArray();
      }
    }
    return all;
  }

  @Override
  public int[] classify(float[][] x) {
    return Arrays.stream(classProbabilities(x)).mapToInt(M2::largest).toArray();
  }
}
