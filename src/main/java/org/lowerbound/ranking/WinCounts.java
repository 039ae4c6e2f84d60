package org.lowerbound.ranking;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Logistic;
import org.lowerbound.numerics.StopButton;

/**
 * How often player i beat player j, {@code w_ij}, for the pairs that met: all that the likelihood
 * of the Bradley–Terry model needs of a list of matches,
 *
 * <pre>
 *   ℓ(θ) = Σ_ij w_ij log σ(θ_i − θ_j),     P(i beats j) = σ(θ_i − θ_j) = 1/(1 + e^−(θ_i − θ_j)).
 * </pre>
 *
 * <p>Only pairs that met take memory: 10⁴ players would need 10⁸ numbers as a matrix. Counts may be
 * fractions: a draw is half a win of each. Immutable.
 */
public final class WinCounts {

  // Row i of the sparse matrix lies at start[i] … start[i + 1] − 1, opponents rising.
  private final int[] start;
  private final int[] opponents;
  private final double[] won;
  private final double[] played;
  private final double[] wins;
  private final double[] games;

  private WinCounts(int players, long[] keys, Map<Long, double[]> cells) {
    start = new int[players + 1];
    opponents = new int[keys.length];
    won = new double[keys.length];
    played = new double[keys.length];
    wins = new double[players];
    games = new double[players];
    for (int e = 0; e < keys.length; e++) {
      int i = (int) (keys[e] / players);
      opponents[e] = (int) (keys[e] % players);
      double[] cell = cells.get(keys[e]);
      won[e] = cell[0];
      played[e] = cell[1];
      wins[i] += cell[0];
      games[i] += cell[1];
      start[i + 1] = e + 1;
    }
    for (int i = 1; i <= players; i++) {
      start[i] = Math.max(start[i], start[i - 1]);
    }
  }

  /**
   * Adds matches up. Matches of the same two players are added, in whichever order they are named.
   *
   * @param players the number of players; their indices are 0 to {@code players − 1}
   * @param a one player of each match, {@code [matches]}
   * @param b the other one
   * @param winsA how many games {@code a} won, at least 0
   * @param winsB how many games {@code b} won, at least 0
   * @throws IllegalArgumentException if the arrays differ in length, a player does not exist or
   *     plays itself, or a count is negative or not finite
   */
  public static WinCounts of(int players, int[] a, int[] b, double[] winsA, double[] winsB) {
    Checks.atLeast(1, "The number of players", players);
    Checks.require(
        a.length == b.length && a.length == winsA.length && a.length == winsB.length,
        "%d first players, %d second players, %d and %d counts: one of each a match expected.",
        a.length,
        b.length,
        winsA.length,
        winsB.length);
    Map<Long, double[]> cells = new HashMap<>();
    for (int m = 0; m < a.length; m++) {
      for (int player : new int[] {a[m], b[m]}) {
        Checks.require(
            player >= 0 && player < players,
            "Match %d is played by number %d; the %d players have the numbers 0 to %d.",
            m,
            player,
            players,
            players - 1);
      }
      Checks.require(a[m] != b[m], "In match %d player %d plays against itself.", m, a[m]);
      for (double count : new double[] {winsA[m], winsB[m]}) {
        Checks.require(
            count >= 0 && count < Double.POSITIVE_INFINITY,
            "Match %d counts %s wins; a finite number of at least 0 expected.",
            m,
            count);
      }
      add(cells, (long) a[m] * players + b[m], winsA[m], winsA[m] + winsB[m]);
      add(cells, (long) b[m] * players + a[m], winsB[m], winsA[m] + winsB[m]);
    }
    long[] keys = cells.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    return new WinCounts(players, keys, cells);
  }

  private static void add(Map<Long, double[]> cells, long key, double won, double played) {
    double[] cell = cells.computeIfAbsent(key, k -> new double[2]);
    cell[0] += won;
    cell[1] += played;
  }

  /**
   * Counts from a full matrix, for small examples.
   *
   * @param wins {@code w_ij}, {@code [players, players]}, zero on the diagonal
   */
  public static WinCounts of(double[][] wins) {
    int n = Checks.data(wins, wins.length, "a square matrix").length;
    int pairs = n * (n - 1) / 2;
    int[] a = new int[pairs];
    int[] b = new int[pairs];
    double[] winsA = new double[pairs];
    double[] winsB = new double[pairs];
    int m = 0;
    for (int i = 0; i < n; i++) {
      Checks.require(wins[i][i] == 0, "Player %d has %s wins against itself.", i, wins[i][i]);
      for (int j = i + 1; j < n; j++, m++) {
        a[m] = i;
        b[m] = j;
        winsA[m] = wins[i][j];
        winsB[m] = wins[j][i];
      }
    }
    return of(n, a, b, winsA, winsB);
  }

  /**
   * The same counts and one more player, the last, who won and lost {@code alpha} games against
   * everyone: the dummy player of B. Keng's script.
   */
  public WinCounts withDummy(double alpha) {
    Checks.positive("alpha", alpha);
    int n = players();
    int m = opponents.length / 2;
    int[] a = new int[m + n];
    int[] b = new int[m + n];
    double[] winsA = new double[m + n];
    double[] winsB = new double[m + n];
    int k = 0;
    for (int i = 0; i < n; i++) {
      for (int e = start[i]; e < start[i + 1]; e++) {
        if (opponents[e] > i) {
          a[k] = i;
          b[k] = opponents[e];
          winsA[k] = won[e];
          winsB[k++] = played[e] - won[e];
        }
      }
    }
    for (int i = 0; i < n; i++, k++) {
      a[k] = i;
      b[k] = n;
      winsA[k] = alpha;
      winsB[k] = alpha;
    }
    return of(n + 1, a, b, winsA, winsB);
  }

