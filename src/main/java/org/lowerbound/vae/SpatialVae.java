package org.lowerbound.vae;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.lowerbound.train.Support;
import org.lowerbound.train.Trainer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A variational autoencoder of colour pictures (chapter 05): the model and the bound of {@link
 * Vae}, with the convolutions, the latents in their places and the richer laws of a pixel of a
 * {@link SpatialShape}. All values are in nats, summed over sub-pixels and latents, for one picture
 * or in the mean of several; {@link Bits} turns them into bits per dimension.
 *
 * <p>Pictures are rows of {@code 3·side²} numbers in [0, 1], channel by channel and row by row.
 */
public final class SpatialVae implements Model {

  /** Rows in one run of an evaluation. */
  private static final int CHUNK = 100;

  /** Pictures from which the decoder's biases are estimated at most. */
  private static final int CENTRED_ON = 2000;

  private final SpatialShape shape;
  private final Objective objective;
  private final DataType type;
  private final Map<String, INDArray> fixed;
  private final Graph graph;

  private SpatialVae(
      SpatialShape shape,
      Objective objective,
      DataType type,
      Map<String, INDArray> initial,
      Map<String, INDArray> fixed) {
    if (objective.importanceWeighted() || objective.samples() != 1) {
      throw new IllegalArgumentException(
          "This model is trained by the bound with one draw of z a picture, not by " + objective);
    }
    this.shape = shape;
    this.objective = objective;
    this.type = type;
    this.fixed = fixed;
    this.graph = SpatialGraph.build(shape, type, initial, fixed);
  }

  /** A new model with random weights. */
  public static SpatialVae create(SpatialShape shape, long seed) {
    return create(shape, seed, DataType.FLOAT);
  }

  /** See {@link #create(SpatialShape, long)}; in double precision for checks of gradients. */
  public static SpatialVae create(SpatialShape shape, long seed, DataType type) {
    if (shape.arrangement() == SpatialShape.Latents.PRINCIPAL) {
      throw new IllegalArgumentException(
          "A model on principal components needs them: call onPrincipal(shape, gaussian, data,"
              + " seed).");
    }
    return new SpatialVae(
        shape,
        Objective.bound(),
        type,
        SpatialGraph.initial(shape, Trainer.random(seed), type),
        Map.of());
  }

  /** The same parameters, copied, under another weight of the KL. */
  public SpatialVae objective(Objective newObjective) {
    Map<String, INDArray> values = new LinkedHashMap<>();
    for (String name : graph.parameterNames()) {
      values.put(name, graph.parameter(name).dup());
    }
    return new SpatialVae(shape, newObjective, type, values, fixed);
  }

  /**
   * Starts the decoder's biases at the best model without latents: each sub-pixel's centre is its
   * least-squares regression on the sub-pixels that it sees, the scale that of the residuals.
   *
   * @param data pictures of this shape; the first 2,000 are used
   * @return this
   */
  public SpatialVae centred(Examples data) {
    check(data);
    float[][] rows = data.rows(0, Math.min(data.size(), CENTRED_ON));
    double[] mean = new double[Dependence.LENGTH];
    double[][] covariance = blockMoments(rows, mean);
    start(mean, covariance);
    return this;
  }

  /**
   * A model on the principal components of a Gaussian, {@link SpatialShape.Latents#PRINCIPAL}. The
   * two affine maps stay those of probabilistic PCA, for which the bound is tight (Tipping and
   * Bishop 1999): with noise s², the mean of the eigenvalues that are left out, z_j has the
   * posterior mean √(λ_j − s²)/λ_j u_jᵀ(x − m) and the posterior variance s²/λ_j. What is learned
   * corrects the posterior, corrects the centres, and predicts the laws of the sub-pixels, which
   * start at the regressions of what the reconstructions miss, as in {@link #centred}.
   *
   * @param gaussian fitted to {@link Dequantised} pictures
   * @param data the pictures themselves; the first 2,000 are used
   */
  public static SpatialVae onPrincipal(
      SpatialShape shape, PictureGaussian gaussian, Examples data, long seed) {
    return onPrincipal(shape, gaussian, data, seed, DataType.FLOAT);
  }

