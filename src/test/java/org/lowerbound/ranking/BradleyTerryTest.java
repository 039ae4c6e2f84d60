package org.lowerbound.ranking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.Vectors;
import org.lowerbound.ranking.BradleyTerry.Order;

class BradleyTerryTest {

  private static final WinCounts OFFICE = office(12, 140, 1);

  private static WinCounts office(int players, int matches, long seed) {
    return League.simulated(League.strengths(players, 3, seed), matches, seed).wins();
  }

  @Test
  void twoPlayersHaveAClosedForm() {
    WinCounts counts = WinCounts.of(new double[][] {{0, 7}, {3, 0}});
    // P = 7/10, so θ₀ − θ₁ = log(7/3), centred.
    double half = 0.5 * Math.log(7.0 / 3);
    assertArrayEquals(new double[] {half, -half}, BradleyTerry.newton(counts, 0).theta(), 1e-10);
    assertArrayEquals(new double[] {half, -half}, BradleyTerry.minorise(counts, 0).theta(), 1e-10);
    assertEquals(0.7, BradleyTerry.newton(counts, 0).probability(0, 1), 1e-10);
    // Information of the difference: n p (1 − p) = 2.1.
    assertEquals(1 / Math.sqrt(2.1), BradleyTerry.newton(counts, 0).deviation(0, 1), 1e-9);
  }

  @Test
  void onePlayerWithAPriorOnly() {
    WinCounts counts = WinCounts.of(new double[][] {{0, 5}, {0, 0}});
    BradleyTerry model = BradleyTerry.newton(counts, 1);
    // By symmetry θ₁ = −θ₀, and the zero of the gradient: 6 = 5 σ(2θ) + 2 σ(θ).
    double t = model.theta(0);
    assertEquals(-t, model.theta(1), 1e-9);
    assertEquals(6, 5 / (1 + Math.exp(-2 * t)) + 2 / (1 + Math.exp(-t)), 1e-8);
  }

  @Test
  void theGradientIsThatOfTheObjective() {
    double[] theta = new SplittableRandom(2).doubles(12, -2, 2).toArray();
    double[] gradient = BradleyTerry.gradient(OFFICE, 0.7, theta);
    for (int i = 0; i < 12; i++) {
      double[] up = theta.clone();
      double[] down = theta.clone();
      up[i] += 1e-5;
      down[i] -= 1e-5;
      double slope =
          (BradleyTerry.objective(OFFICE, 0.7, up) - BradleyTerry.objective(OFFICE, 0.7, down))
              / 2e-5;
      assertEquals(slope, gradient[i], 1e-6);
    }
  }

  @Test
  void minorisingAndNewtonAgreeWhateverThePrior() {
    for (double alpha : new double[] {0, 0.1, 1, 5}) {
      BradleyTerry newton = BradleyTerry.newton(OFFICE, alpha);
      assertTrue(newton.converged());
      for (Order order : Order.values()) {
        BradleyTerry mm = BradleyTerry.minorise(OFFICE, alpha, order, 1e-13, 20_000);
        assertTrue(mm.converged());
        assertArrayEquals(newton.theta(), mm.theta(), 1e-8);
        double[] trace = mm.trace();
        for (int s = 1; s < trace.length; s++) {
          assertTrue(trace[s] >= trace[s - 1] - 1e-11, "the objective fell in sweep " + s);
        }
      }
      double[] gradient = BradleyTerry.gradient(OFFICE, alpha, newton.theta());
      assertTrue(Vectors.largest(gradient) < 1e-7);
    }
  }

