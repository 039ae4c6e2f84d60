package org.lowerbound.hierarchy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.hierarchy.LevelShape.Normalisation;
import org.lowerbound.hierarchy.LevelShape.Posteriors;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Scale;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The graph of a {@link LevelVae}.
 *
 * <p>Placeholders: {@code x [batch, 3·side²]}; {@code noise [batch, latents]}, level after level
 * from the lowest; for each level {@code beta l [1]}, the weight of its KL, and {@code prior l
 * [1]}: 0 draws z_l from q, 1 from the prior. Of a model normalised by batch also {@code live [1]},
 * 1 for the statistics of the batch and 0 for those fed as {@code running mean NAME} and {@code
 * running variance NAME}, {@code [1, channels, 1, 1]}.
 *
 * <p>The prior reads x through one constant matrix only, which has no row for a pixel of the
 * square: the border as it is, and in the square the harmonic fill.
 */
final class LevelGraph {

  /** Units of the dense layers at the top. */
  private static final int DENSE = 64;

  /** The least scale of a sub-pixel's law: a quarter of a level. */
  private static final double FLOOR = 1e-3;

  private final LevelShape shape;
  private final DataType type;
  private final SameDiff sd = SameDiff.create();
  private final Map<String, SDVariable> parameters = new HashMap<>();
  private final Map<String, INDArray> initial;
  private final Map<String, Integer> normalised = new LinkedHashMap<>();
  private SDVariable live;

  private LevelGraph(LevelShape shape, DataType type, Map<String, INDArray> initial) {
    this.shape = shape;
    this.type = type;
    this.initial = initial;
  }

  /**
   * A graph and the layers that are normalised.
   *
   * @param normalised names of those layers with their channels
   */
  record Built(Graph graph, Map<String, Integer> normalised) {}

  static Built build(
      LevelShape shape, DataType type, Map<String, INDArray> initial, double[][] fill) {
    LevelGraph graph = new LevelGraph(shape, type, initial);
    return new Built(graph.build(fill), graph.normalised);
  }

  /** Parameters by name, in the order of the network: shape and half-width of the first values. */
  private static final class Layout {
    final LevelShape shape;
    final Map<String, long[]> dimensions = new LinkedHashMap<>();
    final Map<String, Double> limits = new HashMap<>();

    Layout(LevelShape shape) {
      this.shape = shape;
      int c = shape.filters();
      int top = shape.levels();
      int wide = shape.width(top);
      long flat = (long) wide * ((long) topSide() * topSide());
      hidden("features.in", 3, 13, c);
      for (int l = 2; l <= top; l++) {
        hidden("features.down" + l, 4, shape.width(l - 1), shape.width(l));
      }
      dense("features.top", flat, DENSE, 1);
      dense("prior.top", DENSE, 2L * shape.latents()[top - 1], 0.1);
      dense("posterior.top", DENSE, 2L * shape.latents()[top - 1], 0.5);
      dense("state.top", DENSE + (long) shape.latents()[top - 1], flat, 1);
      for (int l = top - 1; l >= 1; l--) {
        int w = shape.width(l);
        int z = shape.latents()[l - 1];
        convolution("state.border" + l, 1, w, w, 1);
        hidden("state.in" + l, 3, shape.width(l + 1), w);
        convolution("prior.out" + l, 1, w, 2L * z, 0.1);
        convolution("posterior.in" + l, 3, w, w, 1);
        if (shape.posterior() == Posteriors.TOP_DOWN) {
          convolution("posterior.state" + l, 1, w, w, 1);
        }
        convolution("posterior.out" + l, 1, w, 2L * z, 0.5);
        convolution("state.latent" + l, 1, z, w, 1);
      }
      hidden("decoder.in", 3, c, 2L * c);
      convolution("decoder.centre", 3, 2L * c, 12, 0.1);
      convolution("decoder.scale", 1, 2L * c, 12, 0.1);
    }

    int topSide() {
      return shape.hole().side() >> shape.levels();
    }

    void add(String name, double limit, long... dimension) {
      dimensions.put(name, dimension);
      limits.put(name, limit);
    }

    void convolution(String name, int size, long from, long to, double gain) {
      double limit = Layers.glorot(size * size * from, size * size * to);
      add(name + ".K", gain * limit, size, size, from, to);
      add(name + ".b", 0, to);
    }

