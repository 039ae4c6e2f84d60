package org.lowerbound.vae;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lowerbound.plot.Diagram;
import org.lowerbound.train.ModelFile;

/**
 * The architecture of a variational autoencoder. The encoder runs through the convolutions and then
 * the dense layers to the mean and the log variance of q(z | x); the decoder mirrors it.
 *
 * @param input shape of an example, {@code [features]} or {@code [channels, height, width]}
 * @param filters channels after each convolution (kernel 4, stride 2); none for a dense network
 * @param hidden widths of the encoder's dense layers, in its order
 * @param latents number of latent variables
 * @param activation of all hidden layers
 * @param likelihood p(x | z)
 */
public record VaeShape(
    int[] input,
    int[] filters,
    int[] hidden,
    int latents,
    Activation activation,
    Likelihood likelihood) {

  /** Checks the sizes. */
  public VaeShape {
    input = input.clone();
    filters = filters.clone();
    hidden = hidden.clone();
    if (input.length != 1 && input.length != 3) {
      throw new IllegalArgumentException(
          "An example is [features] or [channels, height, width], not "
              + Arrays.toString(input)
              + ".");
    }
    positive("Every side of an example", input);
    positive("Every number of filters", filters);
    positive("Every hidden layer", hidden);
    positive("The number of latent variables", latents);
    if (filters.length > 0) {
      int factor = 1 << filters.length;
      if (input.length != 3 || input[1] % factor != 0 || input[2] % factor != 0) {
        throw new IllegalArgumentException(
            filters.length
                + " convolutions of stride 2 need [channels, height, width] with sides that "
                + factor
                + " divides, not "
                + Arrays.toString(input)
                + ".");
      }
    }
    if (activation == null || likelihood == null) {
      throw new IllegalArgumentException("The activation and the likelihood must be given.");
    }
  }

  private static void positive(String what, int... sizes) {
    for (int size : sizes) {
      if (size < 1) {
        throw new IllegalArgumentException(what + " must be at least 1, not " + size + ".");
      }
    }
  }

  /**
   * A dense network with tanh and Bernoulli likelihood: {@code dense(784, 50, 200, 200)} has 50
   * latents and two hidden layers of 200 in the encoder and in the decoder.
   */
  public static VaeShape dense(int features, int latents, int... hidden) {
    return new VaeShape(
        new int[] {features}, new int[0], hidden, latents, Activation.TANH, Likelihood.bernoulli());
  }

  /** No hidden layer: the encoder's mean and the decoder's output are affine functions. */
  public static VaeShape linear(int features, int latents) {
    return dense(features, latents);
  }

  /**
   * Convolutions of kernel 4 and stride 2 with ReLU, then one dense layer, and Bernoulli
   * likelihood.
   *
   * @param picture {@code [channels, height, width]}
   * @param latents number of latent variables
   * @param dense width of the dense layer between the convolutions and the latents
   * @param filters channels after each convolution
   */
  public static VaeShape convolutional(int[] picture, int latents, int dense, int... filters) {
    return new VaeShape(
        picture, filters, new int[] {dense}, latents, Activation.RELU, Likelihood.bernoulli());
  }

  /** All of it as text by name; {@link #parse} reads it. */
  Map<String, String> description() {
    Map<String, String> text = new LinkedHashMap<>();
    text.put("input", Arrays.toString(input));
    text.put("filters", Arrays.toString(filters));
    text.put("hidden layers", Arrays.toString(hidden));
    text.put("latents", "" + latents);
    text.put("activation", activation.name());
    text.put("likelihood", likelihood.kind().name());
    Scale scale = likelihood.scale();
    text.put("scale", scale == null ? "none" : scale.kind().name() + " " + scale.value());
    text.put("levels", "" + likelihood.levels());
    return text;
  }

  /**
   * The architecture that a file describes.
   *
   * @throws IllegalArgumentException if it describes none
   */
  static VaeShape parse(ModelFile file) {
    String[] scale = file.describe("scale").split(" ");
    return new VaeShape(
        numbers(file.describe("input")),
        numbers(file.describe("filters")),
        numbers(file.describe("hidden layers")),
        Integer.parseInt(file.describe("latents")),
        Activation.valueOf(file.describe("activation")),
        new Likelihood(
            Likelihood.Kind.valueOf(file.describe("likelihood")),
            scale.length == 1
                ? null
                : new Scale(Scale.Kind.valueOf(scale[0]), Double.parseDouble(scale[1])),
            Integer.parseInt(file.describe("levels"))));
  }

  private static int[] numbers(String list) {
    return Arrays.stream(list.split("[\\[\\], ]+"))
        .filter(number -> !number.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  /** A copy with this activation. */
  public VaeShape activation(Activation newActivation) {
    return new VaeShape(input, filters, hidden, latents, newActivation, likelihood);
  }

  /** A copy with this likelihood. */
  public VaeShape likelihood(Likelihood newLikelihood) {
    return new VaeShape(input, filters, hidden, latents, activation, newLikelihood);
  }

  /** A copy with this number of latent variables. */
  public VaeShape latents(int newLatents) {
    return new VaeShape(input, filters, hidden, newLatents, activation, likelihood);
  }

  /** Shape of an example; a copy. */
  @Override
  public int[] input() {
    return input.clone();
  }

  /** Channels after each convolution; a copy. */
  @Override
  public int[] filters() {
    return filters.clone();
  }

  /** Widths of the dense layers; a copy. */
  @Override
  public int[] hidden() {
    return hidden.clone();
  }

  /** Numbers in an example. */
  public int features() {
    int product = 1;
    for (int side : input) {
      product *= side;
    }
    return product;
  }

  /**
   * The computation as a drawing, from x to the two terms of the bound, with the shape of every
   * array.
   */
  public Diagram diagram() {
    Diagram diagram = Diagram.titled(toString());
    diagram.box(Diagram.Kind.OBSERVED, "x", 0, 1, "[batch, " + features() + "]");
    String below = "x";
    double column = 1;
    for (int l = 0; l < filters.length; l++) {
      int side = 2 << l;
      String name = "convolution " + (l + 1);
      String size = filters[l] + ", " + input[1] / side + ", " + input[2] / side;
      diagram.box(Diagram.Kind.COMPUTED, name, column++, 1, "[batch, " + size + "]");
      diagram.arrows(below, name);
      below = name;
    }
    for (int l = 0; l < hidden.length; l++) {
      String name = "encoder " + (l + 1);
      diagram.box(Diagram.Kind.COMPUTED, name, column++, 1, "[batch, " + hidden[l] + "]");
      diagram.arrows(below, name);
      below = name;
    }
    String latent = "[batch, " + latents + "]";
    diagram.box(Diagram.Kind.COMPUTED, "μ", column, 0, latent);
    diagram.box(Diagram.Kind.LOSS, "KL(q ‖ p)", column, 1, "in closed form");
    diagram.box(Diagram.Kind.COMPUTED, "log σ²", column++, 2, latent);
    diagram.box(Diagram.Kind.RANDOM, "ε ~ N(0, I)", column, 2, latent);
    diagram.box(Diagram.Kind.RANDOM, "z = μ + σε", column++, 1, latent);
    diagram.arrows(below, "μ", "KL(q ‖ p)").arrows(below, "log σ²", "KL(q ‖ p)");
    diagram.arrows("μ", "z = μ + σε").arrows("log σ²", "z = μ + σε");
    diagram.arrows("ε ~ N(0, I)", "z = μ + σε");
    below = "z = μ + σε";
    for (int l = hidden.length - 1; l >= 0; l--) {
      String name = "decoder " + (hidden.length - l);
      diagram.box(Diagram.Kind.COMPUTED, name, column++, 1, "[batch, " + hidden[l] + "]");
      diagram.arrows(below, name);
      below = name;
    }
    for (int l = filters.length - 1; l >= 0; l--) {
      int side = 2 << l;
      String name = "deconvolution " + (filters.length - l);
      String size = filters[l] + ", " + input[1] / side + ", " + input[2] / side;
      diagram.box(Diagram.Kind.COMPUTED, name, column++, 1, "[batch, " + size + "]");
      diagram.arrows(below, name);
      below = name;
    }
    diagram.box(Diagram.Kind.COMPUTED, "output a", column, 1, "[batch, " + features() + "]");
    diagram.box(Diagram.Kind.LOSS, "log p(x | z)", column, 2, "summed over x");
    return diagram.arrows(below, "output a", "log p(x | z)");
  }

  /** Channels of the examples: 1 unless they are pictures. */
  int channels() {
    return input.length == 3 ? input[0] : 1;
  }

  @Override
  public String toString() {
    return "VAE "
        + Arrays.toString(input)
        + (filters.length == 0 ? "" : ", convolutions " + Arrays.toString(filters))
        + ", hidden "
        + Arrays.toString(hidden)
        + " "
        + activation.toString().toLowerCase(java.util.Locale.ROOT)
        + ", "
        + latents
        + " latents, "
        + likelihood;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VaeShape shape && toString().equals(shape.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
