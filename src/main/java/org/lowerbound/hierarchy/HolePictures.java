package org.lowerbound.hierarchy;

import org.lowerbound.data.ImageData;
import org.lowerbound.data.Splits;
import org.lowerbound.data.StreetDigits;
import org.lowerbound.data.Svhn;
import org.lowerbound.vae.ColourPictures;

/**
 * The colour pictures of 32×32 in which chapter 11 leaves a hole: what {@code LOWERBOUND_COLOURS}
 * names ({@code svhn}, {@code cifar10}, or a folder with files of SVHN's format); where it names
 * nothing, SVHN if its files are here, else generated house numbers.
 */
public final class HolePictures {

  /** The seed of the generated house numbers. */
  static final long SEED = 11;

  private HolePictures() {}

  /**
   * The parts, in the size of the run.
   *
   * @throws IllegalArgumentException if the variable names no set
   */
  public static Splits<ImageData> load(LevelSizes sizes) {
    return load(ColourPictures.chosen(Svhn.atHand() ? "svhn" : ""), sizes);
  }

  static Splits<ImageData> load(String name, LevelSizes sizes) {
    if (name.isEmpty()) {
      int all = sizes.train() + sizes.valid() + sizes.test();
      return StreetDigits.of(all, SEED)
          .materialised()
          .split(sizes.train(), sizes.valid(), sizes.test());
    }
    int side = sizes.shape().hole().side();
    return ColourPictures.load(name, side, sizes.train(), sizes.valid(), sizes.test());
  }
}
