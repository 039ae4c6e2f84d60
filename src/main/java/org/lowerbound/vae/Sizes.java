package org.lowerbound.vae;

import org.lowerbound.Size;
import org.lowerbound.data.Cache;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Training;

/**
 * Every number of chapter 04b that depends on the size of the run. The page shows it, so that a
 * reader sees what {@code LOWERBOUND_SIZE=full} changes.
 *
 * @param size quick or full
 * @param epochs passes of the main model, two hidden layers of 200 and 50 latents
 * @param planeEpochs passes of the model with a two-dimensional latent plane
 * @param sweepHidden width of the one hidden layer of the models of several latent sizes
 * @param sweepEpochs passes of each of those
 * @param sweepLatents their latent sizes, least first
 * @param ablationEpochs passes of the models of the warm-up, of the two binarisations and beside
 *     DL4J's layer
 * @param estimateRows test images whose log-likelihood is estimated
 * @param estimateDraws draws of z for each, k
 */
public record Sizes(
    Size size,
    int epochs,
    int planeEpochs,
    int sweepHidden,
    int sweepEpochs,
    int[] sweepLatents,
    int ablationEpochs,
    int estimateRows,
    int estimateDraws) {

  /** The numbers of one size. */
  public static Sizes of(Size size) {
    return switch (size) {
      case QUICK -> new Sizes(size, 5, 4, 100, 3, new int[] {2, 10, 50, 200}, 2, 200, 500);
      case FULL ->
          new Sizes(size, 500, 50, 500, 30, new int[] {2, 3, 5, 10, 20, 200}, 30, 10_000, 5000);
    };
  }

  /**
   * Training on digits: Adam from 0.003 down to a fiftieth of it along half a cosine, in batches of
   * 100.
   */
  public Training digits(String run, int passes) {
    return Training.epochs(passes)
        .batchSize(100)
        .learningRate(3e-3)
        .schedule(Schedule.cosine(0.02))
        .checkpoint(Cache.checkpoint(size, "04b-vae-on-digits", run));
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
