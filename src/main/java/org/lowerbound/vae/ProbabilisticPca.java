package org.lowerbound.vae;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.lowerbound.data.Backend;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.numerics.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.eigen.Eigen;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Probabilistic principal component analysis: the maximum-likelihood {@link LinearGaussian},
 *
 * <pre>  W = U_Q (Λ_Q − s²I)^½,   s² = mean of the D − Q smallest eigenvalues,   b = mean of x
 * </pre>
 *
 * <p>(Tipping and Bishop 1999, equations 7 and 8, with the arbitrary rotation R = I), where U and Λ
 * are the eigenvectors and eigenvalues of the covariance of the data with divisor N. Its mean log
 * likelihood is
 *
 * <pre>  −½ [D log 2π + Σ_{j ≤ Q} log λ_j + (D − Q) log s² + D]   nats a row.</pre>
 *
 * <p>The symmetric eigenproblem is LAPACK's, through ND4J, in double precision.
 */
public final class ProbabilisticPca {
  static {
    Backend.find();
  }

  private final double[] eigenvalues;
  private final double[][] directions;
  private final LinearGaussian model;

  private ProbabilisticPca(double[] eigenvalues, double[][] directions, LinearGaussian model) {
    this.eigenvalues = eigenvalues;
    this.directions = directions;
    this.model = model;
  }

  /**
   * The maximum of the likelihood.
   *
   * @param x the data, {@code [rows, D]}
   * @param latents Q, from 1 to D − 1
   * @throws IllegalArgumentException when there are too few rows or the data lie in a space of Q
   *     dimensions or fewer, in which case the likelihood has no maximum
   */
  public static ProbabilisticPca fit(double[][] x, int latents) {
    Checks.require(x.length >= 2, "At least two rows are needed, but there are " + x.length);
    int d = x[0].length;
    Checks.require(
        latents >= 1 && latents < d,
        "The number of latents must be from 1 to %d (the features less one), but it is %d.",
        d - 1,
        latents);
    double[] mean = new double[d];
    for (double[] row : x) {
      StopButton.poll();
      for (int j = 0; j < d; j++) {
        mean[j] += row[j] / x.length;
      }
    }
    double[][] covariance = new double[d][d];
    for (double[] row : x) {
      StopButton.poll();
      double[] centred = Vectors.minus(row, mean);
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          covariance[i][j] += centred[i] * centred[j] / x.length;
        }
      }
    }
    double[][] vectors = new double[d][];
    double[] values = eigen(covariance, vectors);
    double noise2 = Arrays.stream(values, latents, d).average().orElseThrow();
    Checks.require(
        noise2 > 1e-12 * values[0],
        "The data lie in a space of %d dimensions: without noise the likelihood is unbounded.",
        latents);
    double[][] w = new double[d][latents];
    for (int k = 0; k < latents; k++) {
      double length = Math.sqrt(Math.max(0, values[k] - noise2));
      for (int j = 0; j < d; j++) {
        w[j][k] = vectors[k][j] * length;
      }
    }
    return new ProbabilisticPca(values, vectors, LinearGaussian.of(w, mean, Math.sqrt(noise2)));
  }

  /** The model with the largest likelihood. */
  public LinearGaussian model() {
    return model;
  }

  /** The eigenvalues of the covariance, largest first, {@code [D]}. */
  public double[] eigenvalues() {
    return eigenvalues.clone();
  }

  /** The principal directions, unit vectors as columns, in that order, {@code [D, Q]}. */
  public double[][] directions() {
    double[][] columns = new double[eigenvalues.length][model.latents()];
    for (int j = 0; j < columns.length; j++) {
      for (int k = 0; k < columns[j].length; k++) {
        columns[j][k] = directions[k][j];
      }
    }
    return columns;
  }

  /** The largest mean log likelihood by the formula above, in nats a row. */
  public double logLikelihood() {
    int d = eigenvalues.length;
    int q = model.latents();
    double logs = Arrays.stream(eigenvalues, 0, q).map(Math::log).sum();
    double noise2 = model.noise() * model.noise();
    return -0.5 * (d * Math.log(2 * Math.PI) + logs + (d - q) * Math.log(noise2) + d);
  }

  /**
   * The largest principal angle between the column spaces of A and B, in radians from 0 to π/2: how
   * far the farthest direction of one lies outside the other. It does not depend on which basis
   * describes a space.
   *
   * <p>With orthonormal bases P and R it is {@code arcsin ‖R − PPᵀR‖₂}, which, unlike the arc
   * cosine of the singular values of {@code PᵀR}, is accurate for small angles (Björck and Golub
   * 1973).
   *
   * @param a {@code [D, Q]}
   * @param b {@code [D, Q]}
   * @throws IllegalArgumentException when the shapes differ or columns are linearly dependent
   */
  public static double subspaceAngle(double[][] a, double[][] b) {
    Checks.require(
        a.length == b.length && a.length > 0 && a[0].length == b[0].length,
        "Two matrices of the same shape [features, latents] expected.");
    double[][] p = orthonormal(a);
    double[][] r = orthonormal(b);
    int q = p.length;
    double[][] outside = new double[q][];
    for (int k = 0; k < q; k++) {
      outside[k] = r[k].clone();
      for (double[] direction : p) {
        removeComponent(outside[k], direction);
      }
    }
    double[][] gram = new double[q][q];
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < q; j++) {
        gram[i][j] = Vectors.dot(outside[i], outside[j]);
      }
    }
    double largest = eigen(gram, new double[q][])[0];
    return Math.asin(Math.min(1, Math.sqrt(Math.max(0, largest))));
  }

  /** An orthonormal basis of the column space, as rows, by Gram–Schmidt done twice. */
  private static double[][] orthonormal(double[][] a) {
    double[][] basis = new double[a[0].length][a.length];
    for (int k = 0; k < basis.length; k++) {
      for (int j = 0; j < a.length; j++) {
        basis[k][j] = a[j][k];
      }
      double before = Math.sqrt(Vectors.dot(basis[k], basis[k]));
      for (int pass = 0; pass < 2; pass++) {
        for (int earlier = 0; earlier < k; earlier++) {
          removeComponent(basis[k], basis[earlier]);
        }
      }
      double length = Math.sqrt(Vectors.dot(basis[k], basis[k]));
      Checks.require(
          length > 1e-12 * before && length > 0,
          "Column %d depends linearly on the columns before it: they span no space of %d dimensions.",
          k,
          basis.length);
      for (int j = 0; j < a.length; j++) {
        basis[k][j] /= length;
      }
    }
    return basis;
  }

  private static void removeComponent(double[] v, double[] unit) {
    double along = Vectors.dot(v, unit);
    for (int j = 0; j < v.length; j++) {
      v[j] -= along * unit[j];
    }
  }

  /** Eigenvalues, largest first; {@code vectors[k]} receives the k-th eigenvector. */
  private static double[] eigen(double[][] symmetric, double[][] vectors) {
    int d = symmetric.length;
    try (INDArray a = Nd4j.createFromArray(symmetric);
        INDArray values = Eigen.symmetricGeneralizedEigenvalues(a, true)) {
      double[] ascending = values.toDoubleVector();
      double[][] columns = a.toDoubleMatrix();
      for (int k = 0; k < d; k++) {
        int from = d - 1 - k;
        vectors[k] = IntStream.range(0, d).mapToDouble(j -> columns[j][from]).toArray();
      }
      return IntStream.range(0, d).mapToDouble(k -> ascending[d - 1 - k]).toArray();
    }
  }
}
