package org.lowerbound.vae;

/**
 * A symmetric positive definite matrix {@code A = L Lᵀ}, shape {@code [D, D]}, by its Cholesky
 * factor: what the exact models need of linear algebra, in plain arrays.
 */
final class Cholesky {
  private final double[][] l;
  private final double logDeterminant;

  private Cholesky(double[][] l) {
    this.l = l;
    double sum = 0;
    for (int i = 0; i < l.length; i++) {
      sum += Math.log(l[i][i]);
    }
    this.logDeterminant = 2 * sum;
  }

  /**
   * Factorises.
   *
   * @param what the name of the matrix in messages, for instance {@code "the covariance of q"}
   * @throws IllegalArgumentException when the matrix is not square, symmetric and positive definite
   */
  static Cholesky of(String what, double[][] a) {
    int d = a.length;
    if (d == 0) {
      throw new IllegalArgumentException(what + " is empty: shape [D, D] expected.");
    }
    for (double[] row : a) {
      if (row.length != d) {
        throw new IllegalArgumentException(
            "%s has %d rows but a row of %d values: shape [D, D] expected."
                .formatted(what, d, row.length));
      }
    }
    double[][] l = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        double larger = Math.max(Math.abs(a[i][j]), Math.abs(a[j][i]));
        if (!(Math.abs(a[i][j] - a[j][i]) <= 1e-9 * larger)) {
          throw new IllegalArgumentException(
              "%s is not symmetric: entry [%d][%d] is %s, entry [%d][%d] is %s."
                  .formatted(what, i, j, a[i][j], j, i, a[j][i]));
        }
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        if (i > j) {
          l[i][j] = sum / l[j][j];
        } else if (sum > 0 && sum < Double.POSITIVE_INFINITY) {
          l[i][i] = Math.sqrt(sum);
        } else {
          throw new IllegalArgumentException(
              "%s is not positive definite: pivot %d is %s. Variances must be positive, correlations"
                      .formatted(what, i, sum)
                  + " strictly between -1 and 1.");
        }
      }
    }
    return new Cholesky(l);
  }

  /** {@code log |A|}. */
  double logDeterminant() {
    return logDeterminant;
  }

  /** {@code L v}. */
  double[] times(double[] v) {
    double[] product = new double[l.length];
    for (int i = 0; i < l.length; i++) {
      for (int j = 0; j <= i; j++) {
        product[i] += l[i][j] * v[j];
      }
    }
    return product;
  }

  /** {@code L⁻¹ v}. */
  double[] whiten(double[] v) {
    double[] y = v.clone();
    for (int i = 0; i < l.length; i++) {
      for (int k = 0; k < i; k++) {
        y[i] -= l[i][k] * y[k];
      }
      y[i] /= l[i][i];
    }
    return y;
  }

  /** {@code A⁻¹ v}. */
  double[] solve(double[] v) {
    double[] y = whiten(v);
    for (int i = l.length - 1; i >= 0; i--) {
      for (int k = i + 1; k < l.length; k++) {
        y[i] -= l[k][i] * y[k];
      }
      y[i] /= l[i][i];
    }
    return y;
  }

  /** {@code A⁻¹}, symmetric to the last digit. */
  double[][] inverse() {
    int d = l.length;
    double[][] inverse = new double[d][d];
    for (int j = 0; j < d; j++) {
      double[] unit = new double[d];
      unit[j] = 1;
      double[] column = solve(unit);
      for (int i = j; i < d; i++) {
        inverse[i][j] = column[i];
        inverse[j][i] = column[i];
      }
    }
    return inverse;
  }

  /** {@code vᵀ A⁻¹ v}. */
  double quadratic(double[] v) {
    double sum = 0;
    for (double y : whiten(v)) {
      sum += y * y;
    }
    return sum;
  }
}
