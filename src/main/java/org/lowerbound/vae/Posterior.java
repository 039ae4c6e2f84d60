package org.lowerbound.vae;

import org.lowerbound.plot.Numbers;

/**
 * The approximate posteriors q(z | x) = N(z; μ(x), diag σ²(x)) of some rows.
 *
 * @param mean μ, {@code [rows, latents]}
 * @param deviation σ, the standard deviation and not the variance, {@code [rows, latents]}
 */
public record Posterior(double[][] mean, double[][] deviation) {

  /**
   * KL(q(z | x) ‖ N(0, I)) of each row and latent, ½(μ² + σ² − 1 − log σ²) nats (Kingma and Welling
   * 2014, appendix B); {@code [rows, latents]}.
   */
  public double[][] kl() {
    double[][] kl = new double[mean.length][];
    for (int i = 0; i < kl.length; i++) {
      kl[i] = new double[mean[i].length];
      for (int j = 0; j < kl[i].length; j++) {
        double m = mean[i][j];
        double s = deviation[i][j];
        kl[i][j] = 0.5 * (m * m + s * s - 1) - Math.log(s);
      }
    }
    return kl;
  }

  /**
   * The variance over the rows of each latent's posterior mean, Var_x E[z_j | x]. A latent is
   * called active if it exceeds 0.01 (Burda et al. 2016, section 5.2).
   */
  public double[] activity() {
    int latents = mean[0].length;
    double[] variance = new double[latents];
    for (int j = 0; j < latents; j++) {
      double sum = 0;
      for (double[] row : mean) {
        sum += row[j];
      }
      double centre = sum / mean.length;
      for (double[] row : mean) {
        variance[j] += (row[j] - centre) * (row[j] - centre) / mean.length;
      }
    }
    return variance;
  }

  /** How many latents have an {@link #activity} above 0.01. */
  public int activeUnits() {
    int active = 0;
    for (double a : activity()) {
      active += a > 0.01 ? 1 : 0;
    }
    return active;
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
