package org.lowerbound.ranking;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.lowerbound.data.DataException;
import org.lowerbound.numerics.Checks;
import org.lowerbound.plot.Display;
import org.lowerbound.plot.Numbers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Players in the order of their strength, each with a rating on Elo's scale and its interval.
 *
 * <p>Elo's scale is another unit for {@code θ}: {@code rating = 1500 + (400/log 10) θ}, so that 400
 * points are odds of ten to one. 1500 is the fixed opponent, or without a prior the average player.
 * The interval is that of 95 % under Laplace's approximation, {@code θ ± 1.96 sd}.
 */
public final class Ladder {

  /** Points of Elo's scale in one unit of {@code θ}. */
  public static final double POINTS = 400 / Math.log(10);

  private static final double NORMAL_95 = 1.959963984540054;

  /**
   * One rung.
   *
   * @param player the index of the player
   * @param name its name
   * @param games games played
   * @param won games won
   * @param rating on Elo's scale
   * @param low lower end of the rating's interval of 95 %
   * @param high its upper end
   * @param aboveNext the probability, under Laplace's approximation, that the player is stronger
   *     than the one on the next rung; NaN on the last rung
   */
  public record Rung(
      int player,
      String name,
      double games,
      double won,
      double rating,
      double low,
      double high,
      double aboveNext) {

    /** The values with the digits that matter. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  private final List<Rung> rungs;

  private Ladder(List<Rung> rungs) {
    this.rungs = rungs;
  }

  /** All players of a fitted model, the strongest first. */
  public static Ladder of(List<String> names, BradleyTerry model) {
    return top(names, model, names.size());
  }

  /**
   * The strongest players of a fitted model.
   *
   * @param names of all players, in the order of their indices
   * @param count how many rungs, at least 1; fewer if there are not so many players
   */
  public static Ladder top(List<String> names, BradleyTerry model, int count) {
    WinCounts counts = model.counts();
    Checks.require(
        names.size() == counts.players(),
        "%d names for %d players: one each expected.",
        names.size(),
        counts.players());
    Checks.atLeast(1, "The number of rungs", count);
    List<Integer> order =
        IntStream.range(0, names.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -model.theta(i)))
            .toList();
    List<Rung> rungs =
        IntStream.range(0, Math.min(count, names.size()))
            .mapToObj(
                rank -> {
                  int i = order.get(rank);
                  double rating = rating(model.theta(i));
                  double half = NORMAL_95 * POINTS * model.deviation(i);
                  double above = Double.NaN;
                  if (rank + 1 < names.size()) {
                    int j = order.get(rank + 1);
                    double z = (model.theta(i) - model.theta(j)) / model.deviation(i, j);
                    above = NormalDistribution.of(0, 1).cumulativeProbability(z);
                  }
                  return new Rung(
                      i,
                      names.get(i),
                      counts.games(i),
                      counts.wins(i),
                      rating,
                      rating - half,
                      rating + half,
                      above);
                })
            .toList();
    return new Ladder(rungs);
  }

  /** {@code 1500 + (400/log 10) θ}. */
  public static double rating(double theta) {
    return 1500 + POINTS * theta;
  }

  /** The rungs, the strongest player first. */
  public List<Rung> rungs() {
    return rungs;
  }

  /** The ladder as a table: rank, player, games, won, rating, low, high, above the next. */
  public Table table() {
    IntColumn rank = IntColumn.create("rank");
    StringColumn player = StringColumn.create("player");
    DoubleColumn games = DoubleColumn.create("games");
    DoubleColumn won = DoubleColumn.create("won");
    DoubleColumn rating = DoubleColumn.create("rating");
    DoubleColumn low = DoubleColumn.create("low");
    DoubleColumn high = DoubleColumn.create("high");
    DoubleColumn above = DoubleColumn.create("P(above next)");
    for (Rung rung : rungs) {
      rank.append(rank.size() + 1);
      player.append(rung.name);
      games.append(rung.games);
      won.append(rung.won);
      rating.append(Math.rint(rung.rating));
      low.append(Math.rint(rung.low));
      high.append(Math.rint(rung.high));
      above.append(Math.rint(100 * rung.aboveNext) / 100);
    }
    return Display.plain(
        Table.create("Ladder", rank, player, games, won, rating, low, high, above));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    int width = rungs.stream().mapToInt(r -> r.name.length()).max().orElse(0);
    for (int k = 0; k < rungs.size(); k++) {
      Rung r = rungs.get(k);
      text.append(
          String.format(
              Locale.ROOT,
              "%s%4d  %-" + Math.max(1, width) + "s  %4.0f (%4.0f to %4.0f)  %s of %s",
              k == 0 ? "" : "\n",
              k + 1,
              r.name,
              r.rating,
              r.low,
              r.high,
              plain(r.won),
              plain(r.games)));
    }
    return text.toString();
  }

  private static String plain(double count) {
    return count == Math.rint(count) ? String.valueOf((long) count) : String.valueOf(count);
  }

  /**
   * Prints the ladder of a file: {@code java -cp "jars/*" org.lowerbound.ranking.Ladder games.csv
   * [alpha]}. What is wrong is said in a sentence.
   *
   * @param words the file, and the prior's {@code alpha}, 1 if it is not given
   */
  public static void main(String[] words) {
    System.exit(run(System.out, words));
  }

  static int run(PrintStream out, String... words) {
    if (words.length != 1 && words.length != 2) {
      out.println("Give a file of matches, and alpha if it is not to be 1: games.csv 0.5");
      return 2;
    }
    try {
      double alpha = words.length == 1 ? 1 : Double.parseDouble(words[1]);
      League league = League.read(Path.of(words[0]));
      out.println(league);
      out.println(of(league.players(), BradleyTerry.newton(league.wins(), alpha)));
      return 0;
    } catch (NumberFormatException e) {
      out.println("alpha is a number such as 0.5, not " + words[1] + ".");
      return 2;
    } catch (IllegalArgumentException | DataException e) {
      out.println(e.getMessage());
      return 1;
    }
  }
}
