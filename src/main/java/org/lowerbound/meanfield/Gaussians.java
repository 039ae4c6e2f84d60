package org.lowerbound.meanfield;

import java.util.Locale;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.Matrices;

/**
 * Normal distributions and the two ways to factorise one of them.
 *
 * <p>For {@code p = N(m, Σ)} with precision {@code Λ = Σ⁻¹}, the factorised {@code q} that
 * minimises the reverse divergence {@code KL(q ‖ p)} has the variances {@code 1/Λ_jj} (Bishop,
 * Pattern Recognition and Machine Learning, 10.1.2); the one that minimises the forward divergence
 * {@code KL(p ‖ q)} has the marginal variances {@code Σ_jj}. With two unit variances and
 * correlation {@code ρ} these are {@code 1 − ρ²} and {@code 1}. Means are shape {@code [D]},
 * covariances {@code [D, D]}, divergences nats.
 */
public final class Gaussians {
  private Gaussians() {}

  /**
   * {@code KL(N(m0, S0) ‖ N(m1, S1)) = ½ [Tr(S1⁻¹ S0) + (m1 − m0)ᵀ S1⁻¹ (m1 − m0) − D + log |S1| −
   * log |S0|]}, in nats.
   *
   * @throws IllegalArgumentException when a covariance is not symmetric positive definite or the
   *     shapes differ
   */
  public static double kl(double[] m0, double[][] s0, double[] m1, double[][] s1) {
    int d = m0.length;
    if (s0.length != d || m1.length != d || s1.length != d) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Shapes differ: means [%d] and [%d], covariances [%d, %d] and [%d, %d].",
              d,
              m1.length,
              s0.length,
              s0.length,
              s1.length,
              s1.length));
    }
    double[][] precision = Matrices.inverse(s1);
    return 0.5
        * (Matrices.traceOfProduct(precision, s0)
            + Matrices.quadratic(m1, m0, precision)
            - d
            + Matrices.logDeterminant(s1)
            - Matrices.logDeterminant(s0));
  }

  /** The variances {@code 1/Λ_jj} of the factorised {@code q} that minimises {@code KL(q ‖ p)}. */
  public static double[] reverseVariances(double[][] covariance) {
    double[][] precision = Matrices.inverse(covariance);
    double[] variances = new double[precision.length];
    for (int j = 0; j < variances.length; j++) {
      variances[j] = 1 / precision[j][j];
    }
    return variances;
  }

  /** The variances {@code Σ_jj} of the factorised {@code q} that minimises {@code KL(p ‖ q)}. */
  public static double[] forwardVariances(double[][] covariance) {
    Cholesky.of("The covariance", covariance);
    double[] variances = new double[covariance.length];
    for (int j = 0; j < variances.length; j++) {
      variances[j] = covariance[j][j];
    }
    return variances;
  }

  /** {@code [[1, ρ], [ρ, 1]]}. */
  public static double[][] correlated(double rho) {
    if (!(Math.abs(rho) < 1)) {
      throw new IllegalArgumentException(
          "A correlation lies strictly between -1 and 1, but it is " + rho + ".");
    }
    return new double[][] {{1, rho}, {rho, 1}};
  }

  /** {@code log N(x | m, S)}, in nats. */
  public static double logDensity(double[] x, double[] m, double[][] s) {
    return -0.5
        * (x.length * Math.log(2 * Math.PI)
            + Matrices.logDeterminant(s)
            + Matrices.quadratic(x, m, Matrices.inverse(s)));
  }

  /**
   * The curve {@code (x − m)ᵀ S⁻¹ (x − m) = r²} of a normal distribution in the plane, closed.
   *
   * @param radius {@code r}, in standard deviations
   * @param points the number of corners drawn
   * @return {@code [2][points + 1]}: first and second coordinates
   */
  public static double[][] ellipse(double[] m, double[][] s, double radius, int points) {
    double[][] l = Cholesky.of(s).factor();
    double[][] curve = new double[2][points + 1];
    for (int i = 0; i <= points; i++) {
      double angle = 2 * Math.PI * i / points;
      double u = radius * Math.cos(angle);
      double v = radius * Math.sin(angle);
      curve[0][i] = m[0] + l[0][0] * u;
      curve[1][i] = m[1] + l[1][0] * u + l[1][1] * v;
    }
    return curve;
  }
}
