package org.lowerbound.data;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/** Numbers as files store them: i, u or f for signed, unsigned and floating, and bytes of each. */
final class Stored {

  private static final Set<String> KNOWN =
      Set.of("i1", "u1", "i2", "u2", "f2", "i4", "u4", "f4", "i8", "u8", "f8");

  private Stored() {}

  static boolean known(String type) {
    return KNOWN.contains(type);
  }

  /** The bytes of one number of a known type. */
  static int width(String type) {
    return type.charAt(1) - '0';
  }

  /** The numbers of a buffer, in its byte order, by their index. */
  static IntToDoubleFunction values(String type, ByteBuffer stored) {
    return switch (type) {
      case "u1" -> i -> stored.get(i) & 0xff;
      case "i1" -> stored::get;
      case "u2" -> i -> stored.getShort(2 * i) & 0xffff;
      case "i2" -> i -> stored.getShort(2 * i);
      case "f2" -> i -> half(stored.getShort(2 * i));
      case "u4" -> i -> Integer.toUnsignedLong(stored.getInt(4 * i));
      case "i4" -> i -> stored.getInt(4 * i);
      case "f4" -> i -> stored.getFloat(4 * i);
      case "f8" -> i -> stored.getDouble(8 * i);
      case "i8", "u8" -> i -> stored.getLong(8 * i);
      default -> throw new IllegalArgumentException("type " + type + "; known are " + KNOWN);
    };
  }

  /** The first whole number of 64 bits beyond 2⁵³, where doubles have gaps; null if none is. */
  static String inexact(String type, ByteBuffer stored) {
    if (type.equals("i8") || type.equals("u8")) {
      boolean signed = type.equals("i8");
      for (int i = 0; i < stored.limit() / 8; i++) {
        long whole = stored.getLong(8 * i);
        if (whole > 1L << 53 || whole < (signed ? -1L << 53 : 0)) {
          return signed ? Long.toString(whole) : Long.toUnsignedString(whole);
        }
      }
    }
    return null;
  }

  /** IEEE 754 half precision: sign, 5 bits of exponent, 10 of fraction. */
  private static double half(short bits) {
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    double size =
        exponent == 31
            ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
            : exponent == 0
                ? Math.scalb((double) fraction, -24)
                : Math.scalb(1024.0 + fraction, exponent - 25);
    return bits < 0 ? -size : size;
  }
}
