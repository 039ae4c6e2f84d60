package org.lowerbound.train;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * How a model is trained. A value: each method returns a copy with one setting changed, so that a
 * cell reads {@code Training.epochs(20).batchSize(100).patience(5)}.
 */
public final class Training {

  private int epochs;
  private int batchSize = 100;
  private double learningRate = 1e-3;
  private Schedule schedule = Schedule.constant();
  private double weightDecay;
  private double clip;
  private int patience;
  private long seed = 1;
  private Path checkpoint;
  private boolean progress = true;
  private boolean chart;
  private IntConsumer watcher;

  private Training() {}

  /** A run of so many epochs with batches of 100, Adam at 0.001, seed 1, and nothing else. */
  public static Training epochs(int epochs) {
    return new Training().with(t -> t.epochs = epochs);
  }

  /** So many steps: the name for {@link Trainer#minimise}, which has no data to pass over. */
  public static Training steps(int steps) {
    return epochs(steps);
  }

  /** A copy with this many examples a step. */
  public Training batchSize(int size) {
    return with(t -> t.batchSize = size);
  }

  /** A copy with this step size of Adam (Kingma and Ba 2015, algorithm 1, α). */
  public Training learningRate(double rate) {
    return with(t -> t.learningRate = rate);
  }

  /** A copy with this schedule of the step size. */
  public Training schedule(Schedule newSchedule) {
    return with(t -> t.schedule = newSchedule);
  }

  /** A copy with a penalty λ/2·‖θ‖² added to the gradient, though not to the reported loss. */
  public Training weightDecay(double lambda) {
    return with(t -> t.weightDecay = lambda);
  }

  /** A copy whose gradients are scaled down to this Euclidean norm; 0 for none. */
  public Training clip(double norm) {
    return with(t -> t.clip = norm);
  }

  /** A copy that stops after so many epochs without a better validation loss; 0 for never. */
  public Training patience(int fruitless) {
    return with(t -> t.patience = fruitless);
  }

  /** A copy with this seed of the order of the examples and of all noise. */
  public Training seed(long newSeed) {
    return with(t -> t.seed = newSeed);
  }

  /**
   * A copy that saves its state in this file and resumes from it; or null. The state is saved after
   * each epoch, or, if writing it takes long against an epoch, so often that writing takes a tenth
   * of the time.
   */
  public Training checkpoint(Path file) {
    return with(t -> t.checkpoint = file);
  }

  /** A copy that shows no progress. */
  public Training quiet() {
    return with(
        t -> {
          t.progress = false;
          t.chart = false;
        });
  }

  /** A copy that draws the loss while it trains. */
  public Training withChart() {
    return with(t -> t.chart = true);
  }

  /** A copy that calls {@code newWatcher} with the number of each epoch when it has ended. */
  public Training watch(IntConsumer newWatcher) {
    return with(t -> t.watcher = newWatcher);
  }

  /** Passes over the data at most; steps, when there is no data. */
  public int epochs() {
    return epochs;
  }

  /** Examples in a step. */
  public int batchSize() {
    return batchSize;
  }

  /** Adam's step size before the schedule. */
  public double learningRate() {
    return learningRate;
  }

  /** How the step size changes over the epochs. */
  public Schedule schedule() {
    return schedule;
  }

  /** λ of the penalty on the squared parameters. */
  public double weightDecay() {
    return weightDecay;
  }

  /** Largest norm of the gradient; 0 for none. */
  public double clip() {
    return clip;
  }

  /** Epochs without improvement after which training stops; 0 for never. */
  public int patience() {
    return patience;
  }

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** The file of the checkpoint; null for none. */
  public Path checkpoint() {
    return checkpoint;
  }

  /** Whether a line of progress is shown. */
  boolean progress() {
    return progress;
  }

  /** Whether the loss is drawn while training. */
  boolean chart() {
    return chart;
  }

  /** Who is told of each epoch; null for nobody. */
  IntConsumer watcher() {
    return watcher;
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

  @Override
  public String toString() {
    return "Training[epochs " + epochs + ", " + fingerprint() + "]";
  }

  private Training with(Consumer<Training> change) {
    Training copy = new Training();
    copy.epochs = epochs;
    copy.batchSize = batchSize;
    copy.learningRate = learningRate;
    copy.schedule = schedule;
    copy.weightDecay = weightDecay;
    copy.clip = clip;
    copy.patience = patience;
    copy.seed = seed;
    copy.checkpoint = checkpoint;
    copy.progress = progress;
    copy.chart = chart;
    copy.watcher = watcher;
    change.accept(copy);
    copy.check();
    return copy;
  }

  private void check() {
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

  private static void require(boolean held, String message) {
    if (!held) {
      throw new IllegalArgumentException("Training: " + message + ".");
    }
  }
}