  /** See above; in double precision for checks. */
  static SpatialVae onPrincipal(
      SpatialShape shape, PictureGaussian gaussian, Examples data, long seed, DataType type) {
    if (shape.arrangement() != SpatialShape.Latents.PRINCIPAL) {
      throw new IllegalArgumentException(
          "Only a model with linear latents stands on principal components; this is a "
              + shape
              + ".");
    }
    Checks.require(
        gaussian.features() == shape.features(),
        "The Gaussian has %s features; pictures of this model have %s.",
        gaussian.features(),
        shape.features());
    int features = shape.features();
    int q = shape.latents();
    // From (k + u)/256 to k/255: the noise of the fractions goes, and the unit changes.
    double unit = 256.0 / 255;
    double[] values = gaussian.eigenvalues();
    Arrays.setAll(values, j -> Math.max(1e-9, (values[j] - 1 / 12.0 / 65536) * unit * unit));
    double noise = Arrays.stream(values, q, features).average().orElseThrow();
    double[] mean = gaussian.mean();
    double[][] directions = gaussian.directions(q);
    float[][] encode = new float[features][q];
    float[][] decode = new float[q][features];
    float[] pull = new float[q];
    double[] logVariance = new double[q];
    float[] centre = new float[features];
    for (int f = 0; f < features; f++) {
      centre[f] = (float) ((mean[place(shape, f)] - 1 / 512.0) * unit - 0.5);
    }
    for (int j = 0; j < q; j++) {
      double length = Math.sqrt(Math.max(0, values[j] - noise));
      double at = 0;
      for (int f = 0; f < features; f++) {
        double u = directions[j][place(shape, f)];
        encode[f][j] = (float) (u * length / values[j]);
        decode[j][f] = (float) (u * length);
        at -= centre[f] * encode[f][j];
      }
      pull[j] = (float) at;
      logVariance[j] = Math.log(noise / values[j]);
    }
    Map<String, INDArray> fixed = new LinkedHashMap<>();
    fixed.put("encoder.linear.W", Nd4j.create(encode).castTo(type));
    fixed.put("encoder.linear.b", Nd4j.createFromArray(pull).castTo(type));
    fixed.put("decoder.linear.W", Nd4j.create(decode).castTo(type));
    fixed.put("decoder.linear.b", Nd4j.createFromArray(centre).castTo(type));
    Map<String, INDArray> initial = SpatialGraph.initial(shape, Trainer.random(seed), type);
    initial.get("encoder.mean.W").assign(0);
    initial.get("encoder.logvar.W").assign(0);
    SpatialVae vae = new SpatialVae(shape, Objective.bound(), type, initial, fixed);
    vae.check(data);
    vae.set("encoder.logvar.b", logVariance);
    vae.start(
        new double[Dependence.LENGTH],
        vae.blockMoments(vae.missed(data), new double[Dependence.LENGTH]));
    return vae;
  }

  /** Pictures less what the start of the decoder makes of a draw of their latents. */
  private float[][] missed(Examples data) {
    float[][] x = data.rows(0, Math.min(data.size(), CENTRED_ON));
    Posterior posterior = encode(x);
    RandomGenerator random = Trainer.random(0, 1);
    double[][] z = posterior.mean();
    for (int i = 0; i < z.length; i++) {
      for (int j = 0; j < z[i].length; j++) {
        z[i][j] += posterior.deviation()[i][j] * random.nextGaussian();
      }
    }
    float[][] made = decoded(z, Show.UNCUT, null);
    for (int i = 0; i < x.length; i++) {
      for (int d = 0; d < x[i].length; d++) {
        x[i][d] -= made[i][d];
      }
    }
    return x;
  }

