package org.lowerbound.ranking;

import java.util.Arrays;
import java.util.Locale;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Logistic;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.numerics.Vectors;

/**
 * The Bradley–Terry model fitted to win counts: {@code P(i beats j) = σ(θ_i − θ_j)}, where {@code
 * θ} maximises the log-likelihood and the logarithm of a prior,
 *
 * <pre>
 *   ℓ(θ) + α Σ_i [log σ(θ_i) + log σ(−θ_i)].
 * </pre>
 *
 * <p>The prior is that of {@code α} games won and {@code α} lost against an opponent whose strength
 * is fixed at 0. Without it, at {@code α = 0}, only differences of {@code θ} matter, and {@code θ}
 * is centred.
 *
 * <p>{@link #minorise} uses the bound of D. Hunter, MM algorithms for generalized Bradley–Terry
 * models (2004), equation 3; {@link #newton} solves for the zero of the gradient. Both take time in
 * proportion to the pairs that met.
 */
public final class BradleyTerry {

  /** The order in which a sweep of {@link #minorise} uses what it computes. */
  public enum Order {
    /** Each player at once with the new strengths of the players before it (Gauss–Seidel). */
    IN_PLACE,
    /** All players from the strengths of the sweep before (Jacobi). */
    SIMULTANEOUS
  }

  private static final int MOST_STEPS = 100;

  private final WinCounts counts;
  private final double alpha;
  private final double[] theta;
  private final double[] trace;
  private final boolean converged;

  private BradleyTerry(
      WinCounts counts, double alpha, double[] theta, double[] trace, boolean converged) {
    this.counts = counts;
    this.alpha = alpha;
    this.theta = theta;
    this.trace = trace;
    this.converged = converged;
  }

  /**
   * Fits by minorisation. For every {@code i} the update is
   *
   * <pre>
   *   π_i ← (W_i + α) / (Σ_j n_ij/(π_i + π_j) + 2α/(π_i + 1)),     π = e^θ.
   * </pre>
   *
   * @param alpha the games won, and lost, against the fixed opponent; 0 for no prior
   * @param tolerance the sweeps end when no {@code θ_i} has moved by more than this
   * @param sweeps the most sweeps
   * @throws IllegalArgumentException if {@code alpha} is 0 and the likelihood has no maximum, see
   *     {@link WinCounts#components}
   */
  public static BradleyTerry minorise(
      WinCounts counts, double alpha, Order order, double tolerance, int sweeps) {
    Checks.positive("The tolerance", tolerance);
    Checks.atLeast(1, "The number of sweeps", sweeps);
    refuseWithoutMaximum(counts, alpha);
    double[] theta = new double[counts.players()];
    double[] trace = new double[sweeps + 1];
    trace[0] = objective(counts, alpha, theta);
    int made = 0;
    boolean still = false;
    while (!still && made < sweeps) {
      StopButton.poll();
      double[] next = sweep(counts, alpha, order, theta);
      still = Vectors.largest(Vectors.minus(next, theta)) <= tolerance;
      theta = next;
      trace[++made] = objective(counts, alpha, theta);
    }
    return new BradleyTerry(counts, alpha, theta, Arrays.copyOf(trace, made + 1), still);
  }

  /** In place, until nothing moves by more than 10⁻¹². */
  public static BradleyTerry minorise(WinCounts counts, double alpha) {
    return minorise(counts, alpha, Order.IN_PLACE, 1e-12, 100_000);
  }

  /**
   * One sweep of {@link #minorise}; it asks for no maximum, so that divergence can be watched.
   *
   * @param theta log strengths, {@code [players]}; {@code −∞} for a strength of zero
   * @return the new ones; centred if {@code alpha} is 0 and all of them are finite
   */
  public static double[] sweep(WinCounts counts, double alpha, Order order, double... theta) {
    notNegative(alpha);
    double[] weights = Arrays.stream(theta).map(Math::exp).toArray();
    double[] known = order == Order.IN_PLACE ? weights : weights.clone();
    for (int i = 0; i < weights.length; i++) {
      double rate = alpha == 0 ? 0 : 2 * alpha / (known[i] + 1);
      for (int e = counts.from(i); e < counts.from(i + 1); e++) {
        rate += counts.playedAt(e) / (known[i] + known[counts.opponentAt(e)]);
      }
      weights[i] = rate > 0 ? (counts.wins(i) + alpha) / rate : weights[i];
    }
    double[] next = Arrays.stream(weights).map(Math::log).toArray();
    double mean = Arrays.stream(next).average().orElse(0);
    return alpha > 0 || !Double.isFinite(mean) ? next : centred(next);
  }

