package org.lowerbound.meanfield;

import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.numbers.gamma.LogGamma;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;

/**
 * The exact posterior of a Bayesian Gaussian mixture of few rows, by the sum over all {@code K^N}
 * assignments: weights, means and precisions are integrated out in closed form,
 *
 * <pre>
 *   p(X) = Σ_Z p(Z) Π_k p(X_k),   p(Z) = Γ(K α₀)/Γ(K α₀ + N) Π_k Γ(α₀ + N_k)/Γ(α₀).
 * </pre>
 *
 * @param logEvidence {@code log p(X)} in nats
 * @param together the probability that two rows share a component, shape {@code [N, N]}
 * @param means {@code E[μ_{z_n}]}, the posterior mean of the mean of the component that holds row
 *     {@code n}, shape {@code [N, D]}
 * @param occupied the probability that {@code 0, 1, …, K} components hold a row, shape {@code [K +
 *     1]}
 */
public record EnumeratedMixture(
    double logEvidence, double[][] together, double[][] means, double[] occupied) {

  /**
   * Sums over all assignments.
   *
   * @throws IllegalArgumentException when there are more than 2²⁰ of them, or the data are empty,
   *     not finite or of another dimension than the prior
   */
  public static EnumeratedMixture of(MixturePrior prior, double[][] x, int components) {
    prior.check(x);
    MixturePrior.components(components);
    double count = Math.pow(components, x.length);
    if (count > 1 << 20 || x.length > 20) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d components and %d rows give %.3g assignments: at most %d can be summed over.",
              components,
              x.length,
              count,
              1 << 20));
    }
    int rows = x.length;
    int d = x[0].length;
    // Every set of rows occurs as a component of many assignments: its evidence is computed once.
    double[] evidence = new double[1 << rows];
    double[][] mean = new double[1 << rows][];
    double[] member = new double[rows];
    double a0 = prior.concentration();
    for (int set = 0; set < evidence.length; set++) {
      StopButton.poll();
      for (int n = 0; n < rows; n++) {
        member[n] = set >> n & 1;
      }
      evidence[set] =
          prior.component().logEvidence(x, member)
              + LogGamma.value(a0 + Integer.bitCount(set))
              - LogGamma.value(a0);
      mean[set] = prior.component().posterior(x, member).mean();
    }
    double constant = LogGamma.value(components * a0) - LogGamma.value(components * a0 + rows);

    int total = (int) Math.round(count);
    double[] log = new double[total];
    int[] sets = new int[components];
    for (int z = 0; z < total; z++) {
      StopButton.poll();
      sets(z, components, rows, sets);
      log[z] = constant;
      for (int set : sets) {
        log[z] += evidence[set];
      }
    }
    double evidenceOfAll = LogSumExp.of(log);

    double[][] together = new double[rows][rows];
    double[][] means = new double[rows][d];
    double[] occupied = new double[components + 1];
    for (int z = 0; z < total; z++) {
      StopButton.poll();
      double p = Math.exp(log[z] - evidenceOfAll);
      sets(z, components, rows, sets);
      occupied[(int) Arrays.stream(sets).filter(set -> set != 0).count()] += p;
      for (int set : sets) {
        for (int n = 0; n < rows; n++) {
          if ((set >> n & 1) == 1) {
            for (int i = 0; i < d; i++) {
              means[n][i] += p * mean[set][i];
            }
            for (int other = 0; other < rows; other++) {
              together[n][other] += p * (set >> other & 1);
            }
          }
        }
      }
    }
    return new EnumeratedMixture(evidenceOfAll, together, means, occupied);
  }

  /** The rows of each component in assignment {@code z}, a number to base {@code components}. */
  private static void sets(int z, int components, int rows, int[] sets) {
    Arrays.fill(sets, 0);
    int rest = z;
    for (int n = 0; n < rows; n++) {
      sets[rest % components] |= 1 << n;
      rest /= components;
    }
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
