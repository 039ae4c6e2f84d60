package org.lowerbound.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The factor against a matrix factorised by hand, and against the products it must give back. */
class CholeskyTest {

  /** A = LLᵀ with L = [2, 0, 0; 6, 1, 0; −8, 5, 3], so that |A| = (2·1·3)² = 36. */
  private static final double[][] A = {{4, 12, -16}, {12, 37, -43}, {-16, -43, 98}};

  @Test
  void theFactorOfAMatrixFactorisedByHand() {
    Cholesky factor = Cholesky.of(A);
    assertArrayEquals(new double[] {2, 0, 0}, factor.factor()[0], 0);
    assertArrayEquals(new double[] {6, 1, 0}, factor.factor()[1], 0);
    assertArrayEquals(new double[] {-8, 5, 3}, factor.factor()[2], 0);
    assertEquals(Math.log(36), factor.logDeterminant(), 1e-15);
    assertArrayEquals(new double[] {4, 1, 9}, Cholesky.pivots(A), 0);
    // L (1, 1, 1)ᵀ, and back.
    assertArrayEquals(new double[] {2, 7, 0}, factor.times(new double[] {1, 1, 1}), 0);
    assertArrayEquals(new double[] {1, 1, 1}, factor.whiten(new double[] {2, 7, 0}), 0);
    // A (1, 2, 3)ᵀ = (−20, −43, 192).
    double[] product = {-20, -43, 192};
    assertArrayEquals(new double[] {1, 2, 3}, factor.solve(product), 1e-12);
    assertEquals(-20 + 2 * -43 + 3 * 192, factor.quadratic(product), 1e-10);
  }

  @Test
  void theInverseTimesTheMatrixIsTheIdentity() {
    SplittableRandom random = new SplittableRandom(1);
    for (int d = 1; d <= 8; d++) {
      double[][] root = new double[d][d];
      double[][] a = new double[d][d];
      for (double[] row : root) {
        java.util.Arrays.setAll(row, j -> random.nextGaussian());
      }
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          a[i][j] = Vectors.dot(root[i], root[j]) + (i == j ? 1 : 0);
        }
      }
      double[][] inverse = Matrices.inverse(a);
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          // a is symmetric: its row j is its column j. Eigenvalues lie in [1, 40]: 14 digits stay.
          assertEquals(i == j ? 1 : 0, Vectors.dot(inverse[i], a[j]), 1e-13);
          assertEquals(inverse[i][j], inverse[j][i], 0);
        }
      }
      assertEquals(-Matrices.logDeterminant(inverse), Matrices.logDeterminant(a), 1e-12);
    }
  }

  @Test
  void aSingularMatrixHasAPivotOfZero() {
    // The third variable is the sum of the first two: nothing of its variance is left.
    double[][] singular = {{1, 0, 1}, {0, 1, 1}, {1, 1, 2}};
    assertArrayEquals(new double[] {1, 1, 0}, Cholesky.pivots(singular), 0);
    assertTrue(message(singular).contains("not positive definite: pivot 2 is 0.0"));
  }

  @Test
  void whatIsNoCovarianceIsNamed() {
    assertTrue(message(new double[][] {{1, 2}, {2, 1}}).contains("pivot 1 is -3.0"));
    assertTrue(
        message(new double[][] {{1, 0.5}, {0.2, 1}}).contains("not symmetric: entry [1][0]"));
    assertTrue(message(new double[][] {{1, 0.5}}).contains("1 rows but a row of 2 values"));
    assertTrue(message(new double[0][]).contains("is empty"));
    assertTrue(message(new double[][] {null}).contains("a row of 0 values"));
    assertTrue(message(new double[][] {{Double.NaN}}).contains("pivot 0 is NaN"));
    assertTrue(
        message(new double[][] {{Double.POSITIVE_INFINITY}}).contains("pivot 0 is Infinity"));
    String named =
        assertThrows(
                IllegalArgumentException.class,
                () -> Cholesky.of("the covariance of q", new double[][] {{-1}}))
            .getMessage();
    assertTrue(named.startsWith("the covariance of q is not positive definite"));
  }

  @Test
  void matricesOfAnyScaleAreFactorised() {
    for (double scale : new double[] {1e-300, 1e-12, 1, 1e12, 1e300}) {
      double[][] scaled = Matrices.times(scale, new double[][] {{2, 1}, {1, 2}});
      assertEquals(Math.log(3) + 2 * Math.log(scale), Matrices.logDeterminant(scaled), 1e-12);
      assertEquals(2 / 3. / scale, Matrices.inverse(scaled)[0][0], 1e-15 / scale);
    }
  }

  @Test
  void formsAndTraces() {
    double[][] a = {{2, 1}, {1, 3}};
    // (1, −2) A (1, −2)ᵀ = 2 − 4 + 12.
    assertEquals(10, Matrices.quadratic(new double[] {4, 0}, new double[] {3, 2}, a), 0);
    assertEquals(2 * 5 + 3 * 7, Matrices.traceOfProduct(a, Matrices.diagonal(5, 7)), 0);
    double[][] copy = Matrices.copy(a);
    copy[0][0] = 9;
    assertEquals(2, a[0][0], 0);
  }

  private static String message(double[][] a) {
    return assertThrows(IllegalArgumentException.class, () -> Cholesky.of("A", a)).getMessage();
  }
}
