package org.lowerbound.semisupervised;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lowerbound.data.Backend;
import org.lowerbound.data.ImageData;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * DL4J's convolutional network as a baseline: two convolutions 5×5 with maxima over 2×2, a dense
 * layer, a softmax. What makes it a fair one is when it stops: not when its loss pauses, but when
 * it classifies its own training rows.
 */
public final class ConvolutionalNetwork {
  static {
    Backend.find();
  }

  private static final int BATCH = 50;

  private final MultiLayerNetwork network;
  private final int[] shape;
  private int epochs;
  private double trainingAccuracy;

  private ConvolutionalNetwork(MultiLayerNetwork network, int[] shape) {
    this.network = network;
    this.shape = shape;
  }

  /**
   * A network with random weights.
   *
   * @param shape of a picture, {@code [channels, height, width]}
   * @param classes number of classes
   * @param learningRate of Adam
   */
  public static ConvolutionalNetwork create(
      int[] shape, int classes, double learningRate, long seed) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(seed)
                .weightInit(WeightInit.XAVIER)
                .activation(Activation.RELU)
                .updater(new Adam(learningRate))
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(16).build())
                .layer(pooling())
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(32).build())
                .layer(pooling())
                .layer(new DenseLayer.Builder().nOut(128).build())
                .layer(output(classes))
                .setInputType(InputType.convolutional(shape[1], shape[2], shape[0]))
                .build());
    network.init();
    return new ConvolutionalNetwork(network, shape.clone());
  }

  private static SubsamplingLayer pooling() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
        .kernelSize(2, 2)
        .stride(2, 2)
        .build();
  }

  private static OutputLayer output(int classes) {
    return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
        .nOut(classes)
        .activation(Activation.SOFTMAX)
        .build();
  }

  /**
   * A network that keeps this one's convolutions as they are and learns a new dense layer and a new
   * softmax: transfer to other pictures of the same shape.
   *
   * @param classes of the new task
   */
  public ConvolutionalNetwork transferred(int classes, double learningRate, long seed) {
    MultiLayerNetwork other =
        new TransferLearning.Builder(network)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder()
                    .seed(seed)
                    .updater(new Adam(learningRate))
                    .build())
            .setFeatureExtractor(3)
            .nOutReplace(4, 128, WeightInit.XAVIER)
            .removeOutputLayer()
            .addLayer(
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .nIn(128)
                    .nOut(classes)
                    .weightInit(WeightInit.XAVIER)
                    .activation(Activation.SOFTMAX)
                    .build())
            .build();
    return new ConvolutionalNetwork(other, shape);
  }

  /**
   * Trains until the network classifies this part of its training rows right.
   *
   * @param wanted training accuracy at which it stops, for instance 0.995
   * @param most passes at most
   * @return this
   */
  public ConvolutionalNetwork untilTrained(ImageData train, double wanted, int most) {
    check(train);
    for (int pass = 0; pass < most && trainingAccuracy < wanted; pass++) {
      pass(train);
      trainingAccuracy = accuracy(train);
    }
    return this;
  }

  /**
   * Trains until the mean loss of a pass has not fallen by {@code least} for so many passes: the
   * rule of published code, which ends long before the network is trained.
   *
   * @param least fall of the loss that counts, nats
   * @param patience passes without such a fall
   * @param most passes at most
   * @return this
   */
  public ConvolutionalNetwork untilLossStalls(
      ImageData train, double least, int patience, int most) {
    check(train);
    double best = Double.POSITIVE_INFINITY;
    int fruitless = 0;
    for (int pass = 0; pass < most && fruitless < patience; pass++) {
      double loss = pass(train);
      fruitless = loss < best - least ? 0 : fruitless + 1;
      best = loss < best - least ? loss : best;
    }
    trainingAccuracy = accuracy(train);
    return this;
  }

  /** One pass over the rows in their order; the mean loss. */
  private double pass(ImageData train) {
    double sum = 0;
    int batches = 0;
    for (DataSetIterator batch = train.shuffled(epochs).iterator(BATCH); batch.hasNext(); ) {
      DataSet next = batch.next();
      network.fit(next);
      sum += network.score();
      batches++;
    }
    epochs++;
    return sum / batches;
  }

  private void check(ImageData pictures) {
    if (!Arrays.equals(pictures.shape(), shape)) {
      throw new IllegalArgumentException(
          "The network takes pictures "
              + Arrays.toString(shape)
              + ", those of "
              + pictures.name()
              + " are "
              + Arrays.toString(pictures.shape())
              + ".");
    }
  }

  /** The class of each picture. */
  public int[] classify(ImageData pictures) {
    check(pictures);
    int[] classes = new int[pictures.size()];
    int at = 0;
    for (DataSetIterator batch = pictures.iterator(500); batch.hasNext(); ) {
      INDArray best = Nd4j.argMax(network.output(batch.next().getFeatures()), 1);
      for (int c : best.toIntVector()) {
        classes[at++] = c;
      }
    }
    return classes;
  }

  /** The part of the pictures that is classified right. */
  public double accuracy(ImageData pictures) {
    int[] predicted = classify(pictures);
    int right = 0;
    for (int i = 0; i < predicted.length; i++) {
      right += predicted[i] == pictures.label(i) ? 1 : 0;
    }
    return right / (double) predicted.length;
  }

  /** The part of its training rows that it classified right when it stopped. */
  public double trainingAccuracy() {
    return trainingAccuracy;
  }

  /** Passes that it was trained for. */
  public int epochs() {
    return epochs;
  }
}
