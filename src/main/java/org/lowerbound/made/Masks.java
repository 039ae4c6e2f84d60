package org.lowerbound.made;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The masks of one network for one ordering (Germain et al. 2015, eqs. 12, 13 and 8).
 *
 * <p>With degrees m: a weight into a hidden layer is kept if m(above) ≥ m(below), a weight into an
 * output if m(output) &gt; m(below), and a direct weight from input to output if m(output) &gt;
 * m(input). Masks are matrices {@code [below, above]} of zeros and ones, to be multiplied with
 * weights of the same shape in x·W.
 */
public final class Masks {

  private final Ordering ordering;
  private final int[][] degrees;
  private final List<float[][]> layers;
  private final float[][] direct;

  /** No masks at all: every weight is kept, the network is a plain autoencoder. */
  private Masks(Ordering ordering, int[] hidden) {
    this.ordering = ordering;
    this.degrees = new int[hidden.length][];
    this.layers = new ArrayList<>();
    int below = ordering.dimensions();
    for (int layer = 0; layer < hidden.length; layer++) {
      degrees[layer] = new int[hidden[layer]];
      layers.add(ones(below, hidden[layer]));
      below = hidden[layer];
    }
    layers.add(ones(below, ordering.dimensions()));
    this.direct = ones(ordering.dimensions(), ordering.dimensions());
  }

  private Masks(Ordering ordering, int[][] degrees) {
    this.ordering = ordering;
    this.degrees = degrees;
    int[] inputs = new int[ordering.dimensions()];
    Arrays.setAll(inputs, ordering::position);
    this.layers = new ArrayList<>();
    int[] below = inputs;
    for (int[] above : degrees) {
      layers.add(mask(below, above, 0));
      below = above;
    }
    layers.add(mask(below, inputs, 1));
    this.direct = mask(inputs, inputs, 1);
  }

  /**
   * Masks for hidden layers of these widths.
   *
   * @param hidden widths, from the input's side to the output's
   * @param rule how degrees are drawn
   * @param seed of the degrees; the ordering has its own
   * @throws IllegalArgumentException if there is no hidden layer or a width is not positive
   */
  public static Masks of(Ordering ordering, int[] hidden, DegreeRule rule, long seed) {
    if (hidden.length == 0) {
      throw new IllegalArgumentException("At least one hidden layer is needed.");
    }
    SplittableRandom random = new SplittableRandom(seed);
    int[][] degrees = new int[hidden.length][];
    int lowest = 1;
    for (int layer = 0; layer < hidden.length; layer++) {
      if (hidden[layer] < 1) {
        throw new IllegalArgumentException(
            "A hidden layer needs at least 1 unit, not " + hidden[layer] + ".");
      }
      degrees[layer] = new int[hidden[layer]];
      for (int k = 0; k < hidden[layer]; k++) {
        degrees[layer][k] = rule.degree(k, hidden[layer], lowest, ordering.dimensions(), random);
      }
      lowest = Arrays.stream(degrees[layer]).min().getAsInt();
    }
    return new Masks(ordering, degrees);
  }

