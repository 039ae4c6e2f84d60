package org.lowerbound.semisupervised;

import java.util.List;
import org.lowerbound.Size;
import org.lowerbound.data.Cache;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Training;

/**
 * Every number of chapter 06 that depends on the size of the run. The page shows it, so that a
 * reader sees what {@code LOWERBOUND_SIZE=full} changes.
 *
 * @param size quick or full
 * @param side pixels of a side: at quick size the pictures are halved
 * @param unlabelled rows without labels
 * @param test test pictures
 * @param seeds runs of each method, each with labelled rows and weights of its own
 * @param width of the hidden layers of M1, M2 and the network
 * @param latents of M2; M1 has twice as many
 * @param batch rows in a step; a graphics card takes 500 in the time of 100
 * @param m1Epochs passes of M1
 * @param m2Epochs passes of M2
 * @param m1m2Epochs passes of M2 on the features of M1
 * @param alphas weights of the classifier's own term from which M2 and M1+M2 choose: the paper's,
 *     and ten and a hundred times as much
 */
public record Sizes(
    Size size,
    int side,
    int unlabelled,
    int test,
    int seeds,
    int width,
    int latents,
    int batch,
    int m1Epochs,
    int m2Epochs,
    int m1m2Epochs,
    List<Double> alphas) {

  /** The numbers of one size. */
  public static Sizes of(Size size) {
    return switch (size) {
      case QUICK ->
          new Sizes(size, 14, 3000, 5000, 3, 100, 10, 100, 30, 20, 20, List.of(0.1, 1.0, 10.0));
      case FULL ->
          new Sizes(
              size, 28, 50_000, 10_000, 5, 500, 50, 500, 100, 80, 100, List.of(0.1, 1.0, 10.0));
    };
  }

  /** Training of M1: Adam from 0.002 along half a cosine. */
  public Training m1(String run) {
    return training(run, m1Epochs, 2e-3);
  }

  /** Training of M2 on pictures: Adam along half a cosine. */
  public Training m2(String run) {
    return training(run, m2Epochs, size == Size.QUICK ? 3e-3 : 1e-3);
  }

  /** Training of M2 on the features of M1. */
  public Training m1m2(String run) {
    return training(run, m1m2Epochs, size == Size.QUICK ? 3e-3 : 2e-3);
  }

  private Training training(String run, int epochs, double rate) {
    return Training.epochs(epochs)
        .batchSize(batch)
        .learningRate(rate)
        .schedule(Schedule.cosine(0.05))
        .checkpoint(Cache.checkpoint(size, "06-semi-supervised", run))
        .quiet();
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