    /** A convolution whose output may be normalised. */
    void hidden(String name, int size, long from, long to) {
      convolution(name, size, from, to, 1);
      if (shape.normalisation() == Normalisation.BATCH) {
        add(name + ".gain", 0, 1, to, 1, 1);
      }
    }

    void dense(String name, long from, long to, double gain) {
      add(name + ".W", gain * Layers.glorot(from, to), from, to);
      add(name + ".b", 0, to);
    }
  }

  /** First values: Glorot uniform with a gain for each layer, biases 0, gains of channels 1. */
  static Map<String, INDArray> initial(LevelShape shape, RandomGenerator random, DataType type) {
    Layout layout = new Layout(shape);
    Map<String, INDArray> initial = new LinkedHashMap<>();
    layout.dimensions.forEach(
        (name, dimensions) -> {
          INDArray value = Layers.uniform(layout.limits.get(name), random, type, dimensions);
          initial.put(name, name.endsWith(".gain") ? value.assign(1) : value);
        });
    return initial;
  }

  private Graph build(double[][] fill) {
    initial.forEach((name, value) -> parameters.put(name, sd.var(name, value)));
    int levels = shape.levels();
    SDVariable x = sd.placeHolder("x", type, -1, shape.features());
    SDVariable noise = sd.placeHolder("noise", type, -1, shape.size());
    if (shape.normalisation() == Normalisation.BATCH) {
      live = sd.placeHolder("live", type, 1);
    }
    SDVariable filled = filled(x, fill);
    SDVariable[] border = features(folded(filled), 1, "border ");
    SDVariable[] whole = features(folded(x), 0, "whole ");

    SDVariable bound = null;
    SDVariable weighted = null;
    List<String> terms = new ArrayList<>(List.of("loss", "bound", "reconstruction"));
    SDVariable state = null;
    for (int l = levels; l >= 1; l--) {
      boolean top = l == levels;
      if (!top) {
        SDVariable below = cropped(upsampled(state), l, shape.width(l + 1), l == levels - 1);
        SDVariable seen = cropped(border[l], l, shape.width(l), true);
        SDVariable fed = sd.nn.relu(below, 0);
        state = hidden(fed, "state.in" + l, 1, convolution(seen, "state.border" + l, 1), "");
        state = sd.nn.relu(state, 0);
      }
      SDVariable prior = top ? dense(border[l], "prior.top") : flat("prior.out" + l, state, l);
      SDVariable posterior;
      if (top) {
        posterior = dense(whole[l], "posterior.top");
      } else {
        SDVariable seen = cropped(whole[l], l, shape.width(l), true);
        SDVariable inside = convolution(seen, "posterior.in" + l, 1);
        if (shape.posterior() == Posteriors.TOP_DOWN) {
          inside = inside.add(convolution(state, "posterior.state" + l, 1));
        }
        posterior = flat("posterior.out" + l, sd.nn.relu(inside, 0), l);
      }
      SDVariable z = latents(l, prior, posterior, noise);
      SDVariable kl = sd.getVariable("row kl " + l);
      SDVariable beta = sd.placeHolder("beta " + l, type, 1);
      kl.mean("kl " + l);
      terms.add("kl " + l);
      bound = bound == null ? kl.neg() : bound.sub(kl);
      weighted = weighted == null ? kl.mul(beta) : weighted.add(kl.mul(beta));
      if (top) {
        int side = shape.hole().side() >> levels;
        SDVariable both = sd.concat(1, border[l], z);
        state = sd.reshape(dense(both, "state.top"), -1, shape.width(levels), side, side);
      } else {
        SDVariable maps = sd.reshape(z, -1, shape.latents()[l - 1], shape.grid(l), shape.grid(l));
        state = state.add(convolution(maps, "state.latent" + l, 1));
      }
    }
    SDVariable reconstruction = decoded(state, filled, x);
    reconstruction.add("row bound", bound);
    weighted.sub(reconstruction).mean("loss");
    sd.getVariable("row bound").mean("bound");
    reconstruction.mean("reconstruction");
    return Graph.of(sd, "loss", terms.subList(1, terms.size()).toArray(String[]::new));
  }

