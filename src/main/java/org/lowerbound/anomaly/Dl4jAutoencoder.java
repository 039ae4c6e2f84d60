package org.lowerbound.anomaly;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lowerbound.data.Backend;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.StopButton;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * The network of Deeplearning4j's sample {@code MNISTAnomalyExample}, by DL4J itself:
 * 784-250-10-250-784, ReLU, leaky ReLU at the end; mean squared error, AdaGrad 0.05, a penalty of
 * 10⁻⁴ on squared weights. It is what {@link Autoencoder} is measured against.
 *
 * <p>Read in the sample's source: widths, loss, updater, penalty, activations, up to 30 passes over
 * 40,000 pictures in batches of 80, 10,000 others for the pictures at the end. (Its older versions
 * end with ReLU; with few rows such an end may die at once and answer 0 to everything.)
 */
public final class Dl4jAutoencoder {
  static {
    Backend.find();
  }

  private static final int BATCH = 80;

  private final MultiLayerNetwork network;

  /** The untrained network for rows of so many numbers. */
  public Dl4jAutoencoder(int features) {
    int[] widths = {features, 250, 10, 250, features};
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(12345)
            .weightInit(WeightInit.XAVIER)
            .updater(new AdaGrad(0.05))
            .activation(Activation.RELU)
            .l2(1e-4)
            .list();
    for (int l = 0; l < 3; l++) {
      layers.layer(new DenseLayer.Builder().nIn(widths[l]).nOut(widths[l + 1]).build());
    }
    layers.layer(
        new OutputLayer.Builder()
            .nIn(widths[3])
            .nOut(widths[4])
            .activation(Activation.LEAKYRELU)
            .lossFunction(LossFunctions.LossFunction.MSE)
            .build());
    network = new MultiLayerNetwork(layers.build());
    network.init();
  }

  /**
   * Passes over the rows in batches of 80, mixed anew each time by the seed.
   *
   * @return this
   */
  public Dl4jAutoencoder fit(Examples data, int epochs, long seed) {
    float[][] rows = data.rows(0, data.size());
    SplittableRandom random = new SplittableRandom(seed);
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int i = rows.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        float[] other = rows[i];
        rows[i] = rows[j];
        rows[j] = other;
      }
      for (int from = 0; from < rows.length; from += BATCH) {
        StopButton.poll();
        INDArray x =
            Nd4j.createFromArray(
                Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BATCH)));
        network.fit(x, x);
      }
    }
    return this;
  }

  /** |x − x̂|² of every row, {@code [rows]}: the sum over pixels, as {@link Autoencoder#error}. */
  public double[] error(Examples data) {
    double[] error = new double[data.size()];
    for (int from = 0; from < error.length; from += 500) {
      INDArray x = Nd4j.createFromArray(data.rows(from, Math.min(error.length, from + 500)));
      INDArray difference = network.output(x).sub(x);
      double[] some = difference.mul(difference).sum(1).toDoubleVector();
      System.arraycopy(some, 0, error, from, some.length);
    }
    return error;
  }
}
