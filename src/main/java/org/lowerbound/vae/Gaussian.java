package org.lowerbound.vae;

import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.Matrices;
import org.lowerbound.numerics.Vectors;

/**
 * The normal distribution {@code N(m, S)} in {@code D} dimensions, exactly, in double precision:
 * priors, posteriors and approximations of {@link LinearGaussian}.
 *
 * <p>The mean is shape {@code [D]}, the covariance {@code [D, D]}; logarithms are natural, so that
 * densities and divergences are in nats.
 */
public final class Gaussian {
  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

  private final double[] mean;
  private final double[][] covariance;
  private final Cholesky factor;

  private Gaussian(double[] mean, double[][] covariance) {
    this.mean = mean.clone();
    this.covariance = Matrices.copy(covariance);
    this.factor = Cholesky.of("the covariance", this.covariance);
    if (mean.length != covariance.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The mean has %d values, the covariance %d rows: [D] and [D, D] expected.",
              mean.length,
              covariance.length));
    }
    for (double m : mean) {
      if (!Double.isFinite(m)) {
        throw new IllegalArgumentException(
            "The mean must be finite, but it is " + Arrays.toString(mean) + ".");
      }
    }
  }

  /**
   * {@code N(m, S)}.
   *
   * @param mean {@code [D]}
   * @param covariance {@code [D, D]}
   * @throws IllegalArgumentException when the covariance is not symmetric positive definite or the
   *     shapes differ
   */
  public static Gaussian of(double[] mean, double[][] covariance) {
    return new Gaussian(mean, covariance);
  }

  /**
   * {@code N(m, diag(σ²))}: the posterior that an encoder of a variational autoencoder describes.
   *
   * @param mean {@code [D]}
   * @param sd standard deviations σ (not variances, and not their logarithms), {@code [D]}
   */
  public static Gaussian diagonal(double[] mean, double[] sd) {
    double[][] covariance = new double[sd.length][sd.length];
    for (int i = 0; i < sd.length; i++) {
      if (!(sd[i] > 0)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "A standard deviation must be positive, but number %d is %s.",
                i,
                sd[i]));
      }
      covariance[i][i] = sd[i] * sd[i];
    }
    return new Gaussian(mean, covariance);
  }

  /** {@code N(0, I)} in this many dimensions. */
  public static Gaussian standard(int dimensions) {
    double[] ones = new double[dimensions];
    Arrays.fill(ones, 1);
    return diagonal(new double[dimensions], ones);
  }

  /** D. */
  public int dimensions() {
    return mean.length;
  }

  /** m, {@code [D]}; a copy. */
  public double[] mean() {
    return mean.clone();
  }

  /** S, {@code [D, D]}; a copy. */
  public double[][] covariance() {
    return Matrices.copy(covariance);
  }

  /** The standard deviation of each coordinate, {@code √S_jj}, {@code [D]}. */
  public double[] sd() {
    double[] sd = new double[mean.length];
    Arrays.setAll(sd, j -> Math.sqrt(covariance[j][j]));
    return sd;
  }

  /** {@code log N(z | m, S)}, in nats. */
  public double logDensity(double[] z) {
    return -0.5
        * (mean.length * LOG_TWO_PI
            + factor.logDeterminant()
            + factor.quadratic(Vectors.minus(z, mean)));
  }

  /**
   * {@code KL(N(m, S) ‖ N(m₁, S₁)) = ½ [Tr(S₁⁻¹S) + (m − m₁)ᵀS₁⁻¹(m − m₁) − D + log |S₁| − log
   * |S|]}, in nats.
   */
  public double kl(Gaussian other) {
    Checks.require(
        other.dimensions() == dimensions(), "Two normal distributions of unequal dimensions.");
    double trace = 0;
    for (double[] row : covarianceFactor()) {
      trace += other.factor.quadratic(row);
    }
    return 0.5
        * (trace
            + other.factor.quadratic(Vectors.minus(mean, other.mean))
            - mean.length
            + other.factor.logDeterminant()
            - factor.logDeterminant());
  }

  /** A draw {@code m + L ε} with {@code ε ~ N(0, I)} and {@code L Lᵀ = S}. */
  public double[] sample(RandomGenerator random) {
    double[] noise = new double[mean.length];
    Arrays.setAll(noise, j -> random.nextGaussian());
    double[] z = factor.times(noise);
    for (int j = 0; j < z.length; j++) {
      z[j] += mean[j];
    }
    return z;
  }

  /** {@code log N(z | 0, I)}, in nats. */
  static double logStandard(double[] z) {
    double square = 0;
    for (double value : z) {
      square += value * value;
    }
    return -0.5 * (z.length * LOG_TWO_PI + square);
  }

  /** {@code S⁻¹}, {@code [D, D]}. */
  double[][] precision() {
    return factor.inverse();
  }

  double logDeterminant() {
    return factor.logDeterminant();
  }

  /** {@code S⁻¹ v}. */
  double[] solve(double[] v) {
    return factor.solve(v);
  }

  /** The columns of L as rows, so that {@code S = Σ_k row_k row_kᵀ}. */
  private double[][] covarianceFactor() {
    double[][] rows = new double[mean.length][];
    for (int k = 0; k < rows.length; k++) {
      double[] unit = new double[mean.length];
      unit[k] = 1;
      rows[k] = factor.times(unit);
    }
    return rows;
  }

  @Override
  public String toString() {
    return "N(" + Arrays.toString(mean) + ", " + Arrays.deepToString(covariance) + ")";
  }
}
