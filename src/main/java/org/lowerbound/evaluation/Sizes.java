package org.lowerbound.evaluation;

import org.lowerbound.Size;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Training;

/**
 * Every number of chapter 09 that depends on the size of the run.
 *
 * @param size quick or full
 * @param trials simulated choices
 * @param surveyHidden units of the networks on the 16-variable survey
 * @param surveyEpochs epochs to choose among
 * @param halves random halves of the test rows
 * @param digitRows digits for training a classifier
 * @param testRows digits for its test
 * @param seeds runs of one and the same classifier
 * @param auditRows rows of each data set that are audited at most
 * @param coverage simulated data sets behind one point of a coverage or a power curve
 */
public record Sizes(
    Size size,
    int trials,
    int surveyHidden,
    int surveyEpochs,
    int halves,
    int digitRows,
    int testRows,
    int seeds,
    int auditRows,
    int coverage) {

  /** The numbers of one size. */
  public static Sizes of(Size size) {
    return switch (size) {
      case QUICK -> new Sizes(size, 20_000, 30, 100, 200, 1000, 2000, 12, 3000, 500);
      case FULL -> new Sizes(size, 200_000, 200, 100, 2000, 10_000, 10_000, 50, 60_000, 10_000);
    };
  }

  /** Training on the survey at a constant step size, so that late epochs go up and down. */
  public Training survey() {
    return Training.epochs(surveyEpochs).batchSize(1000).learningRate(1e-2).quiet();
  }

  /** Training of an ensemble of orderings on the survey. */
  public Training orderings() {
    return Training.epochs(12)
        .batchSize(500)
        .learningRate(1e-2)
        .schedule(Schedule.cosine(0))
        .quiet();
  }

  /** Training of a classifier of digits as it should be: to the end, step size falling to 0. */
  public Training digits(long seed) {
    return Training.epochs(10).learningRate(4e-3).schedule(Schedule.cosine(0)).seed(seed).quiet();
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
