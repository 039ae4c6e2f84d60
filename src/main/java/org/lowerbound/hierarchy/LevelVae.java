package org.lowerbound.hierarchy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.hierarchy.LevelShape.Normalisation;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.lowerbound.train.Support;
import org.lowerbound.train.Trainer;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Scale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A conditional variational autoencoder with L levels of latents that predicts the square in the
 * middle of a picture from its border b:
 *
 * <p>log p(x | b) ≥ E_q[log p(x | z₁, b)] − Σ_l E_q KL(q(z_l | ·) ‖ p(z_l | z_{l+1}, b)).
 *
 * <p>All conditionals are diagonal Gaussians with learned means and variances, also the priors; a
 * sub-pixel of the square is a discretised logistic with 256 levels, centred at the harmonic fill
 * plus what the network adds. Values are in nats, summed over the square. Pictures are rows of
 * {@code 3·side²} numbers in [0, 1], channel by channel and row by row.
 */
public final class LevelVae implements Model {

  private static final int CHUNK = 100;

  /** Pictures from which the statistics of normalised layers are taken at most. */
  private static final int MEASURED_ON = 1024;

  private final LevelShape shape;
  private final WarmUp warmUp;
  private final DataType type;
  private final Harmonic harmonic;
  private final Graph graph;
  private final Map<String, Integer> normalised;
  private final Map<String, INDArray> running = new HashMap<>();
  private boolean live = true;

  private LevelVae(LevelShape shape, WarmUp warmUp, DataType type, Map<String, INDArray> initial) {
    this.shape = shape;
    this.warmUp = warmUp;
    this.type = type;
    this.harmonic = Harmonic.of(shape.hole());
    LevelGraph.Built built = LevelGraph.build(shape, type, initial, harmonic.weights());
    this.graph = built.graph();
    this.normalised = built.normalised();
    normalised.forEach(
        (name, channels) -> {
          running.put("running mean " + name, Nd4j.zeros(type, 1, channels, 1, 1));
          running.put("running variance " + name, Nd4j.ones(type, 1, channels, 1, 1));
        });
  }

  /** A new model with random weights, without warm-up. */
  public static LevelVae create(LevelShape shape, long seed) {
    return create(shape, WarmUp.none(), seed, DataType.FLOAT);
  }

  /** A new model with random weights and a warm-up of the KLs. */
  public static LevelVae create(LevelShape shape, WarmUp warmUp, long seed) {
    return create(shape, warmUp, seed, DataType.FLOAT);
  }

  /** See {@link #create(LevelShape, WarmUp, long)}; double precision is for gradient checks. */
  public static LevelVae create(LevelShape shape, WarmUp warmUp, long seed, DataType type) {
    return new LevelVae(shape, warmUp, type, LevelGraph.initial(shape, Trainer.random(seed), type));
  }

  /**
   * Starts the scale of all sub-pixels where the logistic has the variance of what the harmonic
   * fill misses, so that training begins beside the baseline.
   *
   * @param train pictures; the first 200 are used
   * @return this
   */
  public LevelVae centred(Examples train) {
    check(train);
    float[][] rows = train.rows(0, Math.min(200, train.size()));
    double scale = Math.sqrt(3 * harmonic.squaredError(rows)) / Math.PI;
    graph.parameter("decoder.scale.b").assign(Math.log(Math.expm1(Math.max(scale, 1e-4))));
    return this;
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Support support() {
    return Support.levels(shape.features(), 256);
  }

  @Override
  public Map<String, String> description() {
    Map<String, String> description = new LinkedHashMap<>();
    description.put("shape", shape.toString());
    description.put("warm-up steps", "" + warmUp.steps());
    return description;
  }

  /** The architecture. */
  public LevelShape shape() {
    return shape;
  }

  /** The fill on which the centres stand. */
  public Harmonic harmonic() {
    return harmonic;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Outside training every KL has the weight 1, so that a validation value is the bound.
   */
  @Override
  public Map<String, INDArray> feed(Batch batch) {
    float[][] noise = new float[batch.size()][];
    Arrays.setAll(noise, i -> gaussian(shape.size(), batch.random()));
    Map<String, INDArray> feed = feed(batch.x(), noise, false);
    for (int l = 1; batch.training() && l <= shape.levels(); l++) {
      feed.put("beta " + l, scalar(warmUp.weight(l, batch.step())));
    }
    return feed;
  }

  private Map<String, INDArray> feed(INDArray x, float[][] noise, boolean prior) {
    Map<String, INDArray> feed = new HashMap<>();
    feed.put("x", x);
    feed.put("noise", array(noise, shape.size(), "Noise"));
    for (int l = 1; l <= shape.levels(); l++) {
      feed.put("beta " + l, scalar(1));
      feed.put("prior " + l, scalar(prior ? 1 : 0));
    }
    if (!normalised.isEmpty()) {
      feed.put("live", scalar(live ? 1 : 0));
      feed.putAll(running);
    }
    return feed;
  }

  private INDArray scalar(double value) {
    return Nd4j.createFromArray(value).castTo(type);
  }

  private static float[] gaussian(int length, RandomGenerator random) {
    float[] noise = new float[length];
    for (int j = 0; j < length; j++) {
      noise[j] = (float) random.nextGaussian();
    }
    return noise;
  }

  private INDArray array(float[][] rows, int width, String what) {
    float[] flat = new float[Checks.length(rows.length, width)];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != width) {
        throw new IllegalArgumentException(
            what + " " + i + " has " + rows[i].length + " numbers; expected " + width + ".");
      }
      System.arraycopy(rows[i], 0, flat, i * width, width);
    }
    return Nd4j.create(flat, new long[] {rows.length, width}, 'c').castTo(type);
  }