  /**
   * Masks for so many orderings: the ensemble of Germain et al., section 4.3.
   *
   * @param natural whether the first ordering is the natural one; all others are random
   */
  public static List<Masks> ensemble(
      int count, int dimensions, int[] hidden, boolean natural, long seed) {
    List<Masks> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Ordering ordering =
          natural && i == 0
              ? Ordering.natural(dimensions)
              : Ordering.random(dimensions, seed + 7919L * (i + 1));
      all.add(of(ordering, hidden, DegreeRule.UNIFORM, seed + i));
    }
    return all;
  }

  /**
   * Masks of ones: with them {@link Made} is the ordinary autoencoder, whose outputs look at the
   * very variable they predict. Its "log-likelihood" is chapter 07's first exhibit, and no
   * log-likelihood.
   */
  public static Masks none(int dimensions, int... hidden) {
    return new Masks(Ordering.natural(dimensions), hidden);
  }

  private static float[][] ones(int rows, int columns) {
    float[][] ones = new float[rows][columns];
    for (float[] row : ones) {
      Arrays.fill(row, 1);
    }
    return ones;
  }

  private static float[][] mask(int[] below, int[] above, int strict) {
    float[][] mask = new float[below.length][above.length];
    for (int k = 0; k < below.length; k++) {
      for (int j = 0; j < above.length; j++) {
        mask[k][j] = above[j] >= below[k] + strict ? 1 : 0;
      }
    }
    return mask;
  }

  /** The ordering these masks enforce. */
  public Ordering ordering() {
    return ordering;
  }

  /** The degrees of hidden layer {@code layer}, from 0. */
  public int[] degrees(int layer) {
    return degrees[layer].clone();
  }

  /** Number of hidden layers. */
  public int hiddenLayers() {
    return degrees.length;
  }

  /**
   * Mask {@code [below, above]} of weight matrix {@code layer}; the last one leads to the output.
   */
  public float[][] layer(int layer) {
    return layers.get(layer);
  }

  /** Mask {@code [D, D]} of the direct weights from input (row) to output (column). */
  public float[][] direct() {
    return direct;
  }

  /**
   * Number of paths from input (row) to output (column) through the hidden layers: the product of
   * the masks. Output d is a function of input e only if entry (e, d) is not 0, so the network is
   * autoregressive if the matrix is strictly triangular when sorted by the ordering.
   */
  public double[][] paths() {
    double[][] paths = identity(ordering.dimensions());
    for (float[][] mask : layers) {
      paths = multiply(paths, mask);
    }
    return paths;
  }

  /**
   * The liveness of hidden layer {@code layer}: which units lie on at least one path from an input
   * to an output. A dead unit changes no output, whatever its weights: it is not wrong, only paid
   * for in vain, which is why a test of the Jacobian cannot find it.
   */
  public boolean[] alive(int layer) {
    boolean[] reached = fromInputs().get(layer + 1);
    boolean[] reaching = toOutputs().get(layer + 1);
    boolean[] alive = new boolean[reached.length];
    for (int k = 0; k < alive.length; k++) {
      alive[k] = reached[k] && reaching[k];
    }
    return alive;
  }

  /** Number of live units in hidden layer {@code layer}. */
  public int aliveCount(int layer) {
    int count = 0;
    for (boolean alive : alive(layer)) {
      count += alive ? 1 : 0;
    }
    return count;
  }

  /** Number of weights between layers that lie on a path from an input to an output. */
  public long aliveWeights() {
    List<boolean[]> reached = fromInputs();
    List<boolean[]> reaching = toOutputs();
    long count = 0;
    for (int layer = 0; layer < layers.size(); layer++) {
      float[][] mask = layers.get(layer);
      for (int k = 0; k < mask.length; k++) {
        for (int j = 0; j < mask[k].length; j++) {
          if (mask[k][j] != 0 && reached.get(layer)[k] && reaching.get(layer + 1)[j]) {
            count++;
          }
        }
      }
    }
    return count;
  }

  /** Number of weights between layers, masked or not. */
  public long allWeights() {
    long count = 0;
    for (float[][] mask : layers) {
      count += (long) mask.length * mask[0].length;
    }
    return count;
  }

  /** For each layer, which units are reached by an input; the inputs themselves first. */
  private List<boolean[]> fromInputs() {
    List<boolean[]> all = new ArrayList<>();
    boolean[] reached = new boolean[ordering.dimensions()];
    Arrays.fill(reached, true);
    all.add(reached);
    for (float[][] mask : layers) {
      boolean[] next = new boolean[mask[0].length];
      for (int k = 0; k < mask.length; k++) {
        for (int j = 0; j < next.length; j++) {
          next[j] |= reached[k] && mask[k][j] != 0;
        }
      }
      all.add(next);
      reached = next;
    }
    return all;
  }

  /** For each layer, which units reach an output; the outputs themselves last. */
  private List<boolean[]> toOutputs() {
    boolean[] reaching = new boolean[ordering.dimensions()];
    Arrays.fill(reaching, true);
    List<boolean[]> all = new ArrayList<>();
    all.add(reaching);
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      float[][] mask = layers.get(layer);
      boolean[] below = new boolean[mask.length];
      for (int k = 0; k < mask.length; k++) {
        for (int j = 0; j < mask[k].length; j++) {
          below[k] |= reaching[j] && mask[k][j] != 0;
        }
      }
      all.add(0, below);
      reaching = below;
    }
    return all;
  }

  private static double[][] identity(int n) {
    double[][] identity = new double[n][n];
    for (int i = 0; i < n; i++) {
      identity[i][i] = 1;
    }
    return identity;
  }

  private static double[][] multiply(double[][] a, float[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        if (a[i][k] != 0) {
          for (int j = 0; j < b[k].length; j++) {
            product[i][j] += a[i][k] * b[k][j];
          }
        }
      }
    }
    return product;
  }
}
