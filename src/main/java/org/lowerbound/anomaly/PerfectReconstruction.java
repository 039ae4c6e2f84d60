package org.lowerbound.anomaly;

import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.vae.Likelihood;

/**
 * The loss that is left when a decoder says exactly x: −max_a log p(x | a). It depends on x alone,
 * so that a likelihood prefers some pictures before any model is trained; subtracting it from a
 * score takes that preference out (Chauhan and others 2022).
 *
 * <ul>
 *   <li>Bernoulli, x_d between 0 and 1: Σ_d H(x_d), H(x) = −x log x − (1 − x) log(1 − x): 0 for a
 *       pixel that is black or white, log 2 for one in the middle;
 *   <li>Gaussian with a fixed scale s: D log(s√(2π)), the same for all pictures.
 * </ul>
 */
public final class PerfectReconstruction {

  private PerfectReconstruction() {}

  /**
   * The loss of every row, in nats.
   *
   * @param likelihood Bernoulli, or Gaussian
   * @param scale s of the Gaussian; ignored by Bernoulli
   */
  public static double[] loss(Likelihood likelihood, double scale, Examples data) {
    Checks.require(
        likelihood.kind() != Likelihood.Kind.DISCRETISED_LOGISTIC,
        "The best discretised logistic of a level has no closed form here; ask for Bernoulli or"
            + " Gaussian.");
    double[] loss = new double[data.size()];
    for (int i = 0; i < loss.length; i++) {
      float[] x = data.rows(i, i + 1)[0];
      for (float value : x) {
        loss[i] +=
            likelihood.kind() == Likelihood.Kind.BERNOULLI
                ? entropy(value)
                : -likelihood.logProbability(value, value, scale);
      }
    }
    return loss;
  }

  /**
   * −x log x − (1 − x) log(1 − x), in nats.
   *
   * @param x from 0 to 1
   */
  public static double entropy(double x) {
    Checks.require(x >= 0 && x <= 1, "A pixel lies between 0 and 1, not at %s.", x);
    return x == 0 || x == 1 ? 0 : -x * Math.log(x) - (1 - x) * Math.log1p(-x);
  }
}
