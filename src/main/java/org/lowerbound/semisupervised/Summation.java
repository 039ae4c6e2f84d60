package org.lowerbound.semisupervised;

/** How the expectation over the unknown class of a row is taken, Σ_y q(y | x) f(x, y). */
public enum Summation {
  /** The sum over all K classes: exact, at the price of K encodings and decodings a row. */
  ALL,
  /**
   * One class drawn from q(y | x). It is weighted with q(y | x) over what q was when it was drawn,
   * so value and gradient are unbiased, and the gradient is the score function's: its noise grows
   * with the size of f, some hundred nats.
   */
  DRAWN;

  /** Terms that a row takes when there are so many classes. */
  int terms(int classes) {
    return this == ALL ? classes : 1;
  }
}