  /**
   * Fits by Newton's method with halved steps; the linear systems, whose matrix is sparse, are
   * solved by conjugate gradients. Ends when no entry of the gradient is larger than {@code 10⁻¹⁰}
   * times the largest number of games.
   *
   * @param alpha the games won, and lost, against the fixed opponent; 0 for no prior
   * @throws IllegalArgumentException if {@code alpha} is 0 and the likelihood has no maximum, see
   *     {@link WinCounts#components}
   */
  public static BradleyTerry newton(WinCounts counts, double alpha) {
    refuseWithoutMaximum(counts, alpha);
    int n = counts.players();
    double most = 2 * alpha;
    for (int i = 0; i < n; i++) {
      most = Math.max(most, counts.games(i));
    }
    double[] theta = new double[n];
    double[] trace = new double[MOST_STEPS + 1];
    trace[0] = objective(counts, alpha, theta);
    int made = 0;
    double[] gradient = gradient(counts, alpha, theta);
    while (Vectors.largest(gradient) > 1e-10 * most && made < MOST_STEPS) {
      StopButton.poll();
      double[] step = new Information(counts, alpha, theta).solve(gradient);
      double[] next = theta;
      double value = Double.NEGATIVE_INFINITY;
      // Near the maximum the objective changes by less than its last digit.
      double least = trace[made] - 1e-13 * Math.abs(trace[made]);
      for (double length = 1; !(value >= least) && length > 1e-12; length /= 2) {
        next = Vectors.plus(theta, length, step);
        value = objective(counts, alpha, next);
      }
      theta = alpha > 0 ? next : centred(next);
      trace[++made] = objective(counts, alpha, theta);
      gradient = gradient(counts, alpha, theta);
    }
    boolean converged = Vectors.largest(gradient) <= 1e-10 * most;
    return new BradleyTerry(counts, alpha, theta, Arrays.copyOf(trace, made + 1), converged);
  }

  /** {@code ℓ(θ) + α Σ_i [log σ(θ_i) + log σ(−θ_i)]} in nats. */
  public static double objective(WinCounts counts, double alpha, double... theta) {
    notNegative(alpha);
    double sum = counts.logLikelihood(theta);
    for (double t : theta) {
      sum -= alpha == 0 ? 0 : alpha * (Logistic.softplus(t) + Logistic.softplus(-t));
    }
    return sum;
  }

  /**
   * The gradient of {@link #objective}: games won less games expected to be won, of those played
   * and of those against the fixed opponent, {@code W_i + α − Σ_j n_ij σ(θ_i − θ_j) − 2α σ(θ_i)}.
   */
  public static double[] gradient(WinCounts counts, double alpha, double... theta) {
    notNegative(alpha);
    double[] gradient = counts.expectedWins(theta);
    for (int i = 0; i < theta.length; i++) {
      gradient[i] = counts.wins(i) + alpha - gradient[i] - 2 * alpha * Logistic.sigmoid(theta[i]);
    }
    return gradient;
  }

  private static double[] centred(double[] theta) {
    double mean = Arrays.stream(theta).average().orElse(0);
    return Arrays.stream(theta).map(t -> t - mean).toArray();
  }

  private static void notNegative(double alpha) {
    Checks.require(
        alpha >= 0 && alpha < Double.POSITIVE_INFINITY,
        "alpha must be a finite number of at least 0, but it is %s.",
        alpha);
  }

  private static void refuseWithoutMaximum(WinCounts counts, double alpha) {
    notNegative(alpha);
    if (alpha > 0) {
      return;
    }
    int[] component = counts.components();
    int parts = Arrays.stream(component).max().orElse(0) + 1;
    Checks.require(
        parts == 1,
        "The likelihood has no single maximum: the players fall into %d groups, such as that of"
            + " player %d with %d players, between which all games went one way or none was played."
            + " Give a prior, alpha > 0, or leave some players out.",
        parts,
        last(component, parts - 1),
        Arrays.stream(component).filter(c -> c == parts - 1).count());
  }

  private static int last(int[] component, int part) {
    int i = 0;
    while (component[i] != part) {
      i++;
    }
    return i;
  }

  /** The counts that were fitted. */
  public WinCounts counts() {
    return counts;
  }

  /** {@code α}. */
  public double alpha() {
    return alpha;
  }

  /** The log strengths {@code θ}, {@code [players]}; a copy. */
  public double[] theta() {
    return theta.clone();
  }

  /** The log strength of one player. */
  public double theta(int player) {
    return theta[player];
  }

  /** The objective in nats before the first sweep or step and after each. */
  public double[] trace() {
    return trace.clone();
  }

  /** The number of sweeps or steps. */
  public int sweeps() {
    return trace.length - 1;
  }

  /** Whether the run ended because it was done, not because the sweeps ran out. */
  public boolean converged() {
    return converged;
  }

  /** {@code P(i beats j) = σ(θ_i − θ_j)} in one game. */
  public double probability(int i, int j) {
    return Logistic.sigmoid(theta[i] - theta[j]);
  }

