package org.lowerbound.data;

import java.util.SplittableRandom;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.Logistic;
import org.lowerbound.numerics.StopButton;

/**
 * A known distribution over bits: a class k is drawn with probability π_k, then each bit on its
 * own, p(x) = Σ_k π_k Π_j θ_kj^x_j (1 − θ_kj)^(1 − x_j) (Lazarsfeld's latent-class model, a mixture
 * of Bernoulli products).
 *
 * <p>Its log-likelihood is exact, and so is its entropy for few bits; no model can have a lower
 * expected negative log-likelihood than that. {@link #sixteen} and {@link #hundredEighty} stand in
 * for NLTCS and DNA where these cannot be had; the first is close to NLTCS in entropy.
 */
public final class LatentClass {

  private static final int MOST_ENUMERATED = 20;

  private final String name;
  private final double[] weights;
  private final double[][] probabilities;

  private LatentClass(String name, double[] weights, double[][] probabilities) {
    this.name = name;
    this.weights = weights;
    this.probabilities = probabilities;
  }

  /**
   * The model of the given parameters.
   *
   * @param weights π, {@code [classes]}, summing to 1
   * @param probabilities θ, {@code [classes, bits]}, each strictly between 0 and 1
   */
  public static LatentClass of(String name, double[] weights, double[][] probabilities) {
    double total = 0;
    for (double weight : weights) {
      if (!(weight > 0)) {
        throw new IllegalArgumentException("weight " + weight + "; expected more than 0");
      }
      total += weight;
    }
    if (Math.abs(total - 1) > 1e-9 || probabilities.length != weights.length) {
      throw new IllegalArgumentException(
          weights.length
              + " weights with sum "
              + total
              + " for "
              + probabilities.length
              + " classes; expected one a class and sum 1");
    }
    double[][] copy = new double[probabilities.length][];
    for (int k = 0; k < copy.length; k++) {
      copy[k] = probabilities[k].clone();
      if (copy[k].length != copy[0].length) {
        throw new IllegalArgumentException("class " + k + " has another number of bits");
      }
      for (double p : copy[k]) {
        if (!(p > 0 && p < 1)) {
          throw new IllegalArgumentException("probability " + p + "; expected between 0 and 1");
        }
      }
    }
    return new LatentClass(name, weights.clone(), copy);
  }

  /** The built-in model of 16 bits and 8 classes. */
  public static LatentClass sixteen() {
    return graded("LatentClass-16", 16, 8, 2.3, 0, 1.2, 16);
  }

  /** The built-in model of 180 bits and 12 classes. */
  public static LatentClass hundredEighty() {
    return graded("LatentClass-180", 180, 12, 0.4, 1.1, 1.0, 180);
  }

  /** Log-odds of a class's grade times a bit's slope, less the bit's threshold, plus noise. */
  private static LatentClass graded(
      String name, int bits, int classes, double slope, double threshold, double noise, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] thresholds = new double[bits];
    double[] slopes = new double[bits];
    for (int j = 0; j < bits; j++) {
      thresholds[j] = threshold / slope + random.nextGaussian();
      slopes[j] = slope * (.5 + random.nextDouble());
    }
    double[] weights = new double[classes];
    double[][] probabilities = new double[classes][bits];
    double total = 0;
    for (int k = 0; k < classes; k++) {
      weights[k] = .5 + random.nextDouble();
      total += weights[k];
      double grade = 4.0 * k / (classes - 1) - 2;
      for (int j = 0; j < bits; j++) {
        double odds = slopes[j] * (grade - thresholds[j]) + noise * random.nextGaussian();
        probabilities[k][j] = Math.min(.995, Math.max(.005, Logistic.sigmoid(odds)));
      }
    }
    for (int k = 0; k < classes; k++) {
      weights[k] /= total;
    }
    return new LatentClass(name, weights, probabilities);
  }

  /** The number of bits. */
  public int bits() {
    return probabilities[0].length;
  }

  /** log p(x) in nats, for x of {@link #bits()} zeros and ones. */
  public double logProbability(byte[] x) {
    if (x.length != bits()) {
      throw new IllegalArgumentException(x.length + " bits; expected " + bits());
    }
    double[] terms = new double[weights.length];
    for (int k = 0; k < weights.length; k++) {
      double log = Math.log(weights[k]);
      for (int j = 0; j < x.length; j++) {
        log += x[j] != 0 ? Math.log(probabilities[k][j]) : Math.log1p(-probabilities[k][j]);
      }
      terms[k] = log;
    }
    return LogSumExp.of(terms);
  }

  /** The mean of −log p(x) over rows, in nats. */
  public double negativeLogLikelihood(BinaryRows rows) {
    double sum = 0;
    for (int i = 0; i < rows.size(); i++) {
      StopButton.poll();
      sum -= logProbability(rows.bits(i));
    }
    return sum / rows.size();
  }

  /**
   * The entropy −Σ_x p(x) log p(x) in nats, by enumeration of all 2^bits states.
   *
   * @throws IllegalStateException for more than 20 bits; use {@link #negativeLogLikelihood} of a
   *     sample then
   */
  public double entropy() {
    int bits = bits();
    if (bits > MOST_ENUMERATED) {
      throw new IllegalStateException(
          name + " has 2^" + bits + " states; the entropy is enumerated for at most 20 bits");
    }
    double entropy = 0;
    byte[] x = new byte[bits];
    for (int state = 0; state < 1 << bits; state++) {
      StopButton.poll();
      for (int j = 0; j < bits; j++) {
        x[j] = (byte) (state >> j & 1);
      }
      double log = logProbability(x);
      entropy -= Math.exp(log) * log;
    }
    return entropy;
  }

  /** Independent rows of the model; the seed determines them. */
  public BinaryRows sample(int rows, long seed) {
    return sample("", rows, seed);
  }

  BinaryRows sample(String part, int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[][] sample = new byte[rows][bits()];
    for (byte[] row : sample) {
      StopButton.poll();
      double u = random.nextDouble();
      int k = 0;
      while (k < weights.length - 1 && (u -= weights[k]) >= 0) {
        k++;
      }
      for (int j = 0; j < row.length; j++) {
        row[j] = (byte) (random.nextDouble() < probabilities[k][j] ? 1 : 0);
      }
    }
    return BinaryRows.of(
        Provenance.builtIn(
            name + part,
            "drawn from a known latent-class model of "
                + weights.length
                + " classes, seed "
                + seed),
        sample);
  }

  @Override
  public String toString() {
    return name + ": " + bits() + " bits, " + weights.length + " classes";
  }
}
