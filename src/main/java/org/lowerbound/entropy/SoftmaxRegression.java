package org.lowerbound.entropy;

import java.util.Map;
import org.lowerbound.data.ImageData;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.lowerbound.train.Support;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Multinomial logistic regression on pooled pictures as a graph for {@link
 * org.lowerbound.train.Trainer}: {@code L(w) = −1/B Σ_n log p_w(y_n|x_n) + α/2 ‖w‖²} over a batch
 * of {@code B}, in nats, the same loss as {@link MaxEntClassifier}.
 *
 * <p>Pictures are averaged over blocks of 2×2 pixels. The weights are {@code W [features, classes]}
 * and the intercepts {@code b [classes]}; the penalty is on both.
 */
public final class SoftmaxRegression implements Model {
  private static final int BLOCK = 2;

  private final Graph graph;
  private final int pixels;
  private final int classes;

  private SoftmaxRegression(Graph graph, int pixels, int classes) {
    this.graph = graph;
    this.pixels = pixels;
    this.classes = classes;
  }

  /**
   * A model with zero weights for pictures of this size and so many classes.
   *
   * @param pictures one channel, an even height and width
   * @param penalty {@code α ≥ 0}
   * @throws IllegalArgumentException if the pictures have several channels or an odd side, or the
   *     penalty is negative
   */
  public static SoftmaxRegression of(ImageData pictures, double penalty) {
    return of(pictures, penalty, DataType.FLOAT);
  }

  /** As {@link #of(ImageData, double)}; in double precision for checks of gradients. */
  public static SoftmaxRegression of(ImageData pictures, double penalty, DataType type) {
    int height = pictures.height();
    int width = pictures.width();
    if (pictures.channels() != 1 || height % BLOCK != 0 || width % BLOCK != 0) {
      throw new IllegalArgumentException(
          "Expected pictures [1, even, even], got ["
              + pictures.channels()
              + ", "
              + height
              + ", "
              + width
              + "].");
    }
    if (!(penalty >= 0 && penalty < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("The penalty must not be negative, but is " + penalty);
    }
    int features = height * width / (BLOCK * BLOCK);
    int classes = pictures.classes();
    INDArray pooling = Nd4j.zeros(type, height * width, features);
    for (int i = 0; i < height * width; i++) {
      int block = i / width / BLOCK * (width / BLOCK) + i % width / BLOCK;
      pooling.putScalar(i, block, 1.0 / (BLOCK * BLOCK));
    }
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", type, -1, height * width);
    SDVariable label = sd.placeHolder("label", type, -1, classes);
    SDVariable weights = sd.var("W", Nd4j.zeros(type, features, classes));
    SDVariable intercepts = sd.var("b", Nd4j.zeros(type, classes));
    SDVariable scores = x.mmul(sd.constant("pooling", pooling)).mmul(weights).add(intercepts);
    SDVariable logLikelihood = sd.nn.logSoftmax(scores).mul(label).sum(1).mean();
    SDVariable squares = weights.mul(weights).sum().add(intercepts.mul(intercepts).sum());
    logLikelihood.neg("nll");
    sd.getVariable("nll").add("loss", squares.mul(penalty / 2));
    return new SoftmaxRegression(Graph.of(sd, "loss", "nll"), height * width, classes);
  }

  @Override
  public Graph graph() {
    return graph;
  }

  /** Pictures of the model's size, grey values from 0 to 1. */
  @Override
  public Support support() {
    return Support.unit(pixels);
  }

  @Override
  public Map<String, INDArray> feed(Batch batch) {
    return Map.of("x", batch.x(), "label", batch.oneHot(classes));
  }

  /**
   * The weights as {@link MaxEntClassifier} has them: {@code [classes × (features + 1)]}, class by
   * class, each with its intercept last.
   */
  public double[] weights() {
    INDArray w = graph.parameter("W");
    INDArray b = graph.parameter("b");
    int features = (int) w.size(0);
    double[] weights = new double[classes * (features + 1)];
    for (int y = 0; y < classes; y++) {
      for (int j = 0; j < features; j++) {
        weights[y * (features + 1) + j] = w.getDouble(j, y);
      }
      weights[y * (features + 1) + features] = b.getDouble(y);
    }
    return weights;
  }
}
