package org.lowerbound.data;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * Labelled rows of which a model is told only some labels: the data of semi-supervised learning.
 * The other rows are the same, their {@link #label} is {@link Examples#UNLABELLED}.
 */
public final class PartlyLabelled implements Examples {

  private final Examples all;
  private final BitSet known;

  private PartlyLabelled(Examples all, BitSet known) {
    this.all = all;
    this.known = known;
  }

  /**
   * The rows of {@code all} with the labels of a few, for instance of those that {@link
   * ImageData#balancedRows} chooses.
   *
   * @param known indices of the rows whose labels are kept
   * @throws IllegalArgumentException if the rows have no labels
   * @throws IndexOutOfBoundsException if a row does not exist
   */
  public static PartlyLabelled of(Examples all, int... known) {
    Objects.requireNonNull(all, "all");
    if (!all.labelled()) {
      throw new IllegalArgumentException(
          all.name() + " has no labels, of which some could be kept.");
    }
    BitSet kept = new BitSet(all.size());
    for (int row : known) {
      kept.set(Shapes.row(all, row));
    }
    return new PartlyLabelled(all, kept);
  }

  /** The number of rows whose label is known. */
  public int known() {
    return known.cardinality();
  }

  @Override
  public int size() {
    return all.size();
  }

  @Override
  public int[] shape() {
    return all.shape();
  }

  @Override
  public int features() {
    return all.features();
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    all.draw(row, random, into, at);
  }

  @Override
  public boolean labelled() {
    return true;
  }

  @Override
  public int label(int row) {
    return known.get(Shapes.row(this, row)) ? all.label(row) : UNLABELLED;
  }

  /** That of all rows together with which labels are known. */
  @Override
  public long checksum() {
    CRC32C sum = new CRC32C();
    sum.update(ByteBuffer.allocate(8).putLong(0, all.checksum()));
    sum.update(known.toByteArray());
    return sum.getValue();
  }

  @Override
  public String name() {
    return all.name() + ", " + known() + " labels";
  }

  @Override
  public Provenance provenance() {
    return all.provenance().named(name());
  }

  @Override
  public String toString() {
    return Shapes.line(this, ", " + known() + " of them labelled");
  }
}
