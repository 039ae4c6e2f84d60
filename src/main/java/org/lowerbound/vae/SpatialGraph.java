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
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The graph of a {@link SpatialVae}, and beside it the decoder alone with its latents fed.
 *
 * <p>Placeholders: {@code x [batch, 3·side²]}, {@code noise [batch, latents]}, {@code beta [1]};
 * for the decoder alone {@code z [batch, latents]}, with {@code x} of as many rows for log p(x |
 * z).
 */
final class SpatialGraph {

  /** Hidden units of the encoder's correction of principal components, for each filter. */
  private static final int HIDDEN = 4;

  private final SpatialShape shape;
  private final DataType type;
  private final SameDiff sd = SameDiff.create();
  private final Map<String, SDVariable> parameters = new HashMap<>();
  private final Map<String, INDArray> initial;
  private final Map<String, INDArray> fixed;
  private final List<int[]> pairs;

  private SpatialGraph(
      SpatialShape shape,
      DataType type,
      Map<String, INDArray> initial,
      Map<String, INDArray> fixed) {
    this.shape = shape;
    this.type = type;
    this.initial = initial;
    this.fixed = fixed;
    this.pairs = shape.law().dependence().pairs();
  }

  /**
   * Builds the graph.
   *
   * @param initial the first values of what is learned, by name
   * @param fixed the values of what is not: the affine maps of principal components
   */
  static Graph build(
      SpatialShape shape,
      DataType type,
      Map<String, INDArray> initial,
      Map<String, INDArray> fixed) {
    return new SpatialGraph(shape, type, initial, fixed).build();
  }

  /** Parameters by name, in the order of the network: shape and half-width of the first values. */
  private static final class Layout {
    final Map<String, long[]> dimensions = new LinkedHashMap<>();
    final Map<String, Double> limits = new HashMap<>();

    void add(String name, double limit, long... dimension) {
      dimensions.put(name, dimension);
      limits.put(name, limit);
    }

    /** A kernel {@code [size, size, fewer, more]} and the bias of its output. */
    void convolution(String name, int size, long from, long to, double gain) {
      double limit = Layers.glorot(size * size * from, size * size * to);
      add(name + ".K", gain * limit, size, size, from, to);
      add(name + ".b", 0, to);
    }

    void dense(String name, long from, long to, double gain) {
      add(name + ".W", gain * Layers.glorot(from, to), from, to);
      add(name + ".b", 0, to);
    }

    void block(String name, SpatialShape shape) {
      int c = shape.filters();
      for (int half = 1; half <= 2; half++) {
        if (shape.normalisation() == SpatialShape.Normalisation.PICTURE) {
          add(name + ".gain" + half, 0, 1, c, 1, 1);
          add(name + ".shift" + half, 0, 1, c, 1, 1);
        }
        // The last kernel of a block starts small, so that a deep network starts near identity.
        convolution(name + "." + half, 3, c, c, half == 1 ? 1 : 0.1);
      }
    }
  }

  private static Layout layout(SpatialShape shape) {
    Layout all = new Layout();
    int c = shape.filters();
    if (shape.arrangement() == SpatialShape.Latents.PRINCIPAL) {
      long features = shape.features();
      int hidden = HIDDEN * c;
      all.dense("encoder.hidden", features, hidden, 1);
      all.dense("encoder.mean", hidden, shape.latents(), 0.1);
      all.dense("encoder.logvar", hidden, shape.latents(), 0.1);
      all.convolution("decoder.in", 3, Dependence.LENGTH, c, 1);
      for (int b = 1; b <= shape.blocks(); b++) {
        all.block("decoder.block" + b, shape);
      }
      heads(all, shape, 0.02);
      return all;
    }
    long flat = (long) c * shape.grid() * shape.grid();
    all.convolution("encoder.in", 3, Dependence.LENGTH, c, 1);
    all.convolution("encoder.down", 4, c, c, 1);
    for (int b = 1; b <= shape.blocks(); b++) {
      all.block("encoder.block" + b, shape);
    }
    if (shape.arrangement() == SpatialShape.Latents.SPATIAL) {
      all.convolution("encoder.mean", 1, c, shape.latentChannels(), 1);
      all.convolution("encoder.logvar", 1, c, shape.latentChannels(), 0.1);
      all.convolution("decoder.in", 3, shape.latentChannels(), c, 1);
    } else {
      all.dense("encoder.mean", flat, shape.latentChannels(), 1);
      all.dense("encoder.logvar", flat, shape.latentChannels(), 0.1);
      all.dense("decoder.in", shape.latentChannels(), flat, 1);
    }
    for (int b = 1; b <= shape.blocks(); b++) {
      all.block("decoder.block" + b, shape);
    }
    // A transposed convolution takes its kernel as [size, size, out, in].
    all.add("decoder.up.K", Layers.glorot(16L * c, 16L * c), 4, 4, c, c);
    all.add("decoder.up.b", 0, c);
    heads(all, shape, 0.5);
    return all;
  }

