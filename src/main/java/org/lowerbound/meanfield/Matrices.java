package org.lowerbound.meanfield;

/**
 * Small symmetric positive definite matrices {@code S = L Lᵀ}, shape {@code [D, D]}, by their
 * Cholesky factor {@code L} (lower triangular): enough for a mixture in a few dimensions.
 *
 * <p>Every method throws {@link IllegalArgumentException} when the matrix is not symmetric positive
 * definite, which for a covariance or a Wishart scale means that it is no covariance and no scale.
 */
public final class Matrices {
  private Matrices() {}

  /** The lower triangular {@code L} with {@code L Lᵀ = S}. */
  public static double[][] cholesky(double[][] s) {
    int d = square(s);
    double[][] l = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        if (!(Math.abs(s[i][j] - s[j][i])
            <= 1e-9 * Math.max(Math.abs(s[i][j]), Math.abs(s[j][i])) + 1e-300)) {
          throw new IllegalArgumentException(
              "The matrix is not symmetric: entry [%d][%d] is %s, entry [%d][%d] is %s."
                  .formatted(i, j, s[i][j], j, i, s[j][i]));
        }
        double sum = s[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        if (i == j) {
          if (!(sum > 0) || Double.isInfinite(sum)) {
            throw new IllegalArgumentException(
                "The matrix is not positive definite: pivot %d is %s. A covariance or a scale needs"
                        .formatted(i, sum)
                    + " positive variances and correlations strictly between -1 and 1.");
          }
          l[i][i] = Math.sqrt(sum);
        } else {
          l[i][j] = sum / l[j][j];
        }
      }
    }
    return l;
  }

  /** {@code log |S| = 2 Σ_i log L_ii}. */
  public static double logDeterminant(double[][] s) {
    double[][] l = cholesky(s);
    double sum = 0;
    for (int i = 0; i < l.length; i++) {
      sum += Math.log(l[i][i]);
    }
    return 2 * sum;
  }

  /** {@code S⁻¹ = L⁻ᵀ L⁻¹}. */
  public static double[][] inverse(double[][] s) {
    double[][] l = cholesky(s);
    int d = l.length;
    double[][] li = new double[d][d];
    for (int j = 0; j < d; j++) {
      for (int i = j; i < d; i++) {
        double sum = i == j ? 1 : 0;
        for (int k = j; k < i; k++) {
          sum -= l[i][k] * li[k][j];
        }
        li[i][j] = sum / l[i][i];
      }
    }
    double[][] inverse = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        for (int k = Math.max(i, j); k < d; k++) {
          inverse[i][j] += li[k][i] * li[k][j];
        }
      }
    }
    return inverse;
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

  static double[][] copy(double[][] a) {
    double[][] copy = new double[a.length][];
    for (int i = 0; i < a.length; i++) {
      copy[i] = a[i].clone();
    }
    return copy;
  }

  private static int square(double[][] s) {
    if (s == null || s.length == 0) {
      throw new IllegalArgumentException(
          "An empty matrix: shape [D, D] with D of at least 1 expected.");
    }
    for (double[] row : s) {
      if (row == null || row.length != s.length) {
        throw new IllegalArgumentException(
            "The matrix has %d rows but a row of %d values: shape [D, D] expected."
                .formatted(s.length, row == null ? 0 : row.length));
      }
    }
    return s.length;
  }
}
