package org.lowerbound.entropy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.statistics.distribution.ContinuousDistribution;
import org.apache.commons.statistics.distribution.ExponentialDistribution;
import org.apache.commons.statistics.distribution.GammaDistribution;
import org.apache.commons.statistics.distribution.LaplaceDistribution;
import org.apache.commons.statistics.distribution.LogNormalDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.PoissonDistribution;
import org.apache.commons.statistics.distribution.TruncatedNormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lowerbound.entropy.ImpossibleMoments.Reason;

class MaximumEntropyTest {
  private static final DoubleUnaryOperator X = x -> x;
  private static final DoubleUnaryOperator SQUARE = x -> x * x;

  private static MaximumEntropy dice(double mean) {
    return MaximumEntropy.over(Outcomes.integers(1, 6)).subjectTo("x", X, mean);
  }

  @Test
  void jaynesDice() {
    GibbsDistribution p = dice(4.5).solve();
    // E. T. Jaynes' dice: the multiplier, entropy and probabilities to the digits known.
    assertEquals(-0.371049, p.multipliers()[0], 1e-6);
    assertEquals(1.613581, p.entropy(), 1e-6);
    assertArrayEquals(
        new double[] {.054353, .078772, .114160, .165447, .239774, .347494},
        p.probabilities(),
        1e-6);
    assertEquals(4.5, p.expectation(X), 1e-12);
  }

  @Test
  void aFairMeanLeavesTheDieFair() {
    GibbsDistribution p = dice(3.5).solve();
    assertEquals(0, p.multipliers()[0], 1e-12);
    assertEquals(Math.log(6), p.entropy(), 1e-14);
  }

  @Test
  void gradientAndHessianOfTheDualAreItsDerivatives() {
    MaximumEntropy problem =
        MaximumEntropy.over(Outcomes.interval(-1, 2, 50).weighted(x -> 1 + x * x))
            .subjectTo("x", X, 0.3)
            .subjectTo("x^2", SQUARE, 0.7)
            .subjectTo("sin x", Math::sin, 0.2);
    double[] at = {0.4, -0.8, 1.1};
    double h = 1e-5;
    double[][] covariance = problem.hessian(at);
    for (int k = 0; k < 3; k++) {
      double[] up = at.clone();
      double[] down = at.clone();
      up[k] += h;
      down[k] -= h;
      // Central differences: truncation h²/6·|third derivative| ~ 1e-11, rounding 1e-16/h ~ 1e-11.
      assertEquals(
          (problem.value(up) - problem.value(down)) / (2 * h), problem.gradient(at)[k], 1e-9);
      for (int l = 0; l < 3; l++) {
        assertEquals(
            (problem.gradient(up)[l] - problem.gradient(down)[l]) / (2 * h),
            covariance[k][l],
            1e-9);
      }
    }
  }

  @Test
  void theDualsMinimumIsTheLargestEntropyAndBoundsAllOthers() {
    MaximumEntropy problem = dice(4.5);
    GibbsDistribution p = problem.solve();
    assertEquals(p.entropy(), problem.value(p.multipliers()), 1e-12);
    for (double lambda = -2; lambda < 2; lambda += 0.1) {
      assertTrue(problem.value(new double[] {lambda}) >= p.entropy(), "weak duality");
    }
    // Moving mass without changing the mean (1, −2, 1 on three neighbours) loses entropy.
    double[] moved = p.probabilities();
    moved[2] += 0.01;
    moved[3] -= 0.02;
    moved[4] += 0.01;
    assertTrue(Information.entropy(moved) < p.entropy());
  }

  @Test
  void threeSolversAgree() {
    MaximumEntropy problem = dice(4.5);
    double newton = problem.solve().multipliers()[0];
    // A gradient of 1e-9 over a variance of about 2.5 leaves less than 1e-9 in λ.
    assertEquals(
        newton, Minimiser.gradientDescent(problem, new double[1], 1e-9, 1000).point()[0], 1e-9);
    assertEquals(newton, Minimiser.quasiNewton(problem, new double[1], 1e-9, 100).point()[0], 1e-9);
  }

  record Family(
      String name, MaximumEntropy problem, DoubleUnaryOperator logDensity, double entropy) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Family family(String name, MaximumEntropy problem, ContinuousDistribution law) {
    return new Family(name, problem, law::logDensity, Double.NaN);
  }

