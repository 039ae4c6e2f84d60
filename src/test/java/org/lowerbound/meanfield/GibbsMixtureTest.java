package org.lowerbound.meanfield;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lowerbound.numerics.Matrices;

class GibbsMixtureTest {
  private static final MixturePrior PRIOR = MixturePrior.standardised(1, 2, 0.5);

  @Test
  void drawsFollowTheNormalWishart() {
    NormalWishart p =
        NormalWishart.of(new double[] {1, -1}, 2, new double[][] {{0.5, 0.1}, {0.1, 0.3}}, 7);
    SplittableRandom random = new SplittableRandom(1);
    int draws = 40_000;
    double[][] mean = new double[5][draws];
    for (int s = 0; s < draws; s++) {
      NormalWishart.Draw draw = p.draw(random);
      mean[0][s] = draw.precision()[0][1];
      mean[1][s] = draw.precision()[0][0];
      mean[2][s] = Matrices.logDeterminant(draw.precision());
      mean[3][s] = draw.mean()[1];
      mean[4][s] = (draw.mean()[0] - 1) * (draw.mean()[1] + 1);
    }
    double[] expected = {0.7, 3.5, p.expectedLogDeterminant(), -1, p.meanCovariance()[0][1]};
    for (int i = 0; i < 5; i++) {
      GibbsMixture.Estimate e = GibbsMixture.estimate(mean[i]);
      // Four standard errors: one test in 16 000 would fail by chance, and the seed is fixed.
      assertEquals(expected[i], e.mean(), 4 * e.standardError(), "moment " + i);
    }
  }

  @Test
  void samplerAgreesWithTheSumOverAllAssignments() {
    double[][] x = VariationalMixtureTest.clusters(9, 1.6, 21);
    EnumeratedMixture exact = EnumeratedMixture.of(PRIOR, x, 2);
    GibbsMixture gibbs = GibbsMixture.sample(PRIOR, x, 2, 500, 40_000, new SplittableRandom(22));
    for (int n = 0; n < 9; n++) {
      for (int i = 0; i < 2; i++) {
        GibbsMixture.Estimate e = GibbsMixture.estimate(gibbs.meanOf(n, i));
        assertEquals(exact.means()[n][i], e.mean(), 4.5 * e.standardError(), "row " + n);
        assertTrue(e.standardError() < 0.02, "the comparison is sharp");
      }
      for (int other = 0; other < n; other++) {
        GibbsMixture.Estimate e = GibbsMixture.estimate(gibbs.together(n, other));
        assertEquals(exact.together()[n][other], e.mean(), 4.5 * e.standardError() + 1e-12);
      }
    }
    GibbsMixture.Estimate evidence = gibbs.logEvidence(4);
    assertEquals(exact.logEvidence(), evidence.mean(), 4 * evidence.standardError());
    assertTrue(evidence.standardError() < 0.05, "error " + evidence.standardError());
  }

  @Test
  void enumerationOfTwoRowsByHand() {
    double[][] x = {{0.3, 0.1}, {-0.4, 0.8}};
    NormalWishart c = PRIOR.component();
    double both = c.logEvidence(x, new double[] {1, 1});
    double apart = c.logEvidence(x, new double[] {1, 0}) + c.logEvidence(x, new double[] {0, 1});
    // α₀ = 1, K = 2: p(same) = 2/3, p(apart) = 1/3 by Pólya's urn.
    double evidence = Math.log(2 * Math.exp(both) / 3 + Math.exp(apart) / 3);
    EnumeratedMixture exact = EnumeratedMixture.of(PRIOR, x, 2);
    assertEquals(evidence, exact.logEvidence(), 1e-12);
    assertEquals(Math.exp(both - evidence) * 2 / 3, exact.together()[0][1], 1e-12);
    assertEquals(exact.together()[0][1], exact.occupied()[1], 1e-12);
    assertEquals(1, exact.together()[0][0], 1e-12);
    assertEquals(1, Arrays.stream(exact.occupied()).sum(), 1e-12);
  }

  @Test
  void theSameSeedGivesTheSameDraws() {
    double[][] x = VariationalMixtureTest.clusters(20, 2, 23);
    GibbsMixture first = GibbsMixture.sample(PRIOR, x, 3, 10, 100, new SplittableRandom(5));
    GibbsMixture second = GibbsMixture.sample(PRIOR, x, 3, 10, 100, new SplittableRandom(5));
    assertArrayEquals(first.mean(1, 0), second.mean(1, 0), 0);
    assertArrayEquals(first.weight(2), second.weight(2), 0);
    assertEquals(first.precision(0, 1, 0)[99], second.precision(0, 1, 0)[99], 0);
    double[] indicator = first.indicator(4, 0);
    assertTrue(Arrays.stream(indicator).allMatch(v -> v == 0 || v == 1));
  }

  @Test
  void standardErrorOfIndependentDrawsIsTheTextbookOne() {
    SplittableRandom random = new SplittableRandom(6);
    double[] draws = random.doubles(20_000).toArray();
    GibbsMixture.Estimate e = GibbsMixture.estimate(draws);
    assertEquals(Math.sqrt(1.0 / 12), e.standardDeviation(), 0.005);
    // 50 batches know their standard deviation to about 10 %: three times that is allowed.
    assertEquals(1, e.standardError() / Math.sqrt(1.0 / 12 / 20_000), 0.3);
  }

  @Test
  void badInputIsNamed() {
    double[][] x = VariationalMixtureTest.clusters(30, 2, 24);
    assertTrue(
        NormalGammaTest.message(() -> EnumeratedMixture.of(PRIOR, x, 2))
            .contains("at most 1048576"));
    assertTrue(
        NormalGammaTest.message(
                () -> GibbsMixture.sample(PRIOR, x, 2, 0, 0, new SplittableRandom(1)))
            .contains("at least one draw"));
    assertTrue(
        NormalGammaTest.message(() -> GibbsMixture.estimate(new double[10]))
            .contains("at least 100 draws"));
    x[2][0] = Double.POSITIVE_INFINITY;
    assertTrue(
        NormalGammaTest.message(
                () -> GibbsMixture.sample(PRIOR, x, 2, 0, 10, new SplittableRandom(1)))
            .contains("Row 2"));
  }
}
