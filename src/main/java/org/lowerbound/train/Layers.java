package org.lowerbound.train;

import java.util.random.RandomGenerator;
import org.lowerbound.data.Backend;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.StopButton;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What every model does when it builds its graph: where its parameters start, and log(1 + eᵃ). */
public final class Layers {
  static {
    Backend.find();
  }

  private Layers() {}

  /**
   * The limit {@code √(6/(in + out))} of Glorot and Bengio's uniform weights (2010, equation 16),
   * under which activations and gradients keep their variance from layer to layer.
   *
   * @param in numbers that a unit reads; for a kernel its area times the channels below
   * @param out units that read a number
   */
  public static double glorot(long in, long out) {
    return Math.sqrt(6.0 / (in + out));
  }

  /** An array of numbers uniform between −limit and limit; zeros for a limit of 0. */
  public static INDArray uniform(
      double limit, RandomGenerator random, DataType type, long... shape) {
    long length = 1;
    for (long dimension : shape) {
      length = Math.multiplyExact(length, dimension);
    }
    double[] values = new double[Math.toIntExact(length)];
    for (int i = 0; limit > 0 && i < values.length; i++) {
      values[i] = random.nextDouble(-limit, limit);
    }
    return Nd4j.createFromArray(values).reshape(shape).castTo(type);
  }

  /**
   * {@code log(1 + eᵃ)} as {@code (a + |a|)/2 + log(1 + e^−|a|)}, which no output overflows. With
   * max(a, 0) for the first term, SameDiff's derivative at a = 0 would be 0 in place of 1/2.
   */
  public static SDVariable softplus(SameDiff sd, SDVariable a) {
    SDVariable size = sd.math.abs(a);
    return a.add(size).mul(0.5).add(sd.math.log1p(sd.math.exp(size.neg())));
  }

  /** The sum of each feature over all examples, {@code [features]}: where an output bias starts. */
  public static double[] sums(Examples data) {
    double[] sums = new double[data.features()];
    float[] row = new float[sums.length];
    RandomGenerator random = Trainer.random(0);
    for (int i = 0; i < data.size(); i++) {
      StopButton.poll();
      data.draw(i, random, row, 0);
      for (int d = 0; d < sums.length; d++) {
        sums[d] += row[d];
      }
    }
    return sums;
  }

  /**
   * {@code log (n₁ + ½)/(n₀ + ½)}: the log-odds of a bit that was 1 in {@code ones} of {@code rows}
   * examples, finite also where it was always or never 1.
   */
  public static double logOdds(double ones, long rows) {
    return Math.log((ones + 0.5) / (rows - ones + 0.5));
  }
}
