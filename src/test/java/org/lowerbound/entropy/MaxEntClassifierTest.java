package org.lowerbound.entropy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MaxEntClassifierTest {
  private static final int CLASSES = 3;
  private static final double PENALTY = 0.01;

  private final double[][] features = new double[60][5];
  private final int[] labels = new int[60];
  private final MaxEntClassifier problem;

  MaxEntClassifierTest() {
    RandomGenerator random = new SplittableRandom(7);
    for (int n = 0; n < features.length; n++) {
      labels[n] = n % CLASSES;
      for (int j = 0; j < 4; j++) {
        features[n][j] = random.nextGaussian() + (labels[n] == j ? 1.5 : 0);
      }
      features[n][4] = 1;
    }
    problem = MaxEntClassifier.of(features, labels, CLASSES, PENALTY);
  }

  private double[] someWeights(int seed) {
    return new SplittableRandom(seed).doubles(problem.dimension()).map(u -> 2 * u - 1).toArray();
  }

  @Test
  void gradientAndHessianAreDerivativesOfTheLoss() {
    double[] at = someWeights(1);
    double[] gradient = problem.gradient(at);
    double[][] hessian = problem.hessian(at);
    double h = 1e-5;
    for (int k = 0; k < at.length; k++) {
      double[] up = at.clone();
      double[] down = at.clone();
      up[k] += h;
      down[k] -= h;
      // Central differences in double precision: errors of order h² and 1e-16/h, both 1e-10.
      assertEquals((problem.value(up) - problem.value(down)) / (2 * h), gradient[k], 1e-8);
      double[] above = problem.gradient(up);
      double[] below = problem.gradient(down);
      for (int l = 0; l < at.length; l++) {
        assertEquals((above[l] - below[l]) / (2 * h), hessian[k][l], 1e-8);
      }
    }
  }

  @Test
  void bothSidesMeet() {
    Minimum likelihood = problem.minimiseLoss(1e-10, 1000);
    Minimum newton = Minimiser.newton(problem, new double[problem.dimension()], 1e-10, 50);
    EntropyAscent entropy = problem.maximiseEntropy(1e-12, 5000, 3);
    assertTrue(likelihood.converged() && newton.converged());
    // Strong duality; each side is within 1e-10 of its optimum by its own stopping rule.
    assertEquals(likelihood.value(), entropy.value(), 1e-10);
    assertEquals(newton.value(), likelihood.value(), 1e-12);
    // α/2·‖w − w*‖² ≤ gap: 1e-12 and α = 0.01 leave 1.4e-5.
    assertArrayEquals(likelihood.point(), entropy.weights(), 1.5e-5);
    for (int n = 0; n < 5; n++) {
      assertArrayEquals(
          problem.predict(likelihood.point(), features[n]), entropy.conditionals()[n], 1e-5);
    }
  }

  @Test
  void theEntropySideRisesAndNeverExceedsAnyLoss() {
    EntropyAscent ascent = problem.maximiseEntropy(1e-10, 2000, 4);
    double[] entropies = ascent.entropies();
    for (int sweep = 1; sweep < entropies.length; sweep++) {
      // Rounding of a sum over 180 terms.
      assertTrue(entropies[sweep] >= entropies[sweep - 1] - 1e-13, "sweep " + sweep);
    }
    for (int seed = 0; seed < 20; seed++) {
      assertTrue(problem.value(someWeights(seed)) >= ascent.value(), "weak duality");
    }
    // With uniform distributions the entropy is log 3 and the mismatch is penalised.
    assertTrue(entropies[0] < Math.log(CLASSES));
    assertEquals(Math.log(CLASSES), problem.value(new double[problem.dimension()]), 1e-14);
  }

  @Test
  void momentsMatchUpToThePenalty() {
    double[] weights = problem.minimiseLoss(1e-11, 1000).point();
    for (int y = 0; y < CLASSES; y++) {
      for (int j = 0; j < 5; j++) {
        double observed = 0;
        double expected = 0;
        for (int n = 0; n < features.length; n++) {
          observed += (labels[n] == y ? features[n][j] : 0) / features.length;
          expected += problem.predict(weights, features[n])[y] * features[n][j] / features.length;
        }
        assertEquals(PENALTY * weights[y * 5 + j], observed - expected, 1e-10);
      }
    }
    assertTrue(problem.accuracy(weights, features, labels) > 0.7);
  }

  @Test
  void badInputIsNamed() {
    InformationTest.assertMessage(
        "zero examples", () -> MaxEntClassifier.of(new double[0][], new int[0], 2, 1));
    InformationTest.assertMessage(
        "one label for each", () -> MaxEntClassifier.of(features, new int[3], CLASSES, 1));
    InformationTest.assertMessage(
        "expected 0 to 1", () -> MaxEntClassifier.of(features, labels, 2, 1));
    InformationTest.assertMessage(
        "must be positive", () -> MaxEntClassifier.of(features, labels, CLASSES, 0));
    InformationTest.assertMessage("two classes", () -> MaxEntClassifier.of(features, labels, 1, 1));
    InformationTest.assertMessage(
        "has 1 features",
        () -> MaxEntClassifier.of(new double[][] {{1, 2}, {1}}, new int[2], 2, 1));
    InformationTest.assertMessage(
        "feature that is NaN",
        () -> MaxEntClassifier.of(new double[][] {{Double.NaN}}, new int[1], 2, 1));
    InformationTest.assertMessage(
        "Expected 5 features", () -> problem.predict(new double[15], new double[4]));
  }
}
