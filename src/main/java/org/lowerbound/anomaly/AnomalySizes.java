package org.lowerbound.anomaly;

import java.util.List;
import org.lowerbound.Size;
import org.lowerbound.data.Cache;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Training;
import org.lowerbound.vae.Activation;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Scale;
import org.lowerbound.vae.VaeShape;

/**
 * Every number of chapter 10 that depends on the size of the run. The page shows it, so that a
 * reader sees what {@code LOWERBOUND_SIZE=full} changes. (Colour pictures: see {@link
 * org.lowerbound.vae.StreetSizes}.)
 *
 * @param size quick or full
 * @param classRows training rows of a class that a network sees at most; formulas see all
 * @param testRows test rows that networks score at most, spread evenly
 * @param components K of the principal components, and the numbers in an autoencoder's code
 * @param hidden width of the hidden layers
 * @param latents of the variational autoencoders
 * @param epochs passes of an autoencoder or a variational one
 * @param colourEpochs passes of one of colour pictures
 * @param draws of z for a score, k
 * @param sampleRows training rows for the networks of DL4J's samples, all digits
 * @param sampleEpochs passes of each, in the order of {@link Dl4jSamples}
 */
public record AnomalySizes(
    Size size,
    int classRows,
    int testRows,
    int components,
    int hidden,
    int latents,
    int epochs,
    int colourEpochs,
    int draws,
    int sampleRows,
    List<Integer> sampleEpochs) {

  /** The numbers of one size. */
  public static AnomalySizes of(Size size) {
    return switch (size) {
      case QUICK ->
          new AnomalySizes(size, 1000, 2000, 32, 128, 16, 10, 6, 8, 1500, List.of(4, 2, 3));
      case FULL ->
          new AnomalySizes(size, 7000, 10_000, 32, 256, 32, 40, 30, 64, 40_000, List.of(30, 5, 20));
    };
  }

  /** 784-hidden-K-hidden-784, or as wide as the rows are. */
  public Autoencoder.Shape autoencoder(int features) {
    return Autoencoder.Shape.dense(features, components, hidden);
  }

  /** A dense variational autoencoder whose decoder's law is Gaussian with one learned deviation. */
  public VaeShape vae(int features) {
    return VaeShape.dense(features, latents, hidden)
        .activation(Activation.RELU)
        .likelihood(Likelihood.gaussian(Scale.shared(0.2)));
  }

  /** A dense variational autoencoder of colour pictures, one learned deviation for all levels. */
  public static VaeShape colourShape(int features, int latents, int width) {
    return VaeShape.dense(features, latents, width, width)
        .activation(Activation.RELU)
        .likelihood(Likelihood.gaussian(Scale.shared(0.2)));
  }

  /** Training on colour pictures: as below, with other passes. */
  public Training colours(String run, long seed) {
    return training(run, seed, colourEpochs);
  }

  /** Adam from 0.002 along half a cosine, in batches of 50 (quick) or 100; no progress line. */
  public Training training(String run, long seed) {
    return training(run, seed, epochs);
  }

  private Training training(String run, long seed, int passes) {
    return Training.epochs(passes)
        .batchSize(size == Size.QUICK ? 50 : 100)
        .learningRate(2e-3)
        .schedule(Schedule.cosine(0.02))
        .clip(1000)
        .seed(seed)
        .checkpoint(Cache.checkpoint(size, "10-anomaly-detection", run))
        .quiet();
  }

  /** The values with the digits that matter. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
