package org.lowerbound.plot;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Prints numbers with the digits that matter, the same on every page and in every locale. */
public final class Numbers {

  private static final double SMALLEST_PLAIN = 1e-4;
  private static final double LARGEST_PLAIN = 1e7;

  private Numbers() {}

  /** The value with six significant digits, trailing zeros dropped: 0.371049, 3.2e-9, 1200. */
  public static String format(double value) {
    return significant(value, 6);
  }

  /** The value with at most {@code digits} significant digits, trailing zeros dropped. */
  public static String significant(double value, int digits) {
    if (digits < 1 || digits > 17) {
      throw new IllegalArgumentException("digits must be 1 to 17, was " + digits);
    }
    if (special(value)) {
      return words(value);
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
    double magnitude = Math.abs(rounded.doubleValue());
    if (value == Math.rint(value) && Math.abs(value) < 1e15 && Math.abs(value) < LARGEST_PLAIN) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    if (magnitude < SMALLEST_PLAIN || magnitude >= LARGEST_PLAIN) {
      return scientific(value, digits - 1, true);
    }
    return rounded.stripTrailingZeros().toPlainString();
  }

  /**
   * The value with as many decimals as the tolerance has, so that a difference of the size of the
   * tolerance can be seen: −0.371049 for a tolerance of 1e-6. Scientific where that would leave no
   * digit to see: 3.2e-9.
   *
   * @param tolerance the distance that matters; zero or NaN for every digit of the value
   */
  public static String format(double value, double tolerance) {
    if (special(value)) {
      return words(value);
    }
    if (!(tolerance > 0) || Double.isInfinite(tolerance)) {
      return exact(value);
    }
    int decimals = (int) Math.min(17, Math.max(0, Math.ceil(-Math.log10(tolerance) - 1e-9)));
    double magnitude = Math.abs(value);
    int exponent = magnitude == 0 ? 0 : (int) Math.floor(Math.log10(magnitude));
    if (magnitude > 0 && (magnitude < SMALLEST_PLAIN || exponent < -decimals)) {
      // Two digits at least, or as many as reach the tolerance.
      return scientific(value, Math.max(1, Math.min(16, decimals + exponent)), false);
    }
    if (magnitude >= 1e15) {
      return scientific(value, 6, true);
    }
    return String.format(Locale.ROOT, "%." + decimals + "f", value == 0 ? 0.0 : value);
  }

  /** The shortest text that reads back as exactly this value. */
  public static String exact(double value) {
    if (special(value)) {
      return words(value);
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    double magnitude = Math.abs(value);
    if (magnitude < SMALLEST_PLAIN || magnitude >= LARGEST_PLAIN) {
      return scientific(value, shortest.precision() - 1, true);
    }
    return shortest.toPlainString();
  }

  private static boolean special(double value) {
    return value == 0 || Double.isNaN(value) || Double.isInfinite(value);
  }

  private static String words(double value) {
    if (value == 0) {
      return "0";
    }
    return Double.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  }

  private static String scientific(double value, int decimals, boolean strip) {
    String text = String.format(Locale.ROOT, "%." + decimals + "e", value);
    int e = text.indexOf('e');
    String mantissa = text.substring(0, e);
    if (strip && mantissa.contains(".")) {
      mantissa = mantissa.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
    return mantissa + "e" + Integer.parseInt(text.substring(e + 1));
  }
}
