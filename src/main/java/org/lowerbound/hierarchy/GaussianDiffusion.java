package org.lowerbound.hierarchy;

import org.lowerbound.numerics.Checks;
import org.lowerbound.plot.Numbers;

/**
 * Diffusion of a Gaussian number x ~ N(0, v), of which everything is known: the least mean squared
 * error of x given z_t is v/(1 + v SNR(t)), the best x̂ is linear, and with it every term of the
 * bound is a formula. A Gaussian picture is such numbers side by side, one for each principal
 * component.
 *
 * <p>The expected bound with T steps costs
 *
 * <p>−E log p(x | z₀) + Σ_i ½(SNR(t_{i−1}) − SNR(t_i)) v/(1 + v SNR(t_i)) + E KL(q(z_T | x) ‖ N(0,
 * 1)).
 *
 * <p>The middle is a sum of rectangles under the curve v/(1 + v SNR) whose area is ½ log((1 + v
 * SNR(0))/(1 + v SNR(1))) (Guo, Shamai and Verdú 2005: the derivative of the information by the
 * signal-to-noise ratio is half the least squared error). So the bound approaches the evidence as
 * 1/T, and what remains is KL(q(z_T) ‖ N(0, 1)).
 *
 * @param variance v
 * @param schedule of the noise
 * @param steps T
 */
public record GaussianDiffusion(double variance, NoiseSchedule schedule, int steps) {

  /** Checks the numbers. */
  public GaussianDiffusion {
    Checks.positive("variance", variance);
    Checks.atLeast(1, "steps", steps);
  }

  /** −E log p(x) = ½ log 2πe v, in nats: what no bound can beat. */
  public double entropy() {
    return 0.5 * Math.log(2 * Math.PI * Math.E * variance);
  }

  /** The least mean squared error of x given z_t. */
  public double error(double t) {
    return variance / (1 + variance * schedule.snr(t));
  }

  /** −E log p(x | z₀) with the true conditional. */
  public double reconstruction() {
    return 0.5 * Math.log(2 * Math.PI * Math.E * error(0));
  }

  /** E KL(q(z_T | x) ‖ N(0, 1)) = ½(σ² + α² v − 1 − log σ²). */
  public double top() {
    double alpha = schedule.alpha(1);
    double sigma = schedule.sigma(1);
    return 0.5 * (sigma * sigma + alpha * alpha * variance - 1) - Math.log(sigma);
  }

  /**
   * E KL(q(z_s | z_t, x) ‖ p(z_s | z_t)) of step i, from t = i/T back to s = (i − 1)/T, when p has
   * the variance of q(z_s | z_t, x).
   *
   * @param i from 1 to T
   */
  public double step(int i) {
    double s = (i - 1.0) / steps;
    double t = (double) i / steps;
    return schedule.weight(s, t) * error(t);
  }

  /**
   * The same when p has the true variance of z_s given z_t, which is larger: I(x; z_s | z_t) = ½
   * log((1 + v SNR(s))/(1 + v SNR(t))).
   */
  public double bestStep(int i) {
    double s = (i - 1.0) / steps;
    double t = (double) i / steps;
    return 0.5 * (Math.log1p(variance * schedule.snr(s)) - Math.log1p(variance * schedule.snr(t)));
  }

  /** The expected negative bound, in nats. */
  public double cost() {
    double sum = reconstruction() + top();
    for (int i = 1; i <= steps; i++) {
      sum += step(i);
    }
    return sum;
  }

  /** The expected negative bound with the true variances of the steps. */
  public double bestCost() {
    double sum = reconstruction() + top();
    for (int i = 1; i <= steps; i++) {
      sum += bestStep(i);
    }
    return sum;
  }

  /** KL(q(z_T) ‖ N(0, 1)): what remains however many steps there are. */
  public double remainder() {
    double alpha = schedule.alpha(1);
    double sigma = schedule.sigma(1);
    double total = alpha * alpha * variance + sigma * sigma;
    return 0.5 * (total - 1 - Math.log(total));
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
