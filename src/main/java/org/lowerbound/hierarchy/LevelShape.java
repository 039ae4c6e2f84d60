package org.lowerbound.hierarchy;

import java.util.Arrays;
import org.lowerbound.numerics.Checks;

/**
 * The architecture of a {@link LevelVae}.
 *
 * <p>Level l below the top has {@code latents[l − 1]} maps of {@code inner/2ˡ} squared places, so
 * that level 1 has the finest ones; the top level is one vector.
 *
 * @param hole the picture and the square to predict
 * @param filters channels of the convolutions at level 1; twice as many above
 * @param latents maps of each level from the lowest, and last the length of the top's vector
 * @param posterior what q sees
 * @param normalisation of the hidden maps
 */
public record LevelShape(
    Hole hole, int filters, int[] latents, Posteriors posterior, Normalisation normalisation) {

  /** What the posterior of a level sees beside the whole picture. */
  public enum Posteriors {
    /** Nothing: q(z₁ | x) ⋯ q(z_L | x), as in S. Tan's system. */
    FACTORISED,
    /**
     * The generative state above it, and with it the latents that were drawn there: q(z_L | x)
     * q(z_{L−1} | z_L, x) ⋯, as in ladder networks (Sønderby et al. 2016, Kingma et al. 2016).
     */
    TOP_DOWN
  }

  /** What is done to hidden maps before the ReLU. */
  public enum Normalisation {
    /** Nothing. */
    NONE,
    /**
     * (h − mean)/√variance by channel, over all pictures and places of the batch at hand, then a
     * gain and a shift (Ioffe and Szegedy 2015).
     */
    BATCH
  }

  /** Checks the sizes. */
  public LevelShape {
    latents = latents.clone();
    Checks.atLeast(1, "filters", filters);
    if (latents.length < 2) {
      throw new IllegalArgumentException(
          "A hierarchy has at least 2 levels, not " + latents.length + ".");
    }
    for (int n : latents) {
      Checks.atLeast(1, "latents of a level", n);
    }
    // The features of the top are once more halved.
    int factor = 1 << latents.length;
    if (hole.side() % factor != 0 || hole.inner() % (factor / 2) != 0 || hole.margin() % 2 != 0) {
      throw new IllegalArgumentException(
          latents.length
              + " levels need a picture whose side "
              + factor
              + " divides, a square whose side "
              + factor / 2
              + " divides and a border of even width, not "
              + hole
              + ".");
    }
    for (int l = 1; l < latents.length; l++) {
      if ((hole.side() >> l) - (hole.inner() >> l) != 2 * (hole.margin() >> l)) {
        throw new IllegalArgumentException(
            "At level " + l + " the square of " + hole + " does not lie in the middle.");
      }
    }
  }

  /** A shape with a posterior from the top down and no normalisation. */
  public static LevelShape of(Hole hole, int filters, int... latents) {
    return new LevelShape(hole, filters, latents, Posteriors.TOP_DOWN, Normalisation.NONE);
  }

  /** A copy with this posterior. */
  public LevelShape posterior(Posteriors newPosterior) {
    return new LevelShape(hole, filters, latents, newPosterior, normalisation);
  }

  /** A copy with this normalisation. */
  public LevelShape normalisation(Normalisation newNormalisation) {
    return new LevelShape(hole, filters, latents, posterior, newNormalisation);
  }

  /** Latents of each level from the lowest: maps, and last the vector's length; a copy. */
  @Override
  public int[] latents() {
    return latents.clone();
  }

  /** The number L of levels. */
  public int levels() {
    return latents.length;
  }

  /** Height and width of the maps of a level; 1 for the top's vector. */
  public int grid(int level) {
    return level == levels() ? 1 : hole.inner() >> level;
  }

  /** The number of latents of a level. */
  public int size(int level) {
    return latents[level - 1] * grid(level) * grid(level);
  }

  /** The number of latents of each level, from the lowest. */
  public int[] sizes() {
    int[] sizes = new int[levels()];
    Arrays.setAll(sizes, l -> size(l + 1));
    return sizes;
  }

  /** The number of latents of all levels. */
  public int size() {
    return Arrays.stream(sizes()).sum();
  }

  /** Where the noise of a level begins in a row of noise. */
  public int offset(int level) {
    return Arrays.stream(sizes()).limit(level - 1L).sum();
  }

  /** Numbers in a picture. */
  public int features() {
    return Hole.CHANNELS * hole.side() * hole.side();
  }

  /** Channels of the hidden maps of a level. */
  int width(int level) {
    return level == 1 ? filters : 2 * filters;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LevelShape that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int l = 1; l <= levels(); l++) {
      text.append(l == 1 ? "" : " · ").append(latents[l - 1]);
      if (l < levels()) {
        text.append('@').append(grid(l)).append('²');
      }
    }
    return hole.side()
        + "×"
        + hole.side()
        + " around "
        + hole.inner()
        + "×"
        + hole.inner()
        + ", "
        + filters
        + " filters, latents "
        + text
        + ", posterior "
        + (posterior == Posteriors.TOP_DOWN ? "top-down" : "factorised")
        + (normalisation == Normalisation.BATCH ? ", normalised by batch" : "");
  }
}
