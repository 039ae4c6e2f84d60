package org.lowerbound.vae;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.lowerbound.train.Model;
import org.lowerbound.train.ModelFile;
import org.lowerbound.train.Support;
import org.lowerbound.train.Trainer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The variational autoencoder (Kingma and Welling 2014): p(z) = N(0, I), p(x | z) by a decoder, q(z
 * | x) = N(μ(x), diag σ²(x)) by an encoder. Training maximises an {@link Objective}, by default
 *
 * <p>E_q[log p(x | z)] − KL(q(z | x) ‖ p(z)) ≤ log p(x),
 *
 * <p>with z = μ(x) + σ(x)ε, ε ~ N(0, I), so that the gradient passes through the draw. The encoder
 * gives log σ², hence σ = exp(½ log σ²). Sums run over pixels and latents, means over examples; all
 * values are in nats.
 */
public final class Vae implements Model {

  /** Rows, or draws of z, in one run of an evaluation. */
  private static final int CHUNK = 500;

  private final VaeShape shape;
  private final Objective objective;
  private final DataType type;
  private final Graph graph;

  private Vae(VaeShape shape, Objective objective, DataType type, Map<String, INDArray> initial) {
    this.shape = shape;
    this.objective = objective;
    this.type = type;
    this.graph = VaeGraph.build(shape, objective, type, initial);
  }

  /**
   * A new model with random weights (Glorot uniform), trained by the bound with one draw.
   *
   * @param seed of the weights
   */
  public static Vae create(VaeShape shape, long seed) {
    return create(shape, seed, DataType.FLOAT);
  }

  /** See {@link #create(VaeShape, long)}; in double precision for checks of gradients. */
  public static Vae create(VaeShape shape, long seed, DataType type) {
    return new Vae(
        shape, Objective.bound(), type, VaeGraph.initial(shape, Trainer.random(seed), type));
  }

  /** The same parameters, copied, under another objective. */
  public Vae objective(Objective newObjective) {
    return new Vae(shape, newObjective, type, parameters());
  }

  private Map<String, INDArray> parameters() {
    Map<String, INDArray> values = new LinkedHashMap<>();
    for (String name : graph.parameterNames()) {
      values.put(name, graph.parameter(name).dup());
    }
    return values;
  }

  /**
   * Starts the decoder's output bias at the data: at the log-odds of each pixel's mean for bits, at
   * the mean otherwise; for convolutions, whose bias belongs to a channel, at the channel's. The
   * decoder then begins near the model of independent pixels.
   *
   * @return this
   */
  public Vae centred(Examples data) {
    support().check(data);
    int features = shape.features();
    double[] sums = Layers.sums(data);
    boolean dense = shape.filters().length == 0;
    double[] bias = new double[dense ? features : shape.channels()];
    int group = features / bias.length;
    for (int b = 0; b < bias.length; b++) {
      double sum = Arrays.stream(sums, b * group, (b + 1) * group).sum();
      bias[b] = shape.likelihood().link(sum / group / data.size(), data.size());
    }
    graph.parameter("decoder.bout").assign(Nd4j.createFromArray(bias).castTo(type));
    return this;
  }

  @Override
  public Graph graph() {
    return graph;
  }

  /** The values that the likelihood is of. */
  @Override
  public Support support() {
    return shape.likelihood().support(shape.features());
  }

  /** The architecture; the objective is the training's affair. */
  @Override
  public Map<String, String> description() {
    return shape.description();
  }

  /** The architecture. */
  public VaeShape shape() {
    return shape;
  }

