package org.lowerbound.vae;

import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;

/**
 * Pictures whose levels k = 0 … 255 are spread to (k + u)/256, u uniform in [0, 1) and drawn anew
 * each time: what a density may be fitted to. The expected log-density of these is at most the
 * log-probability of the levels under the density summed over each level's interval (Theis et al.
 * 2016, section 3.1); a density fitted to the bare levels can grow without bound.
 *
 * @param pictures the levels
 */
public record Dequantised(ImageData pictures) implements Examples {

  /** Checks that there are pictures. */
  public Dequantised {
    if (pictures == null) {
      throw new IllegalArgumentException("The pictures must be given.");
    }
  }

  @Override
  public int size() {
    return pictures.size();
  }

  @Override
  public int[] shape() {
    return pictures.shape();
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    pictures.draw(row, random, into, at);
    for (int d = at; d < at + features(); d++) {
      // 255·x is a whole number up to rounding; float's largest below 1 keeps 255.99… under 256.
      into[d] = (Math.round(255 * into[d]) + (random.nextInt() >>> 9) * 0x1p-23f) / 256;
    }
  }

  @Override
  public Provenance provenance() {
    return pictures.provenance();
  }
}
