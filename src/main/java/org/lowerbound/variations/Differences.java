package org.lowerbound.variations;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Five-point central differences of fourth order.
 *
 * <p>The right step depends on the scale on which a function varies, which nobody knows but the
 * function: it is a thousandth where that scale is 1, and a tenth of a millionth where lengths are
 * in units of 10⁻⁴. So the first step tried is {@code 10⁻³ (1 + |z|)}. Where halving it changes the
 * derivative by more than rounding explains, the function bends within the step, and finer ones are
 * tried until it does not; where rounding swamps the derivative, coarser ones, as long as they
 * agree with those before. A value that is not a number, as outside the domain of a logarithm,
 * counts as a function that bends.
 */
final class Differences {
  private static final double FIRST = 1e-3;
  private static final double SECOND = 3e-3;

  private static final double FACTOR = 4;
  private static final int FINER = 16;
  private static final int COARSER = 14;

  /** A change of the derivative by this part of itself when the step is halved is no bend. */
  private static final double AGREED = 1e-8;

  private Differences() {}

  /** A derivative with a given step. */
  @FunctionalInterface
  private interface Rule {
    double at(DoubleUnaryOperator f, double z, double step);
  }

  /** {@code f'(z)}. */
  static double first(DoubleUnaryOperator f, double z) {
    return firstNear(f, z, FIRST * (1 + Math.abs(z)));
  }

  /** {@code f'(z)}, the first step tried being {@code guess}. */
  static double firstNear(DoubleUnaryOperator f, double z, double guess) {
    return first(f, z, step(Differences::first, 1, f, z, guess));
  }

  /** {@code f''(z)}. */
  static double second(DoubleUnaryOperator f, double z) {
    return secondNear(f, z, SECOND * (1 + Math.abs(z)));
  }

  /** {@code f''(z)}, the first step tried being {@code guess}. */
  static double secondNear(DoubleUnaryOperator f, double z, double guess) {
    return second(f, z, step(Differences::second, 2, f, z, guess));
  }

  /** {@code ∂²f/∂u∂v}. */
  static double mixed(DoubleBinaryOperator f, double u, double v) {
    return mixedNear(f, u, v, SECOND * (1 + Math.abs(u)), SECOND * (1 + Math.abs(v)));
  }

  /** {@code ∂²f/∂u∂v}, the first steps tried being these. */
  static double mixedNear(DoubleBinaryOperator f, double u, double v, double eu, double ev) {
    // Each variable has its own scale. It is looked for beside the point, as f may be constant
    // along one of them just there; and never made coarser, for the same reason.
    double ofU = step(Differences::first, 1, a -> f.applyAsDouble(a, v + ev), u, eu);
    double ofV = step(Differences::first, 1, a -> f.applyAsDouble(u + ofU, a), v, ev);
    return mixed(f, u, v, Math.min(ofU, eu), Math.min(ofV, ev));
  }

  private static double step(Rule rule, int order, DoubleUnaryOperator f, double z, double guess) {
    Halving tried = new Halving(rule, order, f, z, guess);
    if (tried.bends()) {
      Halving best = tried;
      for (int k = 0; k < FINER && tried.bends(); k++) {
        tried = new Halving(rule, order, f, z, tried.step / FACTOR);
        best = tried.error() < best.error() || Double.isNaN(best.error()) ? tried : best;
      }
      return best.step;
    }
    // The second derivative of a function of size 1 is known to seven digits, the first to ten.
    double enough = order == 1 ? 1e-10 : 1e-7;
    for (int k = 0; k < COARSER && tried.noise > enough * Math.abs(tried.half); k++) {
      Halving coarser = new Halving(rule, order, f, z, tried.step * FACTOR);
      // A function that grows faster than the step only gets noisier.
      if (coarser.bends()
          || coarser.noise >= tried.noise
          || !(Math.abs(coarser.half - tried.half) <= 8 * tried.noise)) {
        break;
      }
      tried = coarser;
    }
    return tried.step;
  }

  /** A derivative with a step and with half of it, and how much rounding may have moved them. */
  private static final class Halving {
    private final double step;
    private final double half;
    private final double change;
    private final double noise;

    Halving(Rule rule, int order, DoubleUnaryOperator f, double z, double step) {
      double[] largest = {0};
      DoubleUnaryOperator watched =
          a -> {
            double value = f.applyAsDouble(a);
            largest[0] = Math.max(largest[0], Math.abs(value));
            return value;
          };
      this.step = step;
      this.half = rule.at(watched, z, step / 2);
      this.change = Math.abs(rule.at(watched, z, step) - half);
      // The weights of the two rules add up to 3/2 and 16/3; a value is wrong by half a unit.
      this.noise = Math.ulp(1.0) * largest[0] * 3 / Math.pow(step / 2, order);
    }

    /** Whether the function bends within the step, or is undefined there. */
    boolean bends() {
      return !(change <= Math.max(8 * noise, AGREED * Math.abs(half))) || Double.isInfinite(half);
    }

    double error() {
      return change + noise;
    }
  }

  static double first(DoubleUnaryOperator f, double z, double e) {
    return (f.applyAsDouble(z - 2 * e)
            - 8 * f.applyAsDouble(z - e)
            + 8 * f.applyAsDouble(z + e)
            - f.applyAsDouble(z + 2 * e))
        / (12 * e);
  }

  static double second(DoubleUnaryOperator f, double z, double e) {
    return (-f.applyAsDouble(z - 2 * e)
            + 16 * f.applyAsDouble(z - e)
            - 30 * f.applyAsDouble(z)
            + 16 * f.applyAsDouble(z + e)
            - f.applyAsDouble(z + 2 * e))
        / (12 * e * e);
  }

  static double mixed(DoubleBinaryOperator f, double u, double v, double eu, double ev) {
    return first(a -> first(b -> f.applyAsDouble(a, b), v, ev), u, eu);
  }
}
