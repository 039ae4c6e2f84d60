package org.lowerbound.vae;

import java.util.List;
import org.lowerbound.Size;
import org.lowerbound.data.Cache;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Training;

/**
 * Every number of chapter 05 that depends on the size of the run. The page shows it, so that a
 * reader sees what {@code LOWERBOUND_SIZE=full} changes.
 *
 * @param size quick or full
 * @param side height and width of the pictures; half the original ones at quick size
 * @param train pictures for training at most
 * @param valid pictures for validation at most; a tenth of the training set if that is less
 * @param test test pictures at most
 * @param components latents of the probabilistic PCAs of the ladder, least first
 * @param filters channels of the convolutions
 * @param latents of the models with one vector of them, and of the PCA that they are compared with
 * @param lawPictures pictures for the comparison of likelihoods
 * @param lawEpochs passes of each of those
 * @param epochs passes of the model of the pictures
 * @param principal latents of the model on principal components
 * @param principalEpochs passes of that model
 * @param estimateRows test pictures whose log-likelihood is estimated
 * @param estimateDraws draws of z for each, k
 */
public record StreetSizes(
    Size size,
    int side,
    int train,
    int valid,
    int test,
    List<Integer> components,
    int filters,
    int latents,
    int lawPictures,
    int lawEpochs,
    int epochs,
    int principal,
    int principalEpochs,
    int estimateRows,
    int estimateDraws) {

  /** The numbers of one size. */
  public static StreetSizes of(Size size) {
    return switch (size) {
      case QUICK ->
          new StreetSizes(
              size, 16, 4000, 300, 400, List.of(8, 32, 128), 24, 32, 1500, 4, 8, 256, 4, 20, 20);
      case FULL ->
          new StreetSizes(
              size,
              32,
              60_000,
              2000,
              10_000,
              List.of(32, 100, 500, 1000),
              64,
              64,
              18_000,
              10,
              40,
              1024,
              8,
              200,
              100);
    };
  }

  /**
   * Training of any model of the chapter, the norm of the gradient cut at 3,000. Quick: Adam from
   * 0.003 down to a tenth of it along half a cosine, in batches of 50. Full: from 0.001 down to a
   * twentieth, in batches of 100.
   */
  public Training training(String run, int passes) {
    boolean quick = size == Size.QUICK;
    return Training.epochs(passes)
        .batchSize(quick ? 50 : 100)
        .learningRate(quick ? 3e-3 : 1e-3)
        .schedule(Schedule.cosine(quick ? 0.1 : 0.05))
        .clip(3000)
        .checkpoint(Cache.checkpoint(size, "05-vae-on-svhn", run));
  }
}
