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
 * @param condition by how much more an error of the problem moves this path than it would if the
 *     terms of the second variation did not cancel; near 1 where the path is well determined,
 *     beyond all bounds at a conjugate point, where there is none or there are many. Neither the
 *     units nor the number of cells change it
 * @param trail the path before the first and after each step
 */
public record Extremal(
    double[] path,
    double value,
    double[] multipliers,
    int steps,
    double residual,
    double condition,
    List<double[]> trail) {

  /**
   * Whether the grid determines the path: its second-order error, about {@code 1/n²} of the second
   * variation, times the condition is below a hundredth.
   */
  public boolean determined() {
    double n = path.length - 1;
    return condition <= 0.01 * n * n;
  }

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
    return text
        + (multipliers.length == 0 ? "" : ", λ = " + numbers)
        + (determined() ? "" : ". " + warning());
  }

  private String warning() {
    return String.format(
        Locale.ROOT,
        "But the problem is so badly conditioned (%.2g) that %d cells do not determine the path:"
            + " the second variation almost vanishes in one direction, as at a conjugate point,"
            + " and how far the path goes in it is decided by the grid. Do not use it",
        condition,
        path.length - 1);
  }
}
