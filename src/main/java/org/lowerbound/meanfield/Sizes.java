package org.lowerbound.meanfield;

import org.lowerbound.Size;
import org.lowerbound.plot.Numbers;

/**
 * The numbers by which the quick and the full run of chapter 03 differ.
 *
 * @param gibbsDraws draws kept by the Gibbs sampler on Old Faithful
 * @param evidenceDraws draws behind one estimate of the evidence
 * @param overlapDraws draws for each distance of two overlapping components
 * @param restarts runs of the mixture for each kind of start
 */
public record Sizes(int gibbsDraws, int evidenceDraws, int overlapDraws, int restarts) {

  /** The numbers of one size. */
  public static Sizes of(Size size) {
    return switch (size) {
      case QUICK -> new Sizes(10_000, 5_000, 10_000, 40);
      case FULL -> new Sizes(200_000, 100_000, 200_000, 400);
    };
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
