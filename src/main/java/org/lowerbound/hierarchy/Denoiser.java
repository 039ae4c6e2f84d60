package org.lowerbound.hierarchy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Logistic;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.lowerbound.train.Model;
import org.lowerbound.train.Support;
import org.lowerbound.train.Trainer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A diffusion model of pictures of bits: a hierarchy of T + 1 levels as large as the picture, whose
 * posterior q(z_t | x) = N(α_t x, σ_t² I), x in {−1, 1}, is fixed by a {@link NoiseSchedule}. What
 * is learned is one network x̂(z_t, t), and
 *
 * <p>−log p(x) ≤ −E log p(x | z₀) + Σ_i ½(SNR(t_{i−1}) − SNR(t_i)) E|x − x̂(z_{t_i}, t_i)|² +
 * KL(q(z_T | x) ‖ N(0, I)).
 *
 * <p>The network does not begin at nothing. If pixels were independent, with log-odds 2m of a 1,
 * the best x̂ would be tanh(α z/σ² + m), and p(x | z₀) the sigmoid of twice the argument. The
 * network's output is added to that argument; before training it is 0 and the bound, for T → ∞ and
 * wide ends of the schedule, that of independent pixels.
 *
 * <p>Data are rows of 0 and 1. All values are in nats, summed over pixels.
 */
public final class Denoiser implements Model {

  private static final int CHUNK = 100;

  /** Sines and cosines by which the network knows ℓ(t). */
  private static final int CLOCK = 16;

  private final DenoiserShape shape;
  private final NoiseSchedule schedule;
  private final DataType type;
  private final Graph graph;

  private Denoiser(DenoiserShape shape, NoiseSchedule schedule, long seed, DataType type) {
    this.shape = shape;
    this.schedule = schedule;
    this.type = type;
    this.graph = new Network(shape, type, Trainer.random(seed)).build();
  }

  /** A new model with random weights. */
  public static Denoiser create(DenoiserShape shape, NoiseSchedule schedule, long seed) {
    return create(shape, schedule, seed, DataType.FLOAT);
  }

  /** See {@link #create(DenoiserShape, NoiseSchedule, long)}; double is for gradient checks. */
  public static Denoiser create(
      DenoiserShape shape, NoiseSchedule schedule, long seed, DataType type) {
    return new Denoiser(shape, schedule, seed, type);
  }

  /**
   * Starts at independent pixels: m_i is half the log-odds of pixel i in the data.
   *
   * @return this
   */
  public Denoiser centred(Examples train) {
    double[] ones = Layers.sums(train);
    Arrays.setAll(ones, i -> 0.5 * Layers.logOdds(ones[i], train.size()));
    graph.parameter("m").assign(Nd4j.createFromArray(ones).castTo(type));
    return this;
  }

  /** The graph: x̂ and the loss of rows that each stand at a time of their own. */
  private static final class Network {
    private final DenoiserShape shape;
    private final DataType type;
    private final RandomGenerator random;
    private final SameDiff sd = SameDiff.create();

    Network(DenoiserShape shape, DataType type, RandomGenerator random) {
      this.shape = shape;
      this.type = type;
      this.random = random;
    }

