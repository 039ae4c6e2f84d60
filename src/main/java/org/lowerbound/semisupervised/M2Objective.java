package org.lowerbound.semisupervised;

import org.lowerbound.plot.Numbers;

/**
 * What M2 maximises, a mean over all rows (Kingma et al. 2014, eqs. 8 and 9, divided by the number
 * of rows):
 *
 * <pre>  (1 − f) mean of −U(x)  +  f mean of −L(x, y)  +  α mean of log q(y | x)</pre>
 *
 * <p>over the unlabelled, the labelled and again the labelled rows; f is the part of the rows that
 * are labelled. α weighs as much as the whole generative part of a row: the paper's weight of one
 * labelled row is then α/f (its β).
 *
 * @param alpha weight of the classifier's own term, 0 or more; the paper has 0.1
 * @param labelledShare f, from 0 to 1
 * @param summation how the unknown class is summed over
 */
public record M2Objective(double alpha, double labelledShare, Summation summation) {

  /** Checks the numbers. */
  public M2Objective {
    if (!(alpha >= 0 && Double.isFinite(alpha))) {
      throw new IllegalArgumentException("α must be 0 or more, not " + alpha + ".");
    }
    if (!(labelledShare >= 0 && labelledShare <= 1)) {
      throw new IllegalArgumentException(
          "The labelled share must lie in [0, 1], not " + labelledShare + ".");
    }
    if (summation == null) {
      throw new IllegalArgumentException("The summation over the classes must be given.");
    }
  }

  /** α = 0.1 and the sum over all classes, for so many labelled and unlabelled rows. */
  public static M2Objective of(long labelled, long unlabelled) {
    return new M2Objective(0.1, labelled / (double) (labelled + unlabelled), Summation.ALL);
  }

  /** A copy with this weight of the classifier's term. */
  public M2Objective alpha(double newAlpha) {
    return new M2Objective(newAlpha, labelledShare, summation);
  }

  /** A copy with this way to sum over the classes. */
  public M2Objective summation(Summation newSummation) {
    return new M2Objective(alpha, labelledShare, newSummation);
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
