package org.lowerbound.plot;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Prints numbers with the digits that matter, the same on every page and in every locale. */
public final class Numbers {

  private static final double SMALLEST_PLAIN = 1e-4;
  private static final double LARGEST_PLAIN = 1e7;

  /** An array of up to this many numbers is written out. */
  private static final int LISTED = 12;

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

  /**
   * A record as its name and its components, {@code Bound[reconstruction=-101.338, kl=25.1]}: what
   * a record's own {@code toString()} prints, with six significant digits in place of seventeen and
   * with arrays that can be read. What has more than {@value #LISTED} numbers is told by its shape.
   */
  public static String record(Record record) {
    StringBuilder text = new StringBuilder(record.getClass().getSimpleName()).append('[');
    String separator = "";
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      text.append(separator).append(component.getName()).append('=');
      text.append(text(value(component.getAccessor(), record)));
      separator = ", ";
    }
    return text.append(']').toString();
  }

  private static Object value(Method accessor, Record record) {
    try {
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("The component " + accessor.getName() + " has no value.", e);
    }
  }

  private static String text(Object value) {
    if (value instanceof Double || value instanceof Float) {
      return format(((Number) value).doubleValue());
    }
    if (value instanceof OptionalDouble number) {
      return number.isPresent() ? format(number.getAsDouble()) : "none";
    }
    if (value instanceof Collection<?> all) {
      return text(all.toArray());
    }
    if (value instanceof INDArray array) {
      return array.length() <= LISTED && array.rank() == 1
          ? text(array.toDoubleVector())
          : array.dataType() + Arrays.toString(array.shape());
    }
    if (value != null && value.getClass().isArray()) {
      if (count(value) > LISTED) {
        return shape(value);
      }
      StringJoiner items = new StringJoiner(", ", "[", "]");
      for (int i = 0; i < Array.getLength(value); i++) {
        items.add(text(Array.get(value, i)));
      }
      return items.toString();
    }
    return named(value) ? String.valueOf(value) : value.getClass().getSimpleName();
  }

  /** Whether it has a text of its own, and not one such as Functional@1b6d3586. */
  private static boolean named(Object value) {
    if (value == null) {
      return true;
    }
    try {
      return value.getClass().getMethod("toString").getDeclaringClass() != Object.class;
    } catch (NoSuchMethodException e) {
      return true;
    }
  }

  private static long count(Object value) {
    if (value == null || !value.getClass().isArray()) {
      return 1;
    }
    long count = 0;
    for (int i = 0; i < Array.getLength(value); i++) {
      count += count(Array.get(value, i));
    }
    return count;
  }

  /** {@code double[272][2]}; {@code double[3][]} where the rows differ in length. */
  private static String shape(Object value) {
    StringBuilder sizes = new StringBuilder();
    List<Object> level = List.of(value);
    Class<?> type = value.getClass();
    for (; type.isArray(); type = type.getComponentType()) {
      int length = level.isEmpty() ? -1 : Array.getLength(level.get(0));
      boolean alike = length >= 0 && level.stream().allMatch(a -> Array.getLength(a) == length);
      sizes.append('[').append(alike ? length : "").append(']');
      List<Object> below = new ArrayList<>();
      if (alike && type.getComponentType().isArray()) {
        for (Object each : level) {
          below.addAll(Arrays.asList((Object[]) each));
        }
        below.removeIf(Objects::isNull);
      }
      level = below;
    }
    return type.getSimpleName() + sizes;
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
