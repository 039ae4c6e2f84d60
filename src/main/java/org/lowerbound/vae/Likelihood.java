package org.lowerbound.vae;

import java.util.random.RandomGenerator;
import org.lowerbound.numerics.Logistic;
import org.lowerbound.train.Layers;
import org.lowerbound.train.Support;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The decoder's law of one feature given the latent variables, p(x_d | z); features are independent
 * given z, so log p(x | z) = Σ_d log p(x_d | z), a <em>sum</em> over features, in nats.
 *
 * <ul>
 *   <li>Bernoulli, x ∈ {0, 1}: log p = x a − log(1 + eᵃ), the decoder's output being the log-odds
 *       a.
 *   <li>Gaussian, x real: log p = −½((x − a)/s)² − log s − ½ log 2π, a density.
 *   <li>Discretised logistic (Kingma et al. 2016), x ∈ {0, 1/(n−1), …, 1}, n levels: P(x) = σ((x +
 *       h − a)/s) − σ((x − h − a)/s) with half a level h = 1/(2(n−1)); the lowest and highest level
 *       take the tails. A probability, hence comparable in bits.
 * </ul>
 *
 * @param kind which law
 * @param scale its spread; null for Bernoulli
 * @param levels number of values of a discrete x; 0 for a continuous one
 */
public record Likelihood(Kind kind, Scale scale, int levels) {

  /** The laws. */
  public enum Kind {
    /** Bits. */
    BERNOULLI,
    /** Real numbers. */
    GAUSSIAN,
    /** Levels of grey, from 0 to 1. */
    DISCRETISED_LOGISTIC
  }

  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  /** Bits; the decoder's output are their log-odds. */
  public static Likelihood bernoulli() {
    return new Likelihood(Kind.BERNOULLI, null, 2);
  }

  /** Real numbers; the decoder's output is the mean. */
  public static Likelihood gaussian(Scale scale) {
    return new Likelihood(Kind.GAUSSIAN, required(scale), 0);
  }

  /**
   * Levels of grey, scaled to [0, 1]; the decoder's output is the centre of the logistic.
   *
   * @param levels 256 for bytes
   */
  public static Likelihood discretisedLogistic(Scale scale, int levels) {
    if (levels < 2) {
      throw new IllegalArgumentException(
          "A discretised law needs at least 2 levels, not " + levels + ".");
    }
    return new Likelihood(Kind.DISCRETISED_LOGISTIC, required(scale), levels);
  }

  private static Scale required(Scale scale) {
    if (scale == null) {
      throw new IllegalArgumentException(
          "This likelihood needs a scale: Scale.fixed(s), Scale.shared(s) or"
              + " Scale.predicted(floor).");
    }
    return scale;
  }

  /** The rows that have a probability: of bits, their means from 0 to 1 as well. */
  public Support support(int features) {
    return switch (kind) {
      case BERNOULLI -> Support.unit(features);
      case GAUSSIAN -> Support.real(features);
      case DISCRETISED_LOGISTIC -> Support.levels(features, levels);
    };
  }

  /** Outputs of the decoder a feature: 2 if it predicts the scale, else 1. */
  public int heads() {
    return scale != null && scale.kind() == Scale.Kind.PREDICTED ? 2 : 1;
  }

  /**
   * log p(x | z) of every row.
   *
   * @param x {@code [batch, features]}
   * @param a the decoder's output, {@code [batch, features]}
   * @param s the scale, {@code [batch, features]} or {@code [1]}; null for Bernoulli
   * @return {@code [batch]}
   */
  public SDVariable logProbability(SameDiff sd, SDVariable x, SDVariable a, SDVariable s) {
    return logProbabilities(sd, x, a, s).sum(1);
  }

