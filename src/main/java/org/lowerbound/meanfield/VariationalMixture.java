package org.lowerbound.meanfield;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.Digamma;
import org.apache.commons.numbers.gamma.LogGamma;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.Matrices;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;

/**
 * The variational Bayesian Gaussian mixture: {@code q(Z, π, μ, Λ) = Π_n q(z_n) · q(π) · Π_k q(μ_k,
 * Λ_k)} with categorical, Dirichlet and normal–Wishart factors (Bishop 10.2, equations
 * 10.36–10.82).
 *
 * <pre>
 *   log r_nk = E[log π_k] + ½ E[log |Λ_k|] − ½ E[(x_n − μ_k)ᵀ Λ_k (x_n − μ_k)] + const
 *   α_k = α₀ + N_k,   q(μ_k, Λ_k) = the normal–Wishart posterior with row n counted r_nk times
 * </pre>
 *
 * <p>Rows are observations, shape {@code [N, D]}; responsibilities have shape {@code [N, K]}. A
 * value is immutable: an update returns a new one.
 */
public final class VariationalMixture {
  private final MixturePrior prior;
  private final double[] alpha;
  private final NormalWishart[] components;
  private final double[][] responsibilities;

  private VariationalMixture(
      MixturePrior prior, double[] alpha, NormalWishart[] components, double[][] responsibilities) {
    this.prior = prior;
    this.alpha = alpha;
    this.components = components;
    this.responsibilities = responsibilities;
  }

