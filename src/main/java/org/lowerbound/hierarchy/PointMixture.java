package org.lowerbound.hierarchy;

import java.util.Arrays;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.plot.Numbers;

/**
 * Data that are a few points of equal weight, diffused: the density q(z_t) = (1/n) Σ_i N(z; α x_i,
 * σ² I) and everything that a denoiser is asked for can be added up.
 *
 * @param points {@code [n][dimensions]}
 */
public record PointMixture(double[][] points) {

  /** Checks the points. */
  public PointMixture {
    if (points.length == 0) {
      throw new IllegalArgumentException("There are no points.");
    }
    for (double[] point : points) {
      if (point.length != points[0].length) {
        throw new IllegalArgumentException(
            "A point has " + point.length + " coordinates, the first " + points[0].length + ".");
      }
    }
  }

  private double[] joint(double[] z, double alpha, double sigma) {
    double[] joint = new double[points.length];
    for (int i = 0; i < joint.length; i++) {
      double sum = 0;
      for (int d = 0; d < z.length; d++) {
        double off = z[d] - alpha * points[i][d];
        sum += off * off;
      }
      joint[i] = -0.5 * (sum / (sigma * sigma) + z.length * Math.log(2 * Math.PI * sigma * sigma));
    }
    return joint;
  }

  /** log q(z_t), in nats. */
  public double logDensity(double[] z, double alpha, double sigma) {
    return LogSumExp.mean(joint(z, alpha, sigma));
  }

  /** The posterior of the points given z_t, {@code [n]}. */
  public double[] posterior(double[] z, double alpha, double sigma) {
    return LogSumExp.softmax(joint(z, alpha, sigma));
  }

  /** E[x | z_t], the best x̂. */
  public double[] denoised(double[] z, double alpha, double sigma) {
    double[] posterior = posterior(z, alpha, sigma);
    double[] mean = new double[z.length];
    for (int i = 0; i < posterior.length; i++) {
      for (int d = 0; d < mean.length; d++) {
        mean[d] += posterior[i] * points[i][d];
      }
    }
    return mean;
  }

  /**
   * The score ∇ log q(z_t) from the denoised point, (α E[x | z] − z)/σ² (Robbins 1956; Vincent
   * 2011).
   */
  public double[] score(double[] z, double alpha, double sigma) {
    double[] mean = denoised(z, alpha, sigma);
    double[] score = new double[z.length];
    Arrays.setAll(score, d -> (alpha * mean[d] - z[d]) / (sigma * sigma));
    return score;
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
