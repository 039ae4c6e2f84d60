package org.lowerbound.entropy;

/** The few vector operations the solvers need, in plain arrays. */
final class LinearAlgebra {
  private LinearAlgebra() {}

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** {@code a + scale·b}. */
  static double[] plus(double[] a, double scale, double[] b) {
    double[] sum = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + scale * b[i];
    }
    return sum;
  }

  static double[] scaled(double scale, double[] a) {
    double[] product = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      product[i] = scale * a[i];
    }
    return product;
  }

  static double largest(double[] a) {
    double largest = 0;
    for (double ai : a) {
      largest = Math.max(largest, Math.abs(ai));
    }
    return largest;
  }

  /** The largest exponent is taken out first, so that nothing overflows. */
  static double logSumExp(double[] a) {
    double max = Double.NEGATIVE_INFINITY;
    for (double ai : a) {
      max = Math.max(max, ai);
    }
    double sum = 0;
    for (double ai : a) {
      sum += Math.exp(ai - max);
    }
    return max + Math.log(sum);
  }

  /**
   * The Cholesky factor {@code L} of a symmetric matrix, {@code A = LLᵀ}, filled as far as the
   * matrix is positive definite: a pivot that is not positive stays zero with its column.
   */
  static double[][] cholesky(double[][] a) {
    int n = a.length;
    double[][] l = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        if (i == j) {
          l[i][i] = sum > 0 ? Math.sqrt(sum) : 0;
        } else {
          l[i][j] = l[j][j] > 0 ? sum / l[j][j] : 0;
        }
      }
    }
    return l;
  }

  /** Solves {@code A x = b} for a symmetric positive definite {@code A}. */
  static double[] solve(double[][] a, double[] b) {
    double[][] l = cholesky(a);
    int n = b.length;
    double[] x = b.clone();
    for (int i = 0; i < n; i++) {
      if (!(l[i][i] > 0)) {
        throw new IllegalStateException(
            "The Hessian is not positive definite at row "
                + i
                + ": there is a direction along which the function is flat.");
      }
      for (int k = 0; k < i; k++) {
        x[i] -= l[i][k] * x[k];
      }
      x[i] /= l[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        x[i] -= l[k][i] * x[k];
      }
      x[i] /= l[i][i];
    }
    return x;
  }
}