  /** x with the harmonic fill in its square: x times a matrix that does not read the square. */
  private SDVariable filled(SDVariable x, double[][] fill) {
    Hole hole = shape.hole();
    int plane = hole.side() * hole.side();
    double[][] matrix = new double[plane][plane];
    boolean[] inside = new boolean[plane];
    for (int i = 0; i < fill.length; i++) {
      inside[hole.place(i)] = true;
      for (int b = 0; b < plane; b++) {
        matrix[b][hole.place(i)] = fill[i][b];
      }
    }
    for (int b = 0; b < plane; b++) {
      if (!inside[b]) {
        matrix[b][b] = 1;
      }
    }
    SDVariable constant = sd.constant("fill", Nd4j.createFromArray(matrix).castTo(type));
    SDVariable planes = sd.reshape(x, -1, plane).mmul(constant);
    return sd.reshape(planes, -1, shape.features());
  }

  /** {@code [batch, 3·side²]} to {@code [batch, 12, side/2, side/2]}, pixel by pixel of a block. */
  private SDVariable folded(SDVariable x) {
    int half = shape.hole().side() / 2;
    SDVariable parts = sd.reshape(x, -1, 3, half, 2, half, 2);
    return sd.reshape(sd.permute(parts, 0, 3, 5, 1, 2, 4), -1, 12, half, half);
  }

  /**
   * Maps at side/2, side/4, … and last the vector of the top; entry l is level l's, entry 0 none.
   *
   * @param masked what the thirteenth channel holds: 1 says that the square is filled
   */
  private SDVariable[] features(SDVariable folded, double masked, String prefix) {
    SDVariable[] all = new SDVariable[shape.levels() + 1];
    SDVariable channel =
        sd.slice(folded, new int[] {0, 0, 0, 0}, -1, 1, half(), half()).mul(0).add(masked);
    SDVariable in = sd.concat(1, folded.sub(0.5), channel);
    all[1] = sd.nn.relu(hidden(in, "features.in", 1, null, prefix), 0);
    for (int l = 2; l <= shape.levels(); l++) {
      all[l] = sd.nn.relu(hidden(all[l - 1], "features.down" + l, 2, null, prefix), 0);
    }
    int top = shape.levels();
    int side = shape.hole().side() >> top;
    SDVariable flat = sd.reshape(all[top], -1, (long) shape.width(top) * side * side);
    all[top] = sd.nn.relu(dense(flat, "features.top"), 0);
    return all;
  }

  private int half() {
    return shape.hole().side() / 2;
  }

  private SDVariable upsampled(SDVariable maps) {
    return sd.cnn().upsampling2d(maps, 2, 2, true);
  }

  /** The part of the maps of a level over the square; the maps themselves if they are it. */
  private SDVariable cropped(SDVariable maps, int level, int channels, boolean wholePicture) {
    if (!wholePicture) {
      return maps;
    }
    int from = shape.hole().margin() >> level;
    int size = shape.hole().inner() >> level;
    return sd.slice(maps, new int[] {0, 0, from, from}, -1, channels, size, size);
  }

  /** The maps of a convolution as one row, means of all latents first. */
  private SDVariable flat(String name, SDVariable below, int level) {
    return sd.reshape(convolution(below, name, 1), -1, 2L * shape.size(level));
  }

  /**
   * z_l = μ + σ ε from q or the prior, and {@code row kl l}: KL(q ‖ p) = ½ Σ_j [log σ_p² − log σ_q²
   * + (σ_q² + (μ_q − μ_p)²)/σ_p² − 1].
   */
  private SDVariable latents(int l, SDVariable prior, SDVariable posterior, SDVariable noise) {
    int n = shape.size(l);
    SDVariable switched = sd.placeHolder("prior " + l, type, 1);
    SDVariable meanP = sd.slice("prior mean " + l, prior, new int[] {0, 0}, -1, n);
    SDVariable logP = sd.slice("prior logvar " + l, prior, new int[] {0, n}, -1, n);
    SDVariable meanQ = sd.slice(posterior, new int[] {0, 0}, -1, n);
    SDVariable logQ = sd.slice(posterior, new int[] {0, n}, -1, n);
    meanQ = meanQ.add("mean " + l, meanP.sub(meanQ).mul(switched));
    logQ = logQ.add("logvar " + l, logP.sub(logQ).mul(switched));
    SDVariable off = meanQ.sub(meanP);
    SDVariable inverse = sd.math.exp(logP.neg());
    sd.math
        .exp(logQ.sub(logP))
        .add(off.mul(off).mul(inverse))
        .sub(logQ.sub(logP))
        .sub(1)
        .sum(1)
        .mul("row kl " + l, 0.5);
    SDVariable own = sd.slice(noise, new int[] {0, shape.offset(l)}, -1, n);
    return meanQ.add("latent " + l, sd.math.exp(logQ.mul(0.5)).mul(own));
  }

