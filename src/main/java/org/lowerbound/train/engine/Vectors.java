package org.lowerbound.train.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Elementwise functions on the first {@code n} numbers of arrays in the cache. Every loop is of the
 * kind that the JVM turns into vector instructions: no branch, no call, no conversion between
 * integers and floating point. Arguments may be the same array as the result.
 *
 * <p>The exponential and the logarithm need the bits of a number; these are read by way of a piece
 * of native memory that is seen as floats and as integers. Their polynomials are those of Moshier's
 * Cephes library (expf, logf), that of tanh is the rational one of the Eigen library; all are good
 * to about 2 units in the last place, and infinities and NaN come out as they should.
 */
final class Vectors {

  /** 1.5·2²³: added to a float below 2²², it leaves the nearest integer in the low bits. */
  private static final float ROUNDER = 12582912f;

  private static final float LOG2E = 1.44269504088896341f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private final FloatBuffer floats;
  private final IntBuffer ints;
  private final int[] bits;
  private final float[] scale;
  private final float[] rest;
  private final float[] lost;

  /** For arrays of up to {@code length} numbers. */
  Vectors(int length) {
    ByteBuffer memory = ByteBuffer.allocateDirect(4 * length).order(ByteOrder.nativeOrder());
    floats = memory.asFloatBuffer();
    ints = memory.asIntBuffer();
    bits = new int[length];
    scale = new float[length];
    rest = new float[length];
    lost = new float[length];
  }

