package org.lowerbound.hierarchy;

import org.lowerbound.Size;
import org.lowerbound.data.Cache;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Training;

/**
 * Every number of chapter 11 that depends on the size of the run. The page shows it, so that a
 * reader sees what {@code LOWERBOUND_SIZE=full} changes.
 *
 * @param size quick or full
 * @param train pictures for training
 * @param valid pictures for validation
 * @param test pictures for test
 * @param filters channels of the convolutions at level 1
 * @param latents of each level, the lowest first
 * @param epochs passes of the model that is looked at
 * @param trialPictures pictures for the comparisons
 * @param trialEpochs passes of each model of a comparison
 * @param draws of the noise for the shares of variance
 */
public record LevelSizes(
    Size size,
    int train,
    int valid,
    int test,
    int filters,
    int[] latents,
    int epochs,
    int trialPictures,
    int trialEpochs,
    int draws) {

  /** The numbers of one size. */
  public static LevelSizes of(Size size) {
    return switch (size) {
      case QUICK -> new LevelSizes(size, 2400, 300, 300, 12, new int[] {4, 8, 16}, 7, 800, 5, 300);
      case FULL ->
          new LevelSizes(size, 30_000, 1000, 2000, 24, new int[] {4, 8, 32}, 8, 2000, 8, 1000);
    };
  }

  /** The architecture: 32×32 around 16×16. */
  public LevelShape shape() {
    return LevelShape.of(new Hole(32, 16), filters, latents);
  }

  /** The warm-up of that model: each level's KL takes a fifth of the steps to count in full. */
  public WarmUp warmUp() {
    return new WarmUp(train / 32 * epochs / 5);
  }

  /** Training of the model that is looked at: Adam from 0.003 down along half a cosine. */
  public Training training(String run) {
    return Training.epochs(epochs)
        .batchSize(32)
        .learningRate(3e-3)
        .schedule(Schedule.cosine(0.05))
        .clip(1000)
        .checkpoint(Cache.checkpoint(size, "11-hierarchical-vae", run));
  }

  /** Training of a model of a comparison: the same, with fewer passes. */
  public Training trial(String run) {
    return Training.epochs(trialEpochs)
        .batchSize(64)
        .learningRate(2e-3)
        .schedule(Schedule.cosine(0.05))
        .clip(1000)
        .checkpoint(Cache.checkpoint(size, "11-hierarchical-vae", run));
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
