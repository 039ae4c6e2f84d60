package org.lowerbound.ranking;

import org.lowerbound.Size;
import org.lowerbound.plot.Numbers;

/**
 * The numbers by which the quick and the full run of chapter 08 differ.
 *
 * @param leagues simulated leagues behind each mean, quantile and coverage
 * @param tournaments tournaments played
 * @param largePlayers players of the large league
 * @param largeMatches matches of the large league
 */
public record Sizes(int leagues, int tournaments, int largePlayers, int largeMatches) {

  /** The numbers of one size. */
  public static Sizes of(Size size) {
    return switch (size) {
      case QUICK -> new Sizes(400, 20_000, 10_000, 100_000);
      case FULL -> new Sizes(10_000, 1_000_000, 100_000, 1_000_000);
    };
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
