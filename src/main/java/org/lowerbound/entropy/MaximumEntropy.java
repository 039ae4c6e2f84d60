package org.lowerbound.entropy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import org.lowerbound.entropy.ImpossibleMoments.Reason;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.Vectors;
import org.lowerbound.plot.Numbers;

/**
 * Maximise {@code H(p) = −Σ m_i p_i log p_i} subject to {@code Σ m_i p_i = 1} and {@code E_p[T_k] =
 * t_k}; as a function of {@code λ}, the dual {@code D(λ) = log Z(λ) + λ·t}.
 *
 * <p>{@code Z(λ) = Σ m_i exp(−λ·T(x_i))}. {@code D} is convex, its gradient is {@code t − E_λ[T]},
 * its Hessian is the covariance of the statistics under {@code p_λ}, and its minimum is the largest
 * entropy. Source: E. T. Jaynes, <a href="https://doi.org/10.1103/PhysRev.106.620">Information
 * Theory and Statistical Mechanics</a> (1957), section 2.
 */
public final class MaximumEntropy implements SmoothFunction {
  private static final int MAXIMUM_STEPS = 500;
  private static final double TOLERANCE = 1e-11;

  /** Mass that may sit in the last cell of an end that stands for infinity. */
  private static final double NEGLIGIBLE = 1e-9;

  /** A variance this much smaller than at the start means that the distribution has collapsed. */
  private static final double COLLAPSED = 1e-11;

  private final Outcomes outcomes;
  private final double[] logWeights;
  private final List<String> names;
  private final double[][] statistics;
  private final double[] targets;

  private MaximumEntropy(
      Outcomes outcomes, List<String> names, double[][] statistics, double[] targets) {
    this.outcomes = outcomes;
    this.names = names;
    this.statistics = statistics;
    this.targets = targets;
    this.logWeights = outcomes.weights();
    for (int i = 0; i < logWeights.length; i++) {
      logWeights[i] = Math.log(logWeights[i]);
    }
  }

  /** The problem without constraints, whose solution is the reference measure, normalised. */
  public static MaximumEntropy over(Outcomes outcomes) {
    return new MaximumEntropy(outcomes, List.of(), new double[0][], new double[0]);
  }

