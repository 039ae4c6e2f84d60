package org.lowerbound.semisupervised;

import org.apache.commons.numbers.gamma.Digamma;
import org.apache.commons.numbers.gamma.LogGamma;

/**
 * The divergence of two Dirichlet laws, and what it has to do with the weight α of M2's classifier.
 *
 * <p>Let the class probabilities have the prior Dir(c, …, c), and let q say Dir(A π). A row whose
 * label y counts n times has the posterior Dir(c + n e_y), and for A → ∞
 *
 * <pre>  KL(Dir(Aπ) ‖ Dir(c + n e_y)) = −n log π_y + (½ − c) Σ_k log π_k + terms without π</pre>
 *
 * <p>(Stirling's formula). So the penalty is −n log q(y | x), the term that the paper adds with a
 * weight α, exactly when c = ½: Jeffreys' prior.
 */
public final class Dirichlet {

  private Dirichlet() {}

  /**
   * KL(Dir(a) ‖ Dir(b)) = log Γ(Σa)/Γ(Σb) − Σ log Γ(a_k)/Γ(b_k) + Σ (a_k − b_k)(ψ(a_k) − ψ(Σa)).
   *
   * @param a concentrations, positive
   * @param b concentrations, positive, as many
   * @return nats
   */
  public static double divergence(double[] a, double[] b) {
    if (a.length != b.length || a.length < 2) {
      throw new IllegalArgumentException(
          "Two Dirichlet laws over the same 2 or more classes are needed; they have "
              + a.length
              + " and "
              + b.length
              + ".");
    }
    double sumA = 0;
    double sumB = 0;
    for (int k = 0; k < a.length; k++) {
      if (!(a[k] > 0 && b[k] > 0)) {
        throw new IllegalArgumentException(
            "Concentrations are positive; number " + k + " is " + a[k] + " and " + b[k] + ".");
      }
      sumA += a[k];
      sumB += b[k];
    }
    double kl = LogGamma.value(sumA) - LogGamma.value(sumB);
    double digammaSum = Digamma.value(sumA);
    for (int k = 0; k < a.length; k++) {
      kl += LogGamma.value(b[k]) - LogGamma.value(a[k]);
      kl += (a[k] - b[k]) * (Digamma.value(a[k]) - digammaSum);
    }
    return kl;
  }
}
