package org.lowerbound.vae;

import java.util.random.RandomGenerator;
import org.lowerbound.numerics.Checks;

/**
 * Two unbiased estimators of the gradient of the bound {@code L(q) = E_q[log p(x, z)] + H(q)} of a
 * {@link LinearGaussian}, for {@code q = N(m, diag(σ²))}, beside the exact gradient.
 *
 * <p>With {@code z = m + σ ⊙ ε} and one draw {@code ε ~ N(0, I)}, the derivative by {@code m_j} is
 * estimated by
 *
 * <pre>  reparameterised (Kingma and Welling 2014):   ∂ log p(x, z)/∂z_j
 *  score function (Williams 1992):              (ε_j/σ_j) (log p(x, z) − β)</pre>
 *
 * <p>and the derivative by {@code log σ_j} by the same with {@code σ_j ε_j} in place of 1, and
 * {@code ε_j² − 1} in place of {@code ε_j/σ_j}, plus 1, the derivative of the entropy, which is
 * known. The constant β, the baseline, changes the variance and not the expectation, because the
 * score has expectation zero.
 *
 * <p>Since {@code log p(x, z)} is a quadratic {@code a + cᵀε − εᵀCε} here, the variances of both
 * have closed forms too. Gradients are arrays {@code [2Q]}: by {@code m}, then by {@code log σ}.
 */
public final class BoundGradients {
  private final LinearGaussian model;
  private final double[] x;
  private final double[] mean;
  private final double[] sd;
  private final double[][] precision;
  private final double constant;
  private final double[] linear;
  private final double[][] quadratic;

  private BoundGradients(LinearGaussian model, double[] x, double[] mean, double[] sd) {
    this.model = model;
    this.x = x.clone();
    this.mean = mean.clone();
    this.sd = sd.clone();
    this.precision = model.posteriorPrecision();
    this.constant = logJoint(mean);
    int q = mean.length;
    double[] slope = slope(mean);
    this.linear = new double[q];
    this.quadratic = new double[q][q];
    for (int i = 0; i < q; i++) {
      linear[i] = sd[i] * slope[i];
      for (int j = 0; j < q; j++) {
        quadratic[i][j] = 0.5 * sd[i] * precision[i][j] * sd[j];
      }
    }
  }

  /**
   * The estimators at one q.
   *
   * @param x {@code [D]}
   * @param mean m, {@code [Q]}
   * @param sd σ, standard deviations, {@code [Q]}, positive
   */
  public static BoundGradients of(LinearGaussian model, double[] x, double[] mean, double[] sd) {
    Checks.require(
        mean.length == model.latents() && sd.length == model.latents(),
        "%d means and %d standard deviations, but the model has %d latents.",
        mean.length,
        sd.length,
        model.latents());
    for (double s : sd) {
      Checks.require(s > 0, "A standard deviation must be positive, but one is " + s + ".");
    }
    return new BoundGradients(model, x, mean, sd);
  }

  /** The gradient itself: {@code Wᵀ(x − b)/s² − Am} and {@code 1 − σ_j²A_jj}. */
  public double[] exact() {
    int q = mean.length;
    double[] slope = slope(mean);
    double[] gradient = new double[2 * q];
    for (int j = 0; j < q; j++) {
      gradient[j] = slope[j];
      gradient[q + j] = 1 - sd[j] * sd[j] * precision[j][j];
    }
    return gradient;
  }

  /** The reparameterised estimate from one draw. */
  public double[] reparameterised(RandomGenerator random) {
    double[] noise = noise(random);
    double[] slope = slope(latent(noise));
    int q = mean.length;
    double[] gradient = new double[2 * q];
    for (int j = 0; j < q; j++) {
      gradient[j] = slope[j];
      gradient[q + j] = slope[j] * sd[j] * noise[j] + 1;
    }
    return gradient;
  }

  /** The score-function estimate from one draw, with the baseline β. */
  public double[] score(double baseline, RandomGenerator random) {
    double[] noise = noise(random);
    double reward = logJoint(latent(noise)) - baseline;
    int q = mean.length;
    double[] gradient = new double[2 * q];
    for (int j = 0; j < q; j++) {
      gradient[j] = noise[j] / sd[j] * reward;
      gradient[q + j] = (noise[j] * noise[j] - 1) * reward + 1;
    }
    return gradient;
  }

  /** {@code E_q[log p(x, z)] = a − Tr C}: the baseline that is used most. */
  public double expectedLogJoint() {
    return constant - trace();
  }

  /**
   * The baseline that makes {@link #scoreVariance} of {@code m_j} least: {@code a − Tr C − 2C_jj}.
   */
  public double bestBaseline(int j) {
    return expectedLogJoint() - 2 * quadratic[j][j];
  }

  /** The variance of the reparameterised estimate by {@code m_j}: {@code 4(C²)_jj/σ_j²}. */
  public double reparameterisedVariance(int j) {
    return 4 * square(j) / (sd[j] * sd[j]);
  }

  /**
   * The variance of the score-function estimate by {@code m_j} with the baseline β: from Isserlis'
   * theorem, with {@code a' = a − β},
   *
   * <pre>
   *   [a'² − 2a'(Tr C + 2C_jj) + ‖c‖² + c_j² + (Tr C)² + 2 Tr C² + 4C_jj Tr C + 8(C²)_jj]/σ_j².
   * </pre>
   *
   * <p>With {@link #bestBaseline} it is {@code [‖c‖² + c_j² + 2 Tr C² + 8(C²)_jj − 4C_jj²]/σ_j²},
   * never less than 3/2 of {@link #reparameterisedVariance}.
   */
  public double scoreVariance(int j, double baseline) {
    double a = constant - baseline;
    double trace = trace();
    double squares = 0;
    double length = 0;
    for (int i = 0; i < mean.length; i++) {
      squares += square(i);
      length += linear[i] * linear[i];
    }
    double diagonal = quadratic[j][j];
    return (a * a
            - 2 * a * (trace + 2 * diagonal)
            + length
            + linear[j] * linear[j]
            + trace * trace
            + 2 * squares
            + 4 * diagonal * trace
            + 8 * square(j))
        / (sd[j] * sd[j]);
  }

  private double trace() {
    double trace = 0;
    for (int i = 0; i < mean.length; i++) {
      trace += quadratic[i][i];
    }
    return trace;
  }

  /** {@code (C²)_jj}. */
  private double square(int j) {
    double sum = 0;
    for (double c : quadratic[j]) {
      sum += c * c;
    }
    return sum;
  }

  private double logJoint(double[] z) {
    return model.logLikelihoodGiven(z, x) + Gaussian.logStandard(z);
  }

  /** {@code ∂ log p(x, z)/∂z = Wᵀ(x − b)/s² − Az}. */
  private double[] slope(double[] z) {
    double[] slope = model.scores(x);
    for (int j = 0; j < z.length; j++) {
      for (int k = 0; k < z.length; k++) {
        slope[j] -= precision[j][k] * z[k];
      }
    }
    return slope;
  }

  private double[] latent(double[] noise) {
    double[] z = mean.clone();
    for (int j = 0; j < z.length; j++) {
      z[j] += sd[j] * noise[j];
    }
    return z;
  }

  private double[] noise(RandomGenerator random) {
    double[] noise = new double[mean.length];
    for (int j = 0; j < noise.length; j++) {
      noise[j] = random.nextGaussian();
    }
    return noise;
  }
}
