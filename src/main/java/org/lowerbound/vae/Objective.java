package org.lowerbound.vae;

import org.lowerbound.plot.Numbers;

/**
 * What training maximises, for each x and k draws z₁ … z_k from q(z | x):
 *
 * <ul>
 *   <li>the bound: (1/k) Σ_i log p(x | z_i) − β KL(q(z | x) ‖ p(z)), the KL in closed form. With β
 *       = 1 its expectation is a lower bound of log p(x) (Kingma and Welling 2014, eq. 10); a
 *       larger β lowers it, a smaller one can raise it above log p(x).
 *   <li>the importance-weighted bound: log (1/k) Σ_i p(x, z_i)/q(z_i | x) (Burda et al. 2016, eq.
 *       8).
 * </ul>
 *
 * @param importanceWeighted which of the two
 * @param samples k
 * @param beta weight of the KL after warm-up
 * @param warmUpSteps steps over which the weight grows from 0; 0 for none
 */
public record Objective(boolean importanceWeighted, int samples, double beta, int warmUpSteps) {

  /** Checks the numbers. */
  public Objective {
    if (samples < 1) {
      throw new IllegalArgumentException(
          "The objective needs at least 1 draw of z, not " + samples + ".");
    }
    if (!(beta >= 0 && Double.isFinite(beta))) {
      throw new IllegalArgumentException("β must be 0 or more, not " + beta + ".");
    }
    if (warmUpSteps < 0) {
      throw new IllegalArgumentException(
          "The warm-up must last 0 or more steps, not " + warmUpSteps + ".");
    }
    if (importanceWeighted && (beta != 1 || warmUpSteps != 0)) {
      throw new IllegalArgumentException(
          "The importance-weighted bound has no separate KL to weight or warm up.");
    }
  }

  /** The bound with one draw of z an example. */
  public static Objective bound() {
    return new Objective(false, 1, 1, 0);
  }

  /** The importance-weighted bound with k draws of z an example. */
  public static Objective importanceWeighted(int k) {
    return new Objective(true, k, 1, 0);
  }

  /** A copy with k draws of z an example. */
  public Objective samples(int k) {
    return new Objective(importanceWeighted, k, beta, warmUpSteps);
  }

  /** A copy with this weight of the KL. */
  public Objective beta(double weight) {
    return new Objective(importanceWeighted, samples, weight, warmUpSteps);
  }

  /** A copy whose weight of the KL grows from 0 to β over so many steps (Bowman et al. 2016). */
  public Objective warmUp(int steps) {
    return new Objective(importanceWeighted, samples, beta, steps);
  }

  /** The weight of the KL at a step, from 0. */
  double weight(long step) {
    return warmUpSteps == 0 ? beta : beta * Math.min(1, (step + 1.0) / warmUpSteps);
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
