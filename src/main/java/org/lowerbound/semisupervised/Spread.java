package org.lowerbound.semisupervised;

import java.util.Arrays;
import java.util.Locale;

/**
 * A number measured with several seeds.
 *
 * @param values one a seed
 */
public record Spread(double... values) {

  /** Copies the numbers. */
  public Spread {
    if (values.length == 0) {
      throw new IllegalArgumentException("A spread needs at least one value.");
    }
    values = values.clone();
  }

  /** The numbers; a copy. */
  @Override
  public double[] values() {
    return values.clone();
  }

  /** Their mean. */
  public double mean() {
    return Arrays.stream(values).average().getAsDouble();
  }

  /** Their standard deviation with divisor n − 1; 0 for one value. */
  public double deviation() {
    double mean = mean();
    double square = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return values.length == 1 ? 0 : Math.sqrt(square / (values.length - 1));
  }

  /** The least of them. */
  public double least() {
    return Arrays.stream(values).min().getAsDouble();
  }

  /** The largest of them. */
  public double most() {
    return Arrays.stream(values).max().getAsDouble();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f ± %.3f (%d seeds)", mean(), deviation(), values.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Spread spread && Arrays.equals(values, spread.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}