  @Test
  void theCovarianceIsTheInverseOfTheSecondDifferences() {
    BradleyTerry model = BradleyTerry.newton(OFFICE, 1);
    double[] theta = model.theta();
    double[][] information = new double[12][12];
    double h = 1e-5;
    for (int i = 0; i < 12; i++) {
      double[] up = theta.clone();
      double[] down = theta.clone();
      up[i] += h;
      down[i] -= h;
      double[] g1 = BradleyTerry.gradient(OFFICE, 1, up);
      double[] g0 = BradleyTerry.gradient(OFFICE, 1, down);
      for (int j = 0; j < 12; j++) {
        information[i][j] = (g0[j] - g1[j]) / (2 * h);
      }
    }
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < i; j++) {
        information[i][j] = information[j][i];
      }
    }
    double[][] inverse = Cholesky.of(information).inverse();
    double[][] covariance = model.covariance();
    for (int i = 0; i < 12; i++) {
      assertArrayEquals(inverse[i], covariance[i], 1e-6);
      assertEquals(Math.sqrt(covariance[i][i]), model.deviation(i), 1e-9);
    }
    assertEquals(
        Math.sqrt(covariance[0][0] + covariance[3][3] - 2 * covariance[0][3]),
        model.deviation(0, 3),
        1e-9);
  }

  @Test
  void withoutAPriorTheCovarianceIsThePseudoInverse() {
    BradleyTerry model = BradleyTerry.newton(OFFICE, 0);
    double[][] covariance = model.covariance();
    for (double[] row : covariance) {
      assertEquals(0, Arrays.stream(row).sum(), 1e-9, "centred");
    }
    // A tiny prior changes differences by next to nothing.
    BradleyTerry tiny = BradleyTerry.newton(OFFICE, 1e-6);
    assertEquals(tiny.deviation(2, 7), model.deviation(2, 7), 1e-5);
  }

  @Test
  void withoutAMaximumItSaysSo() {
    WinCounts winless = WinCounts.of(new double[][] {{0, 1, 1}, {1, 0, 2}, {0, 0, 0}});
    for (int way = 0; way < 2; way++) {
      boolean newton = way == 0;
      Throwable refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> {
                if (newton) {
                  BradleyTerry.newton(winless, 0);
                } else {
                  BradleyTerry.minorise(winless, 0);
                }
              });
      assertEquals(
          "The likelihood has no single maximum: the players fall into 2 groups, such as that of"
              + " player 2 with 1 players, between which all games went one way or none was played."
              + " Give a prior, alpha > 0, or leave some players out.",
          refused.getMessage());
    }
    assertTrue(BradleyTerry.newton(winless, 0.5).converged());
    assertThrows(IllegalArgumentException.class, () -> BradleyTerry.newton(OFFICE, -1));
    assertThrows(IllegalArgumentException.class, () -> BradleyTerry.newton(OFFICE, Double.NaN));
  }

  @Test
  void aPlayerWithoutAGameIsThePriors() {
    WinCounts counts =
        WinCounts.of(3, new int[] {0}, new int[] {1}, new double[] {2}, new double[1]);
    BradleyTerry model = BradleyTerry.newton(counts, 1);
    assertEquals(0, model.theta(2), 1e-12);
    assertEquals(Math.sqrt(2), model.deviation(2), 1e-9); // 1/√(2α/4)
    assertArrayEquals(model.theta(), BradleyTerry.minorise(counts, 1).theta(), 1e-9);
  }

  @Test
  void aDummyThatIsEstimatedToo() {
    // Up to a shift the same point as with the opponent fixed: only θ_i − δ enters either.
    BradleyTerry fixed = BradleyTerry.newton(OFFICE, 1);
    BradleyTerry dummy = BradleyTerry.newton(OFFICE.withDummy(1), 0);
    for (int i = 0; i < 12; i++) {
      assertEquals(fixed.theta(i), dummy.theta(i) - dummy.theta(12), 1e-8);
      assertEquals(fixed.deviation(i), dummy.deviation(i, 12), 1e-8);
    }
  }

  @Test
  void tenThousandPlayersTakeSeconds() {
    // About 300,000 games. A matrix of all pairs would take 800 MB.
    double[] truth = League.strengths(10_000, 2, 5);
    WinCounts counts = League.simulated(truth, 100_000, 5).wins();
    assertTrue(counts.games() > 1e5);
    BradleyTerry[] model = new BradleyTerry[2];
    // On an idle core under a second each; the bound leaves room for a busy machine.
    assertTimeout(
        Duration.ofSeconds(20),
        () -> {
          model[0] = BradleyTerry.newton(counts, 2);
          model[1] = BradleyTerry.minorise(counts, 2, Order.IN_PLACE, 1e-9, 5000);
        });
    assertTrue(model[0].converged() && model[1].converged());
    assertArrayEquals(model[0].theta(), model[1].theta(), 1e-6);
    double square = 0;
    for (int i = 0; i < truth.length; i++) {
      square += Math.pow(model[0].theta(i) - truth[i], 2) / truth.length;
    }
    // About 60 games a player: an information of 60·0.18 plus the prior's, hence sd 0.3.
    assertEquals(0.3, Math.sqrt(square), 0.05);
    assertEquals(0.3, model[0].deviation(17), 0.15);
  }
}
