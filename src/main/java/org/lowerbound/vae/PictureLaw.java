package org.lowerbound.vae;

import java.util.Locale;
import java.util.random.RandomGenerator;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.train.Layers;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The law of a colour picture given the latent variables, p(x | z), built from a law of one
 * sub-pixel: a mixture of {@code components} of them with weights from the decoder,
 *
 * <p>p(x_i | z, x before i) = Σ_k π_ik(z) p(x_i; μ_ik(z) + Σ_j c_ij(z)(x_j − μ_j(z)), s_ik(z)),
 *
 * <p>μ_j being the plain mean of the μ_jk over k, and the sub-pixels that may see one another by a
 * {@link Dependence}. log p(x | z) is the sum over all sub-pixels, in nats.
 *
 * @param component the law of one sub-pixel, or of one component of it
 * @param components K, how many are mixed
 * @param dependence which earlier sub-pixels shift the centre
 */
public record PictureLaw(Likelihood component, int components, Dependence dependence) {

  /** Checks that the parts go together. */
  public PictureLaw {
    if (component == null || dependence == null) {
      throw new IllegalArgumentException(
          "The law of a sub-pixel and the dependence must be given.");
    }
    if (components < 1) {
      throw new IllegalArgumentException(
          "A mixture has at least 1 component, not " + components + ".");
    }
    boolean bernoulli = component.kind() == Likelihood.Kind.BERNOULLI;
    if (bernoulli && (components > 1 || dependence != Dependence.NONE)) {
      throw new IllegalArgumentException(
          "A Bernoulli law is one number, the log-odds: it can be neither mixed nor shifted by"
              + " other sub-pixels.");
    }
    if (components > 1 && component.scale().kind() != Scale.Kind.PREDICTED) {
      throw new IllegalArgumentException(
          "The components of a mixture have scales of their own: Scale.predicted(floor) expected.");
    }
  }

  /** One law for each sub-pixel, independent given z. */
  public static PictureLaw of(Likelihood subPixel) {
    return new PictureLaw(subPixel, 1, Dependence.NONE);
  }

  /** Discretised logistics over 256 levels, the scales predicted: the usual law for bytes. */
  public static PictureLaw logistic() {
    return of(Likelihood.discretisedLogistic(Scale.predicted(FLOOR), 256));
  }

  /** A fifth of a level: below it the mass of a level is 1 to three digits, or 0. */
  static final double FLOOR = 1 / 1275.0;

  /** A copy that mixes so many components. */
  public PictureLaw mixture(int newComponents) {
    return new PictureLaw(component, newComponents, dependence);
  }

  /** A copy with this dependence. */
  public PictureLaw dependence(Dependence newDependence) {
    return new PictureLaw(component, components, newDependence);
  }

  /**
   * What a decoder says of each picture. All arrays but {@code scale} of a shared or fixed scale
   * are {@code [batch, sub-pixels]}.
   *
   * @param centre K arrays, shifted already by what each sub-pixel sees
   * @param scale K arrays, of shape {@code [1]} where there is one scale for all; null for
   *     Bernoulli
   * @param logit K arrays, the logarithms of the weights up to a constant; null for K = 1
   */
  record Parts(SDVariable[] centre, SDVariable[] scale, SDVariable[] logit) {}

  /**
   * log p(x | z) of every picture.
   *
   * @param x {@code [batch, sub-pixels]}
   * @return {@code [batch]}
   */
  SDVariable logProbability(SameDiff sd, SDVariable x, Parts parts) {
    SDVariable mixed = null;
    SDVariable weights = null;
    for (int k = 0; k < components; k++) {
      SDVariable scale = parts.scale == null ? null : parts.scale[k];
      SDVariable each = component.logProbabilities(sd, x, parts.centre[k], scale);
      if (components > 1) {
        each = each.add(parts.logit[k]);
        weights = k == 0 ? parts.logit[k] : logSum(sd, weights, parts.logit[k]);
      }
      mixed = k == 0 ? each : logSum(sd, mixed, each);
    }
    return (components > 1 ? mixed.sub(weights) : mixed).sum(1);
  }

  /** log(eᵃ + eᵇ) as a + log(1 + e^(b − a)), which neither overflows nor loses the smaller one. */
  private static SDVariable logSum(SameDiff sd, SDVariable a, SDVariable b) {
    return a.add(Layers.softplus(sd, b.sub(a)));
  }

  /**
   * log P(x) of one sub-pixel in plain Java: the same law, for checks and explorers.
   *
   * @param x the value
   * @param logits {@code [K]}
   * @param centres {@code [K]}
   * @param scales {@code [K]}
   */
  public double logProbability(double x, double[] logits, double[] centres, double[] scales) {
    double[] joint = new double[components];
    for (int k = 0; k < components; k++) {
      joint[k] = logits[k] + component.logProbability(x, centres[k], scales[k]);
    }
    return LogSumExp.of(joint) - LogSumExp.of(logits);
  }

  /** The mean of a sub-pixel, before rounding to levels: Σ_k π_k of the components' means. */
  double mean(double[] logits, double[] centres) {
    if (component.kind() == Likelihood.Kind.BERNOULLI) {
      return component.mean(centres[0]);
    }
    double total = LogSumExp.of(logits);
    double mean = 0;
    for (int k = 0; k < components; k++) {
      mean += Math.exp(logits[k] - total) * centres[k];
    }
    return mean;
  }

  /** The standard deviation of a sub-pixel, before rounding to levels. */
  double deviation(double[] logits, double[] centres, double[] scales) {
    double mean = mean(logits, centres);
    if (component.kind() == Likelihood.Kind.BERNOULLI) {
      return Math.sqrt(mean * (1 - mean));
    }
    // A logistic of scale s has the variance s²π²/3, a Gaussian s².
    double factor = component.kind() == Likelihood.Kind.GAUSSIAN ? 1 : Math.PI * Math.PI / 3;
    double total = LogSumExp.of(logits);
    double variance = 0;
    for (int k = 0; k < components; k++) {
      double off = centres[k] - mean;
      variance += Math.exp(logits[k] - total) * (factor * scales[k] * scales[k] + off * off);
    }
    return Math.sqrt(variance);
  }

  /** Which component to draw from, given logits of the weights. */
  static int choose(double[] logits, RandomGenerator random) {
    double total = LogSumExp.of(logits);
    double left = random.nextDouble();
    for (int k = 0; k < logits.length - 1; k++) {
      left -= Math.exp(logits[k] - total);
      if (left < 0) {
        return k;
      }
    }
    return logits.length - 1;
  }

  @Override
  public String toString() {
    String mixture = components == 1 ? "" : "mixture of " + components + ": ";
    String seen =
        dependence == Dependence.NONE
            ? ""
            : ", in a row by " + dependence.toString().toLowerCase(Locale.ROOT);
    return mixture + component + seen;
  }
}
