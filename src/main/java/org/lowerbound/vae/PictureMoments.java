package org.lowerbound.vae;

import java.util.random.RandomGenerator;
import org.lowerbound.data.Backend;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.train.Trainer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a Gaussian needs to know of pictures: their number n, their mean m and their scatter S = Σ
 * (x − m)(x − m)ᵀ. Those of two sets together follow from those of each (Chan, Golub and LeVeque
 * 1979),
 *
 * <pre>  m = m₁ + (n₂/n) δ,   S = S₁ + S₂ + (n₁n₂/n) δδᵀ,   δ = m₂ − m₁,</pre>
 *
 * <p>so that ten classes, and ten times all classes but one, take one pass over the data. Double
 * precision.
 */
public final class PictureMoments {
  static {
    Backend.find();
  }

  /** Rows in one product of matrices. */
  static final int CHUNK = 500;

  private final long count;
  private final INDArray mean;
  private final INDArray scatter;

  private PictureMoments(long count, INDArray mean, INDArray scatter) {
    this.count = count;
    this.mean = mean;
    this.scatter = scatter;
  }

  /**
   * Of the rows of a set: a matrix of D² numbers, and time in proportion to N D².
   *
   * @param seed of the noise of data that are drawn anew each time
   * @throws IllegalArgumentException if there are no rows
   */
  public static PictureMoments of(Examples data, long seed) {
    Checks.require(
        data.size() > 0, "%s has no rows: there are no moments of nothing.", data.name());
    int d = data.features();
    INDArray sum = Nd4j.zeros(DataType.DOUBLE, 1, d);
    INDArray second = Nd4j.zeros(DataType.DOUBLE, d, d);
    // Around the first picture, so that large means lose no digits.
    float[] reference = new float[d];
    data.draw(0, Trainer.random(seed, 0), reference, 0);
    INDArray origin = Nd4j.createFromArray(reference).castTo(DataType.DOUBLE).reshape(1, d);
    for (int from = 0; from < data.size(); from += CHUNK) {
      INDArray rows = rows(data, from, Math.min(data.size(), from + CHUNK), seed);
      rows.subiRowVector(origin);
      sum.addi(rows.sum(true, 0));
      INDArray product = rows.transpose().mmul(rows);
      second.addi(product);
      product.close();
      rows.close();
    }
    INDArray shift = sum.div(data.size());
    second.subi(shift.transpose().mmul(shift).muli(data.size()));
    return new PictureMoments(data.size(), shift.add(origin), second);
  }

  /** Rows in double precision, the noise of row i from the seed and i. */
  static INDArray rows(Examples data, int from, int to, long seed) {
    float[] flat = new float[(to - from) * data.features()];
    for (int i = from; i < to; i++) {
      RandomGenerator random = Trainer.random(seed, i);
      data.draw(i, random, flat, (i - from) * data.features());
    }
    return Nd4j.create(flat, new long[] {to - from, data.features()}, 'c').castTo(DataType.DOUBLE);
  }

  /**
   * Of both sets together; neither of the two is changed.
   *
   * @throws IllegalArgumentException if their pictures have different sizes
   */
  public PictureMoments plus(PictureMoments other) {
    Checks.require(
        features() == other.features(),
        "Pictures of %s and of %s numbers have no common moments.",
        features(),
        other.features());
    long n = count + other.count;
    INDArray delta = other.mean.sub(mean);
    INDArray together = scatter.add(other.scatter);
    together.addi(delta.transpose().mmul(delta).muli((double) count * other.count / n));
    return new PictureMoments(n, mean.add(delta.mul((double) other.count / n)), together);
  }

  /** The number of pictures, n. */
  public long count() {
    return count;
  }

  /** Numbers in a picture, D. */
  public int features() {
    return (int) mean.size(1);
  }

  /** The mean picture, {@code [1, D]}; not a copy. */
  INDArray mean() {
    return mean;
  }

  /** S/n, {@code [D, D]}: the covariance with divisor n; a copy. */
  INDArray covariance() {
    return scatter.div(count);
  }
}
