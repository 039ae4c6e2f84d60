package org.lowerbound.made;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.Logistic;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.lowerbound.train.Model;
import org.lowerbound.train.ModelFile;
import org.lowerbound.train.Support;
import org.lowerbound.train.Trainer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The masked autoencoder for distribution estimation (Germain et al. 2015, eqs. 9 and 10):
 *
 * <p>h¹ = ReLU(x(W¹∘M¹) + b¹), …, a = hᴸ(V∘Mᵛ) + x(A∘Mᴬ) + c, and p(x_d = 1 | the variables before
 * d) = σ(a_d). The masks make a_d a function of the variables before d alone, so the D outputs of
 * one pass are D conditionals, and log p(x) = Σ_d x_d a_d − log(1 + e^{a_d}) is exact, in nats.
 *
 * <p>With several {@link Masks} the network is trained on all orderings in turn, and the model is
 * the mixture of its members: p(x) = (1/K) Σ_k p_k(x), an average of <em>probabilities</em>. The
 * average of logits is not a distribution; {@link #logitAverage} is there to show it.
 */
public final class Made implements Model {

  private final Shape shape;
  private final List<Masks> masks;
  private final List<Map<String, INDArray>> maskArrays;
  private final Map<List<Integer>, INDArray> kept = new HashMap<>();
  private final DataType type;
  private final Graph graph;

  /**
   * The size of a network.
   *
   * @param dimensions D, the number of binary variables
   * @param hidden widths of the hidden layers
   * @param direct whether inputs feed later outputs directly, by A
   * @param dropout probability of leaving out a hidden unit while training, 0 for none
   */
  public record Shape(int dimensions, int[] hidden, boolean direct, double dropout) {
    /** Checks the sizes. */
    public Shape {
      if (dimensions < 2) {
        throw new IllegalArgumentException(
            "MADE needs at least 2 variables, not " + dimensions + ".");
      }
      if (hidden.length == 0) {
        throw new IllegalArgumentException("MADE needs at least one hidden layer.");
      }
      if (!(dropout >= 0 && dropout < 1)) {
        throw new IllegalArgumentException("The dropout must lie in [0, 1), not " + dropout + ".");
      }
      hidden = hidden.clone();
    }

    /** One hidden layer with a direct connection, no dropout. */
    public static Shape of(int dimensions, int... hidden) {
      return new Shape(dimensions, hidden, true, 0);
    }

    /** A copy with or without the direct connection. */
    public Shape direct(boolean connected) {
      return new Shape(dimensions, hidden, connected, dropout);
    }

    /** A copy with this dropout. */
    public Shape dropout(double probability) {
      return new Shape(dimensions, hidden, direct, probability);
    }

    /** Widths of the hidden layers; a copy. */
    @Override
    public int[] hidden() {
      return hidden.clone();
    }

    /** The values with the digits that matter, long arrays by their shape. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  private Made(Shape shape, List<Masks> masks, DataType type, Map<String, INDArray> initial) {
    this.shape = shape;
    this.masks = masks;
    this.type = type;
    this.maskArrays = masks.stream().map(m -> arrays(m, shape, type)).toList();
    this.graph = build(shape, type, initial);
  }

  private Made(Shape shape, List<Masks> masks, DataType type, Graph graph) {
    this.shape = shape;
    this.masks = masks;
    this.type = type;
    this.maskArrays = masks.stream().map(m -> arrays(m, shape, type)).toList();
    this.graph = graph;
  }

  /**
   * A new network with random weights (Glorot uniform; direct weights and biases 0).
   *
   * @param masks one member of the ensemble each; one for a single ordering
   * @param seed of the weights
   * @throws IllegalArgumentException if the masks are of another size than the network
   */
  public static Made create(Shape shape, List<Masks> masks, long seed) {
    return create(shape, masks, seed, DataType.FLOAT);
  }

  /** See {@link #create(Shape, List, long)}; in double precision for checks of gradients. */
  public static Made create(Shape shape, List<Masks> masks, long seed, DataType type) {
    if (masks.isEmpty()) {
      throw new IllegalArgumentException("MADE needs at least one set of masks.");
    }
    for (Masks m : masks) {
      boolean fits =
          m.ordering().dimensions() == shape.dimensions && m.hiddenLayers() == shape.hidden.length;
      for (int l = 0; fits && l < shape.hidden.length; l++) {
        fits = m.degrees(l).length == shape.hidden[l];
      }
      if (!fits) {
        throw new IllegalArgumentException(
            "The masks are of another size than the network: expected "
                + shape.dimensions
                + " variables and hidden layers "
                + Arrays.toString(shape.hidden)
                + ".");
      }
    }
    RandomGenerator random = Trainer.random(seed);
    Map<String, INDArray> initial = new HashMap<>();
    int below = shape.dimensions;
    for (int l = 0; l <= shape.hidden.length; l++) {
      int above = l < shape.hidden.length ? shape.hidden[l] : shape.dimensions;
      initial.put(
          weight(l, shape),
          Layers.uniform(Layers.glorot(below, above), random, type, below, above));
      initial.put(bias(l, shape), Nd4j.zeros(type, above));
      below = above;
    }
    if (shape.direct) {
      initial.put("A", Nd4j.zeros(type, shape.dimensions, shape.dimensions));
    }
    return new Made(shape, List.copyOf(masks), type, initial);
  }

  /**
   * Starts the output biases at the log-odds of each variable's mean, c_d = log (n₁ + ½)/(n₀ + ½)
   * with n₁ ones and n₀ zeros among the rows: the network begins near the model of independent
   * bits. Adam moves a bias by about its step size a step, so pixels that are almost never on would
   * otherwise take thousands of steps to find their level.
   *
   * @param data rows of D bits
   * @return this
   */
  public Made centred(Examples data) {
    support().check(data);
    double[] ones = Layers.sums(data);
    double[] logOdds = new double[ones.length];
    Arrays.setAll(logOdds, d -> Layers.logOdds(ones[d], data.size()));
    graph.parameter("c").assign(Nd4j.createFromArray(logOdds).castTo(type));
    return this;
  }

  /**
   * The model made of the first {@code count} members only: the same weights, fewer orderings.
   *
   * @throws IllegalArgumentException if there are not so many members
   */
  public Made members(int count) {
    if (count < 1 || count > masks.size()) {
      throw new IllegalArgumentException(
          "There are " + masks.size() + " members; " + count + " of them cannot be taken.");
    }
    return new Made(shape, masks.subList(0, count), type, graph);
  }

  private static String weight(int layer, Shape shape) {
    return layer == shape.hidden.length ? "V" : "W" + (layer + 1);
  }

  private static String bias(int layer, Shape shape) {
    return layer == shape.hidden.length ? "c" : "b" + (layer + 1);
  }

  private static Map<String, INDArray> arrays(Masks masks, Shape shape, DataType type) {
    Map<String, INDArray> arrays = new HashMap<>();
    for (int l = 0; l <= shape.hidden.length; l++) {
      arrays.put("M" + weight(l, shape), Nd4j.createFromArray(masks.layer(l)).castTo(type));
    }
    if (shape.direct) {
      arrays.put("MA", Nd4j.createFromArray(masks.direct()).castTo(type));
    }
    return arrays;
  }

  private static Graph build(Shape shape, DataType type, Map<String, INDArray> initial) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", type, -1, shape.dimensions);
    SDVariable h = x;
    int below = shape.dimensions;
    for (int l = 0; l < shape.hidden.length; l++) {
      SDVariable masked = masked(sd, weight(l, shape), type, below, shape.hidden[l], initial);
      SDVariable b = sd.var(bias(l, shape), initial.get(bias(l, shape)));
      h = sd.nn.relu(h.mmul(masked).add(b), 0);
      if (shape.dropout > 0) {
        h = h.mul(sd.placeHolder("keep" + (l + 1), type, -1, shape.hidden[l]));
      }
      below = shape.hidden[l];
    }
    SDVariable a = h.mmul(masked(sd, "V", type, below, shape.dimensions, initial));
    if (shape.direct) {
      a = a.add(x.mmul(masked(sd, "A", type, shape.dimensions, shape.dimensions, initial)));
    }
    a = a.add("logits", sd.var("c", initial.get("c")));
    SDVariable logp = x.mul(a).sub(Layers.softplus(sd, a)).sum("logp", 1);
    logp.mean().neg("nll");
    List<String> maskNames = new ArrayList<>();
    for (int l = 0; l <= shape.hidden.length; l++) {
      maskNames.add("M" + weight(l, shape));
    }
    if (shape.direct) {
      maskNames.add("MA");
    }
    return Graph.of(sd, "nll").lasting(maskNames.toArray(String[]::new));
  }

  private static SDVariable masked(
      SameDiff sd, String name, DataType type, int in, int out, Map<String, INDArray> initial) {
    return sd.var(name, initial.get(name)).mul(sd.placeHolder("M" + name, type, in, out));
  }

  @Override
  public Graph graph() {
    return graph;
  }

  /** D bits. */
  @Override
  public Support support() {
    return Support.bits(shape.dimensions);
  }

  /** The sizes, and the masks of every member. */
  @Override
  public Map<String, String> description() {
    Map<String, String> description = new LinkedHashMap<>();
    description.put("dimensions", "" + shape.dimensions);
    description.put("hidden layers", Arrays.toString(shape.hidden));
    description.put("direct", "" + shape.direct);
    description.put("dropout", "" + shape.dropout);
    for (int k = 0; k < masks.size(); k++) {
      description.put("masks " + k, masks.get(k).text());
    }
    return description;
  }

  /**
   * Writes the sizes, the masks and the parameters to a file.
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
  public static Made load(Path file) {
    return of(ModelFile.read(file));
  }

  /**
   * The model of a file.
   *
   * @throws IllegalArgumentException if it holds another model
   */
  public static Made of(ModelFile file) {
    file.of(Made.class);
    try {
      String hidden = file.describe("hidden layers");
      int[] widths =
          Arrays.stream(hidden.substring(1, hidden.length() - 1).split(", "))
              .mapToInt(Integer::parseInt)
              .toArray();
      Shape shape =
          new Shape(
              Integer.parseInt(file.describe("dimensions")),
              widths,
              Boolean.parseBoolean(file.describe("direct")),
              Double.parseDouble(file.describe("dropout")));
      List<Masks> masks = new ArrayList<>();
      while (masks.isEmpty() || file.description().containsKey("masks " + masks.size())) {
        masks.add(Masks.parse(file.describe("masks " + masks.size())));
      }
      DataType type = file.parameters().values().iterator().next().dataType();
      Made made = create(shape, masks, 0, type);
      file.into(made);
      return made;
    } catch (IndexOutOfBoundsException | NoSuchElementException e) {
      throw new IllegalArgumentException("The file does not describe a Made: " + file + ".", e);
    }
  }

  /** The number of members: of orderings that the weights serve. */
  @Override
  public int members() {
    return masks.size();
  }

  /** The size of the network. */
  public Shape shape() {
    return shape;
  }

  /** The masks of the members. */
  public List<Masks> masks() {
    return masks;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The masks are those of the batch's member.
   */
  @Override
  public Map<String, INDArray> feed(Batch batch) {
    Map<String, INDArray> feed = new HashMap<>(maskArrays.get(batch.member()));
    feed.put("x", batch.x());
    for (int l = 0; shape.dropout > 0 && l < shape.hidden.length; l++) {
      int units = shape.hidden[l];
      feed.put(
          "keep" + (l + 1),
          batch.training() ? keep(batch.size(), units, batch.random()) : ones(batch.size(), units));
    }
    return feed;
  }

  private INDArray keep(int rows, int units, RandomGenerator random) {
    float scale = (float) (1 / (1 - shape.dropout));
    float[] keep = new float[Checks.length(rows, units)];
    for (int i = 0; i < keep.length; i++) {
      keep[i] = random.nextFloat() < shape.dropout ? 0 : scale;
    }
    return Nd4j.create(keep, new long[] {rows, units}, 'c').castTo(type);
  }

  private INDArray ones(int rows, int units) {
    return kept.computeIfAbsent(List.of(rows, units), size -> Nd4j.ones(type, rows, units));
  }

  /**
   * The exact log-likelihood of each row under one member, in nats.
   *
   * @param index which member, from 0
   * @return {@code [rows]}
   */
  public double[] logProbability(Examples data, int index) {
    return Trainer.evaluateEach(this, data, "logp", index);
  }

  /**
   * The exact log-likelihood of each row under the model, in nats: log (1/K) Σ_k p_k(x), the
   * logarithm of the mean <em>probability</em> over the K members.
   *
   * @return {@code [rows]}
   */
  public double[] logProbability(Examples data) {
    double[][] members = new double[masks.size()][];
    for (int k = 0; k < members.length; k++) {
      members[k] = logProbability(data, k);
    }
    double[] all = new double[data.size()];
    for (int i = 0; i < all.length; i++) {
      int row = i;
      all[i] = LogSumExp.mean(Arrays.stream(members).mapToDouble(one -> one[row]).toArray());
    }
    return all;
  }

  /**
   * What is sometimes reported in place of {@link #logProbability(Examples)}, and is not a
   * log-likelihood: Σ_d log Bernoulli(x_d; σ(ā_d)) with the logits ā averaged over the members.
   * Every variable is then predicted with the help of members that have already seen it, so that
   * the "probabilities" of all states sum to more than 1.
   *
   * @return {@code [rows]}
   */
  public double[] logitAverage(Examples data) {
    support().check(data);
    double[] all = new double[data.size()];
    int chunk = 4000;
    for (int from = 0; from < all.length; from += chunk) {
      int to = Math.min(all.length, from + chunk);
      StopButton.poll();
      float[][] rows = data.rows(from, to);
      INDArray sum = null;
      for (int k = 0; k < masks.size(); k++) {
        INDArray one = logits(rows, k);
        sum = sum == null ? one : sum.addi(one);
      }
      double[] mean = sum.divi(masks.size()).dup('c').data().asDouble();
      for (int i = 0; i < mean.length; i++) {
        double a = mean[i];
        float bit = rows[i / shape.dimensions][i % shape.dimensions];
        all[from + i / shape.dimensions] += bit * a - Logistic.softplus(a);
      }
    }
    return all;
  }

  /**
   * The logits a(x) of one member.
   *
   * @param rows {@code [rows, D]}
   * @return {@code [rows, D]}
   */
  public INDArray logits(float[][] rows, int index) {
    Support.real(shape.dimensions).check(rows);
    Map<String, INDArray> feed = new HashMap<>(maskArrays.get(member(index)));
    if (rows.length == 0) {
      throw new IllegalArgumentException("There are no rows to compute logits of.");
    }
    feed.put("x", Nd4j.createFromArray(rows).castTo(type));
    for (int l = 0; shape.dropout > 0 && l < shape.hidden.length; l++) {
      feed.put("keep" + (l + 1), ones(rows.length, shape.hidden[l]));
    }
    return Trainer.evaluate(this, feed, "logits").get("logits");
  }

  /**
   * Draws from one member, one variable after the other in its ordering: D passes for the whole
   * batch (ancestral sampling).
   *
   * @param count at least 1
   * @return {@code [count, D]} of zeros and ones
   */
  public float[][] sample(int count, int index, RandomGenerator random) {
    if (count < 1) {
      throw new IllegalArgumentException("At least 1 row can be drawn, not " + count + ".");
    }
    return complete(new float[count][shape.dimensions], 0, index, random);
  }

  /**
   * Draws the rest of rows that are known in part: the first {@code known} variables of the
   * ordering are kept, the others drawn one after the other given what is there.
   *
   * @param rows {@code [rows, D]}; not changed
   * @param known how many variables, from the first of the ordering, are given
   * @return {@code [rows, D]} of zeros and ones
   */
  public float[][] complete(float[][] rows, int known, int index, RandomGenerator random) {
    if (known < 0 || known > shape.dimensions) {
      throw new IllegalArgumentException(
          "Of " + shape.dimensions + " variables, " + known + " cannot be known.");
    }
    Support.real(shape.dimensions).check(rows);
    float[][] x = new float[rows.length][];
    Arrays.setAll(x, i -> rows[i].clone());
    int[] sequence = masks.get(member(index)).ordering().sequence();
    for (int i = 0; i < x.length; i++) {
      for (int s = 0; s < known; s++) {
        float bit = x[i][sequence[s]];
        if (bit != 0 && bit != 1) {
          throw new IllegalArgumentException(
              "Row " + i + " holds " + bit + " for variable " + sequence[s] + "; expected a bit.");
        }
      }
    }
    if (x.length == 0) {
      return x;
    }
    for (int s = known; s < sequence.length; s++) {
      int d = sequence[s];
      double[] a = logits(x, index).getColumn(d).toDoubleVector();
      for (int i = 0; i < x.length; i++) {
        x[i][d] = random.nextDouble() < Logistic.sigmoid(a[i]) ? 1 : 0;
      }
    }
    return x;
  }

  /**
   * The Jacobian ∂a_d/∂x_e of one member by central differences at a point, {@code [e][d]}: exactly
   * 0 wherever the masks leave no path, since then both evaluations are the same computation.
   */
  public double[][] jacobian(double[] at, int index, double step) {
    int n = shape.dimensions;
    if (at.length != n) {
      throw new IllegalArgumentException(
          "The model has " + n + " variables, the point has " + at.length + ".");
    }
    double[][] points = new double[2 * n][];
    for (int e = 0; e < n; e++) {
      points[2 * e] = at.clone();
      points[2 * e][e] += step;
      points[2 * e + 1] = at.clone();
      points[2 * e + 1][e] -= step;
    }
    Map<String, INDArray> feed = new HashMap<>(maskArrays.get(member(index)));
    feed.put("x", Nd4j.createFromArray(points).castTo(type));
    for (int l = 0; shape.dropout > 0 && l < shape.hidden.length; l++) {
      feed.put("keep" + (l + 1), ones(points.length, shape.hidden[l]));
    }
    double[][] a = Trainer.evaluate(this, feed, "logits").get("logits").toDoubleMatrix();
    double[][] jacobian = new double[n][n];
    for (int e = 0; e < n; e++) {
      for (int d = 0; d < n; d++) {
        jacobian[e][d] = (a[2 * e][d] - a[2 * e + 1][d]) / (2 * step);
      }
    }
    return jacobian;
  }

  /** The same network in double precision, for sums over many states. */
  public Made inDoublePrecision() {
    Map<String, INDArray> values = new HashMap<>();
    for (String name : graph.parameterNames()) {
      values.put(name, graph.parameter(name).castTo(DataType.DOUBLE));
    }
    return new Made(shape, masks, DataType.DOUBLE, values);
  }

  private int member(int index) {
    if (index < 0 || index >= masks.size()) {
      throw new IllegalArgumentException(
          "There is no member " + index + "; the members are 0 to " + (masks.size() - 1) + ".");
    }
    return index;
  }
}