  /** Writes the mean of each sub-pixel of a block into {@code mean}; returns their covariance. */
  private double[][] blockMoments(float[][] rows, double[] mean) {
    int n = Dependence.LENGTH;
    int places = shape.features() / n;
    double[][] covariance = new double[n][n];
    double[] block = new double[n];
    double count = (double) rows.length * places;
    for (int pass = 0; pass < 2; pass++) {
      for (float[] picture : rows) {
        for (int place = 0; place < places; place++) {
          for (int k = 0; k < n; k++) {
            block[k] = picture[unfolded(k, place)] - (pass == 0 ? 0 : mean[k]);
            if (pass == 0) {
              mean[k] += block[k] / count;
            }
          }
          for (int k = 0; k < n && pass == 1; k++) {
            for (int l = 0; l < n; l++) {
              covariance[k][l] += block[k] * block[l] / count;
            }
          }
        }
      }
    }
    return covariance;
  }

  private void start(double[] mean, double[][] covariance) {
    PictureLaw law = shape.law();
    Likelihood component = law.component();
    List<int[]> pairs = law.dependence().pairs();
    double[] seen = new double[pairs.size()];
    double[] centre = new double[mean.length];
    double[] scale = new double[mean.length];
    for (int i = 0; i < mean.length; i++) {
      List<Integer> at = new ArrayList<>();
      for (int p = 0; p < pairs.size(); p++) {
        if (pairs.get(p)[0] == i) {
          at.add(p);
        }
      }
      double variance = covariance[i][i] + 1e-8;
      centre[i] = component.link(mean[i], 1_000_000);
      if (!at.isEmpty()) {
        double[] coefficients = regression(covariance, pairs, at, i);
        for (int k = 0; k < coefficients.length; k++) {
          int j = pairs.get(at.get(k))[1];
          seen[at.get(k)] = coefficients[k];
          variance -= coefficients[k] * covariance[i][j];
        }
      }
      double deviation = Math.sqrt(Math.max(variance, 1e-6));
      boolean logistic = component.kind() == Likelihood.Kind.DISCRETISED_LOGISTIC;
      scale[i] = logistic ? deviation * Math.sqrt(3) / Math.PI : deviation;
    }
    if (!pairs.isEmpty()) {
      set("decoder.seen.b", seen);
    }
    int components = law.components();
    for (int k = 0; k < components; k++) {
      // The components of a mixture start beside one another.
      double shift = 2 * (k - (components - 1) / 2.0);
      double[] own = new double[centre.length];
      double[] spread = new double[centre.length];
      for (int i = 0; i < own.length; i++) {
        own[i] = centre[i] + shift * scale[i];
        if (component.heads() == 2) {
          double aboveFloor = Math.max(scale[i] - component.scale().value(), 1e-4);
          spread[i] = Math.log(Math.expm1(aboveFloor));
        }
      }
      set("decoder.centre" + k + ".b", own);
      if (component.heads() == 2) {
        set("decoder.scale" + k + ".b", spread);
      }
    }
  }

  private static double[] regression(
      double[][] covariance, List<int[]> pairs, List<Integer> at, int i) {
    int d = at.size();
    double[][] earlier = new double[d][d];
    double[] with = new double[d];
    for (int k = 0; k < d; k++) {
      int j = pairs.get(at.get(k))[1];
      with[k] = covariance[i][j];
      for (int l = 0; l < d; l++) {
        earlier[k][l] = covariance[j][pairs.get(at.get(l))[1]];
      }
      // A grey or constant set of pictures has channels that are the same.
      earlier[k][k] += 1e-6;
    }
    return Cholesky.of("the covariance of earlier sub-pixels", earlier).solve(with);
  }

  private void set(String parameter, double[] values) {
    graph.parameter(parameter).assign(Nd4j.createFromArray(values).castTo(type));
  }

  /** Where number {@code f} of the folded picture lies in a row. */
  private static int place(SpatialShape shape, int f) {
    int places = shape.features() / Dependence.LENGTH;
    return unfolded(shape.side(), f / places, f % places);
  }

