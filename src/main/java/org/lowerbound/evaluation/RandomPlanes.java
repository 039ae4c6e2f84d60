package org.lowerbound.evaluation;

import java.util.SplittableRandom;
import java.util.function.ObjIntConsumer;
import org.lowerbound.data.Backend;
import org.lowerbound.numerics.StopButton;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Signs of random projections: a row's 256 bits say on which side of each of 256 random planes
 * through the centre it lies.
 *
 * <p>Two rows at the angle θ lie on the same side of a plane with probability 1 − θ/π (Goemans and
 * Williamson 1995; Charikar 2002). The bits are cut into {@link #BANDS} bands of {@link #BITS};
 * rows that agree in a whole band are compared. A pair at the angle θ is met with probability 1 −
 * (1 − (1 − θ/π)^{16})^{16}, {@link #recall}.
 */
final class RandomPlanes {
  static {
    Backend.find();
  }

  static final int BANDS = 16;
  static final int BITS = 16;
  private static final int PLANES = BANDS * BITS;
  private static final int CHUNK = 1000;

  private final INDArray planes;
  private final float[] centre;

  /**
   * Planes through a centre.
   *
   * @param centre {@code [features]}
   */
  RandomPlanes(float[] centre, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] directions = new float[centre.length * PLANES];
    for (int i = 0; i < directions.length; i++) {
      directions[i] = (float) random.nextGaussian();
    }
    this.centre = centre;
    this.planes = Nd4j.create(directions, new long[] {centre.length, PLANES}, 'c');
  }

  /** The probability that a pair with this cosine agrees in at least one band. */
  static double recall(double cosine) {
    double same = 1 - Math.acos(Math.max(-1, Math.min(1, cosine))) / Math.PI;
    return 1 - Math.pow(1 - Math.pow(same, BITS), BANDS);
  }

  /**
   * The most bits in which a pair with at least this cosine differs, but for one in thirty
   * thousand: the mean and four deviations of a binomial count.
   */
  static int mostDifferent(double cosine) {
    double differ = Math.acos(cosine) / Math.PI;
    return (int) Math.ceil(PLANES * differ + 4 * Math.sqrt(PLANES * differ * (1 - differ)));
  }

  /**
   * The bits of rows.
   *
   * @param rows how many
   * @param draw writes row i into the array given
   * @return {@code [rows][4]}
   */
  long[][] signatures(int rows, ObjIntConsumer<float[]> draw) {
    long[][] bits = new long[rows][PLANES / 64];
    float[] row = new float[centre.length];
    for (int from = 0; from < rows; from += CHUNK) {
      StopButton.poll();
      int count = Math.min(CHUNK, rows - from);
      float[] chunk = new float[count * centre.length];
      for (int i = 0; i < count; i++) {
        draw.accept(row, from + i);
        for (int j = 0; j < row.length; j++) {
          chunk[i * row.length + j] = row[j] - centre[j];
        }
      }
      try (INDArray x = Nd4j.create(chunk, new long[] {count, centre.length}, 'c')) {
        // In the order of rows, whatever order the product is stored in.
        float[] sides = x.mmul(planes).dup('c').castTo(DataType.FLOAT).data().asFloat();
        for (int i = 0; i < count; i++) {
          for (int p = 0; p < PLANES; p++) {
            if (sides[i * PLANES + p] > 0) {
              bits[from + i][p >> 6] |= 1L << (p & 63);
            }
          }
        }
      }
    }
    return bits;
  }

  /** The bits of one band, as a whole number. */
  static int band(long[] signature, int band) {
    return (int) (signature[band >> 2] >>> (band & 3) * BITS & 0xffff);
  }

  /** In how many bits two rows differ. */
  static int different(long[] a, long[] b) {
    int count = 0;
    for (int w = 0; w < a.length; w++) {
      count += Long.bitCount(a[w] ^ b[w]);
    }
    return count;
  }
}
