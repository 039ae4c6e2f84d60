package org.lowerbound.evaluation;

import java.util.SplittableRandom;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.StopButton;

/**
 * The power of a comparison: the probability that Student's two-sided test on n differences sees an
 * effect of so many of their standard deviations.
 *
 * <p>With U² ~ χ²(n−1)/(n−1) independent of the mean, the test statistic is (Z + δ)/U, Z normal and
 * δ = effect·√n, hence power = E_U[Φ(δ − tU) + Φ(−δ − tU)] with the test's bound t, an integral
 * over one variable (the noncentral t distribution).
 */
public final class Power {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  private static final int MOST = 1_000_000;

  private Power() {}

  /**
   * The power.
   *
   * @param effect mean difference over its standard deviation
   * @param n the number of pairs (seeds, or rows), at least 2
   * @param level probability of seeing an effect that is not there, in (0, 1)
   */
  public static double of(double effect, int n, double level) {
    Checks.finite("the effect", effect);
    Checks.atLeast(2, "the number of pairs", n);
    Checks.require(level > 0 && level < 1, "The level must lie in (0, 1), not %s.", level);
    int nu = n - 1;
    double t = TDistribution.of(nu).inverseSurvivalProbability(level / 2);
    double delta = effect * Math.sqrt(n);
    // The density of u = U is 2 (ν/2)^{ν/2} u^{ν−1} e^{−νu²/2} / Γ(ν/2).
    double constant = Math.log(2) + nu / 2.0 * Math.log(nu / 2.0) - LogGamma.value(nu / 2.0);
    // Within twelve deviations of 1, of which U has about 1/√(2ν); Simpson's rule.
    double reach = 12 / Math.sqrt(2.0 * nu);
    double from = Math.max(0, 1 - reach);
    double to = 1 + reach;
    int steps = 2000;
    double h = (to - from) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double u = from + i * h;
      double log = u == 0 ? (nu == 1 ? 0 : Double.NEGATIVE_INFINITY) : (nu - 1) * Math.log(u);
      double density = Math.exp(constant + log - nu * u * u / 2);
      double seen =
          NORMAL.survivalProbability(t * u - delta) + NORMAL.cumulativeProbability(-t * u - delta);
      sum += (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * density * seen;
    }
    return sum * h / 3;
  }

  /**
   * The smallest number of pairs with at least this power.
   *
   * @throws IllegalArgumentException if a million are not enough
   */
  public static int pairs(double effect, double power, double level) {
    Checks.require(effect != 0, "No number of runs sees an effect of 0.");
    Checks.require(
        power > level && power < 1, "The power must lie between the level and 1, not %s.", power);
    int low = 1;
    int high = 2;
    while (of(effect, high, level) < power) {
      Checks.require(high < MOST, "An effect of %s is not seen with a million pairs.", effect);
      low = high;
      high = Math.min(MOST, 2 * high);
    }
    while (high - low > 1) {
      int middle = (low + high) / 2;
      if (of(effect, middle, level) < power) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** The share of simulated experiments in which {@link Paired#tTest} sees the effect. */
  public static double simulate(double effect, int n, double level, int trials, long seed) {
    Checks.atLeast(1, "the number of trials", trials);
    SplittableRandom random = new SplittableRandom(seed);
    double[] zero = new double[Checks.atLeast(2, "the number of pairs", n)];
    double[] drawn = new double[n];
    int seen = 0;
    for (int i = 0; i < trials; i++) {
      if (i % 100 == 0) {
        StopButton.poll();
      }
      for (int j = 0; j < n; j++) {
        drawn[j] = effect + random.nextGaussian();
      }
      seen += Paired.of(drawn, zero).tTest() < level ? 1 : 0;
    }
    return seen / (double) trials;
  }
}
