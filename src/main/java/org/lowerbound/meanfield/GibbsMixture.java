package org.lowerbound.meanfield;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.apache.commons.numbers.gamma.LogGamma;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.Matrices;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;

/**
 * A Gibbs sampler for the model of {@link VariationalMixture}: draws from the exact posterior, slow
 * and noisy where mean field is fast and biased. One sweep draws
 *
 * <pre>
 *   π ~ Dirichlet(α₀ + N_k),   (μ_k, Λ_k) ~ normal–Wishart posterior of the rows in k,
 *   z_n ~ Categorical(∝ π_k N(x_n | μ_k, Λ_k⁻¹)).
 * </pre>
 *
 * <p>(Murphy 24.2.3.) Components are numbered by their mean's first coordinate in every draw, so
 * that averages over draws mean something while the components stay apart.
 */
public final class GibbsMixture {
  private final MixturePrior prior;
  private final double[][] x;
  private final double[][] weights;
  private final double[][][] means;
  private final double[][][][] precisions;
  private final byte[][] assignments;

  private GibbsMixture(MixturePrior prior, double[][] x, int draws, int components) {
    this.prior = prior;
    this.x = x;
    this.weights = new double[draws][components];
    this.means = new double[draws][components][];
    this.precisions = new double[draws][components][][];
    this.assignments = new byte[draws][x.length];
  }