  /**
   * The covariance of {@code θ}, {@code [players, players]}, by Laplace's approximation: the
   * inverse of the observed information {@code H}, minus the second derivative of the objective at
   * its maximum. At {@code α = 0} it is the pseudo-inverse, the covariance of the centred {@code
   * θ}.
   *
   * <p>For as many players as a matrix is wanted for; {@link #deviation(int, int)} needs none.
   */
  public double[][] covariance() {
    Checks.require(
        theta.length <= 2000,
        "A covariance of %d players has %d numbers; ask for the deviations of those you mean.",
        theta.length,
        (long) theta.length * theta.length);
    Information information = new Information(counts, alpha, theta);
    double[][] covariance = new double[theta.length][];
    for (int i = 0; i < theta.length; i++) {
      covariance[i] = information.solve(unit(i, -1));
    }
    for (int i = 0; i < theta.length; i++) {
      for (int j = 0; j < i; j++) {
        covariance[i][j] = covariance[j][i] = 0.5 * (covariance[i][j] + covariance[j][i]);
      }
    }
    return covariance;
  }

  /** The standard deviation of {@code θ_i}, from {@link #covariance}. */
  public double deviation(int i) {
    double[] unit = unit(i, -1);
    return Math.sqrt(Vectors.dot(unit, new Information(counts, alpha, theta).solve(unit)));
  }

  /** The standard deviation of {@code θ_i − θ_j}, from {@link #covariance}. */
  public double deviation(int i, int j) {
    Checks.require(i != j, "Two different players expected, not %d twice.", i);
    double[] unit = unit(i, j);
    return Math.sqrt(Vectors.dot(unit, new Information(counts, alpha, theta).solve(unit)));
  }

  private double[] unit(int i, int j) {
    double[] unit = new double[theta.length];
    unit[i] = 1;
    if (j >= 0) {
      unit[j] = -1;
    }
    return unit;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "Bradley–Terry model of %d players, alpha = %s, %s after %d steps, objective %.4f nats",
        theta.length,
        alpha,
        converged ? "converged" : "not converged",
        sweeps(),
        trace[trace.length - 1]);
  }

  /**
   * {@code H = −∇²} of the objective, {@code H_ij = −n_ij p_ij p_ji}, {@code H_ii = Σ_j n_ij p_ij
   * p_ji + 2α σ(θ_i) σ(−θ_i)}: the Laplacian of a graph, plus the prior's diagonal.
   */
  private static final class Information {
    private final WinCounts counts;
    private final boolean shifts;
    private final double[] entries;
    private final double[] diagonal;

    Information(WinCounts counts, double alpha, double[] theta) {
      int n = theta.length;
      this.counts = counts;
      this.shifts = alpha == 0;
      entries = new double[counts.from(n)];
      diagonal = new double[n];
      for (int i = 0; i < n; i++) {
        diagonal[i] = 2 * alpha * Logistic.sigmoid(theta[i]) * Logistic.sigmoid(-theta[i]);
        for (int e = counts.from(i); e < counts.from(i + 1); e++) {
          double difference = theta[i] - theta[counts.opponentAt(e)];
          entries[e] =
              counts.playedAt(e) * Logistic.sigmoid(difference) * Logistic.sigmoid(-difference);
          diagonal[i] += entries[e];
        }
      }
    }

    private double[] times(double[] v) {
      double[] product = new double[v.length];
      for (int i = 0; i < v.length; i++) {
        double sum = diagonal[i] * v[i];
        for (int e = counts.from(i); e < counts.from(i + 1); e++) {
          sum -= entries[e] * v[counts.opponentAt(e)];
        }
        product[i] = sum;
      }
      return product;
    }

    /**
     * {@code H⁻¹ b} by conjugate gradients, preconditioned by the diagonal; without a prior, of the
     * centred {@code b} and centred.
     */
    double[] solve(double[] b) {
      double[] residual = shifts ? centred(b) : b.clone();
      double[] x = new double[b.length];
      double[] z = scaled(residual);
      double[] direction = z;
      double size = Vectors.dot(residual, z);
      double goal = 1e-26 * size;
      for (int k = 0; k < 10 * b.length + 100 && size > goal; k++) {
        StopButton.poll();
        double[] product = times(direction);
        double length = size / Vectors.dot(direction, product);
        x = Vectors.plus(x, length, direction);
        residual = Vectors.plus(residual, -length, product);
        z = scaled(residual);
        double next = Vectors.dot(residual, z);
        direction = Vectors.plus(z, next / size, direction);
        size = next;
      }
      return shifts ? centred(x) : x;
    }

    private double[] scaled(double[] v) {
      double[] scaled = new double[v.length];
      // A player without a game, without a prior, is refused before it comes to this.
      Arrays.setAll(scaled, i -> v[i] / diagonal[i]);
      return scaled;
    }
  }
}
