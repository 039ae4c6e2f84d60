package org.lowerbound.evaluation;

import java.util.SplittableRandom;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;

/**
 * Candidates (epochs, seeds, settings) with a loss for each row of the same test set, and what it
 * costs to choose among them by it.
 *
 * <p>Half of the rows, A, choose the candidate with the smallest mean loss and report it; the other
 * half, B, have seen no choice. The optimism is the mean of loss_B(chosen) − loss_A(chosen) over
 * many random halves. As A and B together are the whole, loss_A = m + e and loss_B = m − e with e
 * of covariance S/N, where S is the covariance of the losses over N rows. If all candidates were
 * equally good and each two errors had the correlation ρ, it would be 2·√(1−ρ)·σ/√N·E[M_k].
 */
public final class Selection {

  private final double[][] losses;
  private final double[] means;

  /**
   * What halves say about a choice.
   *
   * @param reported mean loss of the chosen candidate on the rows that chose it
   * @param fresh mean loss of the same candidate on the other rows
   * @param optimism fresh − reported
   * @param error standard error of the optimism over the halves drawn (not over other data)
   */
  public record Halves(double reported, double fresh, double optimism, double error) {
    /** The values with the digits that matter. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  private Selection(double[][] losses) {
    this.losses = losses;
    this.means = new double[losses.length];
    for (int k = 0; k < means.length; k++) {
      for (double loss : losses[k]) {
        means[k] += loss / losses[k].length;
      }
    }
  }

  /**
   * Candidates and their losses; smaller is better.
   *
   * @param losses {@code [candidates][rows]}, finite, at least two rows
   * @throws IllegalArgumentException with the candidate and row that is wrong
   */
  public static Selection of(double[][] losses) {
    Checks.require(losses != null && losses.length > 0, "There are no candidates to choose among.");
    double[][] copy = new double[losses.length][];
    for (int k = 0; k < losses.length; k++) {
      Checks.require(losses[k] != null, "Candidate %d has no losses.", k);
      Checks.require(
          losses[k].length == losses[0].length && losses[k].length >= 2,
          "Candidate %d has %d losses and candidate 0 has %d: all need one for each row of the "
              + "same test set, of at least two rows.",
          k,
          losses[k].length,
          losses[0].length);
      copy[k] = losses[k].clone();
      for (int i = 0; i < copy[k].length; i++) {
        Checks.require(
            Double.isFinite(copy[k][i]),
            "The loss of candidate %d on row %d is %s; a choice needs finite losses.",
            k,
            i,
            copy[k][i]);
      }
    }
    return new Selection(copy);
  }

  /** The number of candidates. */
  public int candidates() {
    return losses.length;
  }

  /** The number of rows. */
  public int rows() {
    return losses[0].length;
  }

  /** Mean loss of each candidate over all rows; a copy. */
  public double[] means() {
    return means.clone();
  }

  /** These candidates only, in this order. */
  public Selection only(int... chosen) {
    double[][] some = new double[chosen.length][];
    for (int i = 0; i < chosen.length; i++) {
      Checks.require(
          chosen[i] >= 0 && chosen[i] < losses.length,
          "There is no candidate %d; they are numbered from 0 to %d.",
          chosen[i],
          losses.length - 1);
      some[i] = losses[chosen[i]];
    }
    return of(some);
  }

  /**
   * Chooses on one random half and looks at the other, and the other way round, many times. As each
   * half is once A and once B, what makes one half easier than the other cancels: the optimism of a
   * single candidate is 0 exactly.
   *
   * @param repeats random halves, at least 2
   */
  public Halves halves(int repeats, long seed) {
    Checks.atLeast(2, "the number of random halves", repeats);
    SplittableRandom random = new SplittableRandom(seed);
    int n = rows();
    int[] order = new int[n];
    double reported = 0;
    double fresh = 0;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    double[] a = new double[losses.length];
    double[] b = new double[losses.length];
    boolean[] inA = new boolean[n];
    for (int r = 0; r < repeats; r++) {
      StopButton.poll();
      for (int i = n - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
      }
      for (int i = 0; i < n; i++) {
        inA[order[i]] = i < n / 2;
      }
      for (int k = 0; k < losses.length; k++) {
        a[k] = 0;
        b[k] = 0;
        for (int i = 0; i < n; i++) {
          if (inA[i]) {
            a[k] += losses[k][i];
          } else {
            b[k] += losses[k][i];
          }
        }
        a[k] /= n / 2;
        b[k] /= n - n / 2;
      }
      int byA = smallest(a);
      int byB = smallest(b);
      double chosen = (a[byA] + b[byB]) / 2;
      double other = (b[byA] + a[byB]) / 2;
      reported += chosen / repeats;
      fresh += other / repeats;
      sum += other - chosen;
      squares += (other - chosen) * (other - chosen);
    }
    double mean = sum / repeats;
    double variance = Math.max(0, squares / repeats - mean * mean);
    return new Halves(reported, fresh, mean, Math.sqrt(variance / repeats));
  }

  private static int smallest(double[] x) {
    int at = 0;
    for (int k = 1; k < x.length; k++) {
      at = x[k] < x[at] ? k : at;
    }
    return at;
  }

  /** σ, the deviation of the loss over rows: the root of its mean variance over candidates. */
  public double deviation() {
    double variance = 0;
    for (int k = 0; k < losses.length; k++) {
      variance += covariance(k, k) / losses.length;
    }
    return Math.sqrt(variance);
  }

  /** ρ, the mean correlation of two candidates' losses over rows; 1 for a single candidate. */
  public double correlation() {
    if (losses.length == 1) {
      return 1;
    }
    double sum = 0;
    double[] deviations = new double[losses.length];
    for (int k = 0; k < losses.length; k++) {
      deviations[k] = Math.sqrt(covariance(k, k));
    }
    for (int k = 0; k < losses.length; k++) {
      for (int j = 0; j < k; j++) {
        double scale = deviations[k] * deviations[j];
        sum += scale == 0 ? 1 : covariance(k, j) / scale;
      }
    }
    return sum / (losses.length * (losses.length - 1) / 2.0);
  }

  private double covariance(int k, int j) {
    double sum = 0;
    for (int i = 0; i < losses[k].length; i++) {
      sum += (losses[k][i] - means[k]) * (losses[j][i] - means[j]);
    }
    return sum / (losses[k].length - 1);
  }

  /**
   * The optimism of {@link #halves} if all candidates were equally good and their errors had the
   * correlation {@code rho}: 2·√(1−ρ)·σ/√N·E[M_k]; ρ = 0 for what independent runs would cost.
   */
  public double optimismIfEqual(double rho) {
    double correlation = Math.min(1, Math.max(0, rho));
    return 2 * deviation() / Math.sqrt(rows()) * BestOf.expected(losses.length, correlation);
  }
}
