package org.lowerbound.vae;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Backend;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.eigen.Eigen;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

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

  private static final int CHUNK = PictureMoments.CHUNK;

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
    Checks.require(
        data.size() >= 2,
        "A covariance needs at least 2 pictures; %s has %d.",
        data.name(),
        data.size());
    return of(PictureMoments.of(data, seed));
  }

  /**
   * The same from moments at hand, in time D³.
   *
   * @throws IllegalArgumentException if they are those of one picture
   */
  public static PictureGaussian of(PictureMoments moments) {
    Checks.require(moments.count() >= 2, "A covariance needs at least 2 pictures; there is one.");
    int d = moments.features();
    INDArray second = moments.covariance();
    INDArray values = Eigen.symmetricGeneralizedEigenvalues(second, true);
    double[] ascending = values.toDoubleVector();
    double[] descending = new double[d];
    for (int j = 0; j < d; j++) {
      descending[j] = ascending[d - 1 - j];
    }
    return new PictureGaussian(moments.mean(), second, descending);
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

  private void sameFeatures(Examples data) {
    Checks.require(
        data.features() == features(),
        "%s has %s features; this Gaussian has %s.",
        data.name(),
        data.features(),
        features());
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
    sameFeatures(data);
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
      double[][] along = project(data, from, seed, directions);
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

  /** Coordinates of some rows along the columns of a matrix. */
  private double[][] project(Examples data, int from, long seed, INDArray plane) {
    int to = Math.min(data.size(), from + CHUNK);
    INDArray rows = PictureMoments.rows(data, from, to, seed).subiRowVector(mean);
    INDArray along = rows.mmul(plane);
    double[][] values = along.toDoubleMatrix();
    along.close();
    rows.close();
    return values;
  }

  /** The leading directions as columns, in rising order of their eigenvalues. */
  private INDArray leading(int count) {
    return count == features()
        ? directions
        : directions
            .get(NDArrayIndex.all(), NDArrayIndex.interval(features() - count, features()))
            .dup();
  }

  /**
   * The squared distance of every picture from the plane through the mean along the first
   * directions, |x − m|² − Σ_{j ≤ K} (u_jᵀ(x − m))²: what principal components leave of it.
   *
   * @param seed of the noise of data that are drawn anew each time
   * @param components one or several K, from 0 (the distance from the mean) to D
   * @return {@code [components, pictures]}
   */
  public double[][] residual(Examples data, long seed, int... components) {
    sameFeatures(data);
    for (int k : components) {
      check(k, 0, features());
    }
    int most = Math.max(1, Arrays.stream(components).max().orElseThrow());
    INDArray plane = leading(most);
    double[][] residual = new double[components.length][data.size()];
    for (int from = 0; from < data.size(); from += CHUNK) {
      int to = Math.min(data.size(), from + CHUNK);
      INDArray rows = PictureMoments.rows(data, from, to, seed).subiRowVector(mean);
      double[][] along = rows.mmul(plane).toDoubleMatrix();
      double[] square = rows.mul(rows).sum(1).toDoubleVector();
      rows.close();
      for (int i = 0; i < along.length; i++) {
        for (int c = 0; c < components.length; c++) {
          double left = square[i];
          for (int j = 0; j < components[c]; j++) {
            left -= along[i][most - 1 - j] * along[i][most - 1 - j];
          }
          residual[c][from + i] = Math.max(0, left);
        }
      }
    }
    return residual;
  }

  /**
   * The coordinates of pictures along the first principal directions.
   *
   * @param whitened whether each is divided by √λ_j, so that all have variance 1
   * @return {@code [pictures, count]}
   */
  public double[][] coordinates(Examples data, long seed, int count, boolean whitened) {
    check(count, 1, features());
    INDArray plane = leading(count);
    double[][] all = new double[data.size()][count];
    for (int from = 0; from < data.size(); from += CHUNK) {
      double[][] along = project(data, from, seed, plane);
      for (int i = 0; i < along.length; i++) {
        for (int j = 0; j < count; j++) {
          double value = along[i][count - 1 - j];
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
