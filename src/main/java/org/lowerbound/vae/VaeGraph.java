package org.lowerbound.vae;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The graph of a {@link Vae}: encoder, reparameterised draw, decoder and objective; and beside it
 * the decoder alone, with its latents fed, over the same parameters.
 *
 * <p>Placeholders: {@code x [batch, features]}, {@code noise [k·batch, latents]} (the k draws of
 * the first example are rows 0, batch, 2·batch, …), {@code beta [1]}; for the decoder alone {@code
 * z [draws, latents]}.
 */
final class VaeGraph {

  private static final int KERNEL = 4;

  private final VaeShape shape;
  private final Objective objective;
  private final DataType type;
  private final SameDiff sd = SameDiff.create();
  private final Map<String, SDVariable> parameters = new HashMap<>();
  private final Map<String, INDArray> initial;

  private VaeGraph(
      VaeShape shape, Objective objective, DataType type, Map<String, INDArray> initial) {
    this.shape = shape;
    this.objective = objective;
    this.type = type;
    this.initial = initial;
  }

  static Graph build(
      VaeShape shape, Objective objective, DataType type, Map<String, INDArray> initial) {
    return new VaeGraph(shape, objective, type, initial).build();
  }

  /**
   * One array of parameters.
   *
   * @param name for instance {@code "encoder.W1"}
   * @param dimensions its shape
   * @param limit initial values are uniform between −limit and limit; 0 for biases
   */
  record Parameter(String name, long[] dimensions, double limit) {
    long length() {
      long length = 1;
      for (long d : dimensions) {
        length = Math.multiplyExact(length, d);
      }
      return length;
    }
  }

  /** The parameters of a shape, in the order of the network. */
  static List<Parameter> parameters(VaeShape shape) {
    List<Parameter> all = new ArrayList<>();
    int[] filters = shape.filters();
    int[] hidden = shape.hidden();
    long below = filters.length == 0 ? shape.features() : shape.channels();
    for (int l = 0; l < filters.length; l++) {
      kernel(all, "encoder.K" + (l + 1), "encoder.k" + (l + 1), below, filters[l], filters[l]);
      below = filters[l];
    }
    if (filters.length > 0) {
      below = flat(shape);
    }
    for (int l = 0; l < hidden.length; l++) {
      dense(all, "encoder", "" + (l + 1), below, hidden[l]);
      below = hidden[l];
    }
    dense(all, "encoder", "mean", below, shape.latents());
    dense(all, "encoder", "logvar", below, shape.latents());
    below = shape.latents();
    for (int l = 0; l < hidden.length; l++) {
      int above = hidden[hidden.length - 1 - l];
      dense(all, "decoder", "" + (l + 1), below, above);
      below = above;
    }
    List<String> heads = shape.likelihood().heads() == 2 ? List.of("out", "scale") : List.of("out");
    if (filters.length > 0) {
      dense(all, "decoder", "unfold", below, flat(shape));
      for (int l = filters.length - 1; l > 0; l--) {
        int to = filters[l - 1];
        kernel(all, "decoder.K" + l, "decoder.k" + l, to, filters[l], to);
      }
    }
    for (String head : heads) {
      if (filters.length == 0) {
        dense(all, "decoder", head, below, shape.features());
      } else {
        int to = shape.channels();
        kernel(all, "decoder.K" + head, "decoder.b" + head, to, filters[0], to);
      }
    }
    Scale scale = shape.likelihood().scale();
    if (scale != null && scale.kind() == Scale.Kind.SHARED) {
      all.add(new Parameter("log scale", new long[] {1}, 0));
    }
    return all;
  }

  /** Numbers that come out of the convolutions. */
  private static int flat(VaeShape shape) {
    int layers = shape.filters().length;
    int side = 1 << layers;
    return shape.filters()[layers - 1] * (shape.input()[1] / side) * (shape.input()[2] / side);
  }

