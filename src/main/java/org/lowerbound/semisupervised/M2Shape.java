package org.lowerbound.semisupervised;

import java.util.Arrays;
import java.util.Locale;
import org.lowerbound.vae.Activation;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Scale;

/**
 * The architecture of M2: three dense networks, the classifier q(y | x), the encoder q(z | x, y)
 * and the decoder p(x | y, z).
 *
 * @param features numbers in an example
 * @param classes number of classes, at least 2
 * @param latents number of latent variables z
 * @param classifier widths of the classifier's hidden layers; none for a linear classifier
 * @param hidden widths of the encoder's hidden layers, at least one; the decoder's are the same in
 *     reverse
 * @param activation of all hidden layers
 * @param likelihood p(x_d | y, z): Bernoulli or Gaussian
 */
public record M2Shape(
    int features,
    int classes,
    int latents,
    int[] classifier,
    int[] hidden,
    Activation activation,
    Likelihood likelihood) {

  /** Checks the sizes. */
  public M2Shape {
    classifier = classifier.clone();
    hidden = hidden.clone();
    positive("The number of features", features);
    positive("The number of latent variables", latents);
    positive("Every hidden layer of the classifier", classifier);
    positive("Every hidden layer", hidden);
    if (classes < 2) {
      throw new IllegalArgumentException("There must be at least 2 classes, not " + classes + ".");
    }
    if (hidden.length == 0) {
      throw new IllegalArgumentException(
          "The encoder needs a hidden layer: without one, x and y cannot act together on z.");
    }
    if (likelihood.kind() == Likelihood.Kind.DISCRETISED_LOGISTIC) {
      throw new IllegalArgumentException("M2 decodes to Bernoulli or Gaussian features.");
    }
  }

  private static void positive(String what, int... sizes) {
    for (int size : sizes) {
      if (size < 1) {
        throw new IllegalArgumentException(what + " must be at least 1, not " + size + ".");
      }
    }
  }

  /** One hidden layer of the same width in all three networks, ReLU, and bits. */
  public static M2Shape bits(int features, int classes, int latents, int width) {
    int[] one = {width};
    return new M2Shape(
        features, classes, latents, one, one, Activation.RELU, Likelihood.bernoulli());
  }

  /** The same for real features, each with a mean and a scale that the decoder predicts. */
  public static M2Shape reals(int features, int classes, int latents, int width) {
    return bits(features, classes, latents, width)
        .likelihood(Likelihood.gaussian(Scale.predicted(0.05)));
  }

  /** A copy with this likelihood. */
  public M2Shape likelihood(Likelihood newLikelihood) {
    return new M2Shape(features, classes, latents, classifier, hidden, activation, newLikelihood);
  }

  /** A copy with this activation. */
  public M2Shape activation(Activation newActivation) {
    return new M2Shape(features, classes, latents, classifier, hidden, newActivation, likelihood);
  }

  /** A copy whose classifier has hidden layers of these widths. */
  public M2Shape classifierHidden(int... widths) {
    return new M2Shape(features, classes, latents, widths, hidden, activation, likelihood);
  }

  /** Widths of the classifier's hidden layers; a copy. */
  @Override
  public int[] classifier() {
    return classifier.clone();
  }

  /** Widths of the encoder's hidden layers; a copy. */
  @Override
  public int[] hidden() {
    return hidden.clone();
  }

  @Override
  public String toString() {
    return "M2 "
        + features
        + " features, "
        + classes
        + " classes, "
        + latents
        + " latents, classifier "
        + Arrays.toString(classifier)
        + ", hidden "
        + Arrays.toString(hidden)
        + " "
        + activation.toString().toLowerCase(Locale.ROOT)
        + ", "
        + likelihood;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof M2Shape shape && toString().equals(shape.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
