package org.lowerbound.data;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Rows of bits that never change: the density-estimation sets, fixed-binarised images, enumerable
 * sets. A bit is stored as one byte, 0 or 1.
 *
 * <p>Images whose bits are drawn anew each epoch are another type, {@link DynamicBinaryRows}, since
 * the two give different log-likelihoods for the same model (by about 2 nats on MNIST).
 */
public final class BinaryRows implements Examples {

  private final Provenance provenance;
  private final int[] shape;
  private final int features;
  private final byte[][] bits;
  private final int[] labels;

  private BinaryRows(Provenance provenance, int[] shape, byte[][] bits, int[] labels) {
    this.provenance = provenance;
    this.shape = shape;
    this.features = Shapes.product(shape);
    this.bits = bits;
    this.labels = labels;
  }

  /**
   * Rows without labels, of shape {@code [features]}.
   *
   * @param bits {@code [rows, features]} of 0 and 1; not copied
   * @throws IllegalArgumentException if the rows differ in length or hold another value
   */
  public static BinaryRows of(Provenance provenance, byte[][] bits) {
    int features = bits.length == 0 ? 0 : bits[0].length;
    return of(provenance, new int[] {features}, bits, (int[]) null);
  }

  /** Rows made on the page, of shape {@code [features]}, under the given name. */
  public static BinaryRows of(String name, byte[][] bits) {
    return of(Provenance.builtIn(name, "made on the page"), bits);
  }

  /**
   * Rows of any shape, with labels if they are known.
   *
   * @param shape of one row, for instance {@code [1, 28, 28]}
   * @param bits {@code [rows, product of shape]} of 0 and 1; not copied
   * @param labels one label from 0 on a row, or null; not copied
   * @throws IllegalArgumentException if the arrays do not fit together or hold another value
   */
  public static BinaryRows of(Provenance provenance, int[] shape, byte[][] bits, int[] labels) {
    Objects.requireNonNull(provenance, "provenance");
    int[] own = shape.clone();
    int features = Shapes.product(own);
    for (int i = 0; i < bits.length; i++) {
      if (bits[i].length != features) {
        throw new IllegalArgumentException(
            "row " + i + " has " + bits[i].length + " bits; expected " + features);
      }
      int wrong = 0;
      for (byte bit : bits[i]) {
        wrong |= bit & ~1;
      }
      if (wrong != 0) {
        throw new IllegalArgumentException("row " + i + " holds a value other than 0 and 1");
      }
    }
    if (labels != null && labels.length != bits.length) {
      throw new IllegalArgumentException(
          labels.length + " labels for " + bits.length + " rows; expected one a row");
    }
    return new BinaryRows(provenance, own, bits, labels);
  }

  /** Rows with one unsigned byte of label each, as the files of data sets have them. */
  public static BinaryRows of(Provenance provenance, int[] shape, byte[][] bits, byte[] labels) {
    return of(provenance, shape, bits, Shapes.unsigned(labels));
  }

  /** The same rows under another provenance. */
  BinaryRows from(Provenance other) {
    return new BinaryRows(other, shape, bits, labels);
  }

  @Override
  public int size() {
    return bits.length;
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    Objects.checkFromIndexSize(at, features, into.length);
    byte[] source = bits[Shapes.row(this, row)];
    for (int j = 0; j < source.length; j++) {
      into[at + j] = source[j];
    }
  }

  /** The bits of one row, 0 or 1; a copy. */
  public byte[] bits(int row) {
    return bits[Shapes.row(this, row)].clone();
  }

  /** Whether the rows have labels. */
  @Override
  public boolean labelled() {
    return labels != null;
  }

  /**
   * The label of one row.
   *
   * @throws IllegalStateException if these rows have no labels
   */
  @Override
  public int label(int row) {
    if (labels == null) {
      throw new IllegalStateException(name() + " has no labels");
    }
    return labels[Shapes.row(this, row)];
  }

  /** The rows {@code from} (inclusive) to {@code to} (exclusive) as a set of their own. */
  public BinaryRows range(int from, int to) {
    return take(Shapes.range(this, from, to));
  }

  /** The rows of the given indices, in that order, as a set of their own. */
  public BinaryRows take(int... rows) {
    byte[][] chosen = new byte[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      chosen[i] = bits[Shapes.row(this, rows[i])];
    }
    return new BinaryRows(provenance, shape, chosen, Shapes.take(labels, rows));
  }

  /** The same rows in an order that the seed determines. */
  public BinaryRows shuffled(long seed) {
    return take(Shapes.permutation(this, seed));
  }

  /**
   * The first rows for training, the next for validation, the next for test. To split at random,
   * call {@link #shuffled} first.
   *
   * @throws IllegalArgumentException if the parts need more rows than there are
   */
  public Splits<BinaryRows> split(int train, int valid, int test) {
    int[][] parts = Shapes.split(this, train, valid, test);
    return new Splits<>(take(parts[0]), take(parts[1]), take(parts[2]));
  }

  @Override
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public String toString() {
    return Shapes.line(this, labelled() ? ", labelled" : "");
  }
}
