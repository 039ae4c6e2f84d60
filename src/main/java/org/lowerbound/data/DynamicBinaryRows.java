package org.lowerbound.data;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Images whose bits are drawn anew each time: x_j ~ Bernoulli(g_j), g_j in [0, 1] the grey value
 * (Salakhutdinov and Murray 2008; Burda et al. 2016).
 *
 * <p>The bits come from the generator that is given to {@link #draw}, so that an epoch with the
 * same seed has the same bits. Fixed-binarised images are another type, {@link BinaryRows}.
 */
public final class DynamicBinaryRows implements Examples {

  private final ImageData grey;

  private DynamicBinaryRows(ImageData grey) {
    this.grey = grey;
  }

  /** Binary images drawn from the grey values of the given ones. */
  public static DynamicBinaryRows of(ImageData grey) {
    return new DynamicBinaryRows(Objects.requireNonNull(grey, "grey"));
  }

  @Override
  public int size() {
    return grey.size();
  }

  @Override
  public int[] shape() {
    return grey.shape();
  }

  @Override
  public int features() {
    return grey.features();
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    grey.drawBits(row, random, into, at);
  }

  @Override
  public boolean labelled() {
    return grey.labelled();
  }

  /** The label of one row, see {@link ImageData#label}. */
  @Override
  public int label(int row) {
    return grey.label(row);
  }

  /** The grey images that the bits are drawn from. */
  public ImageData grey() {
    return grey;
  }

  @Override
  public String name() {
    return grey.name() + ", binarised dynamically";
  }

  /** That of the grey images. */
  @Override
  public long checksum() {
    return grey.checksum();
  }

  @Override
  public Provenance provenance() {
    return grey.provenance().named(name());
  }

  @Override
  public String toString() {
    return Shapes.line(this, "");
  }
}