  /** Where sub-pixel {@code k} of the folded block at {@code place} lies in a row. */
  private int unfolded(int k, int place) {
    return unfolded(shape.side(), k, place);
  }

  private static int unfolded(int side, int k, int place) {
    int half = side / 2;
    int y = 2 * (place / half) + k / 6;
    int x = 2 * (place % half) + k / 3 % 2;
    return (k % 3 * side + y) * side + x;
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Support support() {
    return shape.law().component().support(shape.features());
  }

  /**
   * {@inheritDoc}
   *
   * <p>The architecture with the law, and a hash of the principal components if it stands on some.
   */
  @Override
  public Map<String, String> description() {
    Map<String, String> description = new LinkedHashMap<>();
    description.put("shape", shape.toString());
    if (!fixed.isEmpty()) {
      int hash = 0;
      for (INDArray array : fixed.values()) {
        hash = 31 * hash + Arrays.hashCode(array.dup('c').data().asFloat());
      }
      description.put("principal components", Integer.toHexString(hash));
    }
    return description;
  }

  /** The architecture. */
  public SpatialShape shape() {
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
    feed.put("noise", noise(batch.size(), batch.random()));
    feed.put("beta", array(new float[] {(float) beta}, 1));
    return feed;
  }

  private INDArray noise(int rows, RandomGenerator random) {
    float[] noise = new float[rows * shape.latents()];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return array(noise, rows, shape.latents());
  }

  private INDArray array(float[] values, long... dimensions) {
    INDArray array = Nd4j.create(values, dimensions, 'c');
    return type == DataType.FLOAT ? array : array.castTo(type);
  }

  private INDArray rows(float[][] rows, int from, int to, int width, String what) {
    float[] flat = new float[(to - from) * width];
    for (int i = from; i < to; i++) {
      if (rows[i].length != width) {
        throw new IllegalArgumentException(
            what + " " + i + " has " + rows[i].length + " numbers; expected " + width + ".");
      }
      System.arraycopy(rows[i], 0, flat, (i - from) * width, width);
    }
    return array(flat, to - from, width);
  }

  /** The approximate posterior of each picture; {@code x} is {@code [rows, 3·side²]}. */
  public Posterior encode(float[][] x) {
    double[][] mean = new double[x.length][];
    double[][] deviation = new double[x.length][];
    for (int from = 0; from < x.length; from += CHUNK) {
      int to = Math.min(x.length, from + CHUNK);
      Map<String, INDArray> feed = Map.of("x", rows(x, from, to, shape.features(), "Picture"));
      Map<String, INDArray> values = Trainer.evaluate(this, feed, "mean", "deviation");
      double[][] means = values.get("mean").toDoubleMatrix();
      double[][] deviations = values.get("deviation").toDoubleMatrix();
      System.arraycopy(means, 0, mean, from, means.length);
      System.arraycopy(deviations, 0, deviation, from, means.length);
    }
    return new Posterior(mean, deviation);
  }

  /** The approximate posterior of every picture of a data set. */
  public Posterior encode(Examples data) {
    check(data);
    return encode(data.rows(0, data.size()));
  }

  /**
   * The mean picture E[x | z] of each z, up to the rounding to levels.
   *
   * @param z {@code [rows, latents]}
   * @return {@code [rows, 3·side²]}, cut to [0, 1]
   */
  public float[][] decode(double[][] z) {
    return decoded(z, Show.MEAN, null);
  }

  /** Pictures drawn from p(x | z), sub-pixel after sub-pixel; {@code [rows, 3·side²]}. */
  public float[][] draw(double[][] z, RandomGenerator random) {
    if (random == null) {
      throw new IllegalArgumentException("Drawing needs a generator.");
    }
    return decoded(z, Show.DRAW, random);
  }

  /**
   * The standard deviation of each sub-pixel given z and the sub-pixels that it sees: how sure the
   * decoder is; {@code [rows, 3·side²]}, in the units of a picture.
   */
  public float[][] deviation(double[][] z) {
    return decoded(z, Show.DEVIATION, null);
  }

  private enum Show {
    MEAN,
    UNCUT,
    DRAW,
    DEVIATION
  }

  private float[][] decoded(double[][] z, Show show, RandomGenerator random) {
    PictureLaw law = shape.law();
    List<String> wanted = new ArrayList<>();
    for (int k = 0; k < law.components(); k++) {
      wanted.add("decoded centre" + k);
      if (law.component().scale() != null) {
        wanted.add("decoded scale" + k);
      }
      if (law.components() > 1) {
        wanted.add("decoded weight" + k);
      }
    }
    if (law.dependence() != Dependence.NONE) {
      wanted.add("decoded seen");
    }
    float[][] pictures = new float[z.length][shape.features()];
    for (int from = 0; from < z.length; from += CHUNK) {
      int to = Math.min(z.length, from + CHUNK);
      Map<String, INDArray> values =
          Trainer.evaluate(this, Map.of("z", latents(z, from, to)), wanted.toArray(String[]::new));
      Map<String, double[]> flat = new HashMap<>();
      values.forEach((name, value) -> flat.put(name, value.dup('c').data().asDouble()));
      for (int i = from; i < to; i++) {
        paint(flat, i - from, show, random, pictures[i]);
      }
    }
    return pictures;
  }

  /** Fills one picture, block by block and in a block in the order of the row. */
  private void paint(
      Map<String, double[]> values, int index, Show show, RandomGenerator random, float[] into) {
    PictureLaw law = shape.law();
    List<int[]> pairs = law.dependence().pairs();
    int components = law.components();
    int n = Dependence.LENGTH;
    int places = shape.features() / n;
    double[] centre = new double[components];
    double[] scale = new double[components];
    double[] weight = new double[components];
    double[] block = new double[n];
    double[] middle = new double[n];
    for (int place = 0; place < places; place++) {
      int pair = 0;
      for (int i = 0; i < n; i++) {
        double shift = 0;
        for (; pair < pairs.size() && pairs.get(pair)[0] == i; pair++) {
          double coefficient =
              values.get("decoded seen")[(index * pairs.size() + pair) * places + place];
          int j = pairs.get(pair)[1];
          shift += coefficient * (block[j] - middle[j]);
        }
        int at = (index * n + i) * places + place;
        middle[i] = 0;
        for (int k = 0; k < components; k++) {
          double own = values.get("decoded centre" + k)[at];
          middle[i] += own / components;
          centre[k] = own + shift;
          double[] scales = values.get("decoded scale" + k);
          scale[k] = scales == null ? 1 : scales[scales.length == 1 ? 0 : at];
          weight[k] = components == 1 ? 0 : values.get("decoded weight" + k)[at];
        }
        block[i] = law.mean(weight, centre);
        double shown = block[i];
        if (show == Show.DRAW) {
          int k = PictureLaw.choose(weight, random);
          block[i] = law.component().draw(centre[k], scale[k], random);
          shown = block[i];
        } else if (show == Show.DEVIATION) {
          shown = law.deviation(weight, centre, scale);
        }
        into[unfolded(i, place)] = (float) (show == Show.MEAN ? cut(shown) : shown);
      }
    }
  }

  private static double cut(double value) {
    return Math.min(1, Math.max(0, value));
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
    return rows(rows, 0, rows.length, shape.latents(), "Row");
  }

  /** Each picture encoded to the mean of its posterior and decoded; {@code [rows, 3·side²]}. */
  public float[][] reconstruct(float[][] x) {
    return decode(encode(x).mean());
  }

  /**
   * Latents drawn from the prior, for {@link #decode} and {@link #draw}.
   *
   * @param temperature their standard deviation: 1 for the model itself, less for pictures nearer
   *     to the middle
   * @return {@code [count, latents]}
   */
  public double[][] prior(int count, double temperature, RandomGenerator random) {
    double[][] z = new double[count][shape.latents()];
    for (double[] row : z) {
      Arrays.setAll(row, j -> temperature * random.nextGaussian());
    }
    return z;
  }

  /**
   * The bound and its terms over a data set with one draw of z a picture: {@code bound}, {@code
   * reconstruction}, {@code kl}, means over the pictures, in nats.
   *
   * @param seed of the draws
   */
  public Map<String, Double> bound(Examples data, long seed) {
    check(data);
    return Trainer.evaluate(this, data, seed);
  }

  /**
   * The importance-weighted estimate of log p(x) of each picture, log (1/k) Σ_i p(x, z_i)/q(z_i |
   * x), z_i ~ q(z | x) (Burda et al. 2016, eq. 8): in expectation a lower bound that grows with k.
   *
   * @param x {@code [rows, 3·side²]}
   * @param k draws a picture
   * @return {@code [rows]}, nats
   */
  public double[] logLikelihood(float[][] x, int k, long seed) {
    if (k < 1) {
      throw new IllegalArgumentException("The estimate needs at least 1 draw, not " + k + ".");
    }
    Posterior q = encode(x);
    double[] estimates = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      RandomGenerator random = Trainer.random(seed, i);
      double[] w = new double[k];
      for (int done = 0; done < k; done += CHUNK) {
        int draws = Math.min(CHUNK, k - done);
        logWeights(x[i], q.mean()[i], q.deviation()[i], w, done, draws, random);
      }
      estimates[i] = LogSumExp.mean(w);
    }
    return estimates;
  }

