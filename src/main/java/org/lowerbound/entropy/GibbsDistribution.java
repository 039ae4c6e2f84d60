package org.lowerbound.entropy;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * {@code p(x) = exp(−Σ_k λ_k T_k(x)) / Z}, a density with respect to the reference measure of its
 * {@link Outcomes}: the form of every maximum-entropy distribution.
 *
 * <p>Source: E. T. Jaynes, <a href="https://doi.org/10.1103/PhysRev.106.620">Information Theory and
 * Statistical Mechanics</a> (1957), equations 2-3 to 2-6. The multipliers carry Jaynes' sign; the
 * natural parameters of statistics are {@code −λ}.
 */
public final class GibbsDistribution {
  private final Outcomes outcomes;
  private final List<String> names;
  private final double[] multipliers;
  private final double logPartition;
  private final double[] density;

  GibbsDistribution(
      Outcomes outcomes,
      List<String> names,
      double[] multipliers,
      double logPartition,
      double[] density) {
    this.outcomes = outcomes;
    this.names = names;
    this.multipliers = multipliers;
    this.logPartition = logPartition;
    this.density = density;
  }

  /** What the distribution is over. */
  public Outcomes outcomes() {
    return outcomes;
  }

  /** The multipliers {@code λ}, one for each constraint, in the order they were given. */
  public double[] multipliers() {
    return multipliers.clone();
  }

  /** {@code log Z}. */
  public double logPartition() {
    return logPartition;
  }

  /** The density {@code p_i} with respect to the reference measure, {@code [outcomes]}. */
  public double[] density() {
    return density.clone();
  }

  /** The probability {@code m_i p_i} of each outcome or cell, {@code [outcomes]}. */
  public double[] probabilities() {
    double[] weights = outcomes.weights();
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= density[i];
    }
    return weights;
  }

  /**
   * {@code −Σ m_i p_i log p_i}, in nats: Shannon's entropy for the counting measure, differential
   * entropy for a grid, and {@code −KL(p‖m)} in general.
   */
  public double entropy() {
    double[] mass = probabilities();
    double sum = 0;
    for (int i = 0; i < mass.length; i++) {
      sum -= mass[i] == 0 ? 0 : mass[i] * Math.log(density[i]);
    }
    return sum;
  }

  /** {@code E[f] = Σ m_i p_i f(x_i)}. */
  public double expectation(DoubleUnaryOperator f) {
    double[] mass = probabilities();
    double[] x = outcomes.points();
    double sum = 0;
    for (int i = 0; i < mass.length; i++) {
      sum += mass[i] == 0 ? 0 : mass[i] * f.applyAsDouble(x[i]);
    }
    return sum;
  }

  /**
   * {@code KL(p‖q) = Σ m_i p_i log(p_i/q(x_i))}, in nats.
   *
   * @param logDensity {@code log q}, a log density with respect to the same reference measure
   */
  public double divergence(DoubleUnaryOperator logDensity) {
    double[] mass = probabilities();
    double[] x = outcomes.points();
    double sum = 0;
    for (int i = 0; i < mass.length; i++) {
      sum += mass[i] == 0 ? 0 : mass[i] * (Math.log(density[i]) - logDensity.applyAsDouble(x[i]));
    }
    return sum;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("p(x) = exp(");
    for (int k = 0; k < multipliers.length; k++) {
      text.append(
          String.format(
              Locale.ROOT, "%s%+.6f·%s", k == 0 ? "" : " ", -multipliers[k], names.get(k)));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                ")/Z on %s, log Z = %.6f, H = %.6f",
                outcomes,
                logPartition,
                entropy()))
        .toString();
  }
}
