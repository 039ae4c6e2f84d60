package org.lowerbound.anomaly;

import java.util.Arrays;
import java.util.Locale;
import org.lowerbound.data.Examples;
import org.lowerbound.data.ImageData;
import org.lowerbound.numerics.Checks;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.vae.Activation;
import org.lowerbound.vae.Dl4jVae;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;

/**
 * Deeplearning4j's three samples of autoencoders on MNIST, each beside ours of the same widths, on
 * the same rows, with the same number of passes and the same size of batches. The samples end with
 * pictures and no number; here both are measured by the loss of test rows, by the same code, and by
 * the area that separates test pictures from the same ones turned by a quarter.
 *
 * <p>What differs from the samples: DL4J's VAE runs with ReLU for leaky ReLU and, in the third,
 * with Adam for RMSProp, because {@link Dl4jVae} knows these; rows are fewer at quick size. Ours
 * has Adam from 0.002 along half a cosine, where the samples' rates stay as they are.
 */
public final class Dl4jSamples {

  private Dl4jSamples() {}

  /**
   * One sample.
   *
   * @param name of the sample
   * @param loss what is measured, lower being better
   * @param ours the loss of our model on test rows
   * @param theirs that of DL4J's
   * @param ourArea the area under the curve of our score
   * @param theirArea that of DL4J's
   */
  public record Comparison(
      String name, String loss, double ours, double theirs, double ourArea, double theirArea) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s: %s %.2f, DL4J's %.2f; AUC %.1f, DL4J's %.1f",
          name,
          loss,
          ours,
          theirs,
          100 * ourArea,
          100 * theirArea);
    }
  }

  /** MNISTAnomalyExample: 784-250-10-250-784, squared error. */
  public static Comparison autoencoder(ImageData train, ImageData test, int epochs, long seed) {
    ImageData strange = turned(test);
    Dl4jAutoencoder theirs = new Dl4jAutoencoder(train.features()).fit(train, epochs, seed);
    Autoencoder ours =
        Autoencoder.create(Autoencoder.Shape.dense(train.features(), 10, 250), seed).centred(train);
    Training falling =
        Training.epochs(epochs)
            .batchSize(80)
            .learningRate(2e-3)
            .schedule(Schedule.cosine(0.02))
            .seed(seed)
            .quiet();
    Trainer.fit(ours, train, null, falling);
    return new Comparison(
        "MNISTAnomalyExample",
        "squared error",
        mean(ours.error(test)),
        mean(theirs.error(test)),
        RocCurve.of(ours.error(test), ours.error(strange)).area(),
        RocCurve.of(theirs.error(test), theirs.error(strange)).area());
  }

  /**
   * VaeMNISTAnomaly (32 latents) and VaeMNIST2dPlots (2): two hidden layers of 256, Bernoulli on
   * grey pixels; the loss is the negative bound, the score the reconstruction probability of 16
   * draws.
   */
  public static Comparison variational(
      ImageData train, ImageData test, int latents, int epochs, long seed) {
    ImageData strange = turned(test);
    VaeShape shape = VaeShape.dense(train.features(), latents, 256, 256);
    Vae ours = Vae.create(shape.activation(Activation.RELU), seed);
    Dl4jVae oracle = Dl4jVae.like(ours, 1e-3);
    Training same = Training.epochs(epochs).batchSize(128).learningRate(1e-3).seed(seed).quiet();
    Trainer.fit(oracle.beside(ours), train, null, same);
    Vae theirs = oracle.vae();
    return new Comparison(
        latents == 2 ? "VaeMNIST2dPlots" : "VaeMNISTAnomaly",
        "negative bound",
        -ours.bound(test, seed).get("bound"),
        -theirs.bound(test, seed).get("bound"),
        area(ours, test, strange, seed),
        area(theirs, test, strange, seed));
  }

  private static double area(Vae vae, Examples test, Examples strange, long seed) {
    return RocCurve.of(
            VaeScores.of(vae, test, 16, seed).reconstruction(),
            VaeScores.of(vae, strange, 16, seed).reconstruction())
        .area();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /**
   * Grey pictures turned by a quarter against the clock.
   *
   * @throws IllegalArgumentException if they are not square or have several channels
   */
  public static ImageData turned(ImageData pictures) {
    int side = pictures.height();
    Checks.require(
        pictures.channels() == 1 && pictures.width() == side,
        "%s has pictures of %s; square grey ones can be turned.",
        pictures.name(),
        Arrays.toString(pictures.shape()));
    byte[][] turned = new byte[pictures.size()][side * side];
    for (int i = 0; i < turned.length; i++) {
      byte[] from = pictures.pixels(i);
      for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
          turned[i][(side - 1 - column) * side + row] = from[row * side + column];
        }
      }
    }
    return ImageData.of(pictures.provenance(), pictures.shape(), turned);
  }
}
