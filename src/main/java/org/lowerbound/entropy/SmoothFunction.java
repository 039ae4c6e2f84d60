package org.lowerbound.entropy;

/** A twice differentiable function of several variables, as {@link Minimiser} needs it. */
public interface SmoothFunction {
  /** Number of variables. */
  int dimension();

  /** The value at {@code point [dimension]}. */
  double value(double[] point);

  /** The gradient at {@code point}, {@code [dimension]}. */
  double[] gradient(double[] point);

  /** The Hessian at {@code point}, {@code [dimension, dimension]}; only Newton's method asks. */
  default double[][] hessian(double[] point) {
    throw new UnsupportedOperationException("This function gives no Hessian; use gradients only.");
  }

  /** Called at every iterate, so that a function without a minimum can say so and throw. */
  default void inspect(double[] point) {}
}