  static Stream<Family> families() {
    TruncatedNormalDistribution truncated = TruncatedNormalDistribution.of(0.5, 1, -1, 2);
    return Stream.of(
        new Family(
            "Bernoulli",
            MaximumEntropy.over(Outcomes.of(0, 1)).subjectTo("x", X, 0.3),
            x -> Math.log(x == 1 ? 0.3 : 0.7),
            -0.3 * Math.log(0.3) - 0.7 * Math.log(0.7)),
        new Family(
            "geometric on 1, 2, … with mean 4",
            MaximumEntropy.over(Outcomes.integersFrom(1, 200)).subjectTo("x", X, 4),
            k -> Math.log(0.25) + (k - 1) * Math.log(0.75),
            -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)) / 0.25),
        new Family(
            "exponential",
            MaximumEntropy.over(Outcomes.halfLine(80, 8000)).subjectTo("x", X, 2),
            ExponentialDistribution.of(2)::logDensity,
            1 + Math.log(2)),
        new Family(
            "Laplace",
            MaximumEntropy.over(Outcomes.line(-39, 41, 8000))
                .subjectTo("|x-1|", x -> Math.abs(x - 1), 1.5),
            LaplaceDistribution.of(1, 1.5)::logDensity,
            1 + Math.log(3)),
        new Family(
            "normal",
            MaximumEntropy.over(Outcomes.line(-15, 20, 4000))
                .subjectTo("x", X, 1)
                .subjectTo("x^2", SQUARE, 1 + 4),
            NormalDistribution.of(1, 2)::logDensity,
            0.5 * Math.log(2 * Math.PI * Math.E * 4)),
        new Family(
            "lognormal",
            MaximumEntropy.over(Outcomes.positive(1e-3, 1e4, 4000))
                .subjectTo("log x", Math::log, 0.5)
                .subjectTo("log^2 x", x -> Math.log(x) * Math.log(x), 0.25 + 0.64),
            LogNormalDistribution.of(0.5, 0.8)::logDensity,
            0.5 + 0.5 * Math.log(2 * Math.PI * Math.E * 0.64)),
        family(
            "gamma",
            MaximumEntropy.over(Outcomes.positive(1e-4, 100, 8000))
                .subjectTo("x", X, 3 * 0.7)
                // E[log x] of a gamma law is ψ(3) + log(scale), ψ(3) = 3/2 − Euler's constant.
                .subjectTo("log x", Math::log, 1.5 - 0.5772156649015329 + Math.log(0.7)),
            GammaDistribution.of(3, 0.7)),
        family(
            "truncated normal",
            MaximumEntropy.over(Outcomes.interval(-1, 2, 4000))
                .subjectTo("x", X, truncated.getMean())
                .subjectTo(
                    "x^2",
                    SQUARE,
                    truncated.getVariance() + truncated.getMean() * truncated.getMean()),
            truncated),
        new Family(
            "truncated exponential on [0, 1] with λ = 3",
            MaximumEntropy.over(Outcomes.interval(0, 1, 4000))
                .subjectTo("x", X, 1.0 / 3 - Math.exp(-3) / (1 - Math.exp(-3))),
            x -> Math.log(3) - 3 * x - Math.log(1 - Math.exp(-3)),
            Double.NaN));
  }

  @ParameterizedTest
  @MethodSource("families")
  void familiesAreRecovered(Family family) {
    GibbsDistribution p = family.problem().solve();
    // The midpoint rule sums the closed form to 1 up to about (cell width)²/24, 5e-6 at most here,
    // and the divergence inherits that.
    assertEquals(0, p.divergence(family.logDensity()), 1e-5);
    if (!Double.isNaN(family.entropy())) {
      assertEquals(family.entropy(), p.entropy(), 1e-4);
    }
  }

  @Test
  void truncationToAnIntervalMayReverseTheSlope() {
    // A mean above the middle of [0, 1] needs a rising density, which no half-line could carry.
    GibbsDistribution p =
        MaximumEntropy.over(Outcomes.interval(0, 1, 1000)).subjectTo("x", X, 0.7).solve();
    assertTrue(p.multipliers()[0] < 0);
    assertEquals(0.7, p.expectation(X), 1e-12);
  }

  @Test
  void theReferenceMeasureIsPartOfTheQuestion() {
    double mean = 2.5;
    Outcomes counts = Outcomes.integersFrom(0, 60);
    double[] logFactorial = new double[61];
    for (int k = 1; k <= 60; k++) {
      logFactorial[k] = logFactorial[k - 1] + Math.log(k);
    }
    GibbsDistribution p =
        MaximumEntropy.over(counts.weighted(k -> Math.exp(-logFactorial[(int) k])))
            .subjectTo("x", X, mean)
            .solve();
    PoissonDistribution poisson = PoissonDistribution.of(mean);
    double[] probabilities = p.probabilities();
    for (int k = 0; k < 60; k++) {
      assertEquals(poisson.probability(k), probabilities[k], 1e-12);
    }
    // Against the counting measure the same constraint gives the geometric law on 0, 1, 2, ….
    double[] geometric = MaximumEntropy.over(counts).subjectTo("x", X, mean).solve().density();
    assertEquals(1 / (1 + mean), geometric[0], 1e-6);
  }

  @Test
  void aSumOfTwoDiceAnswersToItsPairs() {
    double[] one = dice(4.5).solve().probabilities();
    double[] sums =
        MaximumEntropy.over(Outcomes.integers(2, 12).weighted(s -> 6 - Math.abs(s - 7)))
            .subjectTo("s", X, 9)
            .solve()
            .probabilities();
    double[] expected = new double[11];
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 6; j++) {
        expected[i + j] += one[i] * one[j];
      }
    }
    assertArrayEquals(expected, sums, 1e-11);
  }

  @Test
  void excludedOutcomesStayExcluded() {
    GibbsDistribution p =
        MaximumEntropy.over(Outcomes.integers(1, 6).weighted(x -> x == 6 ? 0 : 1))
            .subjectTo("x", X, 3)
            .solve();
    assertEquals(0, p.probabilities()[5]);
    assertEquals(Math.log(5), p.entropy(), 1e-12);
  }

  @Test
  void withoutConstraintsTheReferenceIsTheAnswer() {
    GibbsDistribution p = MaximumEntropy.over(Outcomes.interval(2, 5, 30)).solve();
    // log of the length: the differential entropy of the uniform law.
    assertEquals(Math.log(3), p.entropy(), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.001, 1.00001, 5.99999, 5.9999999})
  void nearTheBoundaryTheMultiplierGrowsAsALogarithm(double mean) {
    double lambda = dice(mean).solve().multipliers()[0];
    // To first order only the two outermost faces matter: e^{−|λ|} = distance to the boundary.
    double distance = Math.min(mean - 1, 6 - mean);
    assertEquals(-Math.log(distance), Math.abs(lambda), 5 * distance + 1e-8);
    assertTrue(lambda * (mean - 3.5) < 0);
  }

  @Test
  void impossibleMomentsAreNamed() {
    assertImpossible(Reason.INFEASIBLE, "E[x] = 7", () -> dice(7));
    assertImpossible(Reason.INFEASIBLE, "between 1 and 6", () -> dice(0.5));
    assertImpossible(Reason.BOUNDARY, "grow without limit", () -> dice(6).solve());
    assertImpossible(Reason.BOUNDARY, "grow without limit", () -> dice(1).solve());
    // Each possible alone: a mean of 3 and a mean square of 8 < 9 contradict Jensen's inequality.
    assertImpossible(
        Reason.INFEASIBLE,
        "is positive at every outcome",
        () -> dice(3).subjectTo("x^2", SQUARE, 8).solve());
    ImpossibleMoments refused =
        assertThrows(ImpossibleMoments.class, () -> dice(3).subjectTo("x^2", SQUARE, 8).solve());
    double[] proof = refused.proof();
    for (int face = 1; face <= 6; face++) {
      assertTrue(proof[0] * (face - 3) + proof[1] * (face * face - 8) > 0, "face " + face);
    }
    assertEquals(0, assertThrows(ImpossibleMoments.class, () -> dice(6).solve()).proof().length);
    // All mass at 1 and 6: the mean square is as large as the mean allows.
    assertImpossible(
        Reason.BOUNDARY,
        "exclude some outcomes",
        () -> dice(3.5).subjectTo("x^2", SQUARE, 18.5).solve());
  }

  @Test
  void improperProblemsAreNamed() {
    Outcomes line = Outcomes.line(-20, 20, 2000);
    assertImpossible(
        Reason.IMPROPER, "no constraints at all", () -> MaximumEntropy.over(line).solve());
    assertImpossible(
        Reason.IMPROPER,
        "does not die out",
        () -> MaximumEntropy.over(line).subjectTo("x", X, 1).solve());
    assertImpossible(
        Reason.IMPROPER,
        "E[x^3] = 1",
        () ->
            MaximumEntropy.over(Outcomes.line(-8, 8, 1600))
                .subjectTo("x", X, 0)
                .subjectTo("x^2", SQUARE, 1)
                .subjectTo("x^3", x -> x * x * x, 1)
                .solve());
    // A grid that is merely too short says so too.
    assertImpossible(
        Reason.IMPROPER,
        "too short",
        () -> MaximumEntropy.over(Outcomes.halfLine(5, 500)).subjectTo("x", X, 1).solve());
  }

  @Test
  void emptyConstraintsAreNamed() {
    assertImpossible(Reason.REDUNDANT, "says nothing", () -> dice(4).subjectTo("1", x -> 1, 1));
    assertImpossible(
        Reason.REDUNDANT,
        "2x+1 is a linear combination",
        () -> dice(4).subjectTo("2x+1", x -> 2 * x + 1, 9).solve());
    InformationTest.assertMessage("E[x] = NaN", () -> dice(Double.NaN));
    InformationTest.assertMessage(
        "log x is -Infinity at x = 0.0",
        () -> MaximumEntropy.over(Outcomes.of(0, 1)).subjectTo("log x", Math::log, 0));
    InformationTest.assertMessage("one multiplier", () -> dice(4).at(1, 2));
  }

  @Test
  void badOutcomesAreNamed() {
    InformationTest.assertMessage("at least two", () -> Outcomes.of(1));
    InformationTest.assertMessage("NaN", () -> Outcomes.of(1, Double.NaN));
    InformationTest.assertMessage("from < to", () -> Outcomes.integers(6, 1));
    InformationTest.assertMessage("a < b", () -> Outcomes.interval(1, 1, 10));
    InformationTest.assertMessage("two cells", () -> Outcomes.interval(0, 1, 1));
    InformationTest.assertMessage("above zero", () -> Outcomes.positive(0, 1, 10));
    InformationTest.assertMessage(
        "-1.0 at x = 1.0", () -> Outcomes.integers(1, 6).weighted(x -> -1));
    InformationTest.assertMessage(
        "leaves 0 outcomes", () -> Outcomes.integers(1, 6).weighted(x -> 0));
  }

  /**
   * Mean 0, variance 1 and third moment 1 on [−L, L]: a solution exists for every L, and its
   * entropy rises to that of the standard normal law, which has third moment 0.
   */
  @Test
  void aThirdMomentIsMetEverMoreCheaply() {
    double gaussian = 0.5 * Math.log(2 * Math.PI * Math.E);
    double previous = Double.NEGATIVE_INFINITY;
    double cubic = Double.POSITIVE_INFINITY;
    for (int half : new int[] {3, 4, 6, 8, 12, 24, 48}) {
      GibbsDistribution p =
          MaximumEntropy.over(Outcomes.interval(-half, half, 4000))
              .subjectTo("x", X, 0)
              .subjectTo("x^2", SQUARE, 1)
              .subjectTo("x^3", x -> x * x * x, 1)
              .solve();
      assertEquals(1, p.expectation(x -> x * x * x), 1e-8);
      assertTrue(p.entropy() > previous && p.entropy() < gaussian, "L = " + half);
      assertTrue(Math.abs(p.multipliers()[2]) < cubic, "the cubic multiplier shrinks");
      previous = p.entropy();
      cubic = Math.abs(p.multipliers()[2]);
    }
    // A bump of mass γ/L³ near L has the third moment γ and takes γ/L of the variance from the
    // rest,
    // which costs γ/(2L) of entropy to first order.
    assertEquals(1 / (2 * 48.0), gaussian - previous, 0.001);
  }

  private static void assertImpossible(
      Reason reason, String part, org.junit.jupiter.api.function.Executable call) {
    ImpossibleMoments thrown = assertThrows(ImpossibleMoments.class, call);
    assertEquals(reason, thrown.reason(), thrown.getMessage());
    assertNotNull(thrown.getMessage());
    assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
  }
}
