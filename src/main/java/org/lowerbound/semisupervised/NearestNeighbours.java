package org.lowerbound.semisupervised;

import java.util.Arrays;

/**
 * The k nearest neighbours in Euclidean distance; the majority decides, the nearer class among
 * equals.
 */
public final class NearestNeighbours implements Classifier {

  private final float[][] x;
  private final int[] labels;
  private final int k;

  private NearestNeighbours(float[][] x, int[] labels, int k) {
    this.x = x;
    this.labels = labels;
    this.k = k;
  }

  /**
   * Remembers the labelled rows.
   *
   * @param x {@code [rows, features]}
   * @param labels the class of each row
   * @param k neighbours that vote, at least 1 and at most the rows
   */
  public static NearestNeighbours of(float[][] x, int[] labels, int k) {
    if (x.length == 0 || x.length != labels.length) {
      throw new IllegalArgumentException(
          "Every row needs its label; there are "
              + x.length
              + " rows and "
              + labels.length
              + " labels.");
    }
    if (k < 1 || k > x.length) {
      throw new IllegalArgumentException(
          "k must be from 1 to " + x.length + " (the labelled rows), not " + k + ".");
    }
    return new NearestNeighbours(x, labels.clone(), k);
  }

  @Override
  public int[] classify(float[][] rows) {
    return Arrays.stream(rows).parallel().mapToInt(this::vote).toArray();
  }

  private int vote(float[] row) {
    double[] distance = new double[k];
    int[] label = new int[k];
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    for (int i = 0; i < x.length; i++) {
      if (x[i].length != row.length) {
        throw new IllegalArgumentException(
            "A row has " + row.length + " numbers, the labelled ones " + x[i].length + ".");
      }
      double far = distance(x[i], row, distance[k - 1]);
      int at = k - 1;
      if (!(far < distance[at])) {
        continue;
      }
      for (; at > 0 && far < distance[at - 1]; at--) {
        distance[at] = distance[at - 1];
        label[at] = label[at - 1];
      }
      distance[at] = far;
      label[at] = labels[i];
    }
    int best = label[0];
    int most = 0;
    for (int candidate : label) {
      int votes = 0;
      for (int other : label) {
        votes += other == candidate ? 1 : 0;
      }
      if (votes > most) {
        most = votes;
        best = candidate;
      }
    }
    return best;
  }

  private static double distance(float[] a, float[] b, double enough) {
    double sum = 0;
    for (int j = 0; j < a.length; j += 64) {
      float part = 0;
      for (int d = j; d < Math.min(a.length, j + 64); d++) {
        float difference = a[d] - b[d];
        part += difference * difference;
      }
      sum += part;
      if (sum >= enough) {
        return sum;
      }
    }
    return sum;
  }
}
