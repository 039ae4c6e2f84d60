package org.lowerbound.variations;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * {@code F(x, y, y')}, the integrand of the functional {@code J[y] = ∫ F(x, y(x), y'(x)) dx}.
 *
 * <p>A lambda is enough: the partial derivatives have defaults by five-point differences (error
 * about 10^-12 of the derivative where heights and slopes are near 1), whose step is {@code 10^-3
 * (1 + |z|)} in the differentiated argument z, or finer or coarser where F varies on another scale.
 * An integrand that is singular near the path, such as {@code p log p} at p = 0, overrides them or
 * comes from {@link #pointwise}.
 */
@FunctionalInterface
public interface Integrand {

  /** {@code F(x, y, slope)}. */
  double at(double x, double y, double slope);

  /** {@code ∂F/∂y}, the slope held fixed. */
  default double dy(double x, double y, double slope) {
    return Differences.first(z -> at(x, z, slope), y);
  }

  /** {@code ∂F/∂y'}, the height held fixed. */
  default double dslope(double x, double y, double slope) {
    return Differences.first(z -> at(x, y, z), slope);
  }

  /** {@code ∂²F/∂y²}. */
  default double dydy(double x, double y, double slope) {
    return Differences.second(z -> at(x, z, slope), y);
  }

  /** {@code ∂²F/∂y∂y'}. */
  default double dydslope(double x, double y, double slope) {
    return Differences.mixed((u, v) -> at(x, u, v), y, slope);
  }

  /** {@code ∂²F/∂y'²}. */
  default double dslopedslope(double x, double y, double slope) {
    return Differences.second(z -> at(x, y, z), slope);
  }

  /**
   * An integrand without slope, {@code F(x, y)}, with its exact derivatives.
   *
   * @param f {@code F(x, y)}
   * @param dy {@code ∂F/∂y}
   * @param dydy {@code ∂²F/∂y²}
   */
  static Integrand pointwise(
      DoubleBinaryOperator f, DoubleBinaryOperator dy, DoubleBinaryOperator dydy) {
    return new Integrand() {
      @Override
      public double at(double x, double y, double slope) {
        return f.applyAsDouble(x, y);
      }

      @Override
      public double dy(double x, double y, double slope) {
        return dy.applyAsDouble(x, y);
      }

      @Override
      public double dslope(double x, double y, double slope) {
        return 0;
      }

      @Override
      public double dydy(double x, double y, double slope) {
        return dydy.applyAsDouble(x, y);
      }

      @Override
      public double dydslope(double x, double y, double slope) {
        return 0;
      }

      @Override
      public double dslopedslope(double x, double y, double slope) {
        return 0;
      }
    };
  }

  /** {@code F(x, y) = weight(x) y}: a moment when y is a density, an area when the weight is 1. */
  static Integrand linear(DoubleUnaryOperator weight) {
    return pointwise(
        (x, y) -> weight.applyAsDouble(x) * y, (x, y) -> weight.applyAsDouble(x), (x, y) -> 0);
  }

  /** {@code F = √(1 + y'²)}, whose integral is the length of the curve. */
  static Integrand arcLength() {
    return (x, y, slope) -> Math.sqrt(1 + slope * slope);
  }
}
