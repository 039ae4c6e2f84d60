package org.lowerbound.semisupervised;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.lowerbound.train.Model;
import org.lowerbound.train.Support;
import org.lowerbound.train.Trainer;
import org.lowerbound.vae.Posterior;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * M2, the semi-supervised generative model of Kingma, Rezende, Mohamed and Welling (2014): p(x, y,
 * z) = p(y) p(z) p(x | y, z), the class y observed for a few rows and unknown for the others.
 *
 * <pre>
 *   −L(x, y) = E_{q(z | x, y)} [log p(x | y, z)] − KL(q(z | x, y) ‖ p(z)) + log p(y)    (eq. 6)
 *   −U(x)    = Σ_y q(y | x) (−L(x, y)) + H(q(y | x))                                    (eq. 7)
 * </pre>
 *
 * <p>are lower bounds of log p(x, y) and of log p(x), in nats. The classifier q(y | x) is trained
 * by the unlabelled rows, through U, and by α times its own log-likelihood of the labels (eq. 9).
 *
 * <p>{@link Trainer#fit} runs over the <em>unlabelled</em> rows; to each batch the model adds
 * labelled rows that the step's generator chooses.
 */
public final class M2 implements Model, Classifier {

  /** Rows in one forward run at most. */
  private static final int CHUNK = 500;

  private final M2Shape shape;
  private final M2Objective objective;
  private final DataType type;
  private final Graph graph;
  private final INDArray logPrior;
  private final Labelled labelled;
  private final int labelledBatch;
  private final Map<Integer, INDArray[]> everyTerm = new HashMap<>();

  private M2(
      M2Shape shape,
      M2Objective objective,
      DataType type,
      Map<String, INDArray> parameters,
      INDArray logPrior,
      Labelled labelled,
      int labelledBatch) {
    this.shape = shape;
    this.objective = objective;
    this.type = type;
    this.graph = M2Graph.build(shape, objective, type, parameters);
    this.logPrior = logPrior;
    this.labelled = labelled;
    this.labelledBatch = labelledBatch;
  }

  /**
   * A new model with a uniform prior of the classes.
   *
   * @param objective what it maximises
   * @param labelled the rows whose class is known
   * @param seed of the initial weights
   */
  public static M2 create(M2Shape shape, M2Objective objective, Labelled labelled, long seed) {
    return create(shape, objective, labelled, seed, DataType.FLOAT);
  }

  /**
   * A new model of this data type; in double precision its sums can be checked closely.
   *
   * @see #create(M2Shape, M2Objective, Labelled, long)
   */
  public static M2 create(
      M2Shape shape, M2Objective objective, Labelled labelled, long seed, DataType type) {
    if (labelled.features() != shape.features()) {
      throw new IllegalArgumentException(
          "The model takes "
              + shape.features()
              + " numbers an example, the rows of "
              + labelled.name()
              + " have "
              + labelled.features()
              + ".");
    }
    if (labelled.classes() != shape.classes()) {
      throw new IllegalArgumentException(
          "The model has " + shape.classes() + " classes, the labels " + labelled.classes() + ".");
    }
    double[] prior = new double[shape.classes()];
    Arrays.fill(prior, 1.0 / prior.length);
    return new M2(
        shape,
        objective,
        type,
        M2Graph.initial(shape, Trainer.random(seed), type),
        logPrior(prior, type),
        labelled,
        Math.min(100, labelled.size()));
  }

  /**
   * The same parameters, copied, with this prior p(y).
   *
   * @param prior positive, of sum 1
   */
  public M2 prior(double... prior) {
    double sum = Arrays.stream(prior).sum();
    if (prior.length != shape.classes()
        || Arrays.stream(prior).anyMatch(p -> !(p > 0))
        || Math.abs(sum - 1) > 1e-6) {
      throw new IllegalArgumentException(
          "A prior is "
              + shape.classes()
              + " positive numbers of sum 1, not "
              + Arrays.toString(prior)
              + ".");
    }
    return new M2(
        shape, objective, type, parameters(), logPrior(prior, type), labelled, labelledBatch);
  }

  /** The same parameters, copied, under another objective. */
  public M2 objective(M2Objective newObjective) {
    return new M2(shape, newObjective, type, parameters(), logPrior, labelled, labelledBatch);
  }

  /** The same parameters, copied, with so many labelled rows in a step at most (100 at first). */
  public M2 labelledBatch(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("A step needs at least 1 labelled row, not " + rows + ".");
    }
    return new M2(
        shape, objective, type, parameters(), logPrior, labelled, Math.min(rows, labelled.size()));
  }

  private static INDArray logPrior(double[] prior, DataType type) {
    return Nd4j.createFromArray(Arrays.stream(prior).map(Math::log).toArray())
        .reshape(prior.length, 1)
        .castTo(type);
  }

  private Map<String, INDArray> parameters() {
    Map<String, INDArray> values = new LinkedHashMap<>();
    for (String name : graph.parameterNames()) {
      values.put(name, graph.parameter(name).dup());
    }
    return values;
  }

  /**
   * Starts the decoder at the data: for bits, its output bias at the log-odds of each feature's
   * mean; else at the mean.
   *
   * @return this
   */
  public M2 centred(Examples data) {
    check(data);
    double[] bias = Layers.sums(data);
    Arrays.setAll(bias, d -> shape.likelihood().link(bias[d] / data.size(), data.size()));
    graph.parameter("decoder.bout").assign(Nd4j.createFromArray(bias).castTo(type));
    return this;
  }

  @Override
  public Graph graph() {
    return graph;
  }

  /** The architecture. */
  public M2Shape shape() {
    return shape;
  }

  /** What training maximises. */
  public M2Objective objective() {
    return objective;
  }

  /** Those of the likelihood: grey values are allowed, as the expectation of bits. */
  @Override
  public Support support() {
    return shape.likelihood().support(shape.features());
  }

  @Override
  public Map<String, String> description() {
    return Map.of("shape", shape.toString(), "objective", objective.toString());
  }

  @Override
  public Map<String, INDArray> feed(Batch batch) {
    int rows = batch.size();
    int terms = objective.summation().terms(shape.classes());
    Map<String, INDArray> feed = new HashMap<>();
    feed.put("u", batch.x());
    if (objective.summation() == Summation.ALL) {
      INDArray[] all = everyTerm.computeIfAbsent(rows, this::allTerms);
      feed.put("every", all[0]);
      feed.put("weight", all[1]);
    } else {
      drawClasses(batch, feed);
    }
    int[] chosen = chosen(batch.random());
    float[] x = new float[chosen.length * shape.features()];
    float[] y = new float[chosen.length * shape.classes()];
    for (int i = 0; i < chosen.length; i++) {
      labelled.draw(chosen[i], batch.random(), x, i * shape.features());
      y[i * shape.classes() + labelled.label(chosen[i])] = 1;
    }
    feed.put("x", array(x, chosen.length, shape.features()));
    feed.put("y", array(y, chosen.length, shape.classes()));
    feed.put("noise", noise(terms * rows + chosen.length, batch.random()));
    feed.put("logprior", logPrior);
    return feed;
  }

  /** Labelled rows of one step: all, or so many different ones. */
  private int[] chosen(RandomGenerator random) {
    int[] order = new int[labelled.size()];
    Arrays.setAll(order, i -> i);
    for (int i = 0; i < labelledBatch && labelledBatch < order.length; i++) {
      int j = i + random.nextInt(order.length - i);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return Arrays.copyOf(order, labelledBatch);
  }

  private INDArray[] allTerms(int rows) {
    int classes = shape.classes();
    float[] every = new float[classes * rows * classes];
    for (int c = 0; c < classes; c++) {
      for (int i = 0; i < rows; i++) {
        every[(c * rows + i) * classes + c] = 1;
      }
    }
    float[] ones = new float[classes * rows];
    Arrays.fill(ones, 1);
    return new INDArray[] {
      array(every, (long) classes * rows, classes), array(ones, (long) classes * rows)
    };
  }

  /** One class of each row, drawn from q(y | x), and one over its probability. */
  private void drawClasses(Batch batch, Map<String, INDArray> feed) {
    int classes = shape.classes();
    double[][] logq =
        Trainer.evaluate(this, Map.of("u", batch.x()), "logq").get("logq").toDoubleMatrix();
    float[] every = new float[logq.length * classes];
    float[] weight = new float[logq.length];
    for (int i = 0; i < logq.length; i++) {
      double left = batch.random().nextDouble();
      int c = 0;
      while (c < classes - 1 && (left -= Math.exp(logq[i][c])) >= 0) {
        c++;
      }
      every[i * classes + c] = 1;
      weight[i] = (float) Math.exp(-logq[i][c]);
    }
    feed.put("every", array(every, logq.length, classes));
    feed.put("weight", array(weight, logq.length));
  }

  static int largest(double[] values) {
    int best = 0;
    for (int c = 1; c < values.length; c++) {
      best = values[c] > values[best] ? c : best;
    }
    return best;
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

  private INDArray rows(float[][] rows, int from, int to, int width) {
    float[] flat = new float[(to - from) * width];
    for (int i = from; i < to; i++) {
      if (rows[i].length != width) {
        throw new IllegalArgumentException(
            "Row " + i + " has " + rows[i].length + " numbers; expected " + width + ".");
      }
      System.arraycopy(rows[i], 0, flat, (i - from) * width, width);
    }
    return array(flat, to - from, width);
  }

  private INDArray oneHot(int[] y, int from, int to) {
    float[] flat = new float[(to - from) * shape.classes()];
    for (int i = from; i < to; i++) {
      if (y[i] < 0 || y[i] >= shape.classes()) {
        throw new IllegalArgumentException(
            "Class " + y[i] + " of row " + i + " is not in 0 to " + (shape.classes() - 1) + ".");
      }
      flat[(i - from) * shape.classes() + y[i]] = 1;
    }
    return array(flat, to - from, shape.classes());
  }

  /**
   * q(y | x) of each row.
   *
   * @param x {@code [rows, features]}
   * @return {@code [rows, classes]}, each row of sum 1
   */
  public double[][] classProbabilities(float[][] x) {
    double[][] all = new double[x.length][];
    for (int from = 0; from < x.length; from += CHUNK) {
      int to = Math.min(x.length, from + CHUNK);
      INDArray logq =
          Trainer.evaluate(this, Map.of("u", rows(x, from, to, shape.features())), "logq")
              .get("logq");
      double[][] values = logq.toDoubleMatrix();
      for (int i = 0; i < values.length; i++) {
        all[from + i] = Arrays.stream(values[i]).map(Math::exp).toArray();
      }
    }
    return all;
  }

  /** The class that q(y | x) thinks likeliest, of each row. */
  @Override
  public int[] classify(float[][] x) {
    return Arrays.stream(classProbabilities(x)).mapToInt(M2::largest).toArray();
  }

  /**
   * log p(x | y, z) − KL(q(z | x, y) ‖ p(z)) + log p(y) of each pair, with one draw of z: −L(x, y),
   * whose expectation is a lower bound of log p(x, y).
   *
   * @param x {@code [rows, features]}
   * @param y the class of each row
   * @param noise standard normal, {@code [rows, latents]}
   * @return {@code [rows]}, nats
   */
  public double[] labelledBound(float[][] x, int[] y, float[][] noise) {
    double[] bounds = new double[x.length];
    double[] prior = logPrior.dup().data().asDouble();
    for (int from = 0; from < x.length; from += CHUNK) {
      int to = Math.min(x.length, from + CHUNK);
      Map<String, INDArray> feed =
          Map.of(
              "px", rows(x, from, to, shape.features()),
              "py", oneHot(y, from, to),
              "pnoise", rows(noise, from, to, shape.latents()));
      double[] values = Trainer.evaluate(this, feed, "row bound").get("row bound").toDoubleVector();
      for (int i = 0; i < values.length; i++) {
        bounds[from + i] = values[i] + prior[y[from + i]];
      }
    }
    return bounds;
  }

  /** q(z | x, y) of each pair. */
  public Posterior encode(float[][] x, int[] y) {
    double[][] mean = new double[x.length][];
    double[][] deviation = new double[x.length][];
    for (int from = 0; from < x.length; from += CHUNK) {
      int to = Math.min(x.length, from + CHUNK);
      Map<String, INDArray> values =
          Trainer.evaluate(
              this,
              Map.of("px", rows(x, from, to, shape.features()), "py", oneHot(y, from, to)),
              "mean",
              "deviation");
      System.arraycopy(values.get("mean").toDoubleMatrix(), 0, mean, from, to - from);
      System.arraycopy(values.get("deviation").toDoubleMatrix(), 0, deviation, from, to - from);
    }
    return new Posterior(mean, deviation);
  }

  /**
   * The decoder's mean E[x | y, z] of each pair.
   *
   * @param y classes
   * @param z {@code [rows, latents]}
   * @return {@code [rows, features]}
   */
  public float[][] decode(int[] y, double[][] z) {
    float[][] pictures = new float[z.length][];
    for (int from = 0; from < z.length; from += CHUNK) {
      int to = Math.min(z.length, from + CHUNK);
      float[][] latents = new float[to - from][shape.latents()];
      for (int i = from; i < to; i++) {
        if (z[i].length != shape.latents()) {
          throw new IllegalArgumentException(
              "z must have "
                  + shape.latents()
                  + " latents; row "
                  + i
                  + " has "
                  + z[i].length
                  + ".");
        }
        for (int j = 0; j < shape.latents(); j++) {
          latents[i - from][j] = (float) z[i][j];
        }
      }
      float[][] a =
          Trainer.evaluate(
                  this,
                  Map.of(
                      "z", rows(latents, 0, latents.length, shape.latents()),
                      "py", oneHot(y, from, to)),
                  "a")
              .get("a")
              .toFloatMatrix();
      for (int i = 0; i < a.length; i++) {
        for (int d = 0; d < a[i].length; d++) {
          a[i][d] = (float) shape.likelihood().mean(a[i][d]);
        }
        pictures[from + i] = a[i];
      }
    }
    return pictures;
  }

  private void check(Examples data) {
    if (data.features() != shape.features()) {
      throw new IllegalArgumentException(
          "The model takes "
              + shape.features()
              + " numbers an example, the rows of "
              + data.name()
              + " have "
              + data.features()
              + ".");
    }
  }

  @Override
  public String toString() {
    return shape + ", " + graph.parameterCount() + " parameters";
  }
}
