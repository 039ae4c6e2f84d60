package org.lowerbound.meanfield;

import java.util.Arrays;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Matrices;
import org.lowerbound.plot.Numbers;

/**
 * The prior of a Bayesian Gaussian mixture: weights {@code π ~ Dirichlet(α₀, …, α₀)} and, for every
 * component, {@code (μ_k, Λ_k) ~ normal–Wishart(m₀, β₀, W₀, ν₀)} (Bishop 10.39–10.40).
 *
 * @param concentration {@code α₀ > 0}: below 1 the prior favours few used components
 * @param component the prior of every component
 */
public record MixturePrior(double concentration, NormalWishart component) {

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException when {@code α₀} is not positive
   */
  public MixturePrior {
    Checks.positive("The Dirichlet concentration alpha", concentration);
    if (component == null) {
      throw new IllegalArgumentException("The prior of the components is missing.");
    }
  }

  /**
   * A weak prior for standardised data of dimension {@code D}: {@code m₀ = 0}, {@code β₀ = 1},
   * {@code ν₀ = D + 2} and {@code W₀ = (v ν₀)⁻¹ I}, so that a component's precision is {@code I/v}
   * on average.
   *
   * @param variance {@code v}, the variance expected within a component
   */
  public static MixturePrior standardised(double concentration, int dimensions, double variance) {
    if (dimensions < 1) {
      throw new IllegalArgumentException(
          "At least one dimension is needed, not " + dimensions + ".");
    }
    Checks.positive("The variance within a component", variance);
    double dof = dimensions + 2;
    double[] w = new double[dimensions];
    Arrays.fill(w, 1 / (variance * dof));
    return new MixturePrior(
        concentration, NormalWishart.of(new double[dimensions], 1, Matrices.diagonal(w), dof));
  }

  /** The data, if every row has the dimension of this prior. */
  double[][] check(double[][] x) {
    return Checks.data(x, component.dimensions(), "the prior's mean");
  }

  /** A number of components, if there is one at least. */
  static int components(int k) {
    return Checks.atLeast(1, "The number of components of a mixture", k);
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