  private static void heads(Layout all, SpatialShape shape, double gain) {
    int c = shape.filters();
    for (int k = 0; k < shape.law().components(); k++) {
      all.convolution("decoder.centre" + k, 3, c, Dependence.LENGTH, gain);
      if (shape.law().component().heads() == 2) {
        all.convolution("decoder.scale" + k, 1, c, Dependence.LENGTH, 0.1);
      }
      if (shape.law().components() > 1) {
        all.convolution("decoder.weight" + k, 1, c, Dependence.LENGTH, 0.1);
      }
    }
    int seen = shape.law().dependence().pairs().size();
    if (seen > 0) {
      all.convolution("decoder.seen", 1, c, seen, 0.1);
    }
    Scale scale = shape.law().component().scale();
    if (scale != null && scale.kind() == Scale.Kind.SHARED) {
      all.add("log scale", 0, 1);
    }
  }

  /** First values: Glorot uniform with a gain for each layer, biases 0, gains of channels 1. */
  static Map<String, INDArray> initial(SpatialShape shape, RandomGenerator random, DataType type) {
    Layout layout = layout(shape);
    Map<String, INDArray> initial = new LinkedHashMap<>();
    layout.dimensions.forEach(
        (name, dimensions) -> {
          INDArray value = Layers.uniform(layout.limits.get(name), random, type, dimensions);
          if (name.contains(".gain")) {
            value.assign(1);
          } else if (name.equals("log scale")) {
            value.assign(Math.log(shape.law().component().scale().value()));
          }
          initial.put(name, value);
        });
    return initial;
  }

  private Graph build() {
    initial.forEach((name, value) -> parameters.put(name, sd.var(name, value)));
    fixed.forEach((name, value) -> parameters.put(name, sd.constant(name, value)));
    SDVariable x = sd.placeHolder("x", type, -1, shape.features());
    SDVariable noise = sd.placeHolder("noise", type, -1, shape.latents());
    SDVariable beta = sd.placeHolder("beta", type, 1);
    SDVariable folded = folded(x);

    SDVariable mean;
    SDVariable logvar;
    if (shape.arrangement() == SpatialShape.Latents.PRINCIPAL) {
      SDVariable centred = flat(folded).sub(0.5);
      SDVariable hidden = sd.nn.relu(dense(centred, "encoder.hidden"), 0);
      mean = dense(centred, "encoder.linear").add("mean", dense(hidden, "encoder.mean"));
      logvar = dense(hidden, "encoder.logvar");
    } else {
      SDVariable top = encoder(folded);
      mean = latents(top, "encoder.mean").rename("mean");
      logvar = latents(top, "encoder.logvar");
    }
    SDVariable deviation = sd.math.exp("deviation", logvar.mul(0.5));
    // KL(q(z|x) ‖ N(0, I)) = ½ Σ_j (μ² + σ² − 1 − log σ²), per picture.
    SDVariable kl =
        mean.mul(mean).add(sd.math.exp(logvar)).sub(logvar).sub(1).sum(1).mul("row kl", 0.5);
    SDVariable z = mean.add(deviation.mul(noise));
    SDVariable reconstruction = logProbability(folded, decoder(z), "").rename("row reconstruction");
    reconstruction.sub("row bound", kl);
    kl.mul(beta).sub(reconstruction).mean("loss");
    reconstruction.sub(kl).mean("bound");
    reconstruction.mean("reconstruction");
    kl.mean("kl");

    SDVariable fed = sd.placeHolder("z", type, -1, shape.latents());
    logProbability(folded, decoder(fed), "decoded ").rename("logp");
    return Graph.of(sd, "loss", "bound", "reconstruction", "kl");
  }

