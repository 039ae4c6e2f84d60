package org.lowerbound.hierarchy;

import java.util.Locale;

/**
 * How fast a diffusion drowns its picture: q(z_t | x) = N(α_t x, σ_t² I) with α_t² + σ_t² = 1, for
 * t from 0 (hardly any noise) to 1 (hardly any picture). It is told by the logarithm of the
 * signal-to-noise ratio, ℓ(t) = log α_t²/σ_t², which falls; then α_t² = 1/(1 + e^−ℓ) and σ_t² =
 * 1/(1 + e^ℓ) (Kingma et al. 2021, section 3.1).
 *
 * @param kind how ℓ falls between its ends
 * @param first ℓ(0)
 * @param last ℓ(1)
 */
public record NoiseSchedule(Kind kind, double first, double last) {

  /** How the logarithm of the signal-to-noise ratio falls. */
  public enum Kind {
    /** In a straight line. */
    LINEAR,
    /**
     * As −2 log tan(πu/2), α = cos(πu/2) (Nichol and Dhariwal 2021), with u stretched so that the
     * ends are met.
     */
    COSINE
  }

  /** Checks the ends. */
  public NoiseSchedule {
    if (!(first > last) || !Double.isFinite(first) || !Double.isFinite(last)) {
      throw new IllegalArgumentException(
          "The log signal-to-noise ratio must fall, from ℓ(0) to ℓ(1), not from "
              + first
              + " to "
              + last
              + ".");
    }
  }

  /** ℓ falls in a straight line. */
  public static NoiseSchedule linear(double first, double last) {
    return new NoiseSchedule(Kind.LINEAR, first, last);
  }

  /** α is a cosine. */
  public static NoiseSchedule cosine(double first, double last) {
    return new NoiseSchedule(Kind.COSINE, first, last);
  }

  /** ℓ(t), the logarithm of the signal-to-noise ratio. */
  public double logSnr(double t) {
    if (!(t >= 0 && t <= 1)) {
      throw new IllegalArgumentException("The time lies between 0 and 1, not at " + t + ".");
    }
    return switch (kind) {
      case LINEAR -> first + (last - first) * t;
      case COSINE -> {
        double from = angle(first);
        yield -2 * Math.log(Math.tan(from + (angle(last) - from) * t));
      }
    };
  }

  /** The angle whose cotangent squared is e^ℓ. */
  private static double angle(double logSnr) {
    return Math.atan(Math.exp(-logSnr / 2));
  }

  /** −dℓ/dt ≥ 0. */
  public double rate(double t) {
    return switch (kind) {
      case LINEAR -> first - last;
      case COSINE -> {
        double from = angle(first);
        double width = angle(last) - from;
        double a = from + width * t;
        yield 2 * width / (Math.sin(a) * Math.cos(a));
      }
    };
  }

  /** e^ℓ(t) = α²/σ². */
  public double snr(double t) {
    return Math.exp(logSnr(t));
  }

  /** α_t. */
  public double alpha(double t) {
    return Math.sqrt(1 / (1 + Math.exp(-logSnr(t))));
  }

  /** σ_t. */
  public double sigma(double t) {
    return Math.sqrt(1 / (1 + Math.exp(logSnr(t))));
  }

  /**
   * The Gaussian q(z_s | z_t, x) = N(a z_t + b x, v I) for s &lt; t: the posterior of a step back
   * when x is known (Ho et al. 2020, equation 7; Kingma et al. 2021, equation 25).
   *
   * @return {a, b, v}
   */
  public double[] back(double s, double t) {
    if (!(s < t)) {
      throw new IllegalArgumentException("A step back goes from t to an earlier s, not " + s);
    }
    // z_t given z_s: α_t/α_s z_s, and the noise that is new, σ_t² − (α_t/α_s)² σ_s².
    double shrink = alpha(t) / alpha(s);
    double fresh = -Math.expm1(logSnr(t) - logSnr(s)) * sigma(t) * sigma(t);
    double ratio = sigma(s) * sigma(s) / (sigma(t) * sigma(t));
    return new double[] {shrink * ratio, alpha(s) * fresh / (sigma(t) * sigma(t)), fresh * ratio};
  }

  /**
   * KL(q(z_s | z_t, x) ‖ p(z_s | z_t)) for one nat-squared of |x − x̂|², when p is q with x̂ for x:
   * ½(SNR(s) − SNR(t)).
   */
  public double weight(double s, double t) {
    return 0.5 * (snr(s) - snr(t));
  }

  @Override
  public String toString() {
    return kind.toString().toLowerCase(Locale.ROOT) + ", log-SNR from " + first + " to " + last;
  }
}