    Graph build() {
      int d = shape.features();
      int side = shape.side();
      int c = shape.filters();
      SDVariable x = sd.placeHolder("x", type, -1, d);
      SDVariable z = sd.placeHolder("z", type, -1, d);
      SDVariable gain = sd.placeHolder("gain", type, -1, 1);
      SDVariable clock = sd.placeHolder("clock", type, -1, CLOCK);
      SDVariable weight = sd.placeHolder("weight", type, -1, 1);
      SDVariable m = sd.var("m", Nd4j.zeros(type, d));

      // α z/σ² is half the log-odds that z alone gives to each pixel.
      SDVariable alone = z.mul(gain).add(m);
      SDVariable maps =
          sd.concat(
              1,
              sd.reshape(z, -1, 1, side, side),
              sd.reshape(sd.math.tanh(alone), -1, 1, side, side));
      SDVariable time = sd.nn.relu(dense(clock, "clock", CLOCK, 2L * c), 0);
      SDVariable h1 = at(time, convolution(maps, "in", 3, 1, 2, c, 1), "1", c);
      h1 = convolution(h1, "in2", 3, 1, c, c, 1).add(h1);
      SDVariable h2 = at(time, convolution(relu(h1), "down1", 4, 2, c, 2L * c, 1), "2", 2L * c);
      h2 = convolution(h2, "middle1", 3, 1, 2L * c, 2L * c, 1).add(h2);
      SDVariable h3 =
          at(time, convolution(relu(h2), "down2", 4, 2, 2L * c, 2L * c, 1), "3", 2L * c);
      h3 = convolution(h3, "bottom", 3, 1, 2L * c, 2L * c, 1).add(h3);
      SDVariable flat = sd.reshape(h3, -1, 2L * c * side * side / 16);
      long bottom = 2L * c * side * side / 16;
      SDVariable whole = relu(dense(relu(flat), "whole.in", bottom, 4L * c));
      whole = sd.reshape(dense(whole, "whole.out", 4L * c, bottom), -1, 2L * c, side / 4, side / 4);
      SDVariable u2 = sd.cnn().upsampling2d(relu(h3.add(whole)), 2, 2, true);
      u2 = convolution(u2, "up2", 3, 1, 2L * c, 2L * c, 1).add(h2);
      SDVariable u1 = sd.cnn().upsampling2d(relu(u2), 2, 2, true);
      u1 = convolution(u1, "up1", 3, 1, 2L * c, c, 1).add(h1);
      u1 = convolution(relu(u1), "last", 3, 1, c, c, 1).add(u1);
      // The last kernel is 0 at first, so that training begins at independent pixels.
      SDVariable added = sd.reshape(convolution(relu(u1), "out", 3, 1, c, 1, 0), -1, d);

      SDVariable argument = alone.add("argument", added);
      SDVariable guess = sd.math.tanh(argument).rename("guess");
      SDVariable signs = x.mul(2).sub(1);
      SDVariable off = signs.sub(guess);
      SDVariable error = off.mul(off).sum("error", 1);
      error.mul(sd.reshape(weight, -1)).rename("row loss").mean("loss");
      // log p(x | z₀) = Σ −log(1 + exp(−2 x a)).
      Layers.softplus(sd, signs.mul(argument).mul(-2)).sum(1).neg("row reconstruction");
      return Graph.of(sd, "loss");
    }

    private SDVariable relu(SDVariable h) {
      return sd.nn.relu(h, 0);
    }

    /** ReLU of maps to which each channel's share of the time is added. */
    private SDVariable at(SDVariable time, SDVariable maps, String name, long channels) {
      SDVariable shift = dense(time, "time" + name, 2L * shape.filters(), channels);
      return relu(maps.add(sd.reshape(shift, -1, channels, 1, 1)));
    }

    private SDVariable dense(SDVariable below, String name, long from, long to) {
      SDVariable w =
          sd.var(name + ".W", Layers.uniform(Layers.glorot(from, to), random, type, from, to));
      return below.mmul(w).add(sd.var(name + ".b", Nd4j.zeros(type, to)));
    }

    private SDVariable convolution(
        SDVariable below, String name, int size, int stride, long from, long to, double scale) {
      double limit = scale * Layers.glorot(size * size * from, size * size * to);
      SDVariable kernel =
          sd.var(name + ".K", Layers.uniform(limit, random, type, size, size, from, to));
      Conv2DConfig config =
          Conv2DConfig.builder()
              .kH(size)
              .kW(size)
              .sH(stride)
              .sW(stride)
              .paddingMode(PaddingMode.SAME)
              .weightsFormat(WeightsFormat.YXIO)
              .build();
      return sd.cnn().conv2d(below, kernel, sd.var(name + ".b", Nd4j.zeros(type, to)), config);
    }
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Support support() {
    return Support.levels(shape.features(), 2);
  }

  @Override
  public Map<String, String> description() {
    Map<String, String> description = new LinkedHashMap<>();
    description.put("shape", shape.toString());
    description.put("schedule", schedule.toString());
    return description;
  }

