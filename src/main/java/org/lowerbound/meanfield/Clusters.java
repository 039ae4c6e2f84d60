package org.lowerbound.meanfield;

import java.util.random.RandomGenerator;

/** Generated data whose components are known, to measure how a method fails. */
public final class Clusters {
  private Clusters() {}

  /**
   * Two normal distributions of variance 1 on the line, {@code distance} apart: a third of the rows
   * from the left one.
   *
   * @return shape {@code [rows, 1]}
   */
  public static double[][] pair(int rows, double distance, RandomGenerator random) {
    double[][] x = new double[rows][1];
    for (int n = 0; n < rows; n++) {
      x[n][0] = (n % 3 == 0 ? -0.5 : 0.5) * distance + random.nextGaussian();
    }
    return x;
  }

  /**
   * Round normal distributions with their means evenly on a circle of radius 1.3, equally many rows
   * each.
   *
   * @param clusters the number of distributions
   * @param rows the rows of each
   * @param deviation their standard deviation
   * @return shape {@code [clusters · rows, 2]}
   */
  public static double[][] ring(int clusters, int rows, double deviation, RandomGenerator random) {
    double[][] x = new double[clusters * rows][2];
    for (int n = 0; n < x.length; n++) {
      double angle = 2 * Math.PI * (n % clusters) / clusters;
      x[n][0] = 1.3 * Math.cos(angle) + deviation * random.nextGaussian();
      x[n][1] = 1.3 * Math.sin(angle) + deviation * random.nextGaussian();
    }
    return x;
  }

  /** Responsibilities that give every row to a component at random: an uninformed start. */
  public static double[][] randomStart(int rows, int components, RandomGenerator random) {
    MixturePrior.components(components);
    double[][] r = new double[rows][components];
    for (double[] row : r) {
      row[random.nextInt(components)] = 1;
    }
    return r;
  }
}
