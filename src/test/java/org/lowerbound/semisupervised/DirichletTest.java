package org.lowerbound.semisupervised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DirichletTest {

  @Test
  void ofTwoClassesItIsTheIntegralOverTheInterval() {
    double[] a = {2.5, 4};
    double[] b = {1.5, 2};
    double sum = 0;
    double massA = 0;
    double massB = 0;
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      double p = (i + 0.5) / n;
      massA += Math.pow(p, a[0] - 1) * Math.pow(1 - p, a[1] - 1) / n;
      massB += Math.pow(p, b[0] - 1) * Math.pow(1 - p, b[1] - 1) / n;
    }
    for (int i = 0; i < n; i++) {
      double p = (i + 0.5) / n;
      double logA = (a[0] - 1) * Math.log(p) + (a[1] - 1) * Math.log(1 - p) - Math.log(massA);
      double logB = (b[0] - 1) * Math.log(p) + (b[1] - 1) * Math.log(1 - p) - Math.log(massB);
      sum += Math.exp(logA) * (logA - logB) / n;
    }
    // The midpoint rule with a square-root end point: error about n^(−3/2).
    assertEquals(sum, Dirichlet.divergence(a, b), 1e-5);
    assertEquals(0, Dirichlet.divergence(a, a), 1e-12);
  }

  /** Largest minus least of KL + n log π_y over random π and y. */
  static double spread(double concentration, double n) {
    SplittableRandom random = new SplittableRandom(7);
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int trial = 0; trial < 12; trial++) {
      double[] pi = random.doubles(5, 0.05, 1).toArray();
      double sum = Arrays.stream(pi).sum();
      int y = random.nextInt(5);
      double[] posterior = new double[5];
      Arrays.fill(posterior, concentration);
      posterior[y] += n;
      double[] sharp = Arrays.stream(pi).map(p -> 1e6 * p / sum).toArray();
      double value = Dirichlet.divergence(sharp, posterior) + n * Math.log(pi[y] / sum);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return most - least;
  }

  @Test
  void alphaIsAPseudoCountExactlyUnderJeffreysPrior() {
    // What is left is of the order n²/A with A = 1e6.
    assertTrue(spread(0.5, 1) < 1e-4, "½: " + spread(0.5, 1));
    assertTrue(spread(1, 1) > 0.5, "1: " + spread(1, 1));
    assertTrue(spread(0.4, 1) > 0.05, "0.4: " + spread(0.4, 1));
  }

  @Test
  void concentrationsArePositive() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Dirichlet.divergence(new double[] {1, 0}, new double[] {1, 1}));
    assertThrows(
        IllegalArgumentException.class,
        () -> Dirichlet.divergence(new double[] {1, 1}, new double[] {1, 1, 1}));
  }
}
