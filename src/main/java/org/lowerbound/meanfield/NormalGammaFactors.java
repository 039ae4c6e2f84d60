package org.lowerbound.meanfield;

import java.util.Arrays;
import org.apache.commons.numbers.gamma.Digamma;
import org.apache.commons.numbers.gamma.LogGamma;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;

/**
 * The mean-field approximation {@code q(μ, τ) = N(μ | m, v) · Gamma(τ | a, b)} of a {@link
 * NormalGamma} posterior. The optimal factors are, with prior {@code (μ₀, κ₀, a₀, b₀)},
 *
 * <pre>
 *   m = (κ₀ μ₀ + Σx)/(κ₀ + N)          v = 1/((κ₀ + N) E[τ])
 *   a = a₀ + (N + 1)/2                 b = b₀ + ½ E[κ₀ (μ − μ₀)² + Σ (x − μ)²]
 * </pre>
 *
 * <p>(Bishop 10.1.3; Murphy 21.5.1). Their fixed point is known in closed form, {@link
 * #fixedPoint}.
 *
 * @param mean {@code m}
 * @param variance {@code v}, the variance of {@code q(μ)}
 * @param shape {@code a}
 * @param rate {@code b}, a rate: {@code E[τ] = a/b}
 */
public record NormalGammaFactors(double mean, double variance, double shape, double rate) {

  /** Checks the parameters. */
  public NormalGammaFactors {
    Checks.finite("The mean m", mean);
    Checks.positive("The variance v", variance);
    Checks.positive("The shape a of the gamma factor", shape);
    Checks.positive("The rate b of the gamma factor", rate);
  }

  /**
   * Coordinate ascent from {@code E[τ] = startPrecision} until {@code b} stands still.
   *
   * @param x the observations, shape {@code [N]}
   * @throws IllegalArgumentException for no data, values that are not finite, or a start that is
   *     not positive
   */
  public static Ascent<NormalGammaFactors> fit(
      NormalGamma prior, double[] x, double startPrecision) {
    Checks.data(x);
    Checks.positive("The starting value of E[tau]", startPrecision);
    double[] bounds = new double[200];
    NormalGammaFactors q = first(prior, x, startPrecision);
    bounds[0] = q.bound(prior, x).total();
    int sweeps = 1;
    boolean still = false;
    // The error of b shrinks by 1/(2a) a sweep and 2a > 2, so 200 sweeps reach round-off from
    // anywhere.
    while (!still && sweeps < bounds.length) {
      StopButton.poll();
      NormalGammaFactors next = q.sweep(prior, x);
      still = Math.abs(next.rate - q.rate) <= 4e-16 * q.rate;
      q = next;
      bounds[sweeps++] = q.bound(prior, x).total();
    }
    return new Ascent<>(q, Arrays.copyOf(bounds, sweeps), still);
  }

  /** The factors after one sweep begun at {@code E[τ] = startPrecision}. */
  public static NormalGammaFactors first(NormalGamma prior, double[] x, double startPrecision) {
    Checks.data(x);
    double kappaN = prior.kappa() + x.length;
    double m = (prior.kappa() * prior.mean() + Arrays.stream(x).sum()) / kappaN;
    double v = 1 / (kappaN * Checks.positive("The starting value of E[tau]", startPrecision));
    double square = prior.kappa() * ((m - prior.mean()) * (m - prior.mean()) + v);
    for (double value : x) {
      square += (value - m) * (value - m) + v;
    }
    return new NormalGammaFactors(
        m, v, prior.shape() + (x.length + 1) / 2.0, prior.rate() + 0.5 * square);
  }

  /**
   * One sweep: {@code q(μ)} with {@code q(τ)} held, then {@code q(τ)} with the new {@code q(μ)}.
   */
  public NormalGammaFactors sweep(NormalGamma prior, double... x) {
    return first(prior, x, expectedPrecision());
  }

