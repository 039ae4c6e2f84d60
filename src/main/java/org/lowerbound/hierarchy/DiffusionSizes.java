package org.lowerbound.hierarchy;

import org.lowerbound.Size;
import org.lowerbound.data.Cache;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Training;

/**
 * Every number of chapter 11b that depends on the size of the run. The page shows it, so that a
 * reader sees what {@code LOWERBOUND_SIZE=full} changes.
 *
 * @param size quick or full
 * @param side height and width of the digits
 * @param train pictures for training at most
 * @param valid pictures for validation at most
 * @param test pictures for test at most
 * @param filters channels of the denoiser at the picture's side
 * @param epochs passes of the denoiser
 * @param steps T of the bound and of the sampler
 * @param asked steps that are computed for each test picture; divides {@code steps}
 * @param rivalEpochs passes of the models that it is compared with
 */
public record DiffusionSizes(
    Size size,
    int side,
    int train,
    int valid,
    int test,
    int filters,
    int epochs,
    int steps,
    int asked,
    int rivalEpochs) {

  /** The numbers of one size. */
  public static DiffusionSizes of(Size size) {
    return switch (size) {
      case QUICK -> new DiffusionSizes(size, 16, 5000, 500, 500, 16, 7, 100, 10, 8);
      case FULL -> new DiffusionSizes(size, 28, 50_000, 1000, 10_000, 24, 5, 200, 5, 10);
    };
  }

  /** Training of the denoiser: Adam from 0.003 down to a hundredth along half a cosine. */
  public Training training(String run) {
    return Training.epochs(epochs)
        .batchSize(50)
        .learningRate(3e-3)
        .schedule(Schedule.cosine(0.01))
        .clip(200)
        .checkpoint(Cache.checkpoint(size, "11b-diffusion", run));
  }

  /** Training of the models of chapters 04 and 07 beside it. */
  public Training rival(String run) {
    return Training.epochs(rivalEpochs)
        .batchSize(50)
        .learningRate(2e-3)
        .schedule(Schedule.cosine(0.05))
        .checkpoint(Cache.checkpoint(size, "11b-diffusion", run));
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