  /** A copy in double precision, for identities that single precision would blur. */
  public LevelVae inDoublePrecision() {
    Map<String, INDArray> values = new LinkedHashMap<>();
    for (String name : graph.parameterNames()) {
      values.put(name, graph.parameter(name).castTo(DataType.DOUBLE));
    }
    LevelVae copy = new LevelVae(shape, warmUp, DataType.DOUBLE, values);
    running.forEach((name, value) -> copy.running.put(name, value.castTo(DataType.DOUBLE)));
    copy.live = live;
    return copy;
  }

  /** Whether hidden layers are normalised. */
  private boolean normalises() {
    return shape.normalisation() == Normalisation.BATCH;
  }

  /**
   * Measures the statistics of the normalised layers on training pictures, in batches as in
   * training, and uses them from now on in place of those of the batch at hand: a picture's bound
   * is then a function of the picture. {@link #live} goes back.
   *
   * @param train pictures; the first 1,024 are used
   * @throws IllegalStateException if no layer is normalised
   */
  public LevelVae measured(Examples train, int batchSize) {
    if (!normalises()) {
      throw new IllegalStateException("No layer of this model is normalised: " + shape);
    }
    check(train);
    live = true;
    int batches = Math.max(1, Math.min(MEASURED_ON, train.size()) / batchSize);
    Map<String, INDArray> sums = new HashMap<>();
    String[] wanted =
        normalised.keySet().stream()
            .flatMap(n -> Arrays.stream(new String[] {"mean of " + n, "variance of " + n}))
            .toArray(String[]::new);
    for (int b = 0; b < batches; b++) {
      StopButton.poll();
      float[][] rows = train.rows(b * batchSize, Math.min(train.size(), (b + 1) * batchSize));
      float[][] noise = new float[rows.length][];
      RandomGenerator random = Trainer.random(b, -7);
      Arrays.setAll(noise, i -> gaussian(shape.size(), random));
      INDArray x = array(rows, shape.features(), "Picture");
      Trainer.evaluate(this, feed(x, noise, false), wanted)
          .forEach((name, value) -> sums.merge(name, value.div(batches), INDArray::add));
    }
    sums.forEach(
        (name, value) ->
            running.put(
                name.replace("mean of ", "running mean ")
                    .replace("variance of ", "running variance "),
                value));
    live = false;
    return this;
  }

  /** Uses the statistics of the batch at hand again, as in training. */
  public LevelVae live() {
    live = true;
    return this;
  }

  /**
   * The bound of every picture, taken apart.
   *
   * @param chunk pictures in a batch, which matters where layers are normalised by live statistics
   *     and nowhere else: the noise belongs to the picture's index
   */
  public LevelTerms terms(Examples data, int chunk, long seed) {
    return terms(data, chunk, seed, false);
  }

  /**
   * The same with q replaced by the prior at every level: all KLs are 0 and the bound is E_p[log
   * p(x | z₁, b)].
   */
  public LevelTerms priorTerms(Examples data, int chunk, long seed) {
    return terms(data, chunk, seed, true);
  }

  private LevelTerms terms(Examples data, int chunk, long seed, boolean prior) {
    check(data);
    Checks.atLeast(1, "chunk", chunk);
    int levels = shape.levels();
    double[] reconstruction = new double[data.size()];
    double[] bound = new double[data.size()];
    double[][] kl = new double[levels][data.size()];
    String[] wanted = new String[levels + 2];
    wanted[0] = "row reconstruction";
    wanted[1] = "row bound";
    for (int l = 1; l <= levels; l++) {
      wanted[l + 1] = "row kl " + l;
    }
    for (int from = 0; from < data.size(); from += chunk) {
      StopButton.poll();
      int to = Math.min(data.size(), from + chunk);
      float[][] noise = new float[to - from][];
      for (int i = from; i < to; i++) {
        noise[i - from] = gaussian(shape.size(), Trainer.random(seed, i));
      }
      INDArray x = array(data.rows(from, to), shape.features(), "Picture");
      Map<String, INDArray> values = Trainer.evaluate(this, feed(x, noise, prior), wanted);
      copy(values.get(wanted[0]), reconstruction, from);
      copy(values.get(wanted[1]), bound, from);
      for (int l = 1; l <= levels; l++) {
        copy(values.get(wanted[l + 1]), kl[l - 1], from);
      }
    }
    return new LevelTerms(reconstruction, kl, bound);
  }