  /** What training maximises. */
  public Objective objective() {
    return objective;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Outside training the weight of the KL is 1, so that a validation value is the bound whatever
   * was trained.
   */
  @Override
  public Map<String, INDArray> feed(Batch batch) {
    double beta = batch.training() ? objective.weight(batch.step()) : 1;
    Map<String, INDArray> feed = new HashMap<>();
    feed.put("x", batch.x());
    feed.put("noise", noise((long) objective.samples() * batch.size(), batch.random()));
    feed.put("beta", array(new float[] {(float) beta}, 1));
    return feed;
  }

  private INDArray noise(long rows, RandomGenerator random) {
    float[] noise = new float[Checks.length(rows, shape.latents())];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return array(noise, rows, shape.latents());
  }

  private INDArray array(float[] values, long... dimensions) {
    INDArray array = Nd4j.create(values, dimensions, 'c');
    return type == DataType.FLOAT ? array : array.castTo(type);
  }

  private INDArray rows(float[][] rows, int from, int to, int width) {
    float[] flat = new float[(to - from) * width];
    for (int i = from; i < to; i++) {
      if (i % 100 == 0) {
        StopButton.poll();
      }
      if (rows[i].length != width) {
        throw new IllegalArgumentException(
            "Row " + i + " has " + rows[i].length + " numbers; expected " + width + ".");
      }
      for (int j = 0; j < width; j++) {
        if (!Float.isFinite(rows[i][j])) {
          throw new IllegalArgumentException(
              "Row "
                  + i
                  + " holds "
                  + rows[i][j]
                  + " (value "
                  + j
                  + " of 0 to "
                  + (width - 1)
                  + ").");
        }
      }
      System.arraycopy(rows[i], 0, flat, (i - from) * width, width);
    }
    return array(flat, to - from, width);
  }

  /**
   * The approximate posterior of each row.
   *
   * @param x {@code [rows, features]}
   */
  public Posterior encode(float[][] x) {
    double[][] mean = new double[x.length][];
    double[][] deviation = new double[x.length][];
    for (int from = 0; from < x.length; from += CHUNK) {
      int to = Math.min(x.length, from + CHUNK);
      Map<String, INDArray> values =
          Trainer.evaluate(
              this, Map.of("x", rows(x, from, to, shape.features())), "mean", "deviation");
      double[][] means = values.get("mean").toDoubleMatrix();
      double[][] deviations = values.get("deviation").toDoubleMatrix();
      System.arraycopy(means, 0, mean, from, means.length);
      System.arraycopy(deviations, 0, deviation, from, means.length);
    }
    return new Posterior(mean, deviation);
  }

  /** The approximate posterior of every row of a data set. */
  public Posterior encode(Examples data) {
    Support.real(shape.features()).checkWidth(data);
    return encode(data.rows(0, data.size()));
  }

  /**
   * The decoder's mean picture E[x | z] for each z.
   *
   * @param z {@code [rows, latents]}
   * @return {@code [rows, features]}
   */
  public float[][] decode(double[][] z) {
    return decoded(z, null);
  }

  /** Pictures drawn from p(x | z) rather than their means; {@code [rows, features]}. */
  public float[][] draw(double[][] z, RandomGenerator random) {
    if (random == null) {
      throw new IllegalArgumentException("Drawing needs a generator.");
    }
    return decoded(z, random);
  }

  private float[][] decoded(double[][] z, RandomGenerator random) {
    float[][] pictures = new float[z.length][];
    boolean scaled = random != null && shape.likelihood().scale() != null;
    String[] outputs = scaled ? new String[] {"a", "s"} : new String[] {"a"};
    for (int from = 0; from < z.length; from += CHUNK) {
      int to = Math.min(z.length, from + CHUNK);
      Map<String, INDArray> values =
          Trainer.evaluate(this, Map.of("z", latents(z, from, to)), outputs);
      float[][] a = values.get("a").toFloatMatrix();
      double[] s = scaled ? values.get("s").dup('c').data().asDouble() : new double[1];
      for (int i = 0; i < a.length; i++) {
        for (int d = 0; d < a[i].length; d++) {
          double spread = s.length == 1 ? s[0] : s[i * a[i].length + d];
          a[i][d] =
              (float)
                  (random == null
                      ? shape.likelihood().mean(a[i][d])
                      : shape.likelihood().draw(a[i][d], spread, random));
        }
        pictures[from + i] = a[i];
      }
    }
    return pictures;
  }

  private INDArray latents(double[][] z, int from, int to) {
    float[][] rows = new float[to - from][shape.latents()];
    for (int i = from; i < to; i++) {
      if (z[i].length != shape.latents()) {
        throw new IllegalArgumentException(
            "z must have " + shape.latents() + " latents; row " + i + " has " + z[i].length + ".");
      }
      for (int j = 0; j < z[i].length; j++) {
        rows[i - from][j] = (float) z[i][j];
      }
    }
    return rows(rows, 0, rows.length, shape.latents());
  }

  /** Each row encoded to the mean of its posterior and decoded; {@code [rows, features]}. */
  public float[][] reconstruct(float[][] x) {
    return decode(encode(x).mean());
  }

  /** Mean pictures of latents drawn from the prior N(0, I); {@code [count, features]}. */
  public float[][] sample(int count, RandomGenerator random) {
    if (count < 1) {
      throw new IllegalArgumentException("At least 1 picture can be drawn, not " + count + ".");
    }
    double[][] z = new double[count][shape.latents()];
    for (double[] row : z) {
      Arrays.setAll(row, j -> random.nextGaussian());
    }
    return decode(z);
  }

  /**
   * Pictures along the straight line between the posterior means of two rows, ends included.
   *
   * @param steps number of pictures, at least 2
   * @return {@code [steps, features]}
   */
  public float[][] interpolate(float[] from, float[] to, int steps) {
    if (steps < 2) {
      throw new IllegalArgumentException(
          "An interpolation shows its two ends: at least 2 pictures, not " + steps + ".");
    }
    double[][] ends = encode(new float[][] {from, to}).mean();
    double[][] line = new double[steps][shape.latents()];
    for (int i = 0; i < steps; i++) {
      double t = i / (steps - 1.0);
      for (int j = 0; j < line[i].length; j++) {
        line[i][j] = (1 - t) * ends[0][j] + t * ends[1][j];
      }
    }
    return decode(line);
  }

  /**
   * "b is to a as … is to c": the decoding of μ(b) − μ(a) + μ(c); {@code [features]}. Each argument
   * is a set of rows of which the mean of the posterior means is taken.
   */
  public float[] analogy(float[][] a, float[][] b, float[][] c) {
    double[] z = centre(b);
    double[] minus = centre(a);
    double[] plus = centre(c);
    for (int j = 0; j < z.length; j++) {
      z[j] += plus[j] - minus[j];
    }
    return decode(new double[][] {z})[0];
  }

  private double[] centre(float[][] rows) {
    double[][] means = encode(rows).mean();
    double[] centre = new double[shape.latents()];
    for (double[] mean : means) {
      for (int j = 0; j < centre.length; j++) {
        centre[j] += mean[j] / means.length;
      }
    }
    return centre;
  }

  /**
   * The values Φ⁻¹((i + ½)/side), i = 0 … side − 1: they cut the standard normal law into parts of
   * equal probability.
   */
  public static double[] quantiles(int side) {
    NormalDistribution normal = NormalDistribution.of(0, 1);
    double[] quantiles = new double[side];
    Arrays.setAll(quantiles, i -> normal.inverseCumulativeProbability((i + 0.5) / side));
    return quantiles;
  }

  /**
   * The picture of a two-dimensional latent plane (Kingma and Welling 2014, figure 4): the unit
   * square in equal steps, mapped through the inverse Gaussian distribution function, so that every
   * tile stands for the same prior probability.
   *
   * @param side tiles in a row
   * @return {@code [side², features]}, row by row from the top left: z₁ grows to the right, z₂
   *     upwards, both over {@link #quantiles}
   * @throws IllegalStateException unless there are two latents
   */
  public float[][] manifold(int side) {
    if (shape.latents() != 2) {
      throw new IllegalStateException(
          "A manifold is drawn of 2 latents; this model has " + shape.latents() + ".");
    }
    double[] q = quantiles(side);
    double[][] z = new double[side * side][];
    for (int i = 0; i < z.length; i++) {
      z[i] = new double[] {q[i % side], q[side - 1 - i / side]};
    }
    return decode(z);
  }

  /**
   * The bound and its terms over a data set with one draw of z a row (k draws if the objective has
   * k): {@code bound}, {@code reconstruction}, {@code kl}, means over the rows.
   *
   * @param seed of the draws
   */
  public Map<String, Double> bound(Examples data, long seed) {
    return Trainer.evaluate(this, data, seed);
  }

  /**
   * The importance-weighted estimate of log p(x) for each row, L_k = log (1/k) Σ_i p(x, z_i)/q(z_i
   * | x), z_i ~ q(z | x) (Burda et al. 2016, eq. 8): a lower bound in expectation, which grows to
   * log p(x) with k. The weights are summed in double precision.
   *
   * @param x {@code [rows, features]}
   * @param k draws a row
   * @return {@code [rows]}, nats
   */
  public double[] logLikelihood(float[][] x, int k, long seed) {
    if (k < 1) {
      throw new IllegalArgumentException("The estimate needs at least 1 draw, not " + k + ".");
    }
    support().check(x);
    Posterior q = encode(x);
    double[] estimates = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      INDArray row = rows(x, i, i + 1, shape.features());
      RandomGenerator random = Trainer.random(seed, i);
      LogSumExp weights = new LogSumExp();
      for (int done = 0; done < k; done += CHUNK) {
        double[] w =
            logWeights(row, q.mean()[i], q.deviation()[i], Math.min(CHUNK, k - done), random);
        for (double one : w) {
          weights.add(one);
        }
      }
      estimates[i] = weights.mean();
    }
    return estimates;
  }

