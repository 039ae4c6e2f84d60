package org.lowerbound.vae;

import java.util.Locale;

/**
 * The architecture of a {@link SpatialVae}: convolutions and residual blocks (He et al. 2016) on
 * colour pictures, with latents that keep their place in the picture, or with one vector of them.
 *
 * <p>A picture {@code [3, side, side]} is first folded, losslessly, into {@code [12, side/2,
 * side/2]}: the channels of each 2×2 block side by side. The encoder then runs
 *
 * <pre>  3×3 convolution → ReLU → 4×4 convolution, stride 2 → residual blocks → μ and log σ²</pre>
 *
 * <p>with latents {@code [latentChannels, side/4, side/4]}, or {@code [latentChannels]} as a
 * vector; the decoder mirrors it.
 *
 * @param side height and width of a picture, a multiple of 4
 * @param filters channels of all hidden layers
 * @param blocks residual blocks each way
 * @param latentChannels latents at each place, or in all if they are a vector
 * @param arrangement how the latents are arranged
 * @param normalisation of the input of each convolution in a residual block
 * @param law p(x | z)
 */
public record SpatialShape(
    int side,
    int filters,
    int blocks,
    int latentChannels,
    Latents arrangement,
    Normalisation normalisation,
    PictureLaw law) {

  /** How the latent variables of a picture are arranged. */
  public enum Latents {
    /** A number of them at each place of a grid of a quarter of the side. */
    SPATIAL,
    /** One vector, by dense layers between it and the convolutions. */
    VECTOR,
    /** One vector, linear in the picture, as principal components are. */
    PRINCIPAL
  }

  /** How the inputs of a layer are brought to a common scale. */
  public enum Normalisation {
    /** Not at all. */
    NONE,
    /**
     * Each picture by its own mean and variance over channels and places, then a learned gain and
     * bias a channel (Ba et al. 2016). What is computed for a picture does not depend on the others
     * in its batch.
     */
    PICTURE
  }

  /** Checks the sizes. */
  public SpatialShape {
    if (side < 8 || side % 4 != 0) {
      throw new IllegalArgumentException(
          "The side of a picture must be a multiple of 4 and at least 8, not " + side + ".");
    }
    atLeast(1, filters, "filters");
    atLeast(0, blocks, "residual blocks");
    atLeast(1, latentChannels, "latent channels");
    if (arrangement == null || normalisation == null || law == null) {
      throw new IllegalArgumentException(
          "The arrangement of the latents, the normalisation and the law must be given.");
    }
    if (arrangement == Latents.PRINCIPAL && latentChannels >= 3 * side * side) {
      throw new IllegalArgumentException(
          "There are fewer principal components than the "
              + 3 * side * side
              + " sub-pixels of a picture, not "
              + latentChannels
              + ".");
    }
    if (arrangement == Latents.PRINCIPAL && law.component().kind() == Likelihood.Kind.BERNOULLI) {
      throw new IllegalArgumentException(
          "Principal components predict a centre, not the log-odds of a Bernoulli law.");
    }
  }

  private static void atLeast(int least, int value, String what) {
    if (value < least) {
      throw new IllegalArgumentException(
          "The number of " + what + " must be at least " + least + ", not " + value + ".");
    }
  }

  /** Latents {@code [channels, side/4, side/4]}, one residual block each way, no normalisation. */
  public static SpatialShape spatial(int side, int filters, int channels, PictureLaw law) {
    return new SpatialShape(side, filters, 1, channels, Latents.SPATIAL, Normalisation.NONE, law);
  }

  /** The same network around one vector of latents. */
  public static SpatialShape vector(int side, int filters, int latents, PictureLaw law) {
    return new SpatialShape(side, filters, 1, latents, Latents.VECTOR, Normalisation.NONE, law);
  }

  /** One vector of latents that are linear in the picture, as many as {@code latents}. */
  public static SpatialShape principal(int side, int filters, int latents, PictureLaw law) {
    return new SpatialShape(side, filters, 0, latents, Latents.PRINCIPAL, Normalisation.NONE, law);
  }

  /** A copy with so many residual blocks each way. */
  public SpatialShape blocks(int newBlocks) {
    return new SpatialShape(
        side, filters, newBlocks, latentChannels, arrangement, normalisation, law);
  }

  /** A copy with this normalisation. */
  public SpatialShape normalisation(Normalisation newNormalisation) {
    return new SpatialShape(
        side, filters, blocks, latentChannels, arrangement, newNormalisation, law);
  }

  /** A copy with this law of a picture. */
  public SpatialShape law(PictureLaw newLaw) {
    return new SpatialShape(
        side, filters, blocks, latentChannels, arrangement, normalisation, newLaw);
  }

  /** Numbers in a picture: 3·side². */
  public int features() {
    return 3 * side * side;
  }

  /** Side of the grid of latents and of the narrowest hidden layer. */
  int grid() {
    return side / 4;
  }

  /** All latent variables of a picture. */
  public int latents() {
    return arrangement == Latents.SPATIAL ? latentChannels * grid() * grid() : latentChannels;
  }

  @Override
  public String toString() {
    return "convolutional VAE 3x"
        + side
        + "x"
        + side
        + ", "
        + filters
        + " filters, "
        + blocks
        + (blocks == 1 ? " block" : " blocks")
        + (normalisation == Normalisation.NONE
            ? ""
            : ", normalised by " + normalisation.toString().toLowerCase(Locale.ROOT))
        + ", latents "
        + latentChannels
        + switch (arrangement) {
          case SPATIAL -> "x" + grid() + "x" + grid();
          case VECTOR -> "";
          case PRINCIPAL -> " linear";
        }
        + ", "
        + law;
  }
}
