package org.lowerbound.anomaly;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.lowerbound.data.Examples;
import org.lowerbound.data.Provenance;
import org.lowerbound.numerics.Checks;

/**
 * Some rows of a data set of any kind, in a given order, under its name.
 *
 * @param data the whole
 * @param chosen the indices of the rows
 */
public record Selection(Examples data, int... chosen) implements Examples {

  /** Checks that the rows exist. */
  public Selection {
    chosen = chosen.clone();
    for (int row : chosen) {
      Checks.require(
          row >= 0 && row < data.size(),
          "%s has rows 0 to %d; there is no row %d.",
          data.name(),
          data.size() - 1,
          row);
    }
  }

  /** The rows whose label the condition accepts, in their order. */
  public static Selection labelled(Examples data, IntPredicate label) {
    return new Selection(
        data, IntStream.range(0, data.size()).filter(i -> label.test(data.label(i))).toArray());
  }

  /** At most so many rows, spread evenly over the set. */
  public static Selection spread(Examples data, int most) {
    int count = Math.min(most, data.size());
    return new Selection(
        data, IntStream.range(0, count).map(i -> (int) ((long) i * data.size() / count)).toArray());
  }

  /** The indices of the rows; a copy. */
  @Override
  public int[] chosen() {
    return chosen.clone();
  }

  /** The rows {@code from} (inclusive) to {@code to} (exclusive) of these. */
  public Selection range(int from, int to) {
    return new Selection(data, Arrays.copyOfRange(chosen, from, Math.min(to, chosen.length)));
  }

  @Override
  public int size() {
    return chosen.length;
  }

  @Override
  public int[] shape() {
    return data.shape();
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    data.draw(chosen[row], random, into, at);
  }

  @Override
  public boolean labelled() {
    return data.labelled();
  }

  @Override
  public int label(int row) {
    return data.label(chosen[row]);
  }

  @Override
  public Provenance provenance() {
    return data.provenance();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Selection s && s.data.equals(data) && Arrays.equals(s.chosen, chosen);
  }

  @Override
  public int hashCode() {
    return 31 * data.hashCode() + Arrays.hashCode(chosen);
  }

  @Override
  public String toString() {
    return size() + " of " + data;
  }
}
