package org.lowerbound.anomaly;

import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;
import org.lowerbound.numerics.Checks;
import org.lowerbound.plot.Numbers;

/**
 * Pictures in which each sub-pixel is, with a given probability, replaced by a level drawn
 * uniformly: what a background model is trained on (Ren et al. 2019, section 3.1). Light and colour
 * survive, shapes do not. Drawn anew each time.
 *
 * @param pictures the originals
 * @param rate the probability of a replacement, between 0 and 1
 */
public record Mutated(ImageData pictures, double rate) implements Examples {

  /** Checks the rate. */
  public Mutated {
    Checks.require(pictures != null, "The pictures must be given.");
    Checks.require(rate >= 0 && rate <= 1, "A probability lies between 0 and 1, not at %s.", rate);
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
      if (random.nextDouble() < rate) {
        into[d] = random.nextInt(256) / 255f;
      }
    }
  }

  @Override
  public Provenance provenance() {
    return pictures.provenance();
  }

  /** The pictures and the rate. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
