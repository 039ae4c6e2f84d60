package org.lowerbound.ranking;

import java.util.random.RandomGenerator;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Logistic;

/**
 * A knock-out tournament: in each round neighbours in the draw play, and who loses is out. A match
 * is won by whoever is first to win {@code k} games, each of which has probability {@code p} for
 * one player:
 *
 * <pre>
 *   P(k wins before k losses) = Σ_{l=0}^{k−1} C(k − 1 + l, l) p^k (1 − p)^l.
 * </pre>
 *
 * @param firstTo {@code k}, for instance 3 for the best of five
 */
public record KnockOut(int firstTo) {

  /** Checks the rule. */
  public KnockOut {
    Checks.atLeast(1, "The number of games to win", firstTo);
  }

  /** The probability of winning a match for who wins a game with probability {@code p}. */
  public double match(double p) {
    Checks.require(p >= 0 && p <= 1, "A probability is between 0 and 1, not %s.", p);
    double sum = 0;
    double term = Math.pow(p, firstTo);
    for (int l = 0; l < firstTo; l++) {
      sum += term;
      term *= (1 - p) * (firstTo + l) / (l + 1);
    }
    return sum;
  }

  /**
   * The exact probability of each player to win the tournament: round by round, a player's
   * probability to come so far times the sum over all whom it may meet there.
   *
   * @param theta log strengths in the order of the draw, {@code [players]}; a power of two of them
   */
  public double[] chances(double... theta) {
    powerOfTwo(theta.length);
    int n = theta.length;
    double[] reach = new double[n];
    java.util.Arrays.fill(reach, 1);
    for (int block = 1; block < n; block *= 2) {
      double[] next = new double[n];
      for (int i = 0; i < n; i++) {
        int other = (i / block ^ 1) * block;
        for (int j = other; j < other + block; j++) {
          next[i] += reach[i] * reach[j] * match(Logistic.sigmoid(theta[i] - theta[j]));
        }
      }
      reach = next;
    }
    return reach;
  }

  /**
   * Plays one tournament, game by game.
   *
   * @param theta log strengths in the order of the draw, {@code [players]}; a power of two of them
   * @return the winner's place in the draw
   */
  public int play(RandomGenerator random, double... theta) {
    powerOfTwo(theta.length);
    int[] left = java.util.stream.IntStream.range(0, theta.length).toArray();
    while (left.length > 1) {
      int[] winners = new int[left.length / 2];
      for (int m = 0; m < winners.length; m++) {
        int a = left[2 * m];
        int b = left[2 * m + 1];
        double p = Logistic.sigmoid(theta[a] - theta[b]);
        int won = 0;
        int lost = 0;
        while (won < firstTo && lost < firstTo) {
          if (random.nextDouble() < p) {
            won++;
          } else {
            lost++;
          }
        }
        winners[m] = won == firstTo ? a : b;
      }
      left = winners;
    }
    return left[0];
  }

  private static void powerOfTwo(int players) {
    Checks.require(
        Integer.bitCount(players) == 1, "A draw needs 2, 4, 8 or so players, not %d.", players);
  }
}