  /** {@code [batch, 3·side²]} to {@code [batch, 12, side/2, side/2]}, pixel by pixel of a block. */
  private SDVariable folded(SDVariable x) {
    int half = shape.side() / 2;
    SDVariable parts = sd.reshape(x, -1, 3, half, 2, half, 2);
    return sd.reshape(sd.permute(parts, 0, 3, 5, 1, 2, 4), -1, Dependence.LENGTH, half, half);
  }

  private SDVariable latents(SDVariable top, String name) {
    if (shape.arrangement() == SpatialShape.Latents.SPATIAL) {
      return sd.reshape(convolution(top, name, 1), -1, shape.latents());
    }
    return dense(sd.reshape(top, -1, flat()), name);
  }

  private long flat() {
    return (long) shape.filters() * shape.grid() * shape.grid();
  }

  private SDVariable encoder(SDVariable folded) {
    SDVariable h = sd.nn.relu(convolution(folded, "encoder.in", 1), 0);
    h = convolution(h, "encoder.down", 2);
    for (int b = 1; b <= shape.blocks(); b++) {
      h = block(h, "encoder.block" + b);
    }
    return sd.nn.relu(h, 0);
  }

  /**
   * What the convolutions of the decoder end in.
   *
   * @param top the last hidden layer, {@code [batch, filters, side/2, side/2]}
   * @param linear the first centres, {@code [batch, 12, side/2, side/2]}; null if there are none
   */
  private record Decoded(SDVariable top, SDVariable linear) {}

  private Decoded decoder(SDVariable z) {
    int grid = shape.grid();
    SDVariable h;
    if (shape.arrangement() == SpatialShape.Latents.PRINCIPAL) {
      int half = shape.side() / 2;
      SDVariable linear = sd.reshape(dense(z, "decoder.linear"), -1, Dependence.LENGTH, half, half);
      h = convolution(linear, "decoder.in", 1);
      for (int b = 1; b <= shape.blocks(); b++) {
        h = block(h, "decoder.block" + b);
      }
      return new Decoded(sd.nn.relu(h, 0), linear.add(0.5));
    }
    if (shape.arrangement() == SpatialShape.Latents.SPATIAL) {
      h = convolution(sd.reshape(z, -1, shape.latentChannels(), grid, grid), "decoder.in", 1);
    } else {
      h = sd.reshape(dense(z, "decoder.in"), -1, shape.filters(), grid, grid);
    }
    for (int b = 1; b <= shape.blocks(); b++) {
      h = block(h, "decoder.block" + b);
    }
    DeConv2DConfig twice =
        DeConv2DConfig.builder().kH(4).kW(4).sH(2).sW(2).isSameMode(true).build();
    SDVariable up =
        sd.cnn()
            .deconv2d(
                sd.nn.relu(h, 0),
                parameters.get("decoder.up.K"),
                parameters.get("decoder.up.b"),
                twice);
    return new Decoded(sd.nn.relu(up, 0), null);
  }

  /** h + K₂ ∗ relu(N(K₁ ∗ relu(N(h)))): what a block learns is a correction. */
  private SDVariable block(SDVariable h, String name) {
    SDVariable inner = h;
    for (int half = 1; half <= 2; half++) {
      if (shape.normalisation() == SpatialShape.Normalisation.PICTURE) {
        inner = normalised(inner, name, half);
      }
      inner = convolution(sd.nn.relu(inner, 0), name + "." + half, 1);
    }
    return h.add(inner);
  }

  /** (h − mean)/√(variance + 10⁻⁵) over all channels and places of one picture; gain and shift. */
  private SDVariable normalised(SDVariable h, String name, int half) {
    SDVariable centred = h.sub(h.mean(true, 1, 2, 3));
    SDVariable variance = centred.mul(centred).mean(true, 1, 2, 3);
    SDVariable inverse = sd.math.exp(sd.math.log(variance.add(1e-5)).mul(-0.5));
    return centred
        .mul(inverse)
        .mul(parameters.get(name + ".gain" + half))
        .add(parameters.get(name + ".shift" + half));
  }

  private SDVariable dense(SDVariable below, String name) {
    return below.mmul(parameters.get(name + ".W")).add(parameters.get(name + ".b"));
  }

