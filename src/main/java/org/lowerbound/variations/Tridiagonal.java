package org.lowerbound.variations;

import java.util.Arrays;
import org.lowerbound.numerics.StopButton;

/**
 * A symmetric tridiagonal matrix: the Hessian of a functional of a polygon, in which each height
 * meets only its neighbours. Immutable.
 */
public final class Tridiagonal {
  private final double[] diagonal;
  private final double[] beside;

  private Tridiagonal(double[] diagonal, double[] beside) {
    this.diagonal = diagonal;
    this.beside = beside;
  }

  /**
   * The matrix with this diagonal (n entries) and this first side diagonal (n−1 entries).
   *
   * @throws IllegalArgumentException when the lengths do not fit or an entry is not finite
   */
  public static Tridiagonal of(double[] diagonal, double[] beside) {
    if (diagonal.length == 0 || beside.length != diagonal.length - 1) {
      throw new IllegalArgumentException(
          "A tridiagonal matrix has n ≥ 1 diagonal and n − 1 side entries; got "
              + diagonal.length
              + " and "
              + beside.length);
    }
    for (double value : diagonal) {
      requireFinite(value);
    }
    for (double value : beside) {
      requireFinite(value);
    }
    return new Tridiagonal(diagonal.clone(), beside.clone());
  }

  private static void requireFinite(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("An entry of the matrix is " + value);
    }
  }

  /** n, the number of rows. */
  public int size() {
    return diagonal.length;
  }

  /** Entry (i, j), zero beyond the side diagonals. */
  public double at(int i, int j) {
    if (i == j) {
      return diagonal[i];
    }
    return Math.abs(i - j) == 1 ? beside[Math.min(i, j)] : 0;
  }

  /** The product {@code A v}. */
  public double[] times(double[] v) {
    requireVector(v);
    double[] product = new double[size()];
    for (int i = 0; i < size(); i++) {
      product[i] = diagonal[i] * v[i];
      if (i > 0) {
        product[i] += beside[i - 1] * v[i - 1];
      }
      if (i + 1 < size()) {
        product[i] += beside[i] * v[i + 1];
      }
    }
    return product;
  }

  /**
   * The solution of {@code A z = v} by Gaussian elimination with row exchanges, which an indefinite
   * matrix needs; O(n).
   *
   * @throws ArithmeticException when A is singular: the second variation is degenerate
   */
  public double[] solve(double[] v) {
    requireVector(v);
    int n = size();
    double[] low = beside.clone();
    double[] mid = diagonal.clone();
    double[] up = Arrays.copyOf(beside, n);
    double[] upper = new double[n];
    double[] z = v.clone();
    for (int i = 0; i + 1 < n; i++) {
      if (Math.abs(low[i]) > Math.abs(mid[i])) {
        double pivot = low[i];
        double factor = mid[i] / pivot;
        double second = mid[i + 1];
        double third = up[i + 1];
        mid[i] = pivot;
        mid[i + 1] = up[i] - factor * second;
        up[i] = second;
        upper[i] = third;
        up[i + 1] = -factor * third;
        double swap = z[i];
        z[i] = z[i + 1];
        z[i + 1] = swap - factor * z[i];
      } else {
        requirePivot(mid[i]);
        double factor = low[i] / mid[i];
        mid[i + 1] -= factor * up[i];
        z[i + 1] -= factor * z[i];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      requirePivot(mid[i]);
      double sum = z[i];
      if (i + 1 < n) {
        sum -= up[i] * z[i + 1];
      }
      if (i + 2 < n) {
        sum -= upper[i] * z[i + 2];
      }
      z[i] = sum / mid[i];
    }
    return z;
  }

  private static void requirePivot(double pivot) {
    if (pivot == 0) {
      throw new ArithmeticException(
          "The matrix is singular: the second variation vanishes in some direction");
    }
  }

  /**
   * How many eigenvalues lie below a value: the number of negative pivots of {@code A − value·I}
   * (Sylvester's law of inertia).
   */
  public int eigenvaluesBelow(double value) {
    int count = 0;
    double pivot = 1;
    for (int i = 0; i < size(); i++) {
      double side = i == 0 ? 0 : beside[i - 1];
      pivot = diagonal[i] - value - (i == 0 ? 0 : side * side / pivot);
      if (pivot == 0) {
        pivot = -Double.MIN_NORMAL;
      }
      if (pivot < 0) {
        count++;
      }
    }
    return count;
  }

  /** The eigenvalue of rank k in ascending order, k = 0 … n−1, by bisection to full precision. */
  public double eigenvalue(int k) {
    if (k < 0 || k >= size()) {
      throw new IllegalArgumentException("Rank must be 0 to " + (size() - 1) + "; got " + k);
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size(); i++) {
      double radius =
          (i > 0 ? Math.abs(beside[i - 1]) : 0) + (i + 1 < size() ? Math.abs(beside[i]) : 0);
      low = Math.min(low, diagonal[i] - radius);
      high = Math.max(high, diagonal[i] + radius);
    }
    for (int bisection = 0; bisection < 200; bisection++) {
      StopButton.poll();
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        break;
      }
      if (eigenvaluesBelow(middle) > k) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return (low + high) / 2;
  }

  /**
   * A unit eigenvector of the eigenvalue of rank k, by inverse iteration; its sign is arbitrary.
   */
  public double[] eigenvector(int k) {
    double eigenvalue = eigenvalue(k);
    double scale = Arrays.stream(diagonal).map(Math::abs).max().orElse(1) + Double.MIN_NORMAL;
    double[] shifted = diagonal.clone();
    for (int i = 0; i < size(); i++) {
      // Off by a little more than rounding, so that the shifted matrix is regular.
      shifted[i] -= eigenvalue + 1e-13 * scale;
    }
    Tridiagonal inverse = new Tridiagonal(shifted, beside);
    double[] v = new double[size()];
    for (int i = 0; i < size(); i++) {
      v[i] = 1 + 0.37 * Math.sin(1.7 * i + 1);
    }
    for (int iteration = 0; iteration < 8; iteration++) {
      v = inverse.solve(v);
      double norm = Math.sqrt(Arrays.stream(v).map(a -> a * a).sum());
      for (int i = 0; i < size(); i++) {
        v[i] /= norm;
      }
    }
    return v;
  }

  /** {@code this + factor · other}, of the same size. */
  public Tridiagonal plus(double factor, Tridiagonal other) {
    if (other.size() != size()) {
      throw new IllegalArgumentException("Sizes differ: " + size() + " and " + other.size());
    }
    double[] sum = diagonal.clone();
    double[] side = beside.clone();
    for (int i = 0; i < size(); i++) {
      sum[i] += factor * other.diagonal[i];
      if (i + 1 < size()) {
        side[i] += factor * other.beside[i];
      }
    }
    return new Tridiagonal(sum, side);
  }

  private void requireVector(double[] v) {
    if (v.length != size()) {
      throw new IllegalArgumentException(
          "The vector has " + v.length + " entries, the matrix " + size() + " rows");
    }
  }
}
