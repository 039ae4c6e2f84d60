package org.lowerbound.data;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.lowerbound.numerics.StopButton;

/**
 * Rows of numbers, drawn by index: what a model is trained on.
 *
 * <p>A row has a fixed shape without the batch axis, for instance {@code [16]}, {@code [1, 28, 28]}
 * or {@code [3, 32, 32]}, and is handed out as floats in row-major order. Implementations are
 * immutable and safe to share between threads; everything random comes from the generator that is
 * passed in, so that the same seed gives the same rows.
 */
public interface Examples {

  /** The label of a row whose label is not known. */
  int UNLABELLED = -1;

  /** The number of rows. */
  int size();

  /** The shape of one row, without the batch axis; a copy that the caller may change. */
  int[] shape();

  /** The number of values in one row: the product of {@link #shape()}. */
  default int features() {
    return Shapes.product(shape());
  }

  /**
   * Writes one row.
   *
   * @param row index of the row, from 0 to {@code size() - 1}
   * @param random used only by data that are drawn anew each time, such as {@link
   *     DynamicBinaryRows}; all other data ignore it
   * @param into receives {@link #features()} values from index {@code at} on
   * @param at where the row starts in {@code into}
   * @throws IndexOutOfBoundsException if the row does not exist or does not fit into the array
   */
  void draw(int row, RandomGenerator random, float[] into, int at);

  /** Whether rows have labels, of which some may not be known. */
  default boolean labelled() {
    return false;
  }

  /**
   * The class of one row, from 0, or {@link #UNLABELLED} if this row's is not known.
   *
   * @throws IllegalStateException if these rows have no labels
   * @throws IndexOutOfBoundsException if the row does not exist
   */
  default int label(int row) {
    throw new IllegalStateException(name() + " has no labels");
  }

  /**
   * What the rows are, for instance {@code "MNIST train"}. Generated data never bear a real name.
   */
  default String name() {
    return provenance().name();
  }

  /** Where the rows come from. */
  Provenance provenance();

  /**
   * A checksum of all rows and labels, by which a checkpoint knows its data (CRC-32C: right for
   * accidents, no defence against intent). Data that are drawn anew each time give the checksum of
   * what they are drawn from.
   */
  default long checksum() {
    CRC32C sum = new CRC32C();
    float[] row = new float[features()];
    ByteBuffer bytes = ByteBuffer.allocate(4 * row.length + 4);
    for (int i = 0; i < size(); i++) {
      if (i % 1000 == 0) {
        StopButton.poll();
      }
      draw(i, new SplittableRandom(i), row, 0);
      bytes.clear();
      bytes.asFloatBuffer().put(row);
      bytes.putInt(4 * row.length, labelled() ? label(i) : UNLABELLED);
      sum.update(bytes);
    }
    return sum.getValue();
  }

  /**
   * A copy of the rows {@code from} (inclusive) to {@code to} (exclusive), {@code [to - from,
   * features]}. Data that are drawn anew each time are drawn with the fixed seed {@code from}, so
   * that the same call gives the same answer.
   */
  default float[][] rows(int from, int to) {
    if (from < 0 || to < from || to > size()) {
      throw new IndexOutOfBoundsException(
          "rows "
              + from
              + " to "
              + to
              + " of "
              + name()
              + " do not exist: expected 0 <= from <= to <= "
              + size());
    }
    RandomGenerator random = new SplittableRandom(from);
    float[][] rows = new float[to - from][features()];
    for (int i = from; i < to; i++) {
      if (i % 1000 == 0) {
        StopButton.poll();
      }
      draw(i, random, rows[i - from], 0);
    }
    return rows;
  }
}
