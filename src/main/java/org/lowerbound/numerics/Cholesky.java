package org.lowerbound.numerics;

/**
 * A symmetric positive definite matrix {@code A = L Lᵀ}, shape {@code [D, D]}, by its Cholesky
 * factor {@code L}, lower triangular: its determinant, its inverse, the solution of {@code A x =
 * v}, and what a covariance does to noise.
 *
 * <p>For the few dimensions of exact models. No package of the course needs a matrix here that is
 * too large for three loops.
 */
public final class Cholesky {
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

  /** Factorises "the matrix". */
  public static Cholesky of(double[][] a) {
    return of("The matrix", a);
  }

  /**
   * Factorises.
   *
   * @param what the name of the matrix in messages, for instance {@code "the covariance of q"}
   * @param a {@code [D, D]}
   * @throws IllegalArgumentException when the matrix is not square, symmetric and positive definite
   */
  public static Cholesky of(String what, double[][] a) {
    square(what, a);
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        double larger = Math.max(Math.abs(a[i][j]), Math.abs(a[j][i]));
        Checks.require(
            Math.abs(a[i][j] - a[j][i]) <= 1e-9 * larger + 1e-300,
            "%s is not symmetric: entry [%d][%d] is %s, entry [%d][%d] is %s.",
            what,
            i,
            j,
            a[i][j],
            j,
            i,
            a[j][i]);
      }
    }
    double[][] l = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      double pivot = row(a, l, i);
      Checks.require(
          pivot > 0 && pivot < Double.POSITIVE_INFINITY,
          "%s is not positive definite: pivot %d is %s. Variances must be positive, correlations"
              + " strictly between -1 and 1.",
          what,
          i,
          pivot);
    }
    return new Cholesky(l);
  }

  /**
   * The pivots {@code L_ii²} of a symmetric matrix that may be singular: for a covariance, what is
   * left of each variance after regression on the variables before it. A pivot that is not positive
   * is 0, and its variable takes no part in those that follow.
   *
   * @param a {@code [D, D]}
   * @return {@code [D]}
   */
  public static double[] pivots(double[][] a) {
    square("The matrix", a);
    double[][] l = new double[a.length][a.length];
    double[] pivots = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      pivots[i] = Math.max(0, row(a, l, i));
    }
    return pivots;
  }

  /** Row i of L, of which all rows above are known. Returns the pivot, {@code L_ii²}. */
  private static double row(double[][] a, double[][] l, int i) {
    StopButton.poll();
    double pivot = a[i][i];
    for (int j = 0; j < i; j++) {
      double sum = a[i][j];
      for (int k = 0; k < j; k++) {
        sum -= l[i][k] * l[j][k];
      }
      l[i][j] = l[j][j] > 0 ? sum / l[j][j] : 0;
      pivot -= l[i][j] * l[i][j];
    }
    l[i][i] = pivot > 0 ? Math.sqrt(pivot) : 0;
    return pivot;
  }

  private static void square(String what, double[][] a) {
    Checks.require(
        a != null && a.length > 0,
        "%s is empty: shape [D, D] with D of at least 1 expected.",
        what);
    for (double[] row : a) {
      Checks.require(
          row != null && row.length == a.length,
          "%s has %d rows but a row of %d values: shape [D, D] expected.",
          what,
          a.length,
          row == null ? 0 : row.length);
    }
  }

  /** {@code L}, lower triangular, {@code [D, D]}; a copy. */
  public double[][] factor() {
    return Matrices.copy(l);
  }

  /** {@code log |A|}. */
  public double logDeterminant() {
    return logDeterminant;
  }

  /** {@code L v}. */
  public double[] times(double[] v) {
    double[] product = new double[l.length];
    for (int i = 0; i < l.length; i++) {
      for (int j = 0; j <= i; j++) {
        product[i] += l[i][j] * v[j];
      }
    }
    return product;
  }

  /** {@code L⁻¹ v}. */
  public double[] whiten(double[] v) {
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
  public double[] solve(double[] v) {
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
  public double[][] inverse() {
    int d = l.length;
    double[][] inverse = new double[d][d];
    for (int j = 0; j < d; j++) {
      double[] unit = new double[d];
      unit[j] = 1;
      StopButton.poll();
      double[] column = solve(unit);
      for (int i = j; i < d; i++) {
        inverse[i][j] = column[i];
        inverse[j][i] = column[i];
      }
    }
    return inverse;
  }

  /** {@code vᵀ A⁻¹ v}. */
  public double quadratic(double[] v) {
    double sum = 0;
    for (double y : whiten(v)) {
      sum += y * y;
    }
    return sum;
  }
}
