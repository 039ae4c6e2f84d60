package org.lowerbound.evaluation;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The small classifier that this chapter's experiments are made on: hidden layers of ReLU and a
 * softmax, or logistic regression without hidden layers. Its loss is the mean of −log q(label | x)
 * over a batch, in nats.
 */
public final class DenseClassifier implements Model {

  private static final int CHUNK = 500;

  private final Graph graph;
  private final int features;
  private final int classes;
  private final int[] hidden;

  private DenseClassifier(Graph graph, int features, int classes, int[] hidden) {
    this.graph = graph;
    this.features = features;
    this.classes = classes;
    this.hidden = hidden;
  }

  /**
   * A new network with weights drawn from Glorot's uniform law and biases of 0.
   *
   * @param features of a row
   * @param classes at least 2
   * @param seed of the weights
   * @param hidden widths of the hidden layers; none for logistic regression
   */
  public static DenseClassifier create(int features, int classes, long seed, int... hidden) {
    Checks.atLeast(1, "the number of features", features);
    Checks.atLeast(2, "the number of classes", classes);
    SameDiff sd = SameDiff.create();
    SDVariable label = sd.placeHolder("label", DataType.FLOAT, -1, classes);
    SDVariable h = sd.placeHolder("x", DataType.FLOAT, -1, features);
    int[] widths = Arrays.copyOf(hidden, hidden.length + 1);
    widths[hidden.length] = classes;
    RandomGenerator random = Trainer.random(seed);
    int below = features;
    for (int l = 0; l < widths.length; l++) {
      Checks.atLeast(1, "the width of a layer", widths[l]);
      double limit = Layers.glorot(below, widths[l]);
      INDArray weights = Layers.uniform(limit, random, DataType.FLOAT, below, widths[l]);
      SDVariable w = sd.var("W" + (l + 1), weights);
      SDVariable b = sd.var("b" + (l + 1), Nd4j.zeros(DataType.FLOAT, widths[l]));
      h = h.mmul(w).add(b);
      h = l < hidden.length ? sd.nn.relu(h, 0) : h;
      below = widths[l];
    }
    SDVariable logq = sd.nn.logSoftmax(h).rename("logq");
    SDVariable nll = logq.mul(label).sum(1).neg("nll");
    nll.mean("loss");
    return new DenseClassifier(Graph.of(sd, "loss"), features, classes, hidden.clone());
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Map<String, INDArray> feed(Batch batch) {
    return Map.of("x", batch.x(), "label", batch.oneHot(classes));
  }

  @Override
  public Map<String, String> description() {
    return new TreeMap<>(
        Map.of(
            "features", Integer.toString(features),
            "classes", Integer.toString(classes),
            "hidden", Arrays.toString(hidden)));
  }

  /** −log q(label | x) of each row, in nats. */
  public double[] losses(Examples data) {
    return Trainer.evaluateEach(this, data, "nll");
  }

  /** log q(y | x) of each row and class, {@code [rows][classes]}. */
  public double[][] logProbabilities(float[][] x) {
    double[][] all = new double[x.length][];
    for (int from = 0; from < x.length; from += CHUNK) {
      float[][] part = Arrays.copyOfRange(x, from, Math.min(x.length, from + CHUNK));
      Map<String, INDArray> feed = Map.of("x", Nd4j.createFromArray(part));
      double[][] logq = Trainer.evaluate(this, feed, "logq").get("logq").toDoubleMatrix();
      System.arraycopy(logq, 0, all, from, logq.length);
    }
    return all;
  }

  /** 1 for each row whose most probable class is its label, else 0. */
  public double[] right(Examples data) {
    double[] right = new double[data.size()];
    for (int from = 0; from < right.length; from += CHUNK) {
      int to = Math.min(right.length, from + CHUNK);
      double[][] logq = logProbabilities(data.rows(from, to));
      for (int i = from; i < to; i++) {
        double[] q = logq[i - from];
        int best = 0;
        for (int c = 1; c < q.length; c++) {
          best = q[c] > q[best] ? c : best;
        }
        right[i] = best == data.label(i) ? 1 : 0;
      }
    }
    return right;
  }

  /** The share of rows whose most probable class is their label. */
  public double accuracy(Examples data) {
    return Arrays.stream(right(data)).average().orElse(Double.NaN);
  }
}
