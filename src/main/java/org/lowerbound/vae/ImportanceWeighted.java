package org.lowerbound.vae;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.numerics.Vectors;

/**
 * The importance-weighted bound of a linear-Gaussian model,
 *
 * <pre>  L_k = E[log (1/k) Σ_i w(z_i)],   w(z) = p(x, z)/q(z),   z_1 … z_k ~ q independent</pre>
 *
 * <p>(Burda, Grosse and Salakhutdinov 2016, equation 8): simulated for any number of latents, and
 * for one latent without any simulation.
 *
 * <p>By Frullani's integral, {@code log y = ∫₀^∞ (e⁻ᵗ − e⁻ᵗʸ)/t dt}, and because the draws are
 * independent,
 *
 * <pre>  L_k = log p(x) + ∫₀^∞ (e⁻ᵗ − φ(t/k)ᵏ)/t dt,   φ(t) = E_q exp(−t r(z)),   r = w/p(x).</pre>
 *
 * <p>An expectation over k draws has become one over a single draw, and k an exponent. Both
 * integrals are evaluated by the trapezoidal rule, over the noise {@code ε = (z − m)/σ} inside and
 * over {@code log t} outside, where the integrands are analytic and vanish at both ends, so that
 * the rule converges geometrically (Trefethen and Weideman, SIAM Review 2014).
 *
 * <p>Only the posterior counts: {@code r(z) = p(z | x)/q(z)}. Values are in nats.
 */
public final class ImportanceWeighted {

  /** Beyond this many standard deviations the normal density is below 10⁻³⁰⁰. */
  private static final double FARTHEST = 37;

  private static final double OUTER_STEP = 0.2;

  private final LinearGaussian model;
  private final double[] x;
  private final Gaussian q;
  private final double logLikelihood;
  private final Gaussian posterior;

  private ImportanceWeighted(LinearGaussian model, double[] x, Gaussian q) {
    this.model = model;
    this.x = x.clone();
    this.q = q;
    this.logLikelihood = model.logLikelihood(x);
    this.posterior = model.posterior(x);
    Checks.require(
        q.dimensions() == model.latents(),
        "q has %d dimensions, but the model has %d latents.",
        q.dimensions(),
        model.latents());
  }

  /**
   * The weights of draws from q for one observation. With {@code q = Gaussian.standard(latents)},
   * the prior, the estimate is naive Monte Carlo and the weights are {@code p(x | z)}.
   *
   * @param x {@code [D]}
   */
  public static ImportanceWeighted of(LinearGaussian model, double[] x, Gaussian q) {
    return new ImportanceWeighted(model, x, q);
  }

  /** {@code log p(x)}: the limit of the bounds, and of every consistent estimate. */
  public double logLikelihood() {
    return logLikelihood;
  }

  /** {@code log w(z) = log p(x | z) + log p(z) − log q(z)}. */
  public double logWeight(double[] z) {
    return model.logLikelihoodGiven(z, x) + Gaussian.logStandard(z) - q.logDensity(z);
  }

  /** One draw of {@code log (1/k) Σ_i w(z_i)}; its expectation is {@link #bound}. */
  public double estimate(int k, RandomGenerator random) {
    Checks.require(k >= 1, "At least one sample is needed, but k is " + k + ".");
    LogSumExp ratios = new LogSumExp();
    for (int i = 0; i < k; i++) {
      StopButton.poll();
      double[] z = q.sample(random);
      ratios.add(posterior.logDensity(z) - q.logDensity(z));
    }
    return logLikelihood + ratios.mean();
  }

