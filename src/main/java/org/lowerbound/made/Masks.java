package org.lowerbound.made;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lowerbound.numerics.StopButton;

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
  private final boolean masked;

  private Masks(Ordering ordering, int[][] degrees, boolean masked) {
    this.ordering = ordering;
    this.degrees = degrees;
    this.masked = masked;
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
    return new Masks(ordering, degrees, true);
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
    int[][] degrees = new int[hidden.length][];
    Arrays.setAll(degrees, layer -> new int[hidden[layer]]);
    return new Masks(Ordering.natural(dimensions), degrees, false);
  }

  /** All that makes these masks, for {@link #parse}: the sequence, then the degrees by layer. */
  String text() {
    StringBuilder text = new StringBuilder(masked ? "masked " : "unmasked ");
    text.append(join(ordering.sequence()));
    for (int[] layer : degrees) {
      text.append(';').append(join(layer));
    }
    return text.toString();
  }

  private static String join(int[] numbers) {
    return Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  /**
   * The masks of a {@link #text}.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Masks parse(String text) {
    int space = text.indexOf(' ');
    String[] parts = text.substring(space + 1).split(";");
    int[][] numbers = new int[parts.length][];
    Arrays.setAll(
        numbers, i -> Arrays.stream(parts[i].split(" ")).mapToInt(Integer::parseInt).toArray());
    return new Masks(
        Ordering.of(numbers[0]),
        Arrays.copyOfRange(numbers, 1, numbers.length),
        !text.startsWith("unmasked"));
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
   * Computed at each call, since the masks of wide networks are large.
   */
  public float[][] layer(int layer) {
    return mask(degreesAt(layer), degreesAt(layer + 1), layer == degrees.length ? 1 : 0);
  }

  /** Mask {@code [D, D]} of the direct weights from input (row) to output (column). */
  public float[][] direct() {
    return mask(degreesAt(0), degreesAt(0), 1);
  }

  private float[][] mask(int[] below, int[] above, int strict) {
    float[][] mask = new float[below.length][above.length];
    for (int k = 0; k < below.length; k++) {
      StopButton.poll();
      for (int j = 0; j < above.length; j++) {
        mask[k][j] = !masked || above[j] >= below[k] + strict ? 1 : 0;
      }
    }
    return mask;
  }

  /** Degrees of the inputs (level 0), the hidden layers, or the outputs (last level). */
  private int[] degreesAt(int level) {
    if (level >= 1 && level <= degrees.length) {
      return degrees[level - 1];
    }
    int[] inputs = new int[ordering.dimensions()];
    Arrays.setAll(inputs, ordering::position);
    return inputs;
  }

  /**
   * Number of paths from input (row) to output (column) through the hidden layers: the product of
   * the masks. Output d is a function of input e only if entry (e, d) is not 0, so the network is
   * autoregressive if the matrix is strictly triangular when sorted by the ordering.
   */
  public double[][] paths() {
    double[][] paths = identity(ordering.dimensions());
    for (int layer = 0; layer <= degrees.length; layer++) {
      paths = multiply(paths, layer(layer));
    }
    return paths;
  }

  /**
   * The liveness of hidden layer {@code layer}: which units lie on at least one path from an input
   * to an output. A dead unit changes no output, whatever its weights: it is not wrong, only paid
   * for in vain, which is why a test of the Jacobian cannot find it.
   */
  public boolean[] alive(int layer) {
    boolean[] alive = reached(layer + 1);
    boolean[] reaching = reaching(layer + 1);
    for (int k = 0; k < alive.length; k++) {
      alive[k] &= reaching[k];
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
    long count = 0;
    for (int level = 0; level <= degrees.length; level++) {
      int strict = level == degrees.length ? 1 : 0;
      int[] below = select(degreesAt(level), reached(level));
      int[] above = select(degreesAt(level + 1), reaching(level + 1));
      Arrays.sort(above);
      for (int degree : below) {
        count += masked ? above.length - firstAtLeast(above, degree + strict) : above.length;
      }
    }
    return count;
  }

  /** Number of weights between layers, masked or not. */
  public long allWeights() {
    long count = 0;
    for (int level = 0; level <= degrees.length; level++) {
      count += (long) degreesAt(level).length * degreesAt(level + 1).length;
    }
    return count;
  }

  /**
   * Which units of a level an input reaches: those of at least the smallest degree that is reached
   * below them.
   */
  private boolean[] reached(int level) {
    boolean[] reached = new boolean[degreesAt(0).length];
    Arrays.fill(reached, true);
    for (int l = 1; l <= level; l++) {
      int lowest = Arrays.stream(select(degreesAt(l - 1), reached)).min().orElse(Integer.MAX_VALUE);
      int[] above = degreesAt(l);
      reached = new boolean[above.length];
      for (int k = 0; k < above.length; k++) {
        reached[k] = !masked || above[k] >= lowest;
      }
    }
    return reached;
  }

  /** Which units of a level reach an output: those below the largest degree that does. */
  private boolean[] reaching(int level) {
    boolean[] reaching = new boolean[ordering.dimensions()];
    Arrays.fill(reaching, true);
    for (int l = degrees.length; l >= level; l--) {
      int highest = Arrays.stream(select(degreesAt(l + 1), reaching)).max().orElse(0);
      int strict = l == degrees.length ? 1 : 0;
      int[] below = degreesAt(l);
      reaching = new boolean[below.length];
      for (int k = 0; k < below.length; k++) {
        StopButton.poll();
        reaching[k] = !masked || below[k] + strict <= highest;
      }
    }
    return reaching;
  }

  private static int[] select(int[] values, boolean[] chosen) {
    return IntStream.range(0, values.length).filter(i -> chosen[i]).map(i -> values[i]).toArray();
  }

  /** Index of the first value of a sorted array that is at least {@code bound}. */
  private static int firstAtLeast(int[] sorted, int bound) {
    int from = 0;
    int to = sorted.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted[middle] >= bound) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
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
      StopButton.poll();
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