  private static void dense(List<Parameter> all, String part, String layer, long in, long out) {
    double limit = Layers.glorot(in, out);
    all.add(new Parameter(part + ".W" + layer, new long[] {in, out}, limit));
    all.add(new Parameter(part + ".b" + layer, new long[] {out}, 0));
  }

  /** A kernel {@code [height, width, fewer, more]}, as both convolutions of SameDiff take it. */
  private static void kernel(
      List<Parameter> all, String name, String bias, long fewer, long more, long biases) {
    double limit = Layers.glorot(KERNEL * KERNEL * fewer, KERNEL * KERNEL * more);
    all.add(new Parameter(name, new long[] {KERNEL, KERNEL, fewer, more}, limit));
    all.add(new Parameter(bias, new long[] {biases}, 0));
  }

  /** Random weights, Glorot uniform, and biases of 0, by name and in the order of the network. */
  static Map<String, INDArray> initial(VaeShape shape, RandomGenerator random, DataType type) {
    Map<String, INDArray> initial = new LinkedHashMap<>();
    for (Parameter parameter : parameters(shape)) {
      INDArray values = Layers.uniform(parameter.limit, random, type, parameter.dimensions);
      if (parameter.name.equals("log scale")) {
        values.assign(Math.log(shape.likelihood().scale().value()));
      }
      initial.put(parameter.name, values);
    }
    return initial;
  }

  private Graph build() {
    initial.forEach((name, value) -> parameters.put(name, sd.var(name, value)));
    SDVariable x = sd.placeHolder("x", type, -1, shape.features());
    SDVariable noise = sd.placeHolder("noise", type, -1, shape.latents());
    SDVariable beta = sd.placeHolder("beta", type, 1);

    SDVariable top = encoder(x);
    SDVariable mean = affine("mean", top, "encoder", "mean");
    SDVariable logvar = affine("logvar", top, "encoder", "logvar");
    SDVariable deviation = sd.math.exp("deviation", logvar.mul(0.5));
    // KL(q(z|x) ‖ N(0, I)) = ½ Σ_j (μ² + σ² − 1 − log σ²), per example.
    SDVariable kl =
        mean.mul(mean).add(sd.math.exp(logvar)).sub(logvar).sub(1).sum(1).mul("row kl", 0.5);

    int k = objective.samples();
    SDVariable z = repeated(mean, k).add("draw", repeated(deviation, k).mul(noise));
    Decoded decoded = decoder(z);
    SDVariable logp =
        shape.likelihood().logProbability(sd, repeated(x, k), decoded.a, decoded.scale);
    SDVariable reconstruction = (k == 1 ? logp : byDraw(logp).mean(0)).rename("row reconstruction");
    SDVariable bound = reconstruction.sub("row bound", kl);
    if (objective.importanceWeighted()) {
      // log w = log p(x|z) + log N(z; 0, I) − log q(z|x); z = μ + σε makes log q a function of ε.
      SDVariable ratio = noise.mul(noise).add(repeated(logvar, k)).sub(z.mul(z)).sum(1).mul(0.5);
      logMeanExp(byDraw(logp.add(ratio))).mean().neg("loss");
    } else {
      kl.mul(beta).sub(reconstruction).mean("loss");
    }
    bound.mean("bound");
    reconstruction.mean("reconstruction");
    kl.mean("kl");

    Decoded alone = decoder(sd.placeHolder("z", type, -1, shape.latents()));
    sd.identity("a", alone.a);
    if (alone.scale != null) {
      sd.identity("s", alone.scale);
    }
    shape.likelihood().logProbability(sd, x, alone.a, alone.scale).rename("logp");
    return Graph.of(sd, "loss", "bound", "reconstruction", "kl");
  }

  /** The rows, k times below one another. */
  private SDVariable repeated(SDVariable rows, int k) {
    return k == 1 ? rows : sd.tile(rows, k, 1);
  }

  /** {@code [k·batch]} to {@code [k, batch]}. */
  private SDVariable byDraw(SDVariable values) {
    return sd.reshape(values, objective.samples(), -1);
  }

