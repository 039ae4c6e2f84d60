package org.lowerbound.data;

/**
 * A data set in three parts: one to fit parameters, one to choose between models and when to stop,
 * one to report.
 *
 * @param train the rows to fit on
 * @param valid the rows to choose by
 * @param test the rows to report on
 */
public record Splits<E extends Examples>(E train, E valid, E test) {

  /** The rows to fit on. */
  @Override
  public E train() {
    return present(train, "training");
  }

  /** The rows to choose by. */
  @Override
  public E valid() {
    return present(valid, "validation");
  }

  /** The rows to report on. */
  @Override
  public E test() {
    return present(test, "test");
  }

  private E present(E part, String which) {
    if (part == null) {
      E other = train != null ? train : valid != null ? valid : test;
      throw new DataException(
          DataException.Reason.NOT_FOUND,
          "the "
              + which
              + " rows that belong to "
              + (other == null ? "this data set" : other.name())
              + " were not found. "
              + "See `./environment/lab --data` for the files that are here.");
    }
    return part;
  }
}
