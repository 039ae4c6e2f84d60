package org.lowerbound.vae;

import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.Matrices;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.numerics.Vectors;
import org.lowerbound.plot.Numbers;

/**
 * The latent variable model {@code z ~ N(0, I)}, {@code x | z ~ N(Wz + b, s²I)}: a variational
 * autoencoder with a linear decoder, in which nothing needs to be approximated.
 *
 * <p>With {@code A = I + WᵀW/s²} (Bishop, Pattern Recognition and Machine Learning, 2.113–2.117),
 *
 * <pre>  p(x) = N(x | b, WWᵀ + s²I),    p(z | x) = N(A⁻¹Wᵀ(x − b)/s², A⁻¹).</pre>
 *
 * <p>{@link #logLikelihood} works with the covariance of the data, {@link #bound} and {@link
 * #posterior} with that of the latents: that the bound and the divergence from the posterior add up
 * to the log likelihood is a fact about the model, and no property of the code.
 *
 * <p>Shapes: W {@code [D, Q]}, b and x {@code [D]}, z {@code [Q]}. All values are in nats and
 * include every constant.
 */
public final class LinearGaussian {
  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

  private final double[][] w;
  private final double[] b;
  private final double s;
  private final Gaussian marginal;
  private final double[][] precision;
  private final Cholesky precisionFactor;
  private final double[][] posteriorCovariance;

  /**
   * The two terms of the bound {@code L(q) = E_q[log p(x | z)] − KL(q ‖ p(z))}, in nats.
   *
   * @param reconstruction {@code E_q[log p(x | z)]}
   * @param kl {@code KL(q ‖ N(0, I))}
   */
  public record Bound(double reconstruction, double kl) {
    /** {@code L(q)}. */
    public double value() {
      return reconstruction - kl;
    }

    /** The values with the digits that matter, long arrays by their shape. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  private LinearGaussian(double[][] w, double[] b, double s) {
    this.w = Matrices.copy(w);
    this.b = b.clone();
    this.s = s;
    int q = w[0].length;
    double[][] a = new double[q][q];
    for (int j = 0; j < q; j++) {
      a[j][j] = 1;
      for (int k = 0; k < q; k++) {
        for (double[] row : w) {
          a[j][k] += row[j] * row[k] / (s * s);
        }
      }
    }
    this.precision = a;
    this.precisionFactor = Cholesky.of("the precision of the posterior", a);
    this.posteriorCovariance = precisionFactor.inverse();
    this.marginal = Gaussian.of(b, covariance());
  }

  /**
   * A model.
   *
   * @param weights W, {@code [D, Q]}
   * @param offset b, {@code [D]}
   * @param noise the standard deviation s of the noise, positive
   * @throws IllegalArgumentException when a shape does not fit or the noise is not positive
   */
  public static LinearGaussian of(double[][] weights, double[] offset, double noise) {
    Checks.require(
        weights.length > 0 && weights[0].length > 0,
        "The weights are empty: shape [features, latents] expected.");
    for (double[] row : weights) {
      Checks.require(
          row.length == weights[0].length, "The rows of the weights have unequal lengths.");
      for (double value : row) {
        Checks.require(Double.isFinite(value), "A weight is " + value + ".");
      }
    }
    Checks.require(
        offset.length == weights.length,
        "The offset has %d values, but the weights have %d rows: one a feature expected.",
        offset.length,
        weights.length);
    Checks.require(
        noise > 0 && Double.isFinite(noise),
        "The noise is a standard deviation and must be positive, but it is " + noise + ".");
    return new LinearGaussian(weights, offset, noise);
  }

  /** {@code x | z ~ N(z, s²I)} in this many dimensions: W the identity, b zero. */
  public static LinearGaussian identity(int dimensions, double noise) {
    double[][] weights = new double[dimensions][dimensions];
    for (int j = 0; j < dimensions; j++) {
      weights[j][j] = 1;
    }
    return of(weights, new double[dimensions], noise);
  }

  /** D, the length of x. */
  public int features() {
    return b.length;
  }

  /** Q, the length of z. */
  public int latents() {
    return w[0].length;
  }

  /** W, {@code [D, Q]}; a copy. */
  public double[][] weights() {
    return Matrices.copy(w);
  }

  /** b, {@code [D]}; a copy. */
  public double[] offset() {
    return b.clone();
  }

  /** s, a standard deviation. */
  public double noise() {
    return s;
  }

  /** {@code WWᵀ + s²I}, the covariance of x, {@code [D, D]}. */
  public double[][] covariance() {
    double[][] c = new double[b.length][b.length];
    for (int i = 0; i < b.length; i++) {
      for (int j = 0; j < b.length; j++) {
        for (int k = 0; k < latents(); k++) {
          c[i][j] += w[i][k] * w[j][k];
        }
      }
      c[i][i] += s * s;
    }
    return c;
  }

  /** {@code p(x) = N(b, WWᵀ + s²I)}. */
  public Gaussian marginal() {
    return marginal;
  }

