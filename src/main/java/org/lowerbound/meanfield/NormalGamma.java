package org.lowerbound.meanfield;

import org.apache.commons.numbers.gamma.Digamma;
import org.apache.commons.numbers.gamma.LogGamma;
import org.lowerbound.numerics.Checks;
import org.lowerbound.plot.Numbers;

/**
 * The normal–gamma distribution {@code p(μ, τ) = N(μ | m, 1/(κ τ)) · Gamma(τ | a, b)}, the
 * conjugate prior of a normal distribution with unknown mean {@code μ} and precision {@code τ =
 * 1/σ²}; {@code a} is a shape, {@code b} a rate, so {@code E[τ] = a/b} (Murphy, Machine Learning,
 * 4.6.3.7).
 *
 * @param mean {@code m}
 * @param kappa {@code κ > 0}, the weight of the prior mean in observations
 * @param shape {@code a > 0}
 * @param rate {@code b > 0}
 */
public record NormalGamma(double mean, double kappa, double shape, double rate) {

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException when {@code κ}, {@code a} or {@code b} is not positive
   */
  public NormalGamma {
    Checks.finite("The mean m", mean);
    Checks.positive("The weight kappa", kappa);
    Checks.positive("The shape a of the gamma distribution", shape);
    Checks.positive("The rate b of the gamma distribution", rate);
  }

  /**
   * The exact posterior after {@code x}: {@code κ_N = κ + N}, {@code m_N = (κ m + Σx)/κ_N}, {@code
   * a_N = a + N/2}, {@code b_N = b + ½ Σ(x − x̄)² + κ N (x̄ − m)² / (2 κ_N)}.
   *
   * @param x the observations, shape {@code [N]}
   * @throws IllegalArgumentException when there are none, or one is not finite
   */
  public NormalGamma posterior(double... x) {
    Checks.data(x);
    int n = x.length;
    double average = 0;
    for (double value : x) {
      average += value / n;
    }
    double scatter = 0;
    for (double value : x) {
      scatter += (value - average) * (value - average);
    }
    double shift = average - mean;
    return new NormalGamma(
        (kappa * mean + n * average) / (kappa + n),
        kappa + n,
        shape + n / 2.0,
        rate + 0.5 * scatter + kappa * n * shift * shift / (2 * (kappa + n)));
  }

  /**
   * The exact log evidence {@code log p(x) = log Z(posterior) − log Z(prior) − (N/2) log 2π}, in
   * nats, with {@code Z} from {@link #logNormaliser()}.
   */
  public double logEvidence(double... x) {
    return posterior(x).logNormaliser() - logNormaliser() - 0.5 * x.length * Math.log(2 * Math.PI);
  }

  /**
   * {@code log Z = log ∫∫ τ^{a − ½} exp(−bτ − ½ κτ (μ − m)²) dμ dτ = log Γ(a) − a log b + ½
   * log(2π/κ)}.
   */
  public double logNormaliser() {
    return LogGamma.value(shape) - shape * Math.log(rate) + 0.5 * Math.log(2 * Math.PI / kappa);
  }

  /** {@code log p(μ, τ)}. */
  public double logDensity(double mu, double tau) {
    return (shape - 0.5) * Math.log(tau)
        - rate * tau
        - 0.5 * kappa * tau * (mu - mean) * (mu - mean)
        - logNormaliser();
  }

  /** {@code E[τ] = a/b}. */
  public double expectedPrecision() {
    return shape / rate;
  }

  /** {@code E[log τ] = ψ(a) − log b}, with the digamma function {@code ψ}. */
  public double expectedLogPrecision() {
    return Digamma.value(shape) - Math.log(rate);
  }

  /** {@code Var[τ] = a/b²}. */
  public double precisionVariance() {
    return shape / (rate * rate);
  }

  /**
   * {@code Var[μ] = b / (κ (a − 1))}: marginally {@code μ} has a Student distribution.
   *
   * @throws IllegalStateException when {@code a ≤ 1}, for then the variance is infinite
   */
  public double meanVariance() {
    if (!(shape > 1)) {
      throw new IllegalStateException(
          "The variance of the mean is infinite for a shape of "
              + shape
              + ": it needs more than 1.");
    }
    return rate / (kappa * (shape - 1));
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
