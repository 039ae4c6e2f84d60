package org.lowerbound.variations;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A stationary path: {@code ∂/∂y_i (J + Σ λ_k (C_k − c_k)) = 0} for every height that may vary.
 *
 * @param path the n+1 heights
 * @param value {@code J} of the path
 * @param multipliers λ_k, one for each constraint in the order given
 * @param steps how many Newton steps it took
 * @param residual what is left of the equations: the root of the integrated square of the
 *     functional derivative and of the constraints' errors
 * @param trail the path before the first and after each step
 */
public record Extremal(
    double[] path,
    double value,
    double[] multipliers,
    int steps,
    double residual,
    List<double[]> trail) {

  @Override
  public String toString() {
    String text =
        String.format(
            Locale.ROOT,
            "stationary path: J = %.10g after %d Newton steps, residual %.1e",
            value,
            steps,
            residual);
    String numbers =
        Arrays.stream(multipliers)
            .mapToObj(lambda -> String.format(Locale.ROOT, "%.8g", lambda))
            .collect(Collectors.joining(", "));
    return multipliers.length == 0 ? text : text + ", λ = " + numbers;
  }
}