  private static void copy(INDArray values, double[] into, int at) {
    double[] numbers = values.toDoubleVector();
    System.arraycopy(numbers, 0, into, at, numbers.length);
  }

  /** Noise for every row and all levels: zeros, but standard normal at the levels named. */
  public float[][] noise(int rows, RandomGenerator random, int... free) {
    float[][] noise = new float[rows][shape.size()];
    for (float[] row : noise) {
      for (int level : free) {
        if (level < 1 || level > shape.levels()) {
          throw new IllegalArgumentException(
              "There is no level " + level + "; the levels are 1 to " + shape.levels() + ".");
        }
        for (int j = 0; j < shape.size(level); j++) {
          row[shape.offset(level) + j] = (float) random.nextGaussian();
        }
      }
    }
    return noise;
  }

  /**
   * The mean square E[x | z, b] for latents from the priors, μ_l + σ_l ε_l from the top down.
   *
   * @param pictures {@code [rows][3·side²]}, of which the border is read
   * @param noise ε, {@code [rows][latents]}; zeros keep a level at the mean of its prior
   * @return {@code [rows][3·inner²]}, cut to [0, 1]
   */
  public float[][] inpaint(float[][] pictures, float[][] noise) {
    return squares(pictures, noise, true, null);
  }

  /** Squares drawn from p(x | z, b) for latents from the priors; arguments as above. */
  public float[][] draw(float[][] pictures, float[][] noise, RandomGenerator random) {
    return squares(pictures, noise, true, random);
  }

  /** The mean square for latents at the means of q: what the code keeps of the square. */
  public float[][] reconstruct(float[][] pictures) {
    return squares(pictures, new float[pictures.length][shape.size()], false, null);
  }

  private float[][] squares(
      float[][] pictures, float[][] noise, boolean prior, RandomGenerator random) {
    if (pictures.length != noise.length) {
      throw new IllegalArgumentException(
          pictures.length + " pictures and " + noise.length + " rows of noise; expected as many.");
    }
    Likelihood law = Likelihood.discretisedLogistic(Scale.fixed(1), 256);
    float[][] squares = new float[pictures.length][shape.hole().features()];
    for (int from = 0; from < pictures.length; from += CHUNK) {
      StopButton.poll();
      int to = Math.min(pictures.length, from + CHUNK);
      INDArray x = array(Arrays.copyOfRange(pictures, from, to), shape.features(), "Picture");
      Map<String, INDArray> values =
          Trainer.evaluate(
              this, feed(x, Arrays.copyOfRange(noise, from, to), prior), "centre", "scale");
      double[][] centre = values.get("centre").toDoubleMatrix();
      double[][] scale = values.get("scale").toDoubleMatrix();
      for (int i = from; i < to; i++) {
        for (int d = 0; d < squares[i].length; d++) {
          double c = centre[i - from][d];
          squares[i][d] =
              (float) (random == null ? law.mean(c) : law.draw(c, scale[i - from][d], random));
        }
      }
    }
    return squares;
  }

  /**
   * The model behind one border as a function of the noise of its levels, for {@link
   * VarianceShares}: the mean square, uncut.
   *
   * @param picture whose border it is
   */
  public VarianceShares.Simulator behind(float[] picture) {
    return new VarianceShares.Simulator() {
      @Override
      public int[] noises() {
        return shape.sizes();
      }

      @Override
      public double[] apply(double[][] noise) {
        return applyAll(new double[][][] {noise})[0];
      }

      @Override
      public double[][] applyAll(double[][][] noise) {
        double[][] all = new double[noise.length][];
        for (int from = 0; from < noise.length; from += CHUNK) {
          StopButton.poll();
          int to = Math.min(noise.length, from + CHUNK);
          float[][] same = new float[to - from][];
          float[][] flat = new float[to - from][shape.size()];
          Arrays.fill(same, picture);
          for (int i = from; i < to; i++) {
            for (int l = 1; l <= shape.levels(); l++) {
              for (int j = 0; j < shape.size(l); j++) {
                flat[i - from][shape.offset(l) + j] = (float) noise[i][l - 1][j];
              }
            }
          }
          INDArray x = array(same, shape.features(), "Picture");
          INDArray centre =
              Trainer.evaluate(LevelVae.this, feed(x, flat, true), "centre").get("centre");
          double[][] rows = centre.toDoubleMatrix();
          System.arraycopy(rows, 0, all, from, rows.length);
        }
        return all;
      }
    };
  }

  private void check(Examples data) {
    if (data.features() != shape.features() || data.shape().length != 3) {
      int side = shape.hole().side();
      throw new IllegalArgumentException(
          data.name()
              + " has pictures "
              + Arrays.toString(data.shape())
              + "; this model is for [3, "
              + side
              + ", "
              + side
              + "].");
    }
  }

  @Override
  public String toString() {
    return shape + ": " + graph.parameterCount() + " parameters";
  }
}
