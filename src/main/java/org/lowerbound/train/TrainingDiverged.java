package org.lowerbound.train;

/** A loss or a gradient stopped being a finite number; the message names the term and the step. */
public final class TrainingDiverged extends ArithmeticException {
  private static final long serialVersionUID = 1;

  TrainingDiverged(String message) {
    super(message);
  }
}
