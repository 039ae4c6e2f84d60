package org.lowerbound.entropy;

import java.util.Locale;

/**
 * Where a solver stopped.
 *
 * @param point the minimiser {@code [dimension]}
 * @param value the value there
 * @param slope the largest component of the gradient there, in absolute value
 * @param steps how many steps were taken
 * @param converged whether the solver's own criterion was met
 * @param values the value at the start and after each step, {@code [steps + 1]}
 */
public record Minimum(
    double[] point, double value, double slope, int steps, boolean converged, double[] values) {
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "minimum %.9g after %d steps (%s, largest gradient component %.2g)",
        value,
        steps,
        converged ? "converged" : "not converged",
        slope);
  }
}
