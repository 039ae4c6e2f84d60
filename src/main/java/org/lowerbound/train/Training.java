package org.lowerbound.train;

import java.nio.file.Path;
import java.util.function.IntConsumer;

/**
 * How a model is trained. A value: each method returns a copy with one setting changed, so that a
 * cell reads {@code Training.epochs(20).batchSize(100).patience(5)}.
 *
 * @param epochs passes over the data at most; steps, when there is no data
 * @param batchSize examples in a step
 * @param learningRate Adam's step size (Kingma and Ba 2015, algorithm 1, α)
 * @param schedule how the step size changes over the epochs
 * @param weightDecay λ of a penalty λ/2·‖w‖² added to the gradient (not to the reported loss)
 * @param clip largest Euclidean norm of the gradient, which is scaled down to it; 0 for none
 * @param patience epochs without a better validation loss after which training stops; 0 for never
 * @param seed of the order of the examples and of all noise
 * @param checkpoint file to save the state in after each epoch and to resume from; null for none
 * @param progress whether a line of progress is shown
 * @param chart whether a chart of the loss is drawn while training
 * @param watcher called with the number of each epoch once it has ended; null for nobody
 */
public record Training(
    int epochs,
    int batchSize,
    double learningRate,
    Schedule schedule,
    double weightDecay,
    double clip,
    int patience,
    long seed,
    Path checkpoint,
    boolean progress,
    boolean chart,
    IntConsumer watcher) {

  /** Checks every setting. */
  public Training {
    require(epochs >= 1, "epochs must be at least 1, not " + epochs);
    require(batchSize >= 1, "the batch size must be at least 1, not " + batchSize);
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "the learning rate must be positive, not " + learningRate);
    require(schedule != null, "the schedule must be given; Schedule.constant() changes nothing");
    require(
        weightDecay >= 0 && Double.isFinite(weightDecay),
        "the weight decay must be 0 or more, not " + weightDecay);
    require(
        clip >= 0 && Double.isFinite(clip),
        "the gradient's largest norm must be 0 (none) or more, not " + clip);
    require(patience >= 0, "the patience must be 0 (none) or more, not " + patience);
  }

  /** A run of so many epochs with batches of 100, Adam at 0.001, seed 1, and nothing else. */
  public static Training epochs(int epochs) {
    return new Training(
        epochs, 100, 1e-3, Schedule.constant(), 0, 0, 0, 1, null, true, false, null);
  }

  /** So many steps: the name for {@link Trainer#minimise}, which has no data to pass over. */
  public static Training steps(int steps) {
    return epochs(steps);
  }

  /** A copy with this many examples a step. */
  public Training batchSize(int size) {
    return new Training(
        epochs,
        size,
        learningRate,
        schedule,
        weightDecay,
        clip,
        patience,
        seed,
        checkpoint,
        progress,
        chart,
        watcher);
  }

  /** A copy with this step size. */
  public Training learningRate(double rate) {
    return new Training(
        epochs,
        batchSize,
        rate,
        schedule,
        weightDecay,
        clip,
        patience,
        seed,
        checkpoint,
        progress,
        chart,
        watcher);
  }

  /** A copy with this schedule of the step size. */
  public Training schedule(Schedule newSchedule) {
    return new Training(
        epochs,
        batchSize,
        learningRate,
        newSchedule,
        weightDecay,
        clip,
        patience,
        seed,
        checkpoint,
        progress,
        chart,
        watcher);
  }

  /** A copy with this penalty on the squared parameters. */
  public Training weightDecay(double lambda) {
    return new Training(
        epochs,
        batchSize,
        learningRate,
        schedule,
        lambda,
        clip,
        patience,
        seed,
        checkpoint,
        progress,
        chart,
        watcher);
  }

  /** A copy whose gradients are scaled down to this norm. */
  public Training clip(double norm) {
    return new Training(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        norm,
        patience,
        seed,
        checkpoint,
        progress,
        chart,
        watcher);
  }

  /** A copy that stops after so many epochs without improvement on the validation data. */
  public Training patience(int fruitless) {
    return new Training(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        clip,
        fruitless,
        seed,
        checkpoint,
        progress,
        chart,
        watcher);
  }

  /** A copy with this seed. */
  public Training seed(long newSeed) {
    return new Training(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        clip,
        patience,
        newSeed,
        checkpoint,
        progress,
        chart,
        watcher);
  }

  /** A copy that saves its state in this file and resumes from it. */
  public Training checkpoint(Path file) {
    return new Training(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        clip,
        patience,
        seed,
        file,
        progress,
        chart,
        watcher);
  }

  /** A copy that shows no progress. */
  public Training quiet() {
    return new Training(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        clip,
        patience,
        seed,
        checkpoint,
        false,
        false,
        watcher);
  }

  /** A copy that draws the loss while it trains. */
  public Training withChart() {
    return new Training(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        clip,
        patience,
        seed,
        checkpoint,
        progress,
        true,
        watcher);
  }

  /** A copy that calls {@code newWatcher} with the number of each epoch when it has ended. */
  public Training watch(IntConsumer newWatcher) {
    return new Training(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        clip,
        patience,
        seed,
        checkpoint,
        progress,
        chart,
        newWatcher);
  }

  /** What a checkpoint must agree with to be resumed: everything that changes the result. */
  String fingerprint() {
    return "batch size "
        + batchSize
        + ", learning rate "
        + learningRate
        + ", "
        + schedule
        + ", weight decay "
        + weightDecay
        + ", clip "
        + clip
        + ", patience "
        + patience
        + ", seed "
        + seed
        // A cosine schedule depends on the planned length; a constant one may be prolonged.
        + (schedule instanceof Schedule.Cosine ? ", epochs " + epochs : "");
  }

  private static void require(boolean held, String message) {
    if (!held) {
      throw new IllegalArgumentException("Training: " + message + ".");
    }
  }
}
