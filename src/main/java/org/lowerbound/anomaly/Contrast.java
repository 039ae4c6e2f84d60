package org.lowerbound.anomaly;

import org.lowerbound.data.ImageData;
import org.lowerbound.numerics.Checks;

/**
 * Pictures with less contrast: each level is moved towards the middle one, 128 + c (level − 128),
 * rounded. With c = 0 nothing is left but an even grey.
 */
public final class Contrast {

  private Contrast() {}

  /**
   * The same pictures at a part of their contrast, with their labels.
   *
   * @param c from 0 to 1
   */
  public static ImageData of(ImageData pictures, double c) {
    Checks.require(c >= 0 && c <= 1, "A part of the contrast lies between 0 and 1, not at %s.", c);
    byte[][] levels = new byte[pictures.size()][];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = pictures.pixels(i);
      for (int d = 0; d < levels[i].length; d++) {
        levels[i][d] = (byte) Math.round(128 + c * ((levels[i][d] & 0xff) - 128));
      }
    }
    return pictures.labelled()
        ? ImageData.of(
            pictures.provenance(), pictures.shape(), pictures.classes(), levels, pictures.labels())
        : ImageData.of(pictures.provenance(), pictures.shape(), levels);
  }
}