  /**
   * Any factors of this family, optimal or not: the bound is defined for all of them.
   *
   * @param alpha the Dirichlet's parameters, shape {@code [K]}, positive
   * @param components one normal–Wishart factor a component
   * @param responsibilities shape {@code [N, K]}, rows summing to 1
   */
  public static VariationalMixture of(
      MixturePrior prior, double[] alpha, NormalWishart[] components, double[][] responsibilities) {
    for (double a : alpha) {
      Checks.positive("Every parameter alpha_k of the Dirichlet factor", a);
    }
    responsible(responsibilities, responsibilities.length);
    if (components.length != alpha.length || responsibilities[0].length != alpha.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d values alpha, %d components and responsibilities for %d: the three must agree.",
              alpha.length,
              components.length,
              responsibilities[0].length));
    }
    return new VariationalMixture(
        prior, alpha.clone(), components.clone(), Matrices.copy(responsibilities));
  }

  /**
   * A start: {@code K} different rows are drawn as seeds, each next one with a probability
   * proportional to its squared distance from the nearest seed so far (k-means++), and every row is
   * given to the nearest seed.
   *
   * @return responsibilities, shape {@code [N, K]}, zeros and ones
   */
  public static double[][] start(double[][] x, int components, RandomGenerator random) {
    Checks.data(x);
    MixturePrior.components(components);
    double[] nearest = new double[x.length];
    int[] owner = new int[x.length];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    int seed = random.nextInt(x.length);
    for (int k = 0; k < components; k++) {
      StopButton.poll();
      double total = 0;
      for (int n = 0; n < x.length; n++) {
        double distance = 0;
        for (int i = 0; i < x[n].length; i++) {
          distance += (x[n][i] - x[seed][i]) * (x[n][i] - x[seed][i]);
        }
        if (distance < nearest[n]) {
          nearest[n] = distance;
          owner[n] = k;
        }
        total += nearest[n];
      }
      double u = random.nextDouble() * total;
      seed = 0;
      while (seed < x.length - 1 && (u -= nearest[seed]) >= 0) {
        seed++;
      }
    }
    double[][] r = new double[x.length][components];
    for (int n = 0; n < x.length; n++) {
      r[n][owner[n]] = 1;
    }
    return r;
  }

  /** {@code q(π)} and every {@code q(μ_k, Λ_k)}, each optimal for these responsibilities. */
  public static VariationalMixture given(MixturePrior prior, double[][] x, double[][] r) {
    prior.check(x);
    responsible(r, x.length);
    int components = r[0].length;
    double[] alpha = new double[components];
    NormalWishart[] factors = new NormalWishart[components];
    double[] weights = new double[x.length];
    for (int k = 0; k < components; k++) {
      StopButton.poll();
      alpha[k] = prior.concentration();
      for (int n = 0; n < x.length; n++) {
        weights[n] = r[n][k];
        alpha[k] += r[n][k];
      }
      factors[k] = prior.component().posterior(x, weights);
    }
    return new VariationalMixture(prior, alpha, factors, Matrices.copy(r));
  }

  /**
   * The same {@code q(π)} and {@code q(μ, Λ)} with the responsibilities that are optimal for them.
   */
  public VariationalMixture assign(double[][] x) {
    prior.check(x);
    double[] logWeights = expectedLogWeights();
    double[] logDets = new double[alpha.length];
    for (int k = 0; k < alpha.length; k++) {
      logDets[k] = components[k].expectedLogDeterminant();
    }
    double[][] r = new double[x.length][alpha.length];
    for (int n = 0; n < x.length; n++) {
      for (int k = 0; k < alpha.length; k++) {
        r[n][k] = logWeights[k] + 0.5 * (logDets[k] - components[k].expectedQuadratic(x[n]));
      }
      r[n] = LogSumExp.softmax(r[n]);
    }
    return new VariationalMixture(prior, alpha, components, r);
  }

  /** One sweep: the responsibilities, then the parameters' factors. */
  public VariationalMixture sweep(double[][] x) {
    return given(prior, x, assign(x).responsibilities);
  }

  /**
   * Coordinate ascent from the given responsibilities until a sweep raises the bound by less than
   * {@code tolerance} nats.
   *
   * @param r shape {@code [N, K]}, see {@link #start}
   * @throws IllegalArgumentException for no data, rows that are not finite or of another dimension
   *     than the prior, or responsibilities that do not sum to 1
   */
  public static Ascent<VariationalMixture> fit(
      MixturePrior prior, double[][] x, double[][] r, double tolerance, int sweeps) {
    Checks.positive("The tolerance", tolerance);
    if (sweeps < 1) {
      throw new IllegalArgumentException("At least one sweep is needed, not " + sweeps + ".");
    }
    VariationalMixture q = given(prior, x, r);
    double[] bounds = new double[sweeps];
    for (int s = 0; s < sweeps; s++) {
      StopButton.poll();
      q = q.sweep(x);
      bounds[s] = q.bound(x).total();
      if (s > 0 && bounds[s] - bounds[s - 1] < tolerance) {
        return new Ascent<>(q, Arrays.copyOf(bounds, s + 1), true);
      }
    }
    return new Ascent<>(q, bounds, false);
  }

  /** The best of several runs from random starts ({@link #start}), by the bound. */
  public static Ascent<VariationalMixture> best(
      MixturePrior prior, double[][] x, int components, int runs, RandomGenerator random) {
    if (runs < 1) {
      throw new IllegalArgumentException("At least one run is needed, not " + runs + ".");
    }
    return IntStream.range(0, runs)
        .mapToObj(run -> fit(prior, x, start(x, components, random), 1e-8, 5000))
        .max(Comparator.comparingDouble(Ascent::bound))
        .orElseThrow();
  }

  /**
   * The seven terms of {@code L(q)}.
   *
   * @param x the rows the responsibilities belong to
   */
  public Bound bound(double[][] x) {
    prior.check(x);
    responsible(responsibilities, x.length);
    int components = alpha.length;
    int d = prior.component().dimensions();
    double a0 = prior.concentration();
    double[] logWeights = expectedLogWeights();
    double likelihood = 0;
    double assignments = 0;
    double entropyAssignments = 0;
    double weights = LogGamma.value(components * a0) - components * LogGamma.value(a0);
    double entropyWeights = -LogGamma.value(Arrays.stream(alpha).sum());
    double parameters = 0;
    double entropyParameters = 0;
    for (int k = 0; k < components; k++) {
      StopButton.poll();
      NormalWishart q = this.components[k];
      double logDet = q.expectedLogDeterminant();
      for (int n = 0; n < x.length; n++) {
        double r = responsibilities[n][k];
        if (r > 0) {
          likelihood += 0.5 * r * (logDet - q.expectedQuadratic(x[n]) - d * Math.log(2 * Math.PI));
          assignments += r * logWeights[k];
          entropyAssignments -= r * Math.log(r);
        }
      }
      weights += (a0 - 1) * logWeights[k];
      entropyWeights += LogGamma.value(alpha[k]) - (alpha[k] - 1) * logWeights[k];
      parameters += prior.component().expectedLogDensity(q);
      entropyParameters += q.entropy();
    }
    return new Bound(
        likelihood,
        assignments,
        weights,
        parameters,
        entropyAssignments,
        entropyWeights,
        entropyParameters);
  }

  /**
   * The terms of the bound, in nats (Bishop 10.71–10.77).
   *
   * @param logLikelihood {@code E[log p(X | Z, μ, Λ)]}
   * @param logAssignments {@code E[log p(Z | π)]}
   * @param logWeights {@code E[log p(π)]}
   * @param logParameters {@code E[log p(μ, Λ)]}
   * @param entropyAssignments {@code −E[log q(Z)]}
   * @param entropyWeights {@code −E[log q(π)]}
   * @param entropyParameters {@code −E[log q(μ, Λ)]}
   */
  public record Bound(
      double logLikelihood,
      double logAssignments,
      double logWeights,
      double logParameters,
      double entropyAssignments,
      double entropyWeights,
      double entropyParameters) {

    /** {@code L(q)}. */
    public double total() {
      return logLikelihood
          + logAssignments
          + logWeights
          + logParameters
          + entropyAssignments
          + entropyWeights
          + entropyParameters;
    }

    /** The values with the digits that matter, long arrays by their shape. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  /** {@code E[log π_k] = ψ(α_k) − ψ(Σ_j α_j)}, shape {@code [K]}. */
  public double[] expectedLogWeights() {
    double all = Digamma.value(Arrays.stream(alpha).sum());
    return Arrays.stream(alpha).map(a -> Digamma.value(a) - all).toArray();
  }

  /** {@code E[π_k] = α_k/Σ_j α_j}, shape {@code [K]}. */
  public double[] expectedWeights() {
    double all = Arrays.stream(alpha).sum();
    return Arrays.stream(alpha).map(a -> a / all).toArray();
  }

  /** {@code Var[π_k]}, shape {@code [K]}. */
  public double[] weightVariances() {
    double all = Arrays.stream(alpha).sum();
    return Arrays.stream(alpha).map(a -> a * (all - a) / (all * all * (all + 1))).toArray();
  }

  /** {@code N_k = Σ_n r_nk}: the rows each component answers for, shape {@code [K]}. */
  public double[] counts() {
    double[] counts = new double[alpha.length];
    for (double[] row : responsibilities) {
      for (int k = 0; k < counts.length; k++) {
        counts[k] += row[k];
      }
    }
    return counts;
  }

  /** The number of components that answer for at least {@code rows} observations. */
  public int survivors(double rows) {
    return (int) Arrays.stream(counts()).filter(count -> count >= rows).count();
  }

  /** The log density of a new observation: a mixture of Student densities (Bishop 10.81). */
  public double logPredictive(double... x) {
    double[] weights = expectedWeights();
    double[] logs = new double[weights.length];
    for (int k = 0; k < weights.length; k++) {
      logs[k] = Math.log(weights[k]) + components[k].logPredictive(x);
    }
    return LogSumExp.of(logs);
  }

  /**
   * {@code E[μ_{z_n}] = Σ_k r_nk m_k}: the mean of the component that row {@code n} came from.
   * Unlike {@code E[μ_k]} it does not depend on how components are numbered. Shape {@code [D]}.
   */
  public double[] expectedMeanOf(int row) {
    double[] mean = new double[prior.component().dimensions()];
    for (int k = 0; k < alpha.length; k++) {
      double[] m = components[k].mean();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += responsibilities[row][k] * m[i];
      }
    }
    return mean;
  }

  /** The same factors, components numbered by their mean's first coordinate, ascending. */
  public VariationalMixture ordered() {
    int[] order =
        IntStream.range(0, alpha.length)
            .boxed()
            .sorted(Comparator.comparingDouble(k -> components[k].mean()[0]))
            .mapToInt(k -> k)
            .toArray();
    double[][] r = new double[responsibilities.length][order.length];
    for (int n = 0; n < r.length; n++) {
      for (int k = 0; k < order.length; k++) {
        r[n][k] = responsibilities[n][order[k]];
      }
    }
    return new VariationalMixture(
        prior,
        Arrays.stream(order).mapToDouble(k -> alpha[k]).toArray(),
        Arrays.stream(order).mapToObj(k -> components[k]).toArray(NormalWishart[]::new),
        r);
  }

  /** The prior. */
  public MixturePrior prior() {
    return prior;
  }

  /** {@code K}. */
  public int size() {
    return alpha.length;
  }

  /** The Dirichlet's parameters {@code α_k}, shape {@code [K]}. */
  public double[] alpha() {
    return alpha.clone();
  }

  /** {@code q(μ_k, Λ_k)}. */
  public NormalWishart component(int k) {
    return components[k];
  }

  /** {@code r_nk}, shape {@code [N, K]}. */
  public double[][] responsibilities() {
    return Matrices.copy(responsibilities);
  }

  /** Responsibilities: one row an observation, non-negative, summing to 1. */
  private static void responsible(double[][] r, int rows) {
    Checks.require(
        r != null && r.length == rows,
        "The responsibilities have %d rows, but the data have %d.",
        r == null ? 0 : r.length,
        rows);
    MixturePrior.components(r[0].length);
    for (int n = 0; n < rows; n++) {
      double sum = 0;
      boolean proper = r[n].length == r[0].length;
      for (double value : r[n]) {
        proper &= value >= 0;
        sum += value;
      }
      if (!proper || !(Math.abs(sum - 1) < 1e-9)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Row %d of the responsibilities is %s: %d non-negative numbers that sum to 1 expected.",
                n,
                Arrays.toString(r[n]),
                r[0].length));
      }
    }
  }
}
