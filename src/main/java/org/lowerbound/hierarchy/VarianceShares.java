package org.lowerbound.hierarchy;

import java.util.random.RandomGenerator;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;

/**
 * How much of the variance of each pixel every level of a hierarchy makes, by the law of total
 * variance taken level by level from the top:
 *
 * <p>Var(f) = Var(E[f | z_L]) + E Var(E[f | z_{L−1}, z_L] | z_L) + … , the share of level l being
 * what knowing z_l adds to knowing all levels above.
 *
 * <p>Estimated by pairs that share the noise of the levels above and at l, and have fresh noise
 * below: their covariance is Var(E[f | z_l, …, z_L]) (Sobol 1993, the "pick and freeze" scheme), so
 * that a share is the difference of two covariances.
 *
 * <p>It is not what {@link #alone} measures, the variance when all other levels stay at the means
 * of their priors: those numbers need not sum to the whole.
 *
 * @param shares {@code [L][pixels]}, the lowest level first
 * @param variance {@code [pixels]}, of f itself
 */
public record VarianceShares(double[][] shares, double[] variance) {

  /** A picture (or its mean) as a function of the standard normal noise of every level. */
  public interface Simulator {
    /** The number of noises of each level, the lowest first. */
    int[] noises();

    /**
     * The value.
     *
     * @param noise {@code [L][noises]}, the lowest level first; zeros keep a level at the mean of
     *     its prior
     */
    double[] apply(double[][] noise);

    /** The values of many rows of noise, {@code [rows][L][noises]}; faster where there is a way. */
    default double[][] applyAll(double[][][] noise) {
      double[][] values = new double[noise.length][];
      for (int i = 0; i < noise.length; i++) {
        values[i] = apply(noise[i]);
      }
      return values;
    }
  }

  /** Fresh standard normal noise for every level. */
  static double[][] noise(Simulator simulator, RandomGenerator random) {
    int[] sizes = simulator.noises();
    double[][] noise = new double[sizes.length][];
    for (int l = 0; l < sizes.length; l++) {
      noise[l] = new double[sizes[l]];
      for (int j = 0; j < sizes[l]; j++) {
        noise[l][j] = random.nextGaussian();
      }
    }
    return noise;
  }

  /**
   * Estimates the shares.
   *
   * @param draws of the noise; each costs L + 1 values of f
   */
  public static VarianceShares estimate(Simulator f, int draws, RandomGenerator random) {
    Checks.atLeast(2, "draws", draws);
    int levels = f.noises().length;
    double[][][] first = new double[draws][][];
    for (int i = 0; i < draws; i++) {
      first[i] = noise(f, random);
    }
    double[][] values = f.applyAll(first);
    int pixels = values[0].length;
    double[] variance = covariance(values, values);
    double[][] shares = new double[levels][pixels];
    double[] known = new double[pixels];
    for (int l = levels; l >= 1; l--) {
      StopButton.poll();
      double[] next = variance;
      if (l > 1) {
        double[][][] second = new double[draws][][];
        for (int i = 0; i < draws; i++) {
          second[i] = noise(f, random);
          // Levels l and above are shared, those below are fresh.
          System.arraycopy(first[i], l - 1, second[i], l - 1, levels - l + 1);
        }
        next = covariance(values, f.applyAll(second));
      }
      for (int p = 0; p < pixels; p++) {
        shares[l - 1][p] = next[p] - known[p];
      }
      known = next;
    }
    return new VarianceShares(shares, variance);
  }

  /**
   * The variance of each pixel when one level is drawn and all others stay at the means of their
   * priors.
   *
   * @param level from 1, the lowest
   */
  public static double[] alone(Simulator f, int level, int draws, RandomGenerator random) {
    int[] sizes = f.noises();
    if (level < 1 || level > sizes.length) {
      throw new IllegalArgumentException(
          "There is no level " + level + "; the levels are 1 to " + sizes.length + ".");
    }
    double[][][] noise = new double[draws][][];
    for (int i = 0; i < draws; i++) {
      noise[i] = noise(f, random);
      for (int l = 1; l <= sizes.length; l++) {
        if (l != level) {
          noise[i][l - 1] = new double[sizes[l - 1]];
        }
      }
    }
    double[][] values = f.applyAll(noise);
    return covariance(values, values);
  }

  private static double[] covariance(double[][] a, double[][] b) {
    int pixels = a[0].length;
    double[] covariance = new double[pixels];
    for (int p = 0; p < pixels; p++) {
      double meanA = 0;
      double meanB = 0;
      for (int i = 0; i < a.length; i++) {
        meanA += a[i][p] / a.length;
        meanB += b[i][p] / a.length;
      }
      for (int i = 0; i < a.length; i++) {
        covariance[p] += (a[i][p] - meanA) * (b[i][p] - meanB) / (a.length - 1);
      }
    }
    return covariance;
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