  /**
   * log (1/k) Σ_i e^{w_i} over the first axis; the largest w is taken out, so nothing overflows.
   */
  private SDVariable logMeanExp(SDVariable w) {
    SDVariable largest = w.max(true, 0);
    SDVariable sum = sd.math.exp(w.sub(largest)).sum(0);
    return sd.math.log(sum).add(w.max(0)).sub(Math.log(objective.samples()));
  }

  private SDVariable affine(String name, SDVariable below, String part, String layer) {
    SDVariable weighted = below.mmul(parameters.get(part + ".W" + layer));
    SDVariable bias = parameters.get(part + ".b" + layer);
    return name == null ? weighted.add(bias) : weighted.add(name, bias);
  }

  private SDVariable encoder(SDVariable x) {
    int[] filters = shape.filters();
    SDVariable h = x;
    if (filters.length > 0) {
      int[] picture = shape.input();
      h = sd.reshape(h, -1, picture[0], picture[1], picture[2]);
      for (int l = 1; l <= filters.length; l++) {
        Conv2DConfig strided =
            Conv2DConfig.builder()
                .kH(KERNEL)
                .kW(KERNEL)
                .sH(2)
                .sW(2)
                .paddingMode(PaddingMode.SAME)
                .build();
        SDVariable convolved =
            sd.cnn()
                .conv2d(
                    h, parameters.get("encoder.K" + l), parameters.get("encoder.k" + l), strided);
        h = shape.activation().of(sd, convolved);
      }
      h = sd.reshape(h, -1, flat(shape));
    }
    for (int l = 1; l <= shape.hidden().length; l++) {
      h = shape.activation().of(sd, affine(null, h, "encoder", "" + l));
    }
    return h;
  }

  /**
   * What the decoder says of x.
   *
   * @param a {@code [rows, features]}
   * @param scale {@code [rows, features]} or {@code [1]}; null where the likelihood has none
   */
  private record Decoded(SDVariable a, SDVariable scale) {}

  private Decoded decoder(SDVariable z) {
    SDVariable h = z;
    for (int l = 1; l <= shape.hidden().length; l++) {
      h = shape.activation().of(sd, affine(null, h, "decoder", "" + l));
    }
    int[] filters = shape.filters();
    if (filters.length > 0) {
      h = shape.activation().of(sd, affine(null, h, "decoder", "unfold"));
      int side = 1 << filters.length;
      h =
          sd.reshape(
              h, -1, filters[filters.length - 1], shape.input()[1] / side, shape.input()[2] / side);
      for (int l = filters.length - 1; l > 0; l--) {
        h = shape.activation().of(sd, deconvolution(h, "decoder.K" + l, "decoder.k" + l));
      }
    }
    Scale scale = shape.likelihood().scale();
    SDVariable spread = null;
    if (scale != null) {
      spread =
          switch (scale.kind()) {
            case FIXED -> sd.constant(Nd4j.valueArrayOf(new long[] {1}, scale.value(), type));
            case SHARED -> sd.math.exp(parameters.get("log scale"));
            case PREDICTED -> Layers.softplus(sd, head(h, "scale")).add(scale.value());
          };
    }
    return new Decoded(head(h, "out"), spread);
  }

  private SDVariable head(SDVariable h, String name) {
    if (shape.filters().length == 0) {
      return affine(null, h, "decoder", name);
    }
    SDVariable picture = deconvolution(h, "decoder.K" + name, "decoder.b" + name);
    return sd.reshape(picture, -1, shape.features());
  }

  private SDVariable deconvolution(SDVariable h, String kernel, String bias) {
    DeConv2DConfig strided =
        DeConv2DConfig.builder().kH(KERNEL).kW(KERNEL).sH(2).sW(2).isSameMode(true).build();
    return sd.cnn().deconv2d(h, parameters.get(kernel), parameters.get(bias), strided);
  }
}
