package org.lowerbound.train;

import org.lowerbound.plot.Numbers;

/**
 * How the learning rate changes over a run: a factor that multiplies {@link
 * Training#learningRate()}. Schedules are records, so that a checkpoint can tell whether it was
 * made with another one.
 */
public sealed interface Schedule {

  /**
   * The factor for one epoch.
   *
   * @param epoch the epoch, from 1
   * @param epochs the number of epochs planned
   */
  double factor(int epoch, int epochs);

  /** The same rate throughout. */
  static Schedule constant() {
    return new Constant();
  }

  /** Half a cosine from 1 to {@code end} (Loshchilov and Hutter 2017, eq. 5, one period). */
  static Schedule cosine(double end) {
    return new Cosine(end);
  }

  /** Multiplied by {@code factor} after every {@code every} epochs. */
  static Schedule steps(int every, double factor) {
    return new Steps(every, factor);
  }

  /** See {@link Schedule#constant()}. */
  record Constant() implements Schedule {
    @Override
    public double factor(int epoch, int epochs) {
      return 1;
    }
  }

  /**
   * See {@link Schedule#cosine(double)}.
   *
   * @param end the factor in the last epoch
   */
  record Cosine(double end) implements Schedule {
    /** Checks the factor. */
    public Cosine {
      if (!(end >= 0 && end <= 1)) {
        throw new IllegalArgumentException("The final factor must lie in [0, 1], not " + end + ".");
      }
    }

    @Override
    public double factor(int epoch, int epochs) {
      if (epochs <= 1) {
        return 1;
      }
      double t = Math.min(1, (epoch - 1.0) / (epochs - 1.0));
      return end + (1 - end) * 0.5 * (1 + Math.cos(Math.PI * t));
    }

    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  /**
   * See {@link Schedule#steps(int, double)}.
   *
   * @param every epochs between two changes
   * @param factor what each change multiplies by
   */
  record Steps(int every, double factor) implements Schedule {
    /** Checks the arguments. */
    public Steps {
      if (every < 1 || !(factor > 0)) {
        throw new IllegalArgumentException(
            "Steps need at least 1 epoch between changes and a positive factor, not "
                + every
                + " and "
                + factor
                + ".");
      }
    }

    @Override
    public double factor(int epoch, int epochs) {
      return Math.pow(factor, (epoch - 1) / every);
    }

    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }
}