  /**
   * {@code row reconstruction}, with {@code centre} and {@code scale}, {@code [batch, 3·inner²]}.
   */
  private SDVariable decoded(SDVariable state, SDVariable filled, SDVariable x) {
    SDVariable top = hidden(sd.nn.relu(state, 0), "decoder.in", 1, null, "");
    top = sd.nn.relu(top, 0);
    SDVariable correction = unfolded(convolution(top, "decoder.centre", 1));
    SDVariable centre = square(filled).add("centre", correction);
    SDVariable scale =
        Layers.softplus(sd, unfolded(convolution(top, "decoder.scale", 1))).add("scale", FLOOR);
    return Likelihood.discretisedLogistic(Scale.predicted(FLOOR), 256)
        .logProbability(sd, square(x), centre, scale)
        .rename("row reconstruction");
  }

  /** The square of pictures, {@code [batch, 3·inner²]}. */
  private SDVariable square(SDVariable pictures) {
    Hole hole = shape.hole();
    int m = hole.margin();
    SDVariable planes = sd.reshape(pictures, -1, 3, hole.side(), hole.side());
    SDVariable cut = sd.slice(planes, new int[] {0, 0, m, m}, -1, 3, hole.inner(), hole.inner());
    return sd.reshape(cut, -1, hole.features());
  }

  /** {@code [batch, 12, inner/2, inner/2]} to {@code [batch, 3·inner²]}: folding undone. */
  private SDVariable unfolded(SDVariable maps) {
    int half = shape.hole().inner() / 2;
    SDVariable parts = sd.reshape(maps, -1, 2, 2, 3, half, half);
    return sd.reshape(sd.permute(parts, 0, 3, 4, 1, 5, 2), -1, shape.hole().features());
  }

  private SDVariable dense(SDVariable below, String name) {
    return below.mmul(parameters.get(name + ".W")).add(parameters.get(name + ".b"));
  }

  private SDVariable convolution(SDVariable below, String name, int stride) {
    SDVariable kernel = parameters.get(name + ".K");
    int size = (int) initial.get(name + ".K").size(0);
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(size)
            .kW(size)
            .sH(stride)
            .sW(stride)
            .paddingMode(PaddingMode.SAME)
            .weightsFormat(WeightsFormat.YXIO)
            .build();
    return sd.cnn().conv2d(below, kernel, parameters.get(name + ".b"), config);
  }

  /**
   * A convolution, with something added, and normalised if the shape says so.
   *
   * @param prefix tells apart the two uses of the layers that border and whole picture share
   */
  private SDVariable hidden(
      SDVariable below, String name, int stride, SDVariable added, String prefix) {
    SDVariable h = convolution(below, name, stride);
    if (added != null) {
      h = h.add(added);
    }
    if (shape.normalisation() == Normalisation.NONE) {
      return h;
    }
    // With its own bias the layer could not move: what is normalised has the mean 0. The bias is
    // added afterwards, as the shift.
    SDVariable bias = sd.reshape(parameters.get(name + ".b"), 1, -1, 1, 1);
    h = h.sub(bias);
    String key = prefix + name;
    SDVariable mean = h.mean("mean of " + key, true, 0, 2, 3);
    SDVariable off = h.sub(mean);
    SDVariable variance = off.mul(off).mean("variance of " + key, true, 0, 2, 3);
    long channels = initial.get(name + ".b").length();
    SDVariable runningMean = sd.placeHolder("running mean " + key, type, 1, channels, 1, 1);
    SDVariable runningVariance = sd.placeHolder("running variance " + key, type, 1, channels, 1, 1);
    SDVariable usedMean = runningMean.add(mean.sub(runningMean).mul(live));
    SDVariable usedVariance = runningVariance.add(variance.sub(runningVariance).mul(live));
    SDVariable inverse = sd.math.exp(sd.math.log(usedVariance.add(1e-5)).mul(-0.5));
    normalised.put(key, (int) channels);
    return h.sub(usedMean).mul(inverse).mul(parameters.get(name + ".gain")).add(bias);
  }
}
