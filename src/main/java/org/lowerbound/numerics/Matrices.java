package org.lowerbound.numerics;

/**
 * Small matrices in plain arrays, shape {@code [D, D]}; nothing is changed in place.
 *
 * <p>What needs a symmetric positive definite matrix (the determinant, the inverse) throws {@link
 * IllegalArgumentException} for any other, which for a covariance or a Wishart scale means that it
 * is no covariance and no scale. Where several of these are wanted of one matrix, {@link Cholesky}
 * factorises it once.
 */
public final class Matrices {
  private Matrices() {}

  /** {@code log |S|} of a symmetric positive definite matrix. */
  public static double logDeterminant(double[][] s) {
    return Cholesky.of(s).logDeterminant();
  }

  /** {@code S⁻¹} of a symmetric positive definite matrix. */
  public static double[][] inverse(double[][] s) {
    return Cholesky.of(s).inverse();
  }

  /** The quadratic form {@code (x − m)ᵀ A (x − m)}. */
  public static double quadratic(double[] x, double[] m, double[][] a) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x.length; j++) {
        sum += (x[i] - m[i]) * a[i][j] * (x[j] - m[j]);
      }
    }
    return sum;
  }

  /** {@code Tr(A B)} for symmetric {@code A}, {@code B}. */
  public static double traceOfProduct(double[][] a, double[][] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        sum += a[i][j] * b[j][i];
      }
    }
    return sum;
  }

  /** {@code c A}. */
  public static double[][] times(double c, double[][] a) {
    double[][] scaled = copy(a);
    for (double[] row : scaled) {
      for (int j = 0; j < row.length; j++) {
        row[j] *= c;
      }
    }
    return scaled;
  }

  /** The diagonal matrix with these entries. */
  public static double[][] diagonal(double... entries) {
    double[][] a = new double[entries.length][entries.length];
    for (int i = 0; i < entries.length; i++) {
      a[i][i] = entries[i];
    }
    return a;
  }

  /** A copy that shares no row. */
  public static double[][] copy(double[][] a) {
    double[][] copy = new double[a.length][];
    for (int i = 0; i < a.length; i++) {
      copy[i] = a[i].clone();
    }
    return copy;
  }
}
