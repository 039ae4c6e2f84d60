package org.lowerbound.semisupervised;

/** Something that names the class of a row. */
@FunctionalInterface
public interface Classifier {

  /**
   * The class of each row.
   *
   * @param x {@code [rows, features]}
   * @return {@code [rows]}, from 0
   */
  int[] classify(float[][] x);

  /** The part of a labelled set that is classified right. */
  default double accuracy(Labelled test) {
    return test.accuracy(classify(test.rows(0, test.size())));
  }
}
