package org.lowerbound.vae;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Backend;
import org.lowerbound.numerics.Checks;
import org.lowerbound.train.Trainer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.eigen.Eigen;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Gaussian densities of pictures that one eigendecomposition of their covariance, divisor N,
 * gives: N(x; m, U diag(λ) Uᵀ), with different spectra λ on the same directions U.
 *
 * <ul>
 *   <li>{@link #full}: the maximum-likelihood Gaussian, or with its spectrum drawn towards its
 *       mean;
 *   <li>{@link #principal}: probabilistic PCA (Tipping and Bishop 1999), the Q largest eigenvalues
 *       and the mean of the others;
 * </ul>
 *
 * <p>log N(x) = −½ Σ_j [log 2π + log λ_j + (u_jᵀ(x − m))²/λ_j], in nats a picture. Double
 * precision.
 */
public final class PictureGaussian {
  static {
    Backend.find();
  }

  /** Rows in one product of matrices. */
  private static final int CHUNK = 500;

  private final INDArray mean;
  private final INDArray directions;
  private final double[] eigenvalues;

  private PictureGaussian(INDArray mean, INDArray directions, double[] eigenvalues) {
    this.mean = mean;
    this.directions = directions;
    this.eigenvalues = eigenvalues;
  }

  /**
   * Fits mean and covariance. Of {@code D} features it takes a matrix of D² numbers and time in
   * proportion to N D² + D³.
   *
   * @param data the pictures; {@link Dequantised} where densities are to be compared with
   *     probabilities of levels
   * @param seed of the noise of data that are drawn anew each time
   */
  public static PictureGaussian fit(Examples data, long seed) {
    if (data.size() < 2) {
      throw new IllegalArgumentException(
          "A covariance needs at least 2 pictures; " + data.name() + " has " + data.size() + ".");
    }
    int d = data.features();
    INDArray sum = Nd4j.zeros(DataType.DOUBLE, 1, d);
    // Around the first picture, so that large means lose no digits.
    INDArray second = Nd4j.zeros(DataType.DOUBLE, d, d);
    float[] reference = new float[d];
    data.draw(0, Trainer.random(seed, 0), reference, 0);
    INDArray origin = Nd4j.createFromArray(reference).castTo(DataType.DOUBLE).reshape(1, d);
    for (int from = 0; from < data.size(); from += CHUNK) {
      INDArray rows = rows(data, from, Math.min(data.size(), from + CHUNK), seed);
      rows.subiRowVector(origin);
      sum.addi(rows.sum(true, 0));
      INDArray product = rows.transpose().mmul(rows);
      second.addi(product);
      product.close();
      rows.close();
    }
    sum.divi(data.size());
    second.divi(data.size()).subi(sum.transpose().mmul(sum));
    INDArray values = Eigen.symmetricGeneralizedEigenvalues(second, true);
    double[] ascending = values.toDoubleVector();
    double[] descending = new double[d];
    for (int j = 0; j < d; j++) {
      descending[j] = ascending[d - 1 - j];
    }
    return new PictureGaussian(sum.add(origin), second, descending);
  }

  /**
   * A Gaussian whose parts are known.
   *
   * @param directions {@code [D, D]}, unit vectors as columns in <em>rising</em> order of the
   *     eigenvalues
   * @param eigenvalues largest first
   */
  static PictureGaussian of(double[] mean, INDArray directions, double[] eigenvalues) {
    return new PictureGaussian(
        Nd4j.createFromArray(mean).reshape(1, mean.length), directions, eigenvalues.clone());
  }

  private static INDArray rows(Examples data, int from, int to, long seed) {
    float[] flat = new float[(to - from) * data.features()];
    for (int i = from; i < to; i++) {
      data.draw(i, Trainer.random(seed, i), flat, (i - from) * data.features());
    }
    return Nd4j.create(flat, new long[] {to - from, data.features()}, 'c').castTo(DataType.DOUBLE);
  }

  /** Numbers in a picture. */
  public int features() {
    return eigenvalues.length;
  }

  /** The eigenvalues of the covariance, largest first. */
  public double[] eigenvalues() {
    return eigenvalues.clone();
  }

  /** The mean picture. */
  public double[] mean() {
    return mean.toDoubleVector();
  }

  /**
   * The first {@code count} principal directions, unit vectors, {@code [count, features]}.
   *
   * @throws IllegalArgumentException if there are not so many
   */
  public double[][] directions(int count) {
    check(count, 1, features());
    double[][] rows = new double[count][];
    for (int k = 0; k < count; k++) {
      rows[k] = directions.getColumn(features() - 1L - k).toDoubleVector();
    }
    return rows;
  }

  /**
   * The spectrum of probabilistic PCA: the {@code latents} largest eigenvalues, and for all other
   * directions their mean.
   */
  public double[] principal(int latents) {
    check(latents, 1, features() - 1);
    double noise = Arrays.stream(eigenvalues, latents, features()).average().orElseThrow();
    double[] spectrum = eigenvalues.clone();
    Arrays.fill(spectrum, latents, features(), noise);
    return spectrum;
  }

  /**
   * The whole spectrum, drawn towards its mean: (1 − a) λ_j + a·mean(λ). With a = 0 the maximum of
   * the likelihood on the data of the fit; a little more is better on others (Ledoit and Wolf
   * 2004).
   *
   * @param shrinkage a, from 0 to 1
   */
  public double[] full(double shrinkage) {
    if (!(shrinkage >= 0 && shrinkage <= 1)) {
      throw new IllegalArgumentException("The shrinkage is from 0 to 1, not " + shrinkage + ".");
    }
    double mean = Arrays.stream(eigenvalues).average().orElseThrow();
    return Arrays.stream(eigenvalues).map(v -> (1 - shrinkage) * v + shrinkage * mean).toArray();
  }

  private void check(int count, int least, int most) {
    Checks.require(
        count >= least && count <= most,
        "The number of directions must be from %s to %s, not %s.",
        least,
        most,
        count);
  }

  /**
   * The log-density of every picture for each spectrum, in nats.
   *
   * @param data the pictures
   * @param seed of the noise of data that are drawn anew each time
   * @param spectra variances along the directions, all positive
   * @return {@code [spectra, pictures]}
   */
  public double[][] logDensity(Examples data, long seed, double[]... spectra) {
    Checks.require(
        data.features() == features(),
        "%s has %s features; this Gaussian has %s.",
        data.name(),
        data.features(),
        features());
    double[] constants = new double[spectra.length];
    for (int s = 0; s < spectra.length; s++) {
      for (double variance : spectra[s]) {
        if (!(variance > 0)) {
          throw new IllegalArgumentException(
              "A variance of spectrum "
                  + s
                  + " is "
                  + variance
                  + ": the data lie in a space of fewer dimensions. Dequantise them, take more"
                  + " pictures, or shrink the spectrum.");
        }
        constants[s] -= 0.5 * (Math.log(2 * Math.PI) + Math.log(variance));
      }
    }
    double[][] density = new double[spectra.length][data.size()];
    for (int from = 0; from < data.size(); from += CHUNK) {
      double[][] along = project(rows(data, from, Math.min(data.size(), from + CHUNK), seed));
      for (int i = 0; i < along.length; i++) {
        for (int s = 0; s < spectra.length; s++) {
          double sum = 0;
          for (int j = 0; j < along[i].length; j++) {
            // Columns are in rising order of the eigenvalues.
            sum += along[i][j] * along[i][j] / spectra[s][along[i].length - 1 - j];
          }
          density[s][from + i] = constants[s] - 0.5 * sum;
        }
      }
    }
    return density;
  }

  private double[][] project(INDArray rows) {
    rows.subiRowVector(mean);
    INDArray along = rows.mmul(directions);
    double[][] values = along.toDoubleMatrix();
    along.close();
    rows.close();
    return values;
  }

  /**
   * The coordinates of pictures along the first principal directions.
   *
   * @param whitened whether each is divided by √λ_j, so that all have variance 1
   * @return {@code [pictures, count]}
   */
  public double[][] coordinates(Examples data, long seed, int count, boolean whitened) {
    check(count, 1, features());
    double[][] all = new double[data.size()][count];
    for (int from = 0; from < data.size(); from += CHUNK) {
      double[][] along = project(rows(data, from, Math.min(data.size(), from + CHUNK), seed));
      for (int i = 0; i < along.length; i++) {
        for (int j = 0; j < count; j++) {
          double value = along[i][features() - 1 - j];
          all[from + i][j] = whitened ? value / Math.sqrt(eigenvalues[j]) : value;
        }
      }
    }
    return all;
  }

  /**
   * ½ Σ_j log λ_j over the first directions: what the log-density of whitened coordinates exceeds
   * that of the coordinates themselves by, for every model, since dw = Π λ_j^−½ dy.
   */
  public double whiteningLogDeterminant(int count) {
    check(count, 1, features());
    return 0.5 * Arrays.stream(eigenvalues, 0, count).map(Math::log).sum();
  }

  /** Pictures drawn from the Gaussian with one of its spectra; {@code [count, features]}. */
  public float[][] draw(int count, double[] spectrum, RandomGenerator random) {
    INDArray noise = Nd4j.create(DataType.DOUBLE, count, features());
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < features(); j++) {
        double deviation = Math.sqrt(spectrum[features() - 1 - j]);
        noise.putScalar(i, j, deviation * random.nextGaussian());
      }
    }
    return noise.mmul(directions.transpose()).addiRowVector(mean).toFloatMatrix();
  }
}
