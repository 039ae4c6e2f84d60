package org.lowerbound.hierarchy;

import org.lowerbound.numerics.Checks;
import org.lowerbound.plot.Numbers;

/**
 * The smallest hierarchy: three numbers in a chain, z₂ ~ N(0, 1), z₁ | z₂ ~ N(z₂, τ²), x | z₁ ~
 * N(z₁, s²).
 *
 * <p>Everything about it is known. Given x the pair (z₁, z₂) is Gaussian, with a correlation ρ that
 * does not depend on x. Of all posteriors that factorise, q(z₁) q(z₂), the best loses exactly −½
 * log(1 − ρ²) nats: for two Gaussians the precision's diagonal is what a factor keeps (chapter 03),
 * and |Λ| = Λ₁₁ Λ₂₂ (1 − ρ²).
 *
 * @param tau deviation of z₁ about z₂
 * @param s deviation of x about z₁
 */
public record ScalarChain(double tau, double s) {

  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

  /** Checks the deviations. */
  public ScalarChain {
    Checks.positive("tau", tau);
    Checks.positive("s", s);
  }

  /** The precision Λ of (z₁, z₂) given any x, {@code [2][2]}. */
  public double[][] precision() {
    double link = 1 / (tau * tau);
    return new double[][] {{link + 1 / (s * s), -link}, {-link, 1 + link}};
  }

  /** The correlation ρ of z₁ and z₂ given x. */
  public double correlation() {
    double[][] precision = precision();
    return -precision[0][1] / Math.sqrt(precision[0][0] * precision[1][1]);
  }

  /** What the best factorised posterior loses: −½ log(1 − ρ²), in nats, whatever x is. */
  public double gap() {
    double rho = correlation();
    return -0.5 * Math.log1p(-rho * rho);
  }

  /** The variance of x: 1 + τ² + s². */
  public double variance() {
    return 1 + tau * tau + s * s;
  }

  /** log p(x), in nats. */
  public double logEvidence(double x) {
    return -0.5 * (LOG_TWO_PI + Math.log(variance()) + x * x / variance());
  }

  /** The posterior means of z₁ and z₂ given x. */
  public double[] mean(double x) {
    return new double[] {(1 + tau * tau) / variance() * x, x / variance()};
  }

  /** The variances of the best factors: 1/Λ₁₁ and 1/Λ₂₂, less than the marginal ones. */
  public double[] factorVariances() {
    double[][] precision = precision();
    return new double[] {1 / precision[0][0], 1 / precision[1][1]};
  }

  /**
   * The three terms of the bound for factors N(m₁, v₁) and N(m₂, v₂).
   *
   * @param reconstruction E_q log p(x | z₁)
   * @param kl1 E_q KL(q(z₁) ‖ p(z₁ | z₂))
   * @param kl2 KL(q(z₂) ‖ p(z₂))
   */
  public record Terms(double reconstruction, double kl1, double kl2) {
    /** The bound, in nats. */
    public double bound() {
      return reconstruction - kl1 - kl2;
    }

    /** The values with the digits that matter, long arrays by their shape. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  /**
   * The bound of a factorised Gaussian posterior, term by term.
   *
   * @param m means of z₁ and z₂
   * @param v variances of z₁ and z₂
   */
  public Terms factorised(double x, double[] m, double[] v) {
    double off = m[0] - m[1];
    return new Terms(
        -0.5 * (LOG_TWO_PI + 2 * Math.log(s) + ((x - m[0]) * (x - m[0]) + v[0]) / (s * s)),
        0.5 * ((v[0] + v[1] + off * off) / (tau * tau) - 1 + Math.log(tau * tau / v[0])),
        0.5 * (v[1] + m[1] * m[1] - 1 - Math.log(v[1])));
  }

  /**
   * The bound of a top-down posterior N(z₂; a x, c) N(z₁; b x + d z₂, e), term by term; with the
   * true conditionals it is tight.
   *
   * @param coefficients a, c, b, d, e
   */
  public Terms topDown(double x, double... coefficients) {
    double a = coefficients[0];
    double c = coefficients[1];
    double b = coefficients[2];
    double d = coefficients[3];
    double e = coefficients[4];
    double m2 = a * x;
    double m1 = b * x + d * m2;
    double v1 = e + d * d * c;
    double off = m1 - m2;
    double spread = e + (d - 1) * (d - 1) * c;
    return new Terms(
        -0.5 * (LOG_TWO_PI + 2 * Math.log(s) + ((x - m1) * (x - m1) + v1) / (s * s)),
        0.5 * ((spread + off * off) / (tau * tau) - 1 + Math.log(tau * tau / e)),
        0.5 * (c + m2 * m2 - 1 - Math.log(c)));
  }

  /** The coefficients of the true posterior for {@link #topDown}: p(z₂ | x) p(z₁ | z₂, x). */
  public double[] truth() {
    double precise = 1 / (tau * tau) + 1 / (s * s);
    return new double[] {
      1 / variance(),
      1 - 1 / variance(),
      1 / (s * s * precise),
      1 / (tau * tau * precise),
      1 / precise
    };
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
