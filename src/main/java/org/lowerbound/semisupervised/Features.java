package org.lowerbound.semisupervised;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.lowerbound.data.Examples;
import org.lowerbound.data.Provenance;
import org.lowerbound.vae.Posterior;
import org.lowerbound.vae.Vae;

/**
 * What M1 hands on (Kingma et al. 2014, section 2.1): each row of a data set as q(z | x) = N(μ,
 * diag σ²) of a trained variational autoencoder, restricted to the latents that are in use.
 *
 * <p>As {@link Examples}, a row is a draw μ + σ ε, fresh at each use, as the paper trains M1+M2;
 * {@link #means} are what a classifier without noise takes.
 */
public final class Features implements Examples {

  /** Rows that are encoded at once: bounds the memory of the pictures. */
  private static final int CHUNK = 1000;

  private final Provenance provenance;
  private final float[][] mean;
  private final float[][] deviation;

  private Features(Provenance provenance, float[][] mean, float[][] deviation) {
    this.provenance = provenance;
    this.mean = mean;
    this.deviation = deviation;
  }

  /**
   * The features of every row.
   *
   * @param m1 the trained autoencoder
   * @param data rows that it takes: grey values for a model of bits, whose expectation they are
   * @param kept indices of the latents to keep, as {@link #inUse} finds them
   */
  public static Features of(Vae m1, Examples data, int... kept) {
    if (kept.length == 0) {
      throw new IllegalArgumentException("At least one latent must be kept.");
    }
    for (int j : kept) {
      if (j < 0 || j >= m1.shape().latents()) {
        throw new IllegalArgumentException(
            "The model has latents 0 to " + (m1.shape().latents() - 1) + ", not " + j + ".");
      }
    }
    float[][] mean = new float[data.size()][];
    float[][] deviation = new float[data.size()][];
    for (int from = 0; from < data.size(); from += CHUNK) {
      int to = Math.min(data.size(), from + CHUNK);
      Posterior q = m1.encode(data.rows(from, to));
      for (int i = from; i < to; i++) {
        mean[i] = chosen(q.mean()[i - from], kept);
        deviation[i] = chosen(q.deviation()[i - from], kept);
      }
    }
    String name = data.name() + ", " + kept.length + " features of M1";
    return new Features(data.provenance().named(name), mean, deviation);
  }

  private static float[] chosen(double[] values, int[] kept) {
    float[] some = new float[kept.length];
    for (int j = 0; j < kept.length; j++) {
      some[j] = (float) values[kept[j]];
    }
    return some;
  }

  /**
   * The latents that M1 uses: those whose mean has a standard deviation over the data above a
   * threshold; the paper's code has 0.1.
   *
   * @param data some thousand rows of the training data
   */
  public static int[] inUse(Vae m1, Examples data, double threshold) {
    double[] activity = m1.encode(data.rows(0, data.size())).activity();
    return IntStream.range(0, activity.length)
        .filter(j -> Math.sqrt(activity[j]) > threshold)
        .toArray();
  }

  @Override
  public int size() {
    return mean.length;
  }

  @Override
  public int[] shape() {
    return new int[] {mean[0].length};
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    for (int j = 0; j < mean[row].length; j++) {
      into[at + j] = (float) (mean[row][j] + deviation[row][j] * random.nextGaussian());
    }
  }

  /** The means μ of all rows, {@code [rows, features]}; a copy. */
  public float[][] means() {
    return Arrays.stream(mean).map(float[]::clone).toArray(float[][]::new);
  }

  /** The means of some rows. */
  public float[][] means(int... rows) {
    return Arrays.stream(rows).mapToObj(i -> mean[i].clone()).toArray(float[][]::new);
  }

  @Override
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public String toString() {
    return name() + ": " + mean.length + " rows";
  }
}
