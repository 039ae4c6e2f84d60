package org.lowerbound.meanfield;

import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.apache.commons.numbers.gamma.Digamma;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.rng.sampling.distribution.AhrensDieterMarsagliaTsangGammaSampler;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.Matrices;
import org.lowerbound.plot.Numbers;

/**
 * The normal–Wishart distribution {@code p(μ, Λ) = N(μ | m, (β Λ)⁻¹) · W(Λ | W, ν)} over the mean
 * and the precision matrix of a normal distribution in {@code D} dimensions, with {@code E[Λ] = ν
 * W}: the conjugate prior, and the optimal factor of a mixture's component (Bishop 10.2.1,
 * B.78–B.81).
 *
 * <p>In one dimension it is the {@link NormalGamma} with {@code a = ν/2}, {@code b = 1/(2W)}.
 */
public final class NormalWishart {
  private final double[] mean;
  private final double beta;
  private final double[][] scale;
  private final double dof;
  private final double[][] inverseScale;
  private final double logDetScale;

  private NormalWishart(double[] mean, double beta, double[][] scale, double dof) {
    this.mean = mean.clone();
    this.beta = Checks.positive("The weight beta", beta);
    this.scale = Matrices.copy(scale);
    this.dof = dof;
    for (double value : mean) {
      Checks.finite("Every entry of the mean m", value);
    }
    if (scale.length != mean.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The mean has %d entries but the scale W has shape [%d, %d].",
              mean.length,
              scale.length,
              scale.length));
    }
    if (!(dof > mean.length - 1) || Double.isInfinite(dof)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The degrees of freedom nu must exceed D - 1 = %d, but they are %s.",
              mean.length - 1,
              dof));
    }
    this.inverseScale = Matrices.inverse(scale);
    this.logDetScale = Matrices.logDeterminant(scale);
  }

  /**
   * The distribution with these parameters.
   *
   * @param mean {@code m}, shape {@code [D]}
   * @param beta {@code β > 0}, the weight of {@code m} in observations
   * @param scale {@code W}, shape {@code [D, D]}, symmetric positive definite
   * @param dof {@code ν > D − 1}
   * @throws IllegalArgumentException naming the parameter that is out of range
   */
  public static NormalWishart of(double[] mean, double beta, double[][] scale, double dof) {
    return new NormalWishart(mean, beta, scale, dof);
  }

  /** {@code m}, shape {@code [D]}. */
  public double[] mean() {
    return mean.clone();
  }

  /** {@code β}. */
  public double beta() {
    return beta;
  }

  /** {@code W}, shape {@code [D, D]}. */
  public double[][] scale() {
    return Matrices.copy(scale);
  }

  /** {@code ν}. */
  public double dof() {
    return dof;
  }

  /** {@code D}. */
  public int dimensions() {
    return mean.length;
  }

  /**
   * The posterior when row {@code n} counts {@code weights[n]} times; with {@code N = Σ r_n},
   * {@code x̄ = Σ r_n x_n / N}:
   *
   * <pre>
   *   β' = β + N,  m' = (β m + N x̄)/β',  ν' = ν + N,
   *   W'⁻¹ = W⁻¹ + Σ r_n (x_n − x̄)(x_n − x̄)ᵀ + (β N/β') (x̄ − m)(x̄ − m)ᵀ
   * </pre>
   *
   * @param x shape {@code [N, D]}
   * @param weights shape {@code [N]}, non-negative: 1 for rows that belong, 0 for rows that do not,
   *     or a responsibility between
   */
  public NormalWishart posterior(double[][] x, double[] weights) {
    int d = mean.length;
    double count = 0;
    double[] average = new double[d];
    for (int n = 0; n < x.length; n++) {
      count += weights[n];
      for (int i = 0; i < d; i++) {
        average[i] += weights[n] * x[n][i];
      }
    }
    if (count < 1e-250) {
      return this;
    }
    double[] m = new double[d];
    for (int i = 0; i < d; i++) {
      average[i] /= count;
      m[i] = (beta * mean[i] + count * average[i]) / (beta + count);
    }
    double[][] inverse = Matrices.copy(inverseScale);
    double shrink = beta * count / (beta + count);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = shrink * (average[i] - mean[i]) * (average[j] - mean[j]);
        for (int n = 0; n < x.length; n++) {
          sum += weights[n] * (x[n][i] - average[i]) * (x[n][j] - average[j]);
        }
        inverse[i][j] += sum;
        inverse[j][i] = inverse[i][j];
      }
    }
    return new NormalWishart(m, beta + count, Matrices.inverse(inverse), dof + count);
  }

  /**
   * {@code log p(X)} of the rows whose weight is 1, the mean and precision integrated out: {@code
   * log Z' − log Z − (N D/2) log 2π}, in nats.
   */
  public double logEvidence(double[][] x, double[] weights) {
    double count = 0;
    for (double weight : weights) {
      count += weight;
    }
    return posterior(x, weights).logNormaliser()
        - logNormaliser()
        - 0.5 * count * mean.length * Math.log(2 * Math.PI);
  }

  /** {@code log Z}, with {@code p(μ, Λ) = |Λ|^{(ν − D)/2} exp(…)/Z}. */
  public double logNormaliser() {
    return 0.5 * mean.length * Math.log(2 * Math.PI / beta) - logB();
  }

  /**
   * {@code log B(W, ν) = −(ν/2) log |W| − (νD/2) log 2 − (D(D − 1)/4) log π − Σ_i log Γ((ν + 1 −
   * i)/2)}, the constant of the Wishart density (Bishop B.79).
   */
  public double logB() {
    int d = mean.length;
    double sum =
        -0.5 * dof * logDetScale
            - 0.5 * dof * d * Math.log(2)
            - 0.25 * d * (d - 1) * Math.log(Math.PI);
    for (int i = 1; i <= d; i++) {
      sum -= LogGamma.value(0.5 * (dof + 1 - i));
    }
    return sum;
  }

  /** {@code E[log |Λ|] = Σ_i ψ((ν + 1 − i)/2) + D log 2 + log |W|} (Bishop B.81). */
  public double expectedLogDeterminant() {
    int d = mean.length;
    double sum = d * Math.log(2) + logDetScale;
    for (int i = 1; i <= d; i++) {
      sum += Digamma.value(0.5 * (dof + 1 - i));
    }
    return sum;
  }

  /** {@code E[Λ] = ν W}. */
  public double[][] expectedPrecision() {
    return Matrices.times(dof, scale);
  }

  /** {@code W⁻¹/ν}, the inverse of {@link #expectedPrecision()}. */
  public double[][] covariance() {
    return Matrices.times(1 / dof, inverseScale);
  }

  /**
   * The marginal covariance of {@code μ}, {@code W⁻¹ / (β (ν − D − 1))}: a Student distribution's.
   *
   * @throws IllegalStateException when {@code ν ≤ D + 1}
   */
  public double[][] meanCovariance() {
    double degrees = dof - mean.length - 1;
    if (!(degrees > 0)) {
      throw new IllegalStateException(
          "The covariance of the mean is infinite: nu = " + dof + " must exceed D + 1.");
    }
    return Matrices.times(1 / (beta * degrees), inverseScale);
  }

  /** {@code E[(x − μ)ᵀ Λ (x − μ)] = D/β + ν (x − m)ᵀ W (x − m)} (Bishop 10.64). */
  public double expectedQuadratic(double[] x) {
    return mean.length / beta + dof * Matrices.quadratic(x, mean, scale);
  }

  /** {@code log p(μ, Λ)}. */
  public double logDensity(double[] mu, double[][] precision) {
    return 0.5 * (dof - mean.length) * Matrices.logDeterminant(precision)
        - 0.5 * beta * Matrices.quadratic(mu, mean, precision)
        - 0.5 * Matrices.traceOfProduct(inverseScale, precision)
        - logNormaliser();
  }

  /** {@code E_q[log p(μ, Λ)]} for this {@code p} and a normal–Wishart {@code q} (Bishop 10.74). */
  public double expectedLogDensity(NormalWishart q) {
    int d = mean.length;
    double logDet = q.expectedLogDeterminant();
    return 0.5 * (d * Math.log(beta / (2 * Math.PI)) + logDet - beta * q.expectedQuadratic(mean))
        + logB()
        + 0.5 * (dof - d - 1) * logDet
        - 0.5 * q.dof * Matrices.traceOfProduct(inverseScale, q.scale);
  }

  /** {@code −E[log p(μ, Λ)]}, in nats. */
  public double entropy() {
    return -expectedLogDensity(this);
  }

  /**
   * {@code log ∫∫ N(x | μ, Λ⁻¹) p(μ, Λ)}: a Student density with {@code ν + 1 − D} degrees of
   * freedom and precision {@code (ν + 1 − D) β/(1 + β) W} (Bishop 10.81–10.82).
   */
  public double logPredictive(double... x) {
    int d = mean.length;
    double degrees = dof + 1 - d;
    double ratio = beta / (1 + beta);
    return LogGamma.value(0.5 * (degrees + d))
        - LogGamma.value(0.5 * degrees)
        + 0.5 * (logDetScale + d * Math.log(ratio / Math.PI))
        - 0.5 * (degrees + d) * Math.log1p(ratio * Matrices.quadratic(x, mean, scale));
  }

  /**
   * One draw: {@code Λ = L A Aᵀ Lᵀ} by Bartlett's decomposition, then {@code μ} given {@code Λ}.
   */
  public Draw draw(RandomGenerator random) {
    int d = mean.length;
    double[][] l = Cholesky.of(scale).factor();
    double[][] la = new double[d][d];
    double[][] a = new double[d][d];
    for (int i = 0; i < d; i++) {
      a[i][i] = Math.sqrt(2 * gamma(random, 0.5 * (dof - i)));
      for (int j = 0; j < i; j++) {
        a[i][j] = random.nextGaussian();
      }
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        for (int k = j; k <= i; k++) {
          la[i][j] += l[i][k] * a[k][j];
        }
      }
    }
    double[][] precision = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        for (int k = 0; k <= Math.min(i, j); k++) {
          precision[i][j] += la[i][k] * la[j][k];
        }
      }
    }
    double[][] root = Cholesky.of(Matrices.inverse(Matrices.times(beta, precision))).factor();
    double[] mu = mean.clone();
    double[] noise = new double[d];
    for (int i = 0; i < d; i++) {
      noise[i] = random.nextGaussian();
      for (int j = 0; j <= i; j++) {
        mu[i] += root[i][j] * noise[j];
      }
    }
    return new Draw(mu, precision);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "normal-Wishart in %d dimensions, m = %s, beta = %s, nu = %s",
        mean.length,
        Arrays.stream(mean).mapToObj(Numbers::format).toList(),
        Numbers.format(beta),
        Numbers.format(dof));
  }

  /** A draw from a gamma distribution with rate 1. */
  static double gamma(RandomGenerator random, double shape) {
    return AhrensDieterMarsagliaTsangGammaSampler.of(random::nextLong, shape, 1).sample();
  }

  /**
   * A mean and a precision matrix.
   *
   * @param mean {@code μ}, shape {@code [D]}
   * @param precision {@code Λ}, shape {@code [D, D]}
   */
  public record Draw(double[] mean, double[][] precision) {

    /** The values with the digits that matter, long arrays by their shape. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }
}
