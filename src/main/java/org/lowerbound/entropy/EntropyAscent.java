package org.lowerbound.entropy;

import java.util.Locale;

/**
 * Where the entropy side of {@link MaxEntClassifier} stopped.
 *
 * @param conditionals {@code p_n(y)}, {@code [examples, classes]}
 * @param weights {@code Δ/α}, what these distributions imply for the other side, {@code [classes ×
 *     features]}
 * @param entropies {@code J(p)} before the first and after each sweep, nats an example; rising
 * @param losses {@code L(Δ/α)} at the same times; never below {@code entropies}
 */
public record EntropyAscent(
    double[][] conditionals, double[] weights, double[] entropies, double[] losses) {
  /** {@code J} at the end. */
  public double value() {
    return entropies[entropies.length - 1];
  }

  /** {@code L − J} at the end: neither side is further than this from the optimum. */
  public double gap() {
    return losses[losses.length - 1] - value();
  }

  /** Passes over the examples. */
  public int sweeps() {
    return entropies.length - 1;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "entropy side %.9f after %d sweeps, gap %.2g", value(), sweeps(), gap());
  }
}