  /** log p(x | z) + log p(z) − log q(z | x) for draws of z. */
  private double[] logWeights(
      INDArray x, double[] mean, double[] deviation, int draws, RandomGenerator random) {
    int latents = shape.latents();
    float[] z = new float[draws * latents];
    double[] ratio = new double[draws];
    for (int i = 0; i < draws; i++) {
      for (int j = 0; j < latents; j++) {
        double noise = random.nextGaussian();
        double value = mean[j] + deviation[j] * noise;
        z[i * latents + j] = (float) value;
        ratio[i] += 0.5 * (noise * noise - value * value) + Math.log(deviation[j]);
      }
    }
    Map<String, INDArray> feed = Map.of("x", x, "z", array(z, draws, latents));
    double[] w = Trainer.evaluate(this, feed, "logp").get("logp").toDoubleVector();
    for (int i = 0; i < draws; i++) {
      w[i] += ratio[i];
    }
    return w;
  }

  /**
   * Writes the architecture and the parameters to a file.
   *
   * @throws java.io.UncheckedIOException if that fails
   */
  public void save(Path file) {
    ModelFile.save(this, file);
  }

  /**
   * The model that {@link #save} wrote.
   *
   * @throws IllegalArgumentException if the file is not such a file, or not whole
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public static Vae load(Path file) {
    return of(ModelFile.read(file));
  }

  /**
   * The model of a file, under the bound with one draw.
   *
   * @throws IllegalArgumentException if it holds another model
   */
  public static Vae of(ModelFile file) {
    file.of(Vae.class);
    DataType type = file.parameters().values().iterator().next().dataType();
    Vae vae = create(VaeShape.parse(file), 0, type);
    file.into(vae);
    return vae;
  }

  @Override
  public String toString() {
    return shape + ", " + graph.parameterCount() + " parameters";
  }
}
