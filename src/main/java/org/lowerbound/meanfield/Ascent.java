package org.lowerbound.meanfield;

import java.util.Locale;

/**
 * A run of coordinate ascent: the factors where it ended and the lower bound (nats) after every
 * sweep.
 *
 * <p>Each update maximises the bound over one factor with the others held, so no sweep can lower
 * it. {@link #largestDecrease()} measures that statement; round-off is all it may show.
 *
 * @param <T> the kind of factors
 * @param factors the factors after the last sweep
 * @param bounds the bound {@code L(q)} after each sweep, in nats
 * @param converged whether the run ended because it stood still, not because the sweeps ran out
 */
public record Ascent<T>(T factors, double[] bounds, boolean converged) {

  /** The number of sweeps made. */
  public int sweeps() {
    return bounds.length;
  }

  /** The bound after the last sweep, in nats. */
  public double bound() {
    return bounds[bounds.length - 1];
  }

  /** The largest fall of the bound from one sweep to the next, in nats; 0 if it never fell. */
  public double largestDecrease() {
    double largest = 0;
    for (int i = 1; i < bounds.length; i++) {
      largest = Math.max(largest, bounds[i - 1] - bounds[i]);
    }
    return largest;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s after %d sweeps, bound %.6f nats",
        converged ? "converged" : "not converged",
        sweeps(),
        bound());
  }
}
