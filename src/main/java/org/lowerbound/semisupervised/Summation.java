package org.lowerbound.semisupervised;

/**
 * How the expectation over the unknown class of an unlabelled row is taken, Σ_y q(y | x) f(x, y).
 *
 * <p>The sum over all K classes is exact and costs K decodings a row. With {@code kept} classes,
 * those that q thinks likeliest are summed and one of the others is drawn in proportion to q and
 * weighted with what they weigh together, so that value and gradient stay unbiased (the
 * Rao–Blackwellised estimator of Liu et al. 2019); {@code kept = 0} is plain sampling of y, whose
 * gradient is the score function's.
 *
 * @param kept classes that are summed; the number of classes or more for all
 */
public record Summation(int kept) {

  /** Checks the number. */
  public Summation {
    if (kept < 0) {
      throw new IllegalArgumentException(
          "The number of classes summed must be 0 or more, not " + kept + ".");
    }
  }

  /** The exact sum over all classes. */
  public static Summation all() {
    return new Summation(Integer.MAX_VALUE);
  }

  /** One class drawn from q(y | x). */
  public static Summation drawn() {
    return new Summation(0);
  }

  /** The sum over the likeliest classes and one drawn from the rest. */
  public static Summation likeliest(int kept) {
    return new Summation(kept);
  }

  /** Terms that a row takes when there are so many classes. */
  int terms(int classes) {
    return kept + 1 >= classes ? classes : kept + 1;
  }

  @Override
  public String toString() {
    return kept == Integer.MAX_VALUE
        ? "sum over all classes"
        : kept == 0 ? "one class drawn" : "sum over " + kept + " classes and one drawn";
  }
}