  /** The schedule. */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /** The architecture. */
  public DenoiserShape shape() {
    return shape;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Each row stands at a time of its own, t = (u + i)/batch modulo 1 with one random u, so that
   * the times of a batch cover (0, 1) evenly; its loss is ½(−dSNR/dt)|x − x̂|², whose mean is the
   * middle of the bound for T → ∞.
   */
  @Override
  public Map<String, INDArray> feed(Batch batch) {
    int rows = batch.size();
    double[] times = new double[rows];
    double[] weights = new double[rows];
    double start = batch.random().nextDouble();
    for (int i = 0; i < rows; i++) {
      times[i] = (start + (double) i / rows) % 1;
      weights[i] = 0.5 * schedule.rate(times[i]) * schedule.snr(times[i]);
    }
    float[][] x = floats(batch.x());
    return feed(x, noisy(x, times, batch.random()), times, weights);
  }

  private static float[][] floats(INDArray x) {
    return x.castTo(DataType.FLOAT).toFloatMatrix();
  }

  /** z_t of every row, at its own time. */
  private float[][] noisy(float[][] x, double[] times, RandomGenerator random) {
    float[][] z = new float[x.length][shape.features()];
    for (int i = 0; i < z.length; i++) {
      double alpha = schedule.alpha(times[i]);
      double sigma = schedule.sigma(times[i]);
      for (int d = 0; d < z[i].length; d++) {
        z[i][d] = (float) (alpha * (2 * x[i][d] - 1) + sigma * random.nextGaussian());
      }
    }
    return z;
  }

  private Map<String, INDArray> feed(float[][] x, float[][] z, double[] times, double[] weights) {
    int rows = z.length;
    float[] gain = new float[rows];
    float[] clock = new float[rows * CLOCK];
    float[] weight = new float[rows];
    for (int i = 0; i < rows; i++) {
      double sigma = schedule.sigma(times[i]);
      gain[i] = (float) (schedule.alpha(times[i]) / (sigma * sigma));
      weight[i] = (float) weights[i];
      for (int k = 0; k < CLOCK / 2; k++) {
        double angle = schedule.logSnr(times[i]) * Math.PI / 16 * Math.pow(1.6, k);
        clock[i * CLOCK + 2 * k] = (float) Math.sin(angle);
        clock[i * CLOCK + 2 * k + 1] = (float) Math.cos(angle);
      }
    }
    Map<String, INDArray> feed = new HashMap<>();
    if (x != null) {
      feed.put("x", array(flat(x), rows, shape.features()));
    }
    feed.put("z", array(flat(z), rows, shape.features()));
    feed.put("gain", array(gain, rows, 1));
    feed.put("clock", array(clock, rows, CLOCK));
    feed.put("weight", array(weight, rows, 1));
    return feed;
  }

  private float[] flat(float[][] rows) {
    int d = shape.features();
    float[] flat = new float[Checks.length(rows.length, d)];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != d) {
        throw new IllegalArgumentException(
            "Row " + i + " has " + rows[i].length + " numbers; expected " + d + ".");
      }
      System.arraycopy(rows[i], 0, flat, i * d, d);
    }
    return flat;
  }

  private INDArray array(float[] values, long... dimensions) {
    return Nd4j.create(values, dimensions, 'c').castTo(type);
  }

  /**
   * x̂(z_t, t) of every row, in (−1, 1).
   *
   * @param z {@code [rows][pixels]}
   */
  public float[][] guess(float[][] z, double t) {
    return floats(run(null, z, t, "guess"));
  }

  private INDArray run(float[][] x, float[][] z, double t, String output) {
    double[] times = new double[z.length];
    Arrays.fill(times, t);
    return Trainer.evaluate(this, feed(x, z, times, new double[z.length]), output).get(output);
  }

  /** z_t of rows of bits: α_t x + σ_t ε with x in {−1, 1}. */
  public float[][] diffuse(float[][] x, double t, RandomGenerator random) {
    double[] times = new double[x.length];
    Arrays.fill(times, t);
    return noisy(x, times, random);
  }

  /**
   * The negative bound of every row with T steps, taken apart, in nats.
   *
   * @param reconstruction −log p(x | z₀), {@code [rows]}
   * @param steps estimates of Σ_i KL of step i, {@code [rows]}
   * @param top KL(q(z_T | x) ‖ N(0, I)), exact and the same for every row
   * @param stepMeans {@code [T]}: the mean KL of each step over the rows that were asked for it;
   *     NaN where there was none
   */
  public record Cost(double[] reconstruction, double[] steps, double top, double[] stepMeans) {
    /** The mean negative bound over the rows. */
    public double mean() {
      return Arrays.stream(rows()).average().orElse(Double.NaN);
    }

    /** The negative bound of every row. */
    public double[] rows() {
      double[] rows = new double[steps.length];
      Arrays.setAll(rows, i -> reconstruction[i] + steps[i] + top);
      return rows;
    }

    /** The standard error of {@link #mean}, from the rows and the random steps alike. */
    public double standardError() {
      double mean = mean();
      double sum = 0;
      for (double row : rows()) {
        sum += (row - mean) * (row - mean);
      }
      return Math.sqrt(sum / (steps.length - 1.0) / steps.length);
    }

