package org.lowerbound.evaluation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.StopButton;

/**
 * The bootstrap (Efron 1979): a statistic of rows drawn anew from the rows at hand, with
 * replacement, again and again. The spread of its values stands for the spread over other data.
 *
 * <p>Rows must be independent: rows that belong together (frames of one speaker, pictures of one
 * house) are to be drawn together, which {@link #ofGroups} does.
 */
public final class Bootstrap {

  private final double estimate;
  private final double[] sorted;

  private Bootstrap(double estimate, double[] replicates) {
    this.estimate = estimate;
    this.sorted = replicates;
    Arrays.sort(sorted);
  }

  /** The bootstrap of the mean. */
  public static Bootstrap ofMean(double[] values, int replicates, long seed) {
    return of(values, x -> Arrays.stream(x).average().orElseThrow(), replicates, seed);
  }

  /**
   * The bootstrap of a statistic.
   *
   * @param values one a row, finite, at least two
   * @param statistic of as many values; must not keep or change the array
   * @param replicates at least 100, or the ends of an interval rest on a handful of them
   */
  public static Bootstrap of(
      double[] values, ToDoubleFunction<double[]> statistic, int replicates, long seed) {
    checked(values, replicates);
    SplittableRandom random = new SplittableRandom(seed);
    double[] drawn = new double[values.length];
    double[] all = new double[replicates];
    for (int r = 0; r < replicates; r++) {
      if (r % 100 == 0) {
        StopButton.poll();
      }
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = values[random.nextInt(values.length)];
      }
      all[r] = statistic.applyAsDouble(drawn);
    }
    return new Bootstrap(statistic.applyAsDouble(values.clone()), all);
  }

  /**
   * The bootstrap of the mean over rows that come in groups: groups are drawn, each with all its
   * rows.
   *
   * @param groups the number of the group of each row, any integers; at least two different ones
   */
  public static Bootstrap ofGroups(double[] values, int[] groups, int replicates, long seed) {
    checked(values, replicates);
    Checks.require(
        groups != null && groups.length == values.length,
        "There must be one group for each of the %d values, but there are %d.",
        values.length,
        groups == null ? 0 : groups.length);
    int[] names = Arrays.stream(groups).distinct().toArray();
    Checks.require(
        names.length >= 2, "All rows belong to one group; other data would bring other groups.");
    double[] sum = new double[names.length];
    int[] size = new int[names.length];
    Map<Integer, Integer> place = new HashMap<>();
    for (int g = 0; g < names.length; g++) {
      place.put(names[g], g);
    }
    for (int i = 0; i < values.length; i++) {
      sum[place.get(groups[i])] += values[i];
      size[place.get(groups[i])]++;
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] all = new double[replicates];
    for (int r = 0; r < replicates; r++) {
      double total = 0;
      int rows = 0;
      for (int g = 0; g < names.length; g++) {
        int drawn = random.nextInt(names.length);
        total += sum[drawn];
        rows += size[drawn];
      }
      all[r] = total / rows;
    }
    return new Bootstrap(Arrays.stream(values).average().orElseThrow(), all);
  }

  private static void checked(double[] values, int replicates) {
    Checks.require(
        values != null && values.length >= 2,
        "A bootstrap needs at least two rows; there are %d.",
        values == null ? 0 : values.length);
    for (int i = 0; i < values.length; i++) {
      Checks.require(Double.isFinite(values[i]), "Row %d is %s, not a number.", i, values[i]);
    }
    Checks.atLeast(100, "the number of replicates", replicates);
  }

  /** The statistic of the rows themselves. */
  public double estimate() {
    return estimate;
  }

  /** The standard deviation of the replicates. */
  public double standardError() {
    double mean = Arrays.stream(sorted).average().orElseThrow();
    double squares = Arrays.stream(sorted).map(x -> (x - mean) * (x - mean)).sum();
    return Math.sqrt(squares / (sorted.length - 1));
  }

  /**
   * The percentile interval: its ends leave (1 − level)/2 of the replicates outside each.
   *
   * @param level in (0, 1), for instance 0.95
   * @return {@code {lower, upper}}
   */
  public double[] interval(double level) {
    Checks.require(level > 0 && level < 1, "The level must lie in (0, 1), not %s.", level);
    return new double[] {quantile((1 - level) / 2), quantile((1 + level) / 2)};
  }

  private double quantile(double p) {
    double at = p * (sorted.length - 1);
    int below = (int) at;
    double rest = at - below;
    return below + 1 < sorted.length
        ? (1 - rest) * sorted[below] + rest * sorted[below + 1]
        : sorted[below];
  }

  /** The replicates, sorted; a copy. */
  public double[] replicates() {
    return sorted.clone();
  }
}