  /** log p(x_d | z) of every feature, {@code [batch, features]}; the arguments as above. */
  SDVariable logProbabilities(SameDiff sd, SDVariable x, SDVariable a, SDVariable s) {
    // A quotient of arrays of different shapes has a wrong gradient in SameDiff M2.1, a product
    // not.
    SDVariable inverse = s == null ? null : s.rdiv(1);
    return switch (kind) {
      case BERNOULLI -> x.mul(a).sub(Layers.softplus(sd, a));
      case GAUSSIAN -> {
        SDVariable u = x.sub(a).mul(inverse);
        yield u.mul(u).mul(-0.5).sub(sd.math.log(s)).sub(HALF_LOG_TWO_PI);
      }
      case DISCRETISED_LOGISTIC -> {
        double half = 0.5 / (levels - 1);
        SDVariable upper = x.sub(a).add(half).mul(inverse);
        SDVariable lower = x.sub(a).sub(half).mul(inverse);
        // 0 at the lowest level, 1 above it; and likewise from the top.
        SDVariable aboveLowest = sd.math.clipByValue(x.mul(levels - 1.0), 0, 1);
        SDVariable belowHighest = sd.math.clipByValue(x.mul(1.0 - levels).add(levels - 1.0), 0, 1);
        // σ(u) − σ(l) = σ(u) σ(−l) (1 − e^{l−u}), whose logarithm loses nothing in the tails;
        // the lowest level leaves the last two factors out, the highest the first and the last.
        SDVariable width = sd.math.log(sd.math.expm1(inverse.mul(-2 * half)).neg());
        yield Layers.softplus(sd, upper.neg())
            .mul(belowHighest)
            .add(Layers.softplus(sd, lower).mul(aboveLowest))
            .neg()
            .add(aboveLowest.mul(belowHighest).mul(width));
      }
    };
  }

  /**
   * The logarithm of p(x_d | z) for one feature, in nats: the same law in plain Java, for checks.
   *
   * @param x the feature's value
   * @param a the decoder's output
   * @param s the scale; ignored by Bernoulli
   */
  public double logProbability(double x, double a, double s) {
    return switch (kind) {
      case BERNOULLI -> x * a - Logistic.softplus(a);
      case GAUSSIAN -> -0.5 * (x - a) / s * ((x - a) / s) - Math.log(s) - HALF_LOG_TWO_PI;
      case DISCRETISED_LOGISTIC -> {
        double half = 0.5 / (levels - 1);
        double upper = (x + half - a) / s;
        double lower = (x - half - a) / s;
        boolean lowest = x < half;
        boolean highest = x > 1 - half;
        yield (highest ? 0 : -Logistic.softplus(-upper))
            - (lowest ? 0 : Logistic.softplus(lower))
            + (lowest || highest ? 0 : Math.log(-Math.expm1(lower - upper)));
      }
    };
  }

  /** E[x_d | z] (for the discretised logistic: of the logistic before it is cut into levels). */
  public double mean(double a) {
    return switch (kind) {
      case BERNOULLI -> Logistic.sigmoid(a);
      case GAUSSIAN -> a;
      case DISCRETISED_LOGISTIC -> Math.min(1, Math.max(0, a));
    };
  }

  /** A draw of x_d given z. */
  public double draw(double a, double s, RandomGenerator random) {
    return switch (kind) {
      case BERNOULLI -> random.nextDouble() < mean(a) ? 1 : 0;
      case GAUSSIAN -> a + s * random.nextGaussian();
      case DISCRETISED_LOGISTIC -> {
        double u = random.nextDouble();
        double x = a + s * (Math.log(u) - Math.log1p(-u));
        yield Math.min(1, Math.max(0, Math.rint(x * (levels - 1)) / (levels - 1)));
      }
    };
  }

  /** The decoder's output at which the law has this mean: where its bias should start. */
  public double link(double mean, long rows) {
    if (kind != Kind.BERNOULLI) {
      return mean;
    }
    return Layers.logOdds(mean * rows, rows);
  }

  @Override
  public String toString() {
    String spread =
        scale == null
            ? ""
            : switch (scale.kind()) {
              case FIXED -> ", scale " + scale.value();
              case SHARED -> ", one learned scale";
              case PREDICTED -> ", predicted scale above " + scale.value();
            };
    return switch (kind) {
      case BERNOULLI -> "Bernoulli";
      case GAUSSIAN -> "Gaussian" + spread;
      case DISCRETISED_LOGISTIC -> "discretised logistic, " + levels + " levels" + spread;
    };
  }
}