    /** The values with the digits that matter, long arrays by their shape. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  /**
   * The negative bound with T steps. For every row {@code asked} of the T steps are drawn, one from
   * each of as many equal parts, and stand for all: an unbiased estimate.
   *
   * @param steps T
   * @param asked steps that are computed for each row; T for all of them
   */
  public Cost cost(Examples data, int steps, int asked, long seed) {
    Checks.atLeast(1, "steps", steps);
    if (asked < 1 || steps % asked != 0) {
      throw new IllegalArgumentException(
          "The steps asked for must divide " + steps + ", not be " + asked + ".");
    }
    int n = data.size();
    double[] reconstruction = new double[n];
    double[] sums = new double[n];
    double[] stepSums = new double[steps];
    int[] stepCounts = new int[steps];
    int part = steps / asked;
    for (int from = 0; from < n; from += CHUNK) {
      int to = Math.min(n, from + CHUNK);
      float[][] x = data.rows(from, to);
      RandomGenerator random = Trainer.random(seed, from);
      double[] first = run(x, diffuse(x, 0, random), 0, "row reconstruction").toDoubleVector();
      for (int i = from; i < to; i++) {
        reconstruction[i] = -first[i - from];
      }
      for (int a = 0; a < asked; a++) {
        StopButton.poll();
        double[] times = new double[x.length];
        double[] weights = new double[x.length];
        int[] chosen = new int[x.length];
        for (int i = 0; i < x.length; i++) {
          chosen[i] = a * part + random.nextInt(part) + 1;
          times[i] = (double) chosen[i] / steps;
          weights[i] = schedule.weight((chosen[i] - 1.0) / steps, times[i]);
        }
        double[] kl =
            Trainer.evaluate(this, feed(x, noisy(x, times, random), times, weights), "row loss")
                .get("row loss")
                .toDoubleVector();
        for (int i = from; i < to; i++) {
          sums[i] += part * kl[i - from];
          stepSums[chosen[i - from] - 1] += kl[i - from];
          stepCounts[chosen[i - from] - 1]++;
        }
      }
    }
    double[] means = new double[steps];
    Arrays.setAll(means, i -> stepSums[i] / stepCounts[i]);
    double alpha = schedule.alpha(1);
    double sigma = schedule.sigma(1);
    // x² = 1 for every pixel.
    double top = shape.features() * (0.5 * (sigma * sigma + alpha * alpha - 1) - Math.log(sigma));
    return new Cost(reconstruction, sums, top, means);
  }

  /**
   * Pictures by the ancestral sampler: z_T ~ N(0, I), then z_{t_{i−1}} from q(z_s | z_t, x̂), and
   * last the bits from p(x | z₀).
   *
   * @param steps T
   * @return {@code [rows][pixels]}, 0 or 1
   */
  public float[][] sample(int rows, int steps, RandomGenerator random) {
    List<float[][]> path = path(rows, steps, steps, random);
    return path.get(path.size() - 1);
  }

  /**
   * What the ancestral sampler goes through: z at the steps T, T − every, …, 0, and last the bits.
   */
  public List<float[][]> path(int rows, int steps, int every, RandomGenerator random) {
    Checks.atLeast(1, "steps", steps);
    Checks.atLeast(1, "every", every);
    List<float[][]> path = new ArrayList<>();
    float[][] z = new float[rows][shape.features()];
    for (float[] row : z) {
      for (int d = 0; d < row.length; d++) {
        row[d] = (float) random.nextGaussian();
      }
    }
    path.add(z);
    for (int i = steps; i >= 1; i--) {
      StopButton.poll();
      double[] back = schedule.back((i - 1.0) / steps, (double) i / steps);
      double deviation = Math.sqrt(back[2]);
      float[][] guess = guess(z, (double) i / steps);
      float[][] next = new float[rows][shape.features()];
      for (int r = 0; r < rows; r++) {
        for (int d = 0; d < next[r].length; d++) {
          double mean = back[0] * z[r][d] + back[1] * guess[r][d];
          next[r][d] = (float) (mean + deviation * random.nextGaussian());
        }
      }
      z = next;
      if ((i - 1) % every == 0) {
        path.add(z);
      }
    }
    float[][] argument = floats(run(null, z, 0, "argument"));
    float[][] bits = new float[rows][shape.features()];
    for (int r = 0; r < rows; r++) {
      for (int d = 0; d < bits[r].length; d++) {
        bits[r][d] = random.nextDouble() < Logistic.sigmoid(2 * argument[r][d]) ? 1 : 0;
      }
    }
    path.add(bits);
    return path;
  }

  @Override
  public String toString() {
    return shape.side()
        + "×"
        + shape.side()
        + ", "
        + shape.filters()
        + " filters, "
        + schedule
        + ": "
        + graph.parameterCount()
        + " parameters";
  }
}