  /**
   * Runs the sampler.
   *
   * @param x shape {@code [N, D]}
   * @param components {@code K}, at most 100
   * @param burnIn sweeps thrown away first
   * @param draws sweeps kept
   * @param random the only source of randomness: the same seed gives the same draws
   */
  public static GibbsMixture sample(
      MixturePrior prior,
      double[][] x,
      int components,
      int burnIn,
      int draws,
      RandomGenerator random) {
    prior.check(x);
    if (MixturePrior.components(components) > 100 || burnIn < 0 || draws < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "1 to 100 components, no negative burn-in and at least one draw expected, not %d, %d, %d.",
              components,
              burnIn,
              draws));
    }
    GibbsMixture samples = new GibbsMixture(prior, Matrices.copy(x), draws, components);
    double[][] member = VariationalMixture.start(x, components, random);
    int[] z = new int[x.length];
    for (int n = 0; n < z.length; n++) {
      while (member[n][z[n]] == 0) {
        z[n]++;
      }
    }
    for (int sweep = -burnIn; sweep < draws; sweep++) {
      StopButton.poll();
      samples.sweep(z, random, sweep);
    }
    return samples;
  }

  private void sweep(int[] z, RandomGenerator random, int draw) {
    int components = weights[0].length;
    double[] pi = new double[components];
    double[] logDet = new double[components];
    NormalWishart.Draw[] theta = new NormalWishart.Draw[components];
    double total = 0;
    for (int k = 0; k < components; k++) {
      double[] member = member(z, k);
      theta[k] = prior.component().posterior(x, member).draw(random);
      logDet[k] = Matrices.logDeterminant(theta[k].precision());
      pi[k] = NormalWishart.gamma(random, prior.concentration() + Arrays.stream(member).sum());
      total += pi[k];
    }
    double[] p = new double[components];
    for (int n = 0; n < z.length; n++) {
      for (int k = 0; k < components; k++) {
        p[k] =
            Math.log(pi[k])
                + 0.5
                    * (logDet[k] - Matrices.quadratic(x[n], theta[k].mean(), theta[k].precision()));
      }
      double[] conditional = LogSumExp.softmax(p);
      double u = random.nextDouble();
      int k = 0;
      while (k < components - 1 && (u -= conditional[k]) >= 0) {
        k++;
      }
      z[n] = k;
    }
    if (draw >= 0) {
      keep(z, draw, pi, total, theta);
    }
  }

  private void keep(int[] z, int draw, double[] pi, double total, NormalWishart.Draw[] theta) {
    Integer[] order = new Integer[pi.length];
    Arrays.setAll(order, k -> k);
    Arrays.sort(order, (a, b) -> Double.compare(theta[a].mean()[0], theta[b].mean()[0]));
    int[] rank = new int[pi.length];
    for (int k = 0; k < order.length; k++) {
      rank[order[k]] = k;
      weights[draw][k] = pi[order[k]] / total;
      means[draw][k] = theta[order[k]].mean();
      precisions[draw][k] = theta[order[k]].precision();
    }
    for (int n = 0; n < z.length; n++) {
      assignments[draw][n] = (byte) rank[z[n]];
    }
  }

  private static double[] member(int[] z, int k) {
    double[] member = new double[z.length];
    for (int n = 0; n < z.length; n++) {
      member[n] = z[n] == k ? 1 : 0;
    }
    return member;
  }

  /** The number of draws. */
  public int draws() {
    return weights.length;
  }

  /** {@code π_k} in every draw, shape {@code [draws]}. */
  public double[] weight(int k) {
    return Arrays.stream(weights).mapToDouble(draw -> draw[k]).toArray();
  }

  /** The coordinate {@code i} of {@code μ_k} in every draw, shape {@code [draws]}. */
  public double[] mean(int k, int i) {
    return Arrays.stream(means).mapToDouble(draw -> draw[k][i]).toArray();
  }

  /** The entry {@code [i, j]} of {@code Λ_k} in every draw, shape {@code [draws]}. */
  public double[] precision(int k, int i, int j) {
    return Arrays.stream(precisions).mapToDouble(draw -> draw[k][i][j]).toArray();
  }

  /**
   * The coordinate {@code i} of {@code μ_{z_n}} in every draw: the component row {@code n} came
   * from.
   */
  public double[] meanOf(int row, int i) {
    double[] values = new double[draws()];
    Arrays.setAll(values, s -> means[s][assignments[s][row]][i]);
    return values;
  }

  /** 1 where row {@code n} was drawn into component {@code k}, else 0, shape {@code [draws]}. */
  public double[] indicator(int row, int k) {
    double[] values = new double[draws()];
    Arrays.setAll(values, s -> assignments[s][row] == k ? 1 : 0);
    return values;
  }

  /** 1 where the rows were drawn into the same component, else 0, shape {@code [draws]}. */
  public double[] together(int row, int other) {
    double[] values = new double[draws()];
    Arrays.setAll(values, s -> assignments[s][row] == assignments[s][other] ? 1 : 0);
    return values;
  }

  /** An average over draws and its Monte Carlo standard error. */
  public record Estimate(double mean, double standardError, double standardDeviation) {

    /** The values with the digits that matter, long arrays by their shape. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  /**
   * The mean of correlated draws with its standard error from 50 batch means: the standard
   * deviation of the batches' averages over {@code √50}.
   *
   * @throws IllegalArgumentException for fewer than 100 draws
   */
  public static Estimate estimate(double[] draws) {
    int batches = 50;
    int length = draws.length / batches;
    if (length < 2) {
      throw new IllegalArgumentException(
          "An error estimate needs at least 100 draws, not " + draws.length + ".");
    }
    double mean = Arrays.stream(draws).average().orElseThrow();
    double variance =
        Arrays.stream(draws).map(v -> (v - mean) * (v - mean)).sum() / (draws.length - 1);
    double between = 0;
    for (int b = 0; b < batches; b++) {
      double batch =
          Arrays.stream(draws, b * length, (b + 1) * length).average().orElseThrow() - mean;
      between += batch * batch / (batches - 1);
    }
    return new Estimate(mean, Math.sqrt(between / batches), Math.sqrt(variance));
  }

  /**
   * Chib's estimate of the log evidence, {@code log p(X) = log p(X | θ*) + log p(θ*) − log p(θ* |
   * X)} at the draw {@code θ*} of highest {@code p(X | θ) p(θ)}; {@code p(θ* | X)} is the average
   * over draws of {@code p(θ* | Z, X)} and over all numberings of the components (Chib, JASA 90,
   * 1995; the numberings: Berkhof, van Mechelen and Gelman, Statistica Sinica 13, 2003). The
   * standard error is the delta method's on batch means.
   *
   * @param every use every so many draws
   * @throws IllegalArgumentException for more than 6 components (720 numberings) or fewer than 100
   *     draws
   */
  public Estimate logEvidence(int every) {
    int components = weights[0].length;
    if (components > 6) {
      throw new IllegalArgumentException(
          components + " components have too many numberings to sum over: 6 at most.");
    }
    int best = 0;
    double joint = Double.NEGATIVE_INFINITY;
    for (int s = 0; s < draws(); s += every) {
      StopButton.poll();
      double value = logJoint(s);
      if (value > joint) {
        joint = value;
        best = s;
      }
    }
    List<int[]> numberings = numberings(components);
    double[] log = new double[(draws() + every - 1) / every];
    for (int s = 0; s < log.length; s++) {
      StopButton.poll();
      log[s] = logConditional(best, assignments[s * every], numberings);
    }
    double shift = Arrays.stream(log).max().orElseThrow();
    Estimate posterior = estimate(Arrays.stream(log).map(v -> Math.exp(v - shift)).toArray());
    return new Estimate(
        joint - shift - Math.log(posterior.mean()),
        posterior.standardError() / posterior.mean(),
        posterior.standardDeviation() / posterior.mean());
  }

  /** {@code log p(X | θ) + log p(θ)} of a draw. */
  private double logJoint(int s) {
    int components = weights[s].length;
    double[] constants = new double[components];
    double sum = logDirichlet(weights[s], new double[components]);
    for (int k = 0; k < components; k++) {
      constants[k] =
          Math.log(weights[s][k])
              + 0.5 * Matrices.logDeterminant(precisions[s][k])
              - 0.5 * x[0].length * Math.log(2 * Math.PI);
      sum += prior.component().logDensity(means[s][k], precisions[s][k]);
    }
    for (double[] row : x) {
      double[] logs = constants.clone();
      for (int k = 0; k < components; k++) {
        logs[k] -= 0.5 * Matrices.quadratic(row, means[s][k], precisions[s][k]);
      }
      sum += LogSumExp.of(logs);
    }
    return sum;
  }

  /** {@code log p(θ* | Z, X)}, averaged over the numberings of the components. */
  private double logConditional(int best, byte[] z, List<int[]> numberings) {
    int components = weights[0].length;
    double[][] logParameters = new double[components][components];
    double[] counts = new double[components];
    double[] member = new double[z.length];
    for (int k = 0; k < components; k++) {
      for (int n = 0; n < z.length; n++) {
        member[n] = z[n] == k ? 1 : 0;
        counts[k] += member[n];
      }
      NormalWishart factor = prior.component().posterior(x, member);
      for (int j = 0; j < components; j++) {
        logParameters[j][k] = factor.logDensity(means[best][j], precisions[best][j]);
      }
    }
    double[] logs = new double[numberings.size()];
    double[] permuted = new double[components];
    for (int p = 0; p < logs.length; p++) {
      int[] number = numberings.get(p);
      for (int j = 0; j < components; j++) {
        permuted[j] = counts[number[j]];
        logs[p] += logParameters[j][number[j]];
      }
      logs[p] += logDirichlet(weights[best], permuted);
    }
    return LogSumExp.mean(logs);
  }

  /** {@code log Dirichlet(π | α₀ + N_1, …)}. */
  private double logDirichlet(double[] pi, double[] counts) {
    double sum = 0;
    double all = 0;
    for (int k = 0; k < pi.length; k++) {
      double a = prior.concentration() + counts[k];
      all += a;
      sum += (a - 1) * Math.log(pi[k]) - LogGamma.value(a);
    }
    return sum + LogGamma.value(all);
  }

  private static List<int[]> numberings(int components) {
    List<int[]> all = new ArrayList<>();
    all.add(new int[0]);
    for (int k = 0; k < components; k++) {
      List<int[]> longer = new ArrayList<>();
      for (int[] prefix : all) {
        for (int at = 0; at <= prefix.length; at++) {
          int[] next = new int[prefix.length + 1];
          System.arraycopy(prefix, 0, next, 0, at);
          next[at] = k;
          System.arraycopy(prefix, at, next, at + 1, prefix.length - at);
          longer.add(next);
        }
      }
      all = longer;
    }
    return all;
  }
}
