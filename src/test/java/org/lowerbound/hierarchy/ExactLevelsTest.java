package org.lowerbound.hierarchy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.lowerbound.train.Trainer;

/** The chain and the linear levels against closed forms, brute force and simulation. */
class ExactLevelsTest {

  /** Values computed for this course by hand from −½ log(1 − ρ²). */
  @Test
  void theGapOfFourChains() {
    assertEquals(0.143841, new ScalarChain(1, 1).gap(), 1e-6);
    assertEquals(0.922, new ScalarChain(0.3, 1).gap(), 1e-3);
    assertEquals(1.964, new ScalarChain(0.1, 1).gap(), 1e-3);
    assertEquals(0.0025, new ScalarChain(1, 0.1).gap(), 1e-4);
  }

  @Test
  void theGapIsTheEvidenceLessTheBestFactorisedBound() {
    for (double[] setting : new double[][] {{1, 1}, {0.3, 1}, {0.1, 0.7}, {2, 0.4}}) {
      ScalarChain chain = new ScalarChain(setting[0], setting[1]);
      for (double x : new double[] {-2, 0, 0.7}) {
        ScalarChain.Terms best = chain.factorised(x, chain.mean(x), chain.factorVariances());
        assertEquals(chain.gap(), chain.logEvidence(x) - best.bound(), 1e-12);
        // No other factors do better.
        double[] mean = chain.mean(x);
        double[] variances = chain.factorVariances();
        for (int i = 0; i < 2; i++) {
          for (double factor : new double[] {0.8, 1.25}) {
            double[] moved = mean.clone();
            double[] other = variances.clone();
            moved[i] += 0.1 * (factor - 1);
            other[i] *= factor;
            assertTrue(chain.factorised(x, moved, variances).bound() < best.bound());
            assertTrue(chain.factorised(x, mean, other).bound() < best.bound());
          }
        }
        assertEquals(
            chain.logEvidence(x), chain.topDown(x, chain.truth()).bound(), 1e-12, "top-down");
      }
    }
  }

  @Test
  void aChainIsTheSmallestCaseOfLinearLevels() {
    LinearLevels levels = LinearLevels.of(new double[][][] {{{1}}, {{1}}}, 0.7, 0.3);
    ScalarChain chain = new ScalarChain(0.3, 0.7);
    assertEquals(chain.gap(), levels.gap(), 1e-12);
    assertEquals(chain.logEvidence(1.3), levels.logEvidence(new double[] {1.3}), 1e-12);
    assertEquals(0.49, levels.shares()[0][0], 1e-15);
    assertEquals(0.09, levels.shares()[1][0], 1e-15);
    assertEquals(1, levels.shares()[2][0], 1e-15);
  }

  private static LinearLevels three() {
    RandomGenerator random = Trainer.random(4);
    int[] units = {5, 4, 3, 2};
    double[][][] maps = new double[3][][];
    for (int l = 0; l < 3; l++) {
      maps[l] = new double[units[l]][units[l + 1]];
      for (double[] row : maps[l]) {
        Arrays.setAll(row, j -> random.nextGaussian());
      }
    }
    return LinearLevels.of(maps, 0.5, 0.8, 0.6);
  }

  @Test
  void sharesSumToTheCovariancesDiagonalAndToSamples() {
    LinearLevels levels = three();
    double[][] covariance = levels.covariance();
    double[][] samples = levels.sample(40_000, Trainer.random(5));
    for (int i = 0; i < 5; i++) {
      int pixel = i;
      double sum = Arrays.stream(levels.shares()).mapToDouble(row -> row[pixel]).sum();
      assertEquals(covariance[i][i], sum, 1e-12);
      double measured =
          Arrays.stream(samples).mapToDouble(x -> x[pixel] * x[pixel]).average().orElseThrow();
      // The variance of a Gaussian's square is 2 v²: 5 standard errors of 40,000 draws.
      assertEquals(sum, measured, 5 * sum * Math.sqrt(2.0 / 40_000));
    }
  }

  @Test
  void estimatedSharesAreTheExactOnes() {
    LinearLevels levels = three();
    VarianceShares estimate = VarianceShares.estimate(levels, 40_000, Trainer.random(6));
    double[][] exact = levels.shares();
    for (int i = 0; i < 5; i++) {
      int pixel = i;
      double all = Arrays.stream(exact).skip(1).mapToDouble(row -> row[pixel]).sum();
      for (int l = 1; l <= 3; l++) {
        // A difference of two covariances, each with an error below 2 v/√n.
        assertEquals(exact[l][i], estimate.shares()[l - 1][i], 5 * 2 * all / 200);
        double[] alone = VarianceShares.alone(levels, l, 40_000, Trainer.random(7, l));
        assertEquals(exact[l][i], alone[i], 5 * exact[l][i] * Math.sqrt(2.0 / 40_000));
      }
    }
  }

  @Test
  void theGapOfLevelsIsThatOfTheirPrecision() {
    // Two pixels, one unit at each of two levels: Λ by hand.
    LinearLevels levels = LinearLevels.of(new double[][][] {{{1}, {2}}, {{3}}}, 0.5, 2);
    double a = 1 / 4.0 + 5 / 0.25;
    double b = 1 + 9 / 4.0;
    double c = -3 / 4.0;
    assertEquals(-0.5 * Math.log(1 - c * c / (a * b)), levels.gap(), 1e-12);
  }

  @Test
  void badLevelsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ScalarChain(0, 1));
    String sizes =
        assertThrows(
                IllegalArgumentException.class,
                () -> LinearLevels.of(new double[][][] {{{1, 2}}, {{1}}}, 1, 1))
            .getMessage();
    assertTrue(sizes.contains("Map 1 makes 1 units; map 0 takes 2"), sizes);
    assertThrows(
        IllegalArgumentException.class, () -> LinearLevels.of(new double[][][] {{{1}}}, 1, 1));
    LinearLevels one = LinearLevels.of(new double[][][] {{{1}}}, 1);
    assertThrows(
        IllegalArgumentException.class, () -> VarianceShares.alone(one, 2, 10, Trainer.random(1)));
  }
}