  /**
   * {@code Var(w/p(x)) = E_q[r²] − 1}, the variance of a weight relative to its mean, in closed
   * form.
   *
   * <p>The integral of {@code p(z | x)²/q(z)} is finite only if {@code 2V⁻¹ − S⁻¹} is positive
   * definite, V and S being the covariances of the posterior and of q: in one dimension, if the
   * variance of q exceeds half of the posterior's. Otherwise the answer is infinity.
   */
  public double weightVariance() {
    double[][] v = posterior.precision();
    double[][] s = q.precision();
    int n = q.dimensions();
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = 2 * v[i][j] - s[i][j];
      }
    }
    Cholesky factor;
    try {
      factor = Cholesky.of("2V⁻¹ − S⁻¹", a);
    } catch (IllegalArgumentException notPositive) {
      return Double.POSITIVE_INFINITY;
    }
    // Coordinates from the posterior's mean: r² q = exp(−½ dᵀAd + (S⁻¹δ)ᵀd − …), δ = m_post − m_q.
    double[] delta = Vectors.minus(posterior.mean(), q.mean());
    double[] pull = q.solve(delta);
    double shift = Vectors.dot(delta, pull);
    return Math.expm1(
        0.5
            * (q.logDeterminant()
                - 2 * posterior.logDeterminant()
                - factor.logDeterminant()
                + factor.quadratic(pull)
                + shift));
  }

  /**
   * {@code log p(x) − Var(w/p(x))/(2k)}: the first two terms of the bound for large k (Domke and
   * Sheldon 2018), from {@code log(1 + u) ≈ u − u²/2} at the mean of k weights.
   */
  public double asymptote(double k) {
    return logLikelihood - weightVariance() / (2 * k);
  }

  /**
   * {@code L_k}, to about 10⁻¹² nats, for a model with one latent.
   *
   * @param k number of samples, 1 or more
   * @throws IllegalArgumentException when the model has more than one latent, k is below 1, or q is
   *     so narrow that the weights cannot be integrated: a standard deviation below a quarter of
   *     the posterior's, or a mean too far away
   */
  public double bound(int k) {
    Checks.require(
        q.dimensions() == 1,
        "The exact bound needs a model with one latent, but this one has %d; use estimate.",
        q.dimensions());
    Checks.require(k >= 1, "At least one sample is needed, but k is " + k + ".");
    // log r = c0 + c1 ε + c2 ε² with z = m + σ ε, in units of the posterior.
    double scale = posterior.sd()[0];
    double shift = (q.mean()[0] - posterior.mean()[0]) / scale;
    double ratio = q.sd()[0] / scale;
    double c0 = Math.log(ratio) - 0.5 * shift * shift;
    double c1 = -shift * ratio;
    double c2 = 0.5 * (1 - ratio * ratio);
    // Draws of q and draws of the posterior must both be covered: E r is an integral over the
    // latter.
    double reach = 10 + (Math.abs(shift) + 9) / ratio;
    Checks.require(
        reach <= FARTHEST + 19,
        String.format(
                Locale.ROOT,
                "q is too far from the posterior: its mean lies %s posterior deviations away, its deviation",
                shift)
            + String.format(Locale.ROOT, " is %s of the posterior's.", ratio));
    reach = Math.min(reach, FARTHEST);
    // exp(−t r) is bounded where the imaginary part of log r stays below π/2, which is a strip of
    // half-width π/(2 slope) around ε: the rule's error there is exp(−π²/(step · slope)).
    double step = Math.min(0.05, 0.3 / (Math.abs(c1) + 10 * Math.abs(c2)));
    int half = (int) Math.ceil(reach / step);
    double[][] nodes = new double[2 * half + 1][];
    for (int i = 0; i < nodes.length; i++) {
      double e = (i - half) * step;
      double mass = step * Math.exp(-0.5 * e * e) / Math.sqrt(2 * Math.PI);
      nodes[i] = new double[] {c0 + e * (c1 + e * c2), mass};
    }
    Arrays.sort(nodes, Comparator.comparingDouble(node -> node[0]));
    return logLikelihood + new Frullani(nodes, k).integral();
  }

  /**
   * {@code ∫ (e⁻ᵗ − φ(t/k)ᵏ) du} with {@code t = eᵘ}, φ being a sum over nodes {@code (log r,
   * mass)} in rising order of {@code log r}.
   */
  private static final class Frullani {
    private final double[][] nodes;
    private final double[] massBefore;
    private final double[] massFrom;
    private final int k;

    Frullani(double[][] nodes, int k) {
      this.nodes = nodes;
      this.k = k;
      // Both summed from the small end, so that a small sum keeps its digits.
      massBefore = new double[nodes.length + 1];
      for (int i = 0; i < nodes.length; i++) {
        massBefore[i + 1] = massBefore[i] + nodes[i][1];
      }
      massFrom = new double[nodes.length + 1];
      for (int i = nodes.length - 1; i >= 0; i--) {
        massFrom[i] = massFrom[i + 1] + nodes[i][1];
      }
    }

    double integral() {
      double sum = 0;
      double power = 1;
      for (int n = 0; n * OUTER_STEP < 4 || power > 1e-16; n++) {
        StopButton.poll();
        power = power(n * OUTER_STEP);
        sum += Math.exp(-Math.exp(n * OUTER_STEP)) - power;
      }
      for (int n = 1; n * OUTER_STEP < 40; n++) {
        sum += Math.exp(-Math.exp(-n * OUTER_STEP)) - power(-n * OUTER_STEP);
      }
      return OUTER_STEP * sum;
    }

    /** {@code φ(eᵘ/k)ᵏ}. */
    private double power(double u) {
      // exp(−eᵃ) is 1 to rounding for a below −45 and 0 for a above 4: only between is work.
      double at = u - Math.log(k);
      int from = firstAtLeast(-45 - at);
      int to = firstAtLeast(4 - at);
      double kept = massBefore[from];
      double lost = massFrom[to];
      for (int i = from; i < to; i++) {
        double decay = Math.expm1(-Math.exp(at + nodes[i][0]));
        kept += nodes[i][1] * (1 + decay);
        lost -= nodes[i][1] * decay;
      }
      // 1 − φ where φ is nearly 1, since k may be large; φ where it is small.
      return Math.exp(k * (lost < 0.5 ? Math.log1p(-lost) : Math.log(Math.max(kept, 0))));
    }

    private int firstAtLeast(double logRatio) {
      int low = 0;
      int high = nodes.length;
      while (low < high) {
        int middle = (low + high) / 2;
        if (nodes[middle][0] < logRatio) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }
}