  private SDVariable convolution(SDVariable below, String name, int stride) {
    SDVariable kernel = parameters.get(name + ".K");
    long size = initial.get(name + ".K").size(0);
    return convolution(below, kernel, parameters.get(name + ".b"), (int) size, stride);
  }

  private SDVariable convolution(
      SDVariable below, SDVariable kernel, SDVariable bias, int size, int stride) {
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(size)
            .kW(size)
            .sH(stride)
            .sW(stride)
            .paddingMode(PaddingMode.SAME)
            .weightsFormat(WeightsFormat.YXIO)
            .build();
    return sd.cnn().conv2d(below, kernel, bias, config);
  }

  /**
   * log p(x | z) of each picture from the decoder's last layer.
   *
   * @param prefix of the names that the outputs get; none for ""
   */
  private SDVariable logProbability(SDVariable folded, Decoded decoded, String prefix) {
    PictureLaw law = shape.law();
    int k = law.components();
    SDVariable[] centres = new SDVariable[k];
    SDVariable[] scales = law.component().scale() == null ? null : new SDVariable[k];
    SDVariable[] weights = k == 1 ? null : new SDVariable[k];
    SDVariable middle = null;
    for (int i = 0; i < k; i++) {
      SDVariable centre = convolution(decoded.top, "decoder.centre" + i, 1);
      centres[i] = decoded.linear == null ? centre : centre.add(decoded.linear);
      output(prefix + "centre" + i, centres[i], prefix);
      middle = i == 0 ? centres[0] : middle.add(centres[i]);
      if (scales != null) {
        scales[i] = scale(decoded.top, i);
        output(prefix + "scale" + i, scales[i], prefix);
      }
      if (weights != null) {
        weights[i] = flat(convolution(decoded.top, "decoder.weight" + i, 1));
        output(prefix + "weight" + i, weights[i], prefix);
      }
    }
    SDVariable shift = null;
    if (!pairs.isEmpty()) {
      // Two constant 1×1 convolutions: one hands x_j − μ_j to each pair (i, j), one sums those of
      // i.
      SDVariable coefficients = convolution(decoded.top, "decoder.seen", 1);
      output(prefix + "seen", coefficients, prefix);
      SDVariable residual = folded.sub(k == 1 ? middle : middle.mul(1.0 / k));
      SDVariable earlier = convolution(residual, pick(1), zeros(pairs.size()), 1, 1);
      shift = convolution(coefficients.mul(earlier), pick(0), zeros(Dependence.LENGTH), 1, 1);
    }
    for (int i = 0; i < k; i++) {
      centres[i] = flat(shift == null ? centres[i] : centres[i].add(shift));
    }
    return law.logProbability(sd, flat(folded), new PictureLaw.Parts(centres, scales, weights));
  }

  private void output(String name, SDVariable value, String prefix) {
    if (!prefix.isEmpty()) {
      sd.identity(name, value);
    }
  }

  private SDVariable scale(SDVariable top, int i) {
    Scale scale = shape.law().component().scale();
    return switch (scale.kind()) {
      case FIXED -> sd.constant(Nd4j.valueArrayOf(new long[] {1}, scale.value(), type));
      case SHARED -> sd.math.exp(parameters.get("log scale"));
      case PREDICTED ->
          flat(Layers.softplus(sd, convolution(top, "decoder.scale" + i, 1)).add(scale.value()));
    };
  }

  private SDVariable flat(SDVariable maps) {
    return sd.reshape(maps, -1, shape.features());
  }

  /**
   * {@code [1, 1, 12, pairs]} with a 1 where the second of the pair is; or, of the first, turned.
   */
  private SDVariable pick(int which) {
    double[][] ones =
        which == 1
            ? new double[Dependence.LENGTH][pairs.size()]
            : new double[pairs.size()][Dependence.LENGTH];
    List<int[]> all = new ArrayList<>(pairs);
    for (int p = 0; p < all.size(); p++) {
      int at = all.get(p)[which];
      if (which == 1) {
        ones[at][p] = 1;
      } else {
        ones[p][at] = 1;
      }
    }
    INDArray kernel = Nd4j.createFromArray(ones).castTo(type);
    return sd.constant(kernel.reshape(1, 1, ones.length, ones[0].length));
  }

  private SDVariable zeros(int length) {
    return sd.constant(Nd4j.zeros(type, length));
  }
}
