package org.lowerbound.anomaly;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.lowerbound.train.Model;
import org.lowerbound.train.Support;
import org.lowerbound.train.Trainer;
import org.lowerbound.vae.Activation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An autoencoder: z = g(x) of few numbers, x̂ = f(z), trained to minimise the mean over the rows of
 *
 * <pre>  |x − f(g(x))|² = Σ_d (x_d − x̂_d)²,</pre>
 *
 * <p>a sum over features. Code and output are affine; between them hidden layers with an
 * activation. Without hidden layers it is linear, and its best weights span the space of the
 * leading principal components (Bourlard and Kamp 1988; Baldi and Hornik 1989).
 */
public final class Autoencoder implements Model {

  private static final int CHUNK = 500;

  private final Shape shape;
  private final Graph graph;

  /**
   * The architecture.
   *
   * @param features numbers in a row
   * @param hidden widths of the encoder's hidden layers, in its order; the decoder mirrors them
   * @param code numbers in the code
   * @param activation of the hidden layers
   */
  public record Shape(int features, int[] hidden, int code, Activation activation) {

    /** Checks the sizes. */
    public Shape {
      hidden = hidden.clone();
      Checks.atLeast(1, "The number of features", features);
      Checks.atLeast(1, "The number of numbers in the code", code);
      for (int width : hidden) {
        Checks.atLeast(1, "The width of a hidden layer", width);
      }
      Checks.require(activation != null, "The activation must be given.");
    }

    /** No hidden layer: encoder and decoder are affine. */
    public static Shape linear(int features, int code) {
      return new Shape(features, new int[0], code, Activation.RELU);
    }

    /** Hidden layers of ReLU units: {@code dense(784, 32, 256)} is 784-256-32-256-784. */
    public static Shape dense(int features, int code, int... hidden) {
      return new Shape(features, hidden, code, Activation.RELU);
    }

    /** Widths of the encoder's hidden layers; a copy. */
    @Override
    public int[] hidden() {
      return hidden.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Shape s && s.toString().equals(toString());
    }

    @Override
    public int hashCode() {
      return toString().hashCode();
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("autoencoder " + features);
      for (int width : hidden) {
        text.append('-').append(width);
      }
      text.append('-').append(code);
      for (int l = hidden.length - 1; l >= 0; l--) {
        text.append('-').append(hidden[l]);
      }
      text.append('-').append(features);
      return hidden.length == 0
          ? text + ", linear"
          : text + ", " + activation.toString().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private Autoencoder(Shape shape, Graph graph) {
    this.shape = shape;
    this.graph = graph;
  }

  /**
   * A new model with random weights, Glorot uniform.
   *
   * @param seed of the weights
   */
  public static Autoencoder create(Shape shape, long seed) {
    return create(shape, seed, DataType.FLOAT);
  }

  /** See {@link #create(Shape, long)}; in double precision for checks of gradients. */
  public static Autoencoder create(Shape shape, long seed, DataType type) {
    SameDiff sd = SameDiff.create();
    RandomGenerator random = Trainer.random(seed);
    SDVariable x = sd.placeHolder("x", type, -1, shape.features);
    int depth = shape.hidden.length;
    int[] widths = new int[2 * depth + 3];
    widths[0] = shape.features;
    widths[depth + 1] = shape.code;
    widths[2 * depth + 2] = shape.features;
    for (int l = 0; l < depth; l++) {
      widths[l + 1] = shape.hidden[l];
      widths[2 * depth + 1 - l] = shape.hidden[l];
    }
    SDVariable h = x;
    for (int l = 1; l < widths.length; l++) {
      double limit = Layers.glorot(widths[l - 1], widths[l]);
      SDVariable w = sd.var("W" + l, Layers.uniform(limit, random, type, widths[l - 1], widths[l]));
      SDVariable a = h.mmul(w).add(sd.var("b" + l, Nd4j.zeros(type, widths[l])));
      if (l == depth + 1) {
        h = sd.identity("code", a);
      } else if (l == widths.length - 1) {
        h = sd.identity("output", a);
      } else {
        h = shape.activation.of(sd, a);
      }
    }
    SDVariable difference = x.sub(h);
    difference.mul(difference).sum(1).rename("row error").mean("loss");
    return new Autoencoder(shape, Graph.of(sd, "loss"));
  }

  /**
   * Starts the output's bias at the mean of the data.
   *
   * @return this
   */
  public Autoencoder centred(Examples data) {
    support().check(data);
    double[] sums = Layers.sums(data);
    INDArray bias = graph.parameter("b" + last());
    for (int d = 0; d < sums.length; d++) {
      bias.putScalar(d, sums[d] / data.size());
    }
    return this;
  }

  private int last() {
    return 2 * shape.hidden.length + 2;
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Support support() {
    return Support.real(shape.features);
  }

  @Override
  public Map<String, String> description() {
    return Map.of("autoencoder", shape.toString());
  }

  @Override
  public Map<String, INDArray> feed(Batch batch) {
    return Map.of("x", batch.x());
  }

  /** The architecture. */
  public Shape shape() {
    return shape;
  }

  /** |x − x̂|² of every row, {@code [rows]}: the score. */
  public double[] error(Examples data) {
    return Trainer.evaluateEach(this, data, "row error");
  }

  /** The codes of some rows, {@code [rows, code]}. */
  public double[][] encode(float[][] x) {
    return evaluate(x, "code");
  }

  /** The reconstructions of some rows, {@code [rows, features]}. */
  public float[][] reconstruct(float[][] x) {
    double[][] output = evaluate(x, "output");
    float[][] rows = new float[output.length][shape.features];
    for (int i = 0; i < rows.length; i++) {
      for (int d = 0; d < rows[i].length; d++) {
        rows[i][d] = (float) output[i][d];
      }
    }
    return rows;
  }

  private double[][] evaluate(float[][] x, String output) {
    support().check(x);
    DataType type = graph.parameter("W1").dataType();
    double[][] all = new double[x.length][];
    for (int from = 0; from < x.length; from += CHUNK) {
      float[][] part = Arrays.copyOfRange(x, from, Math.min(x.length, from + CHUNK));
      Map<String, INDArray> feed = new LinkedHashMap<>();
      feed.put("x", Nd4j.createFromArray(part).castTo(type));
      double[][] values = Trainer.evaluate(this, feed, output).get(output).toDoubleMatrix();
      System.arraycopy(values, 0, all, from, values.length);
    }
    return all;
  }

  /**
   * The decoder of a linear autoencoder: what each number of the code adds to the picture, one a
   * column, {@code [features, code]}. Their span is compared with that of principal components by
   * {@link org.lowerbound.vae.ProbabilisticPca#subspaceAngle}.
   *
   * @throws IllegalStateException if there are hidden layers, so that no matrix says it
   */
  public double[][] directions() {
    if (shape.hidden.length > 0) {
      throw new IllegalStateException(
          "Only a linear autoencoder decodes by one matrix; this is " + shape + ".");
    }
    return graph.parameter("W2").transpose().dup('c').castTo(DataType.DOUBLE).toDoubleMatrix();
  }

  @Override
  public String toString() {
    return shape + ", " + graph.parameterCount() + " parameters";
  }
}