  static void add(float[] z, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] + y[i];
    }
  }

  static void subtract(float[] z, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] - y[i];
    }
  }

  static void multiply(float[] z, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] * y[i];
    }
  }

  static void divide(float[] z, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] / y[i];
    }
  }

  static void maximum(float[] z, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.max(x[i], y[i]);
    }
  }

  static void minimum(float[] z, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.min(x[i], y[i]);
    }
  }

  static void add(float[] z, float[] x, float c, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] + c;
    }
  }

  static void multiply(float[] z, float[] x, float c, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] * c;
    }
  }

  static void subtractFrom(float[] z, float[] x, float c, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = c - x[i];
    }
  }

  static void divideInto(float[] z, float[] x, float c, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = c / x[i];
    }
  }

  static void maximum(float[] z, float[] x, float c, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.max(x[i], c);
    }
  }

  static void minimum(float[] z, float[] x, float c, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.min(x[i], c);
    }
  }

  static void absolute(float[] z, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.abs(x[i]);
    }
  }

  static void squareRoot(float[] z, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = (float) Math.sqrt(x[i]);
    }
  }

  /** −1, 0 or 1. Any number but 0, however small, passes 1 when it is multiplied so. */
  static void sign(float[] z, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.max(Math.min(x[i] * 1e38f * 1e38f, 1f), -1f);
    }
  }

  /** 1 where x is above c, else 0. */
  static void above(float[] z, float[] x, float c, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.min(Math.max(x[i] - c, 0f) * 1e38f * 1e38f, 1f);
    }
  }

  static float sum(float[] x, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < n; i++) {
      a += x[i];
    }
    return (a + b) + (c + d);
  }

  void exp(float[] z, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      // Beyond these the result is infinite or (below 2⁻¹²⁵) taken as 0.
      z[i] = Math.min(Math.max(x[i], -87.4f), 89f);
    }
    for (int i = 0; i < n; i++) {
      scale[i] = z[i] * LOG2E + ROUNDER;
    }
    floats.put(0, scale, 0, n);
    ints.get(0, bits, 0, n);
    for (int i = 0; i < n; i++) {
      // Half of 2ⁿ, since 2¹²⁸ has no bits of its own.
      bits[i] = (bits[i] << 23) + (126 << 23);
    }
    for (int i = 0; i < n; i++) {
      float whole = scale[i] - ROUNDER;
      float r = z[i] - whole * LN2_HIGH - whole * LN2_LOW;
      float p = 1.9875691500e-4f;
      p = p * r + 1.3981999507e-3f;
      p = p * r + 8.3334519073e-3f;
      p = p * r + 4.1665795894e-2f;
      p = p * r + 1.6666665459e-1f;
      p = p * r + 5.0000001201e-1f;
      z[i] = (p * r * r + r + 1f) * 2f;
    }
    ints.put(0, bits, 0, n);
    floats.get(0, scale, 0, n);
    for (int i = 0; i < n; i++) {
      z[i] *= scale[i];
    }
  }

  void log(float[] z, float[] x, int n) {
    floats.put(0, x, 0, n);
    ints.get(0, bits, 0, n);
    if (outside(bits, 0x00800000, 0x7f7fffff, n)) {
      // Zero, a negative number, an infinity, NaN, or less than 2⁻¹²⁶.
      for (int i = 0; i < n; i++) {
        z[i] = (float) Math.log(x[i]);
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      // The exponent such that the rest lies between √½ and √2.
      bits[i] = ((bits[i] - 0x3f3504f3) >> 23) + 0x4b400000;
    }
    ints.put(0, bits, 0, n);
    floats.get(0, scale, 0, n);
    for (int i = 0; i < n; i++) {
      bits[i] = (0x4b400000 - bits[i] << 23) + 0x3f800000;
    }
    ints.put(0, bits, 0, n);
    floats.get(0, rest, 0, n);
    // In three loops: the JVM unrolls, and so vectorises, only short ones.
    for (int i = 0; i < n; i++) {
      scale[i] -= ROUNDER;
      rest[i] = x[i] * rest[i] - 1f;
    }
    for (int i = 0; i < n; i++) {
      float r = rest[i];
      float p = 7.0376836292e-2f;
      p = p * r - 1.1514610310e-1f;
      p = p * r + 1.1676998740e-1f;
      p = p * r - 1.2420140846e-1f;
      p = p * r + 1.4249322787e-1f;
      z[i] = p * r - 1.6668057665e-1f;
    }
    for (int i = 0; i < n; i++) {
      float r = rest[i];
      float p = z[i] * r + 2.0000714765e-1f;
      p = p * r - 2.4999993993e-1f;
      p = p * r + 3.3333331174e-1f;
      p = p * r - 0.5f;
      z[i] = r + (p * r * r + scale[i] * LN2_LOW) + scale[i] * LN2_HIGH;
    }
  }

  /** Whether any of the numbers lies outside [low, high], for 0 ≤ low ≤ high. */
  private static boolean outside(int[] x, int low, int high, int n) {
    int count = 0;
    for (int i = 0; i < n; i++) {
      count += ((x[i] - low) | (high - x[i]) | x[i]) >>> 31;
    }
    return count != 0;
  }

  /** log(1 + x): the logarithm of the rounded sum, and what the rounding lost. */
  void log1p(float[] z, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      float sum = 1f + x[i];
      // The bounds keep ∞ − ∞ and 0/0 out; they change nothing else, for what is lost is tiny.
      lost[i] = Math.min(x[i], 1e30f) - (Math.min(sum, 1e30f) - 1f);
    }
    for (int i = 0; i < n; i++) {
      z[i] = 1f + x[i];
    }
    for (int i = 0; i < n; i++) {
      lost[i] /= Math.max(z[i], 1e-30f);
    }
    log(z, z, n);
    for (int i = 0; i < n; i++) {
      z[i] += lost[i];
    }
  }

  static void tanh(float[] z, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      float t = Math.min(Math.max(x[i], -7.90531110763549805f), 7.90531110763549805f);
      float s = t * t;
      float p = -2.76076847742355e-16f;
      p = p * s + 2.00018790482477e-13f;
      p = p * s - 8.60467152213735e-11f;
      p = p * s + 5.12229709037114e-08f;
      p = p * s + 1.48572235717979e-05f;
      p = p * s + 6.37261928875436e-04f;
      p = p * s + 4.89352455891786e-03f;
      float q = 1.19825839466702e-06f;
      q = q * s + 1.18534705686654e-04f;
      q = q * s + 2.26843463243900e-03f;
      q = q * s + 4.89352518554385e-03f;
      z[i] = t * p / q;
    }
  }

  /** 1/(1 + e⁻ˣ). */
  void sigmoid(float[] z, float[] x, int n) {
    multiply(z, x, -1f, n);
    exp(z, z, n);
    for (int i = 0; i < n; i++) {
      z[i] = 1f / (1f + z[i]);
    }
  }
}
