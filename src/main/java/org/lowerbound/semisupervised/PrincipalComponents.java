package org.lowerbound.semisupervised;

import org.lowerbound.data.Backend;
import org.lowerbound.data.Examples;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.eigen.Eigen;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The projection onto the leading eigenvectors of the covariance of the data, optionally scaled to
 * unit variance: the features of the linear baselines.
 */
public final class PrincipalComponents {
  static {
    Backend.find();
  }

  private static final int CHUNK = 1000;

  private final INDArray mean;
  private final INDArray directions;

  private PrincipalComponents(INDArray mean, INDArray directions) {
    this.mean = mean;
    this.directions = directions;
  }

  /**
   * The leading directions of the rows of a set.
   *
   * @param components how many, from 1 to the number of features
   * @param whitened whether each component is divided by its standard deviation
   */
  public static PrincipalComponents fit(Examples data, int components, boolean whitened) {
    int d = data.features();
    if (components < 1 || components > d) {
      throw new IllegalArgumentException(
          "The number of components must be from 1 to " + d + ", not " + components + ".");
    }
    if (data.size() < 2) {
      throw new IllegalArgumentException("At least two rows are needed.");
    }
    INDArray sum = Nd4j.zeros(DataType.DOUBLE, 1, d);
    INDArray square = Nd4j.zeros(DataType.DOUBLE, d, d);
    for (int from = 0; from < data.size(); from += CHUNK) {
      INDArray x =
          Nd4j.createFromArray(data.rows(from, Math.min(data.size(), from + CHUNK)))
              .castTo(DataType.DOUBLE);
      sum.addi(x.sum(true, 0));
      square.addi(x.transpose().mmul(x));
    }
    INDArray mean = sum.divi(data.size());
    INDArray covariance = square.divi(data.size()).subi(mean.transpose().mmul(mean));
    // LAPACK's eigenvalues rise; the vectors replace the matrix, one a column.
    INDArray values = Eigen.symmetricGeneralizedEigenvalues(covariance, true);
    INDArray leading = Nd4j.create(DataType.DOUBLE, d, components);
    for (int k = 0; k < components; k++) {
      INDArray direction = covariance.getColumn(d - 1L - k);
      double variance = Math.max(values.getDouble(d - 1L - k), 1e-12);
      leading.putColumn(k, whitened ? direction.div(Math.sqrt(variance)) : direction);
    }
    return new PrincipalComponents(mean, leading);
  }

  /**
   * The components of each row.
   *
   * @param x {@code [rows, features]}
   * @return {@code [rows, components]}
   */
  public float[][] of(float[][] x) {
    float[][] all = new float[x.length][];
    for (int from = 0; from < x.length; from += CHUNK) {
      int to = Math.min(x.length, from + CHUNK);
      float[][] part = java.util.Arrays.copyOfRange(x, from, to);
      INDArray centred = Nd4j.createFromArray(part).castTo(DataType.DOUBLE).subRowVector(mean);
      float[][] some = centred.mmul(directions).toFloatMatrix();
      System.arraycopy(some, 0, all, from, some.length);
    }
    return all;
  }

  /** The components of every row of a set, {@code [rows, components]}. */
  public float[][] of(Examples data) {
    float[][] all = new float[data.size()][];
    for (int from = 0; from < data.size(); from += CHUNK) {
      float[][] some = of(data.rows(from, Math.min(data.size(), from + CHUNK)));
      System.arraycopy(some, 0, all, from, some.length);
    }
    return all;
  }

  /** Number of components. */
  public int components() {
    return (int) directions.size(1);
  }

  /** The same components along directions of length 1: not divided by their deviations. */
  public PrincipalComponents plain() {
    return new PrincipalComponents(mean, directions.div(directions.norm2(true, 0)));
  }

  /** The first {@code k} of these components alone. */
  public PrincipalComponents first(int k) {
    if (k < 1 || k > components()) {
      throw new IllegalArgumentException(
          "There are components 1 to " + components() + ", not " + k + ".");
    }
    return new PrincipalComponents(
        mean, directions.get(NDArrayIndex.all(), NDArrayIndex.interval(0, k)).dup());
  }
}
