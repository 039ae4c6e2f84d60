package org.lowerbound.variations;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Five-point central differences of fourth order. */
final class Differences {
  private static final double FIRST = 1e-3;
  private static final double SECOND = 3e-3;

  private Differences() {}

  static double first(DoubleUnaryOperator f, double z) {
    return first(f, z, FIRST * (1 + Math.abs(z)));
  }

  static double first(DoubleUnaryOperator f, double z, double e) {
    return (f.applyAsDouble(z - 2 * e)
            - 8 * f.applyAsDouble(z - e)
            + 8 * f.applyAsDouble(z + e)
            - f.applyAsDouble(z + 2 * e))
        / (12 * e);
  }

  static double second(DoubleUnaryOperator f, double z) {
    return second(f, z, SECOND * (1 + Math.abs(z)));
  }

  static double second(DoubleUnaryOperator f, double z, double e) {
    return (-f.applyAsDouble(z - 2 * e)
            + 16 * f.applyAsDouble(z - e)
            - 30 * f.applyAsDouble(z)
            + 16 * f.applyAsDouble(z + e)
            - f.applyAsDouble(z + 2 * e))
        / (12 * e * e);
  }

  static double mixed(DoubleBinaryOperator f, double u, double v) {
    return mixed(f, u, v, SECOND * (1 + Math.abs(u)), SECOND * (1 + Math.abs(v)));
  }

  static double mixed(DoubleBinaryOperator f, double u, double v, double eu, double ev) {
    return first(a -> first(b -> f.applyAsDouble(a, b), v, ev), u, eu);
  }
}
