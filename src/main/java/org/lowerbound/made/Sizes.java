package org.lowerbound.made;

import org.lowerbound.Size;
import org.lowerbound.data.Cache;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Training;

/**
 * Every number of chapter 07 that depends on the size of the run. The page shows it, so that a
 * reader sees what {@code LOWERBOUND_SIZE=full} changes.
 *
 * @param size quick or full
 * @param surveyHidden units of the networks on the 16-variable survey
 * @param surveyEpochs passes over the survey at most
 * @param orderings members of an ensemble
 * @param digitRows training images used
 * @param digitHidden units of the (smaller) network on digits
 * @param digitEpochs passes over the digits at most
 * @param largeHidden units of the larger network on digits; 0 at quick size, which has none
 * @param largeEpochs passes of the larger network at most
 * @param ensembleEpochs passes of the ensemble on digits at most
 * @param geneHidden units of the networks on the 180-variable DNA set; 0 at quick size
 */
public record Sizes(
    Size size,
    int surveyHidden,
    int surveyEpochs,
    int orderings,
    int digitRows,
    int digitHidden,
    int digitEpochs,
    int largeHidden,
    int largeEpochs,
    int ensembleEpochs,
    int geneHidden) {

  /** The numbers of one size. */
  public static Sizes of(Size size) {
    return switch (size) {
      case QUICK -> new Sizes(size, 200, 12, 8, 50_000, 500, 3, 0, 0, 0, 0);
      case FULL -> new Sizes(size, 200, 20, 8, 50_000, 500, 12, 2000, 14, 24, 500);
    };
  }

  /** Training on the survey: Adam from 0.005 down to 0 along half a cosine. */
  public Training survey(String run) {
    return saved(
        Training.epochs(surveyEpochs).learningRate(5e-3).schedule(Schedule.cosine(0)).patience(5),
        run);
  }

  /** Training on digits: Adam from 0.004 down to 0 along half a cosine. */
  public Training digits(String run, int epochs) {
    return saved(
        Training.epochs(epochs).learningRate(4e-3).schedule(Schedule.cosine(0)).patience(10), run);
  }

  /** Training on DNA: few rows and many weights, hence a penalty besides the dropout. */
  public Training genes(String run) {
    return saved(Training.epochs(1000).patience(30).weightDecay(5e-4), run);
  }

  private Training saved(Training training, String run) {
    return training.checkpoint(Cache.checkpoint(size, "07-made", run));
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