  /** log p(x | z) + log p(z) − log q(z | x) for draws of z, written into {@code w}. */
  private void logWeights(
      float[] x,
      double[] mean,
      double[] deviation,
      double[] w,
      int from,
      int draws,
      RandomGenerator random) {
    double[][] z = new double[draws][shape.latents()];
    float[][] same = new float[draws][];
    Arrays.fill(same, x);
    for (int i = 0; i < draws; i++) {
      for (int j = 0; j < z[i].length; j++) {
        double noise = random.nextGaussian();
        z[i][j] = mean[j] + deviation[j] * noise;
        w[from + i] += 0.5 * (noise * noise - z[i][j] * z[i][j]) + Math.log(deviation[j]);
      }
    }
    double[] logp = logProbability(same, z);
    for (int i = 0; i < draws; i++) {
      w[from + i] += logp[i];
    }
  }

  /**
   * log p(x | z) of pairs of a picture and a z, as the graph computes it.
   *
   * @param x {@code [rows, 3·side²]}
   * @param z {@code [rows, latents]}
   * @return {@code [rows]}, nats
   */
  public double[] logProbability(float[][] x, double[][] z) {
    if (x.length != z.length) {
      throw new IllegalArgumentException(
          x.length + " pictures and " + z.length + " rows of z; expected as many of each.");
    }
    double[] all = new double[x.length];
    for (int from = 0; from < x.length; from += CHUNK) {
      int to = Math.min(x.length, from + CHUNK);
      Map<String, INDArray> feed =
          Map.of("x", rows(x, from, to, shape.features(), "Picture"), "z", latents(z, from, to));
      double[] logp = Trainer.evaluate(this, feed, "logp").get("logp").toDoubleVector();
      System.arraycopy(logp, 0, all, from, logp.length);
    }
    return all;
  }

  private void check(Examples data) {
    if (data.features() != shape.features() || data.shape().length != 3) {
      throw new IllegalArgumentException(
          data.name()
              + " has pictures "
              + Arrays.toString(data.shape())
              + "; this model is for [3, "
              + shape.side()
              + ", "
              + shape.side()
              + "].");
    }
  }

  @Override
  public String toString() {
    return shape + ": " + graph.parameterCount() + " parameters";
  }
}
