package org.lowerbound.entropy;

/**
 * Thrown when a maximum-entropy problem has no solution with finite multipliers; says which way.
 */
public final class ImpossibleMoments extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** The ways in which a problem can have no solution. */
  public enum Reason {
    /** No distribution on the outcomes has these expectations. */
    INFEASIBLE,
    /** Only distributions that exclude some outcomes have them: the multipliers are infinite. */
    BOUNDARY,
    /** The solution does not die out at an end that should be at infinity. */
    IMPROPER,
    /** The constraint says nothing, or nothing that the others do not say. */
    REDUNDANT
  }

  private final Reason reason;
  private final transient double[] proof;

  ImpossibleMoments(Reason reason, String message, double... proof) {
    super(message);
    this.reason = reason;
    this.proof = proof.clone();
  }

  /** Which way the problem fails. */
  public Reason reason() {
    return reason;
  }

  /**
   * The proof of an {@link Reason#INFEASIBLE} problem with several constraints: a {@code λ} with
   * {@code λ·(T(x) − t) > 0} at every outcome; otherwise an array of length 0.
   */
  public double[] proof() {
    return proof.clone();
  }
}