  /**
   * Where the sweeps end: {@code a = a₀ + (N + 1)/2}, {@code b = b_exact · 2a/(2a − 1)}, {@code v =
   * b/((κ₀ + N) a)}. It follows from {@code b = b_exact + ½ (κ₀ + N) v = b_exact + b/(2a)}.
   */
  public static NormalGammaFactors fixedPoint(NormalGamma prior, double... x) {
    NormalGamma exact = prior.posterior(x);
    double a = prior.shape() + (x.length + 1) / 2.0;
    double b = exact.rate() * 2 * a / (2 * a - 1);
    return new NormalGammaFactors(exact.mean(), b / (exact.kappa() * a), a, b);
  }

  /** {@code E[τ] = a/b}. */
  public double expectedPrecision() {
    return shape / rate;
  }

  /** {@code E[log τ] = ψ(a) − log b}. */
  public double expectedLogPrecision() {
    return Digamma.value(shape) - Math.log(rate);
  }

  /** {@code Var[τ] = a/b²}. */
  public double precisionVariance() {
    return shape / (rate * rate);
  }

  /** {@code Var[μ] = v}. */
  public double meanVariance() {
    return variance;
  }

  /** {@code log q(μ, τ)}. */
  public double logDensity(double mu, double tau) {
    return -0.5 * Math.log(2 * Math.PI * variance)
        - 0.5 * (mu - mean) * (mu - mean) / variance
        + shape * Math.log(rate)
        - LogGamma.value(shape)
        + (shape - 1) * Math.log(tau)
        - rate * tau;
  }

  /** The bound {@code L(q)} term by term; it needs prior and data, not the posterior. */
  public Bound bound(NormalGamma prior, double... x) {
    Checks.data(x);
    double tau = expectedPrecision();
    double logTau = expectedLogPrecision();
    double square = 0;
    for (double value : x) {
      square += (value - mean) * (value - mean) + variance;
    }
    double shift = (mean - prior.mean()) * (mean - prior.mean()) + variance;
    return new Bound(
        0.5 * x.length * (logTau - Math.log(2 * Math.PI)) - 0.5 * tau * square,
        0.5 * (Math.log(prior.kappa() / (2 * Math.PI)) + logTau)
            - 0.5 * prior.kappa() * tau * shift,
        prior.shape() * Math.log(prior.rate())
            - LogGamma.value(prior.shape())
            + (prior.shape() - 1) * logTau
            - prior.rate() * tau,
        0.5 * Math.log(2 * Math.PI * Math.E * variance),
        shape - Math.log(rate) + LogGamma.value(shape) + (1 - shape) * Digamma.value(shape));
  }

  /**
   * The five terms of {@code L(q)}, in nats.
   *
   * @param logLikelihood {@code E[log p(x | μ, τ)]}
   * @param logPriorMean {@code E[log p(μ | τ)]}
   * @param logPriorPrecision {@code E[log p(τ)]}
   * @param entropyMean {@code −E[log q(μ)]}
   * @param entropyPrecision {@code −E[log q(τ)]}
   */
  public record Bound(
      double logLikelihood,
      double logPriorMean,
      double logPriorPrecision,
      double entropyMean,
      double entropyPrecision) {

    /** {@code L(q)}. */
    public double total() {
      return logLikelihood + logPriorMean + logPriorPrecision + entropyMean + entropyPrecision;
    }

    /** The values with the digits that matter, long arrays by their shape. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  /**
   * {@code KL(q ‖ p)} to a normal–gamma distribution {@code p}, in nats: the expected divergence of
   * the mean given {@code τ}, plus the divergence of two gamma distributions. It sees neither prior
   * nor data.
   */
  public double klTo(NormalGamma p) {
    double tau = expectedPrecision();
    double shift = (mean - p.mean()) * (mean - p.mean());
    double ofMean =
        0.5
            * (-Math.log(variance * p.kappa())
                - expectedLogPrecision()
                - 1
                + p.kappa() * tau * (shift + variance));
    double ofPrecision =
        (shape - p.shape()) * Digamma.value(shape)
            - LogGamma.value(shape)
            + LogGamma.value(p.shape())
            + p.shape() * Math.log(rate / p.rate())
            + tau * (p.rate() - rate);
    return ofMean + ofPrecision;
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
