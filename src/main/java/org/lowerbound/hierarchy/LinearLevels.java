package org.lowerbound.hierarchy;

import java.util.random.RandomGenerator;
import org.lowerbound.numerics.Cholesky;

/**
 * A hierarchy of linear maps and Gaussian noise, of which everything is known: z_L ~ N(0, I), z_l =
 * A_l z_{l+1} + τ_l ε_l, x = A₀ z₁ + s ε₀.
 *
 * <p>Written in the noises, x = Σ_l B_l ε_l + s ε₀ with B_l = τ_l A₀ A₁ ⋯ A_{l−1}, so that the
 * variance of each pixel is a sum over the levels, Var(x) = Σ_l diag(B_l B_lᵀ) + s². These shares
 * are those of the law of total variance taken level by level from the top, {@link VarianceShares};
 * here, and only since all maps are linear, they are also the variances of samples in which all
 * levels but one stay at the mean of their prior.
 */
public final class LinearLevels implements VarianceShares.Simulator {

  private final double[][][] maps;
  private final double[] deviations;

  private LinearLevels(double[][][] maps, double[] deviations) {
    this.maps = maps;
    this.deviations = deviations;
  }

  /**
   * A hierarchy.
   *
   * @param maps {@code maps[l]} is A_l, {@code [units of level l][units of level l + 1]}; level 0
   *     is the picture
   * @param deviations {@code deviations[0]} is s, {@code deviations[l]} is τ_l; one for each map,
   *     for the top level's is 1
   * @throws IllegalArgumentException if sizes do not fit or a deviation is not positive
   */
  public static LinearLevels of(double[][][] maps, double... deviations) {
    if (maps.length == 0 || deviations.length != maps.length) {
      throw new IllegalArgumentException(
          "Levels need at least one map and a deviation for each; there are "
              + maps.length
              + " maps and "
              + deviations.length
              + " deviations.");
    }
    for (int l = 0; l < maps.length; l++) {
      if (!(deviations[l] > 0)) {
        throw new IllegalArgumentException(
            "Deviation " + l + " must be positive, not " + deviations[l] + ".");
      }
      if (l > 0 && maps[l].length != maps[l - 1][0].length) {
        throw new IllegalArgumentException(
            "Map "
                + l
                + " makes "
                + maps[l].length
                + " units; map "
                + (l - 1)
                + " takes "
                + maps[l - 1][0].length
                + ".");
      }
    }
    return new LinearLevels(maps, deviations.clone());
  }

  /** The number L of latent levels. */
  public int levels() {
    return maps.length;
  }

  @Override
  public int[] noises() {
    int[] sizes = new int[levels()];
    for (int l = 1; l <= levels(); l++) {
      sizes[l - 1] = units(l);
    }
    return sizes;
  }

  private int units(int level) {
    return level == 0 ? maps[0].length : maps[level - 1][0].length;
  }

  private double deviation(int level) {
    return level == levels() ? 1 : deviations[level];
  }

  /**
   * B_l, {@code [pixels][units of level l]}: what a unit of noise at level l does to the picture.
   */
  public double[][] effect(int level) {
    double[][] effect = maps[0];
    for (int l = 1; l < level; l++) {
      effect = product(effect, maps[l]);
    }
    double[][] scaled = new double[effect.length][effect[0].length];
    for (int i = 0; i < scaled.length; i++) {
      for (int j = 0; j < scaled[i].length; j++) {
        scaled[i][j] = deviation(level) * effect[i][j];
      }
    }
    return scaled;
  }

  /**
   * Each level's share of each pixel's variance, {@code [L + 1][pixels]}; row 0 is the noise of the
   * picture itself.
   */
  public double[][] shares() {
    double[][] shares = new double[levels() + 1][units(0)];
    for (int i = 0; i < units(0); i++) {
      shares[0][i] = deviations[0] * deviations[0];
    }
    for (int l = 1; l <= levels(); l++) {
      double[][] effect = effect(l);
      for (int i = 0; i < effect.length; i++) {
        for (double b : effect[i]) {
          shares[l][i] += b * b;
        }
      }
    }
    return shares;
  }