  /** {@code log p(x) = log N(x | b, WWᵀ + s²I)}, by the covariance of the data, in nats. */
  public double logLikelihood(double[] x) {
    return marginal.logDensity(checked(x));
  }

  /** The mean of {@code log p(x)} over the rows of {@code x}, {@code [rows, D]}, in nats a row. */
  public double logLikelihood(double[][] x) {
    Checks.require(x.length > 0, "There are no rows to average over.");
    return Arrays.stream(x).mapToDouble(this::logLikelihood).average().orElseThrow();
  }

  /** {@code log p(x | z) = log N(x | Wz + b, s²I)}, in nats. */
  public double logLikelihoodGiven(double[] z, double[] x) {
    double square = 0;
    double[] mean = decode(z);
    checked(x);
    for (int i = 0; i < x.length; i++) {
      square += (x[i] - mean[i]) * (x[i] - mean[i]);
    }
    return gaussianLog(square);
  }

  /** The decoder {@code Wz + b}, {@code [D]}. */
  public double[] decode(double[] z) {
    Checks.require(
        z.length == latents(),
        "z has %d values, but the model has %d latents.",
        z.length,
        latents());
    double[] mean = b.clone();
    for (int i = 0; i < mean.length; i++) {
      for (int k = 0; k < z.length; k++) {
        mean[i] += w[i][k] * z[k];
      }
    }
    return mean;
  }

  /** {@code p(z | x) = N(A⁻¹Wᵀ(x − b)/s², A⁻¹)}, exactly. */
  public Gaussian posterior(double[] x) {
    return Gaussian.of(precisionFactor.solve(scores(x)), posteriorCovariance);
  }

  /**
   * The factorised q nearest to the posterior in {@code KL(q ‖ p(z | x))}: the same mean, and the
   * variances {@code 1/A_jj} (Bishop 10.1.2), which are never larger than the posterior's.
   */
  public Gaussian bestFactorised(double[] x) {
    double[] sd = new double[latents()];
    Arrays.setAll(sd, j -> 1 / Math.sqrt(precision[j][j]));
    return Gaussian.diagonal(posterior(x).mean(), sd);
  }

  /**
   * The bound of any normal q, in closed form:
   *
   * <pre>  E_q[log p(x | z)] = −½D log(2πs²) − (‖x − Wm − b‖² + Tr(WSWᵀ))/(2s²)
   *  KL(q ‖ p(z))      = ½ [Tr S + ‖m‖² − Q − log |S|].</pre>
   */
  public Bound bound(double[] x, Gaussian q) {
    checkedLatents(q);
    double[] residual = Vectors.minus(checked(x), decode(q.mean()));
    double square = 0;
    double[][] covariance = q.covariance();
    for (int i = 0; i < residual.length; i++) {
      square += residual[i] * residual[i];
      for (int j = 0; j < latents(); j++) {
        for (int k = 0; k < latents(); k++) {
          square += w[i][j] * covariance[j][k] * w[i][k];
        }
      }
    }
    return new Bound(gaussianLog(square), q.kl(Gaussian.standard(latents())));
  }

  /**
   * {@code KL(q ‖ p(z | x))}: what the bound lacks to the log likelihood, computed from the
   * posterior and not as their difference.
   */
  public double gap(double[] x, Gaussian q) {
    return checkedLatents(q).kl(posterior(x));
  }

  /** Rows drawn from {@code p(x)} by ancestral sampling, first z and then x, {@code [rows, D]}. */
  public double[][] sample(int rows, RandomGenerator random) {
    double[][] x = new double[rows][];
    Gaussian prior = Gaussian.standard(latents());
    for (int n = 0; n < rows; n++) {
      StopButton.poll();
      x[n] = decode(prior.sample(random));
      for (int i = 0; i < b.length; i++) {
        x[n][i] += s * random.nextGaussian();
      }
    }
    return x;
  }

  /** {@code A = I + WᵀW/s²}, the precision of every posterior, {@code [Q, Q]}. */
  double[][] posteriorPrecision() {
    return Matrices.copy(precision);
  }

  /** {@code Wᵀ(x − b)/s²}. */
  double[] scores(double[] x) {
    double[] residual = Vectors.minus(checked(x), b);
    double[] scores = new double[latents()];
    for (int i = 0; i < residual.length; i++) {
      for (int k = 0; k < scores.length; k++) {
        scores[k] += w[i][k] * residual[i] / (s * s);
      }
    }
    return scores;
  }

  private double gaussianLog(double square) {
    return -0.5 * (b.length * (LOG_TWO_PI + 2 * Math.log(s)) + square / (s * s));
  }

  private double[] checked(double[] x) {
    Checks.require(
        x.length == b.length,
        "x has %d values, but the model has %d features.",
        x.length,
        b.length);
    return x;
  }

  private Gaussian checkedLatents(Gaussian q) {
    Checks.require(
        q.dimensions() == latents(),
        "q has %d dimensions, but the model has %d latents.",
        q.dimensions(),
        latents());
    return q;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "linear-Gaussian model, %d latents, %d features, noise %s",
        latents(),
        features(),
        s);
  }
}