  /** The number of players. */
  public int players() {
    return wins.length;
  }

  /** The number of pairs that met. */
  public int pairs() {
    return opponents.length / 2;
  }

  /** How many games a player won. */
  public double wins(int player) {
    return wins[player];
  }

  /** How many games a player played. */
  public double games(int player) {
    return games[player];
  }

  /** How many games there were. */
  public double games() {
    return Arrays.stream(wins).sum();
  }

  /** How often {@code i} beat {@code j}. */
  public double wins(int i, int j) {
    int e = Arrays.binarySearch(opponents, start[i], start[i + 1], j);
    return e < 0 ? 0 : won[e];
  }

  /** How often {@code i} and {@code j} played. */
  public double games(int i, int j) {
    int e = Arrays.binarySearch(opponents, start[i], start[i + 1], j);
    return e < 0 ? 0 : played[e];
  }

  /** The players that a player met, rising. */
  public int[] opponents(int player) {
    return Arrays.copyOfRange(opponents, start[player], start[player + 1]);
  }

  /** Number of entries in the rows before a player's, for loops over its row. */
  int from(int player) {
    return start[player];
  }

  int opponentAt(int entry) {
    return opponents[entry];
  }

  double playedAt(int entry) {
    return played[entry];
  }

  /**
   * {@code ℓ(θ) = Σ_ij w_ij log σ(θ_i − θ_j)} in nats.
   *
   * @param theta log strengths, {@code [players]}
   */
  public double logLikelihood(double... theta) {
    check(theta);
    double sum = 0;
    for (int i = 0; i < theta.length; i++) {
      for (int e = start[i]; e < start[i + 1]; e++) {
        sum -= won[e] == 0 ? 0 : won[e] * Logistic.softplus(theta[opponents[e]] - theta[i]);
      }
    }
    return sum;
  }

  /**
   * How many games the model expects each player to win of those that were played, {@code Σ_j n_ij
   * σ(θ_i − θ_j)}. At the maximum of the likelihood these are the numbers of games won, because
   * their differences are its gradient.
   *
   * @param theta log strengths, {@code [players]}
   */
  public double[] expectedWins(double... theta) {
    check(theta);
    double[] expected = new double[theta.length];
    for (int i = 0; i < theta.length; i++) {
      for (int e = start[i]; e < start[i + 1]; e++) {
        expected[i] += played[e] * Logistic.sigmoid(theta[i] - theta[opponents[e]]);
      }
    }
    return expected;
  }

  private void check(double[] theta) {
    Checks.require(
        theta.length == players(),
        "%d log strengths for %d players: one each expected.",
        theta.length,
        players());
  }

  /**
   * The strongly connected components of the graph in which an arrow leads from each player to
   * those it beat: two players are in one component if each can be reached from the other. The
   * likelihood has a maximum, and up to a common shift one only, exactly if there is one component
   * (Ford 1957).
   *
   * @return the component of each player, numbered from 0 in the order of their first players
   */
  public int[] components() {
    int n = players();
    // Kosaraju: the order in which searches along arrows end, then searches against the arrows.
    int[] order = new int[n];
    int ended = 0;
    boolean[] seen = new boolean[n];
    int[] next = Arrays.copyOf(start, n);
    Deque<Integer> path = new ArrayDeque<>();
    for (int root = 0; root < n; root++) {
      StopButton.poll();
      if (seen[root]) {
        continue;
      }
      seen[root] = true;
      path.push(root);
      while (!path.isEmpty()) {
        int i = path.peek();
        if (next[i] == start[i + 1]) {
          order[ended++] = path.pop();
          continue;
        }
        int e = next[i]++;
        if (won[e] > 0 && !seen[opponents[e]]) {
          seen[opponents[e]] = true;
          path.push(opponents[e]);
        }
      }
    }
    int[] component = new int[n];
    Arrays.fill(component, -1);
    int found = 0;
    for (int k = n - 1; k >= 0; k--) {
      if (component[order[k]] >= 0) {
        continue;
      }
      component[order[k]] = found;
      path.push(order[k]);
      while (!path.isEmpty()) {
        int i = path.pop();
        for (int e = start[i]; e < start[i + 1]; e++) {
          int j = opponents[e];
          if (played[e] - won[e] > 0 && component[j] < 0) {
            component[j] = found;
            path.push(j);
          }
        }
      }
      found++;
    }
    int[] renamed = new int[found];
    Arrays.fill(renamed, -1);
    int names = 0;
    for (int i = 0; i < n; i++) {
      if (renamed[component[i]] < 0) {
        renamed[component[i]] = names++;
      }
      component[i] = renamed[component[i]];
    }
    return component;
  }

  /** Whether the likelihood has a maximum; see {@link #components}. */
  public boolean stronglyConnected() {
    return Arrays.stream(components()).allMatch(c -> c == 0);
  }

  @Override
  public String toString() {
    return players() + " players, " + pairs() + " pairs that met, " + games() + " games";
  }
}