  /** E[x | z₁] for the noises of all levels: {@inheritDoc} */
  @Override
  public double[] apply(double[][] noise) {
    double[] z = noise[levels() - 1];
    for (int l = levels() - 1; l >= 1; l--) {
      double[] mean = product(maps[l], z);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += deviations[l] * noise[l - 1][i];
      }
      z = mean;
    }
    return product(maps[0], z);
  }

  /** The covariance of x, {@code [pixels][pixels]}. */
  public double[][] covariance() {
    int d = units(0);
    double[][] covariance = new double[d][d];
    for (int i = 0; i < d; i++) {
      covariance[i][i] = deviations[0] * deviations[0];
    }
    for (int l = 1; l <= levels(); l++) {
      double[][] effect = effect(l);
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          for (int k = 0; k < effect[i].length; k++) {
            covariance[i][j] += effect[i][k] * effect[j][k];
          }
        }
      }
    }
    return covariance;
  }

  /** log p(x), in nats. */
  public double logEvidence(double[] x) {
    Cholesky factor = Cholesky.of("the covariance of x", covariance());
    return -0.5
        * (x.length * Math.log(2 * Math.PI) + factor.logDeterminant() + factor.quadratic(x));
  }

  /**
   * What the best posterior that factorises over the levels loses, in nats: ½(Σ_l log|Λ_ll| −
   * log|Λ|), where Λ is the precision of all latents given x and Λ_ll its block of level l. Within
   * a level the factor has a full covariance.
   */
  public double gap() {
    double[][] joint = precision();
    double blocks = 0;
    int at = 0;
    for (int l = 1; l <= levels(); l++) {
      int n = units(l);
      double[][] block = new double[n][n];
      for (int i = 0; i < n; i++) {
        System.arraycopy(joint[at + i], at, block[i], 0, n);
      }
      blocks += Cholesky.of("the precision of level " + l, block).logDeterminant();
      at += n;
    }
    return 0.5 * (blocks - Cholesky.of("the precision of all levels", joint).logDeterminant());
  }

  /** The precision Λ of (z₁, …, z_L) given any x. */
  public double[][] precision() {
    int all = 0;
    for (int l = 1; l <= levels(); l++) {
      all += units(l);
    }
    double[][] joint = new double[all][all];
    int below = 0;
    int at = 0;
    for (int l = 1; l <= levels(); l++) {
      double[][] map = maps[l - 1];
      double own = 1 / (deviation(l) * deviation(l));
      double link = 1 / (deviations[l - 1] * deviations[l - 1]);
      for (int i = 0; i < units(l); i++) {
        joint[at + i][at + i] += own;
        for (int j = 0; j < units(l); j++) {
          for (double[] row : map) {
            joint[at + i][at + j] += link * row[i] * row[j];
          }
        }
        for (int k = 0; l > 1 && k < map.length; k++) {
          joint[below + k][at + i] -= link * map[k][i];
          joint[at + i][below + k] -= link * map[k][i];
        }
      }
      below = at;
      at += units(l);
    }
    return joint;
  }

  /**
   * Draws of x.
   *
   * @return {@code [rows][pixels]}
   */
  public double[][] sample(int rows, RandomGenerator random) {
    double[][] samples = new double[rows][];
    for (int r = 0; r < rows; r++) {
      double[] x = apply(VarianceShares.noise(this, random));
      for (int i = 0; i < x.length; i++) {
        x[i] += deviations[0] * random.nextGaussian();
      }
      samples[r] = x;
    }
    return samples;
  }

  private static double[] product(double[][] a, double[] v) {
    double[] w = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < v.length; j++) {
        w[i] += a[i][j] * v[j];
      }
    }
    return w;
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] c = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        for (int j = 0; j < b[k].length; j++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }
}