  /**
   * The same problem with one more constraint, {@code E[T(x)] = target}.
   *
   * @param name how messages name the statistic, for instance {@code "x^2"}
   * @throws ImpossibleMoments if the statistic cannot have this expectation on these outcomes, or
   *     is the same for all of them
   * @throws IllegalArgumentException if the target or a value of the statistic is not finite
   */
  public MaximumEntropy subjectTo(String name, DoubleUnaryOperator statistic, double target) {
    if (!Double.isFinite(target)) {
      throw new IllegalArgumentException(
          "The constraint E[" + name + "] = " + target + " is not a finite number.");
    }
    double[] x = outcomes.points();
    double[] values = new double[x.length];
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < x.length; i++) {
      values[i] = statistic.applyAsDouble(x[i]);
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "The statistic " + name + " is " + values[i] + " at x = " + x[i] + ", not a number.");
      }
      if (logWeights[i] > Double.NEGATIVE_INFINITY) {
        least = Math.min(least, values[i]);
        most = Math.max(most, values[i]);
      }
    }
    if (target < least || target > most) {
      throw new ImpossibleMoments(
          Reason.INFEASIBLE,
          String.format(
              Locale.ROOT,
              "No distribution on %s has E[%s] = %s: there %s lies between %s and %s, and so"
                  + " does its expectation.",
              outcomes,
              name,
              Numbers.format(target),
              name,
              Numbers.format(least),
              Numbers.format(most)));
    }
    if (least == most) {
      throw new ImpossibleMoments(
          Reason.REDUNDANT,
          String.format(
              Locale.ROOT,
              "The constraint on %s says nothing: it is %s for every outcome. Leave it out.",
              name,
              Numbers.format(least)));
    }
    List<String> moreNames = new ArrayList<>(names);
    moreNames.add(name);
    double[][] moreStatistics = Arrays.copyOf(statistics, statistics.length + 1);
    moreStatistics[statistics.length] = values;
    double[] moreTargets = Arrays.copyOf(targets, targets.length + 1);
    moreTargets[targets.length] = target;
    return new MaximumEntropy(outcomes, List.copyOf(moreNames), moreStatistics, moreTargets);
  }

  /** Number of constraints, which is the number of multipliers. */
  @Override
  public int dimension() {
    return targets.length;
  }

  /** The dual {@code D(λ) = log Z(λ) + λ·t}, in nats. */
  @Override
  public double value(double[] multipliers) {
    // log Σ m exp(−λ·(T − t)): the target goes inside, so that large terms cancel before they
    // round.
    return LogSumExp.of(exponents(multipliers));
  }

  /** {@code ∂D/∂λ = t − E_λ[T]}, {@code [dimension]}. */
  @Override
  public double[] gradient(double[] multipliers) {
    double[] p = probabilities(multipliers);
    double[] gradient = new double[targets.length];
    for (int k = 0; k < targets.length; k++) {
      for (int i = 0; i < p.length; i++) {
        gradient[k] -= p[i] * (statistics[k][i] - targets[k]);
      }
    }
    return gradient;
  }

  /** {@code ∂²D/∂λ∂λ = Cov_λ(T)}, {@code [dimension, dimension]}. */
  @Override
  public double[][] hessian(double[] multipliers) {
    double[] p = probabilities(multipliers);
    int dimension = targets.length;
    double[][] centred = new double[dimension][p.length];
    for (int k = 0; k < dimension; k++) {
      double mean = Vectors.dot(p, statistics[k]);
      for (int i = 0; i < p.length; i++) {
        centred[k][i] = statistics[k][i] - mean;
      }
    }
    double[][] covariance = new double[dimension][dimension];
    for (int k = 0; k < dimension; k++) {
      for (int l = 0; l <= k; l++) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
          sum += p[i] * centred[k][i] * centred[l][i];
        }
        covariance[k][l] = sum;
        covariance[l][k] = sum;
      }
    }
    return covariance;
  }

  /** The distribution {@code p_λ}, whether or not it meets the constraints. */
  public GibbsDistribution at(double... multipliers) {
    requireDimension(multipliers);
    double[] exponents = exponents(multipliers);
    double dual = LogSumExp.of(exponents);
    double[] density = new double[exponents.length];
    for (int i = 0; i < density.length; i++) {
      density[i] =
          logWeights[i] == Double.NEGATIVE_INFINITY
              ? 0
              : Math.exp(exponents[i] - logWeights[i] - dual);
    }
    return new GibbsDistribution(
        outcomes, names, multipliers.clone(), dual - Vectors.dot(multipliers, targets), density);
  }

  /**
   * The distribution of largest entropy, found by Newton's method on the dual from {@code λ = 0}.
   *
   * @throws ImpossibleMoments if no distribution meets the constraints, if only one with infinite
   *     multipliers does, if a constraint repeats the others, or if the solution does not die out
   *     at an end of the grid that stands for infinity
   */
  public GibbsDistribution solve() {
    return solveFrom(new double[targets.length]);
  }

  /** As {@link #solve()}, from a start near the solution. */
  public GibbsDistribution solveFrom(double... start) {
    requireDimension(start);
    if (targets.length == 0) {
      return requireProper(at());
    }
    requireIndependent();
    Minimum minimum = Minimiser.newton(this, start, TOLERANCE, MAXIMUM_STEPS);
    if (!minimum.converged()) {
      throw new IllegalStateException(
          "The dual was not minimised: " + minimum + ". Start nearer, or rescale the statistics.");
    }
    return requireProper(at(minimum.point()));
  }

  /**
   * Looks for a proof that the constraints cannot be met. If {@code λ·(T(x) − t) > 0} for every
   * outcome, its expectation is positive under every distribution, and cannot be zero. The dual is
   * unbounded below exactly when such a {@code λ} exists, and a descent on it finds one.
   */
  @Override
  public void inspect(double[] multipliers) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int i = 0; i < logWeights.length; i++) {
      if (logWeights[i] > Double.NEGATIVE_INFINITY) {
        double excess = excess(multipliers, i);
        least = Math.min(least, excess);
        most = Math.max(most, Math.abs(excess));
      }
    }
    if (least > 1e-9 * most) {
      throw new ImpossibleMoments(
          Reason.INFEASIBLE,
          "No distribution on "
              + outcomes
              + " has "
              + constraints()
              + ": "
              + combination(multipliers)
              + " is positive at every outcome, so its expectation cannot be zero.",
          multipliers);
    }
    double[] left = Cholesky.pivots(hessian(multipliers));
    double[] reference = Cholesky.pivots(hessian(new double[targets.length]));
    for (int k = 0; k < targets.length; k++) {
      if (!(left[k] > COLLAPSED * reference[k])) {
        throw new ImpossibleMoments(
            Reason.BOUNDARY,
            "The constraints "
                + constraints()
                + " lie on the boundary of what is possible on "
                + outcomes
                + ": only distributions that exclude some outcomes meet them, and the multipliers"
                + " grow without limit. Move the target inside, or remove the excluded outcomes.");
      }
    }
  }

  private void requireIndependent() {
    double[][] covariance = hessian(new double[targets.length]);
    double[] left = Cholesky.pivots(covariance);
    for (int k = 0; k < targets.length; k++) {
      // What is left of the k-th statistic's variance after regression on those before it.
      if (left[k] <= 1e-12 * covariance[k][k]) {
        throw new ImpossibleMoments(
            Reason.REDUNDANT,
            "The statistic "
                + names.get(k)
                + " is a linear combination of those before it on "
                + outcomes
                + ", so its multiplier is not determined (and its target may contradict theirs)."
                + " Leave it out.");
      }
    }
  }

  private GibbsDistribution requireProper(GibbsDistribution solution) {
    double[] mass = solution.probabilities();
    double edge =
        Math.max(
            outcomes.openBelow() ? mass[0] : 0, outcomes.openAbove() ? mass[mass.length - 1] : 0);
    if (edge > NEGLIGIBLE) {
      throw new ImpossibleMoments(
          Reason.IMPROPER,
          String.format(
              Locale.ROOT,
              "The solution does not die out where %s was cut off (the last cell holds probability"
                  + " %.2g). Either the grid is too short, or without the cut no distribution of"
                  + " largest entropy exists for %s.",
              outcomes,
              edge,
              targets.length == 0 ? "no constraints at all" : constraints()));
    }
    return solution;
  }

  private void requireDimension(double[] multipliers) {
    if (multipliers.length != targets.length) {
      throw new IllegalArgumentException(
          "Expected one multiplier for each of the "
              + targets.length
              + " constraints, got "
              + multipliers.length
              + ".");
    }
  }

  private double excess(double[] multipliers, int outcome) {
    double sum = 0;
    for (int k = 0; k < targets.length; k++) {
      sum += multipliers[k] * (statistics[k][outcome] - targets[k]);
    }
    return sum;
  }

  /** {@code log m_i − λ·(T(x_i) − t)}. */
  private double[] exponents(double[] multipliers) {
    requireDimension(multipliers);
    double[] exponents = logWeights.clone();
    for (int i = 0; i < exponents.length; i++) {
      exponents[i] -= excess(multipliers, i);
    }
    return exponents;
  }

  private double[] probabilities(double[] multipliers) {
    return LogSumExp.softmax(exponents(multipliers));
  }

  private String constraints() {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < targets.length; k++) {
      text.append(k == 0 ? "" : ", ")
          .append(
              String.format(Locale.ROOT, "E[%s] = %s", names.get(k), Numbers.format(targets[k])));
    }
    return text.toString();
  }

  private String combination(double[] multipliers) {
    double largest = Vectors.largest(multipliers);
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < targets.length; k++) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s%s·(%s − %s)",
              k == 0 ? "" : " + ",
              Numbers.significant(multipliers[k] / largest, 4),
              names.get(k),
              Numbers.format(targets[k])));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return "maximum entropy on "
        + outcomes
        + (targets.length == 0 ? " without constraints" : " subject to " + constraints());
  }
}
