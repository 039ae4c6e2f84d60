package org.lowerbound.hierarchy;

import java.util.Arrays;
import java.util.Locale;

/**
 * The bound of every picture, taken apart, from one draw of the latents a picture; in nats.
 *
 * @param reconstruction log p(x | z₁, b), {@code [pictures]}
 * @param kl {@code [levels][pictures]}, the lowest level first
 * @param bound as the graph sums it up, {@code [pictures]}
 */
public record LevelTerms(double[] reconstruction, double[][] kl, double[] bound) {

  /** The mean of the bound over the pictures. */
  public double meanBound() {
    return mean(bound);
  }

  /** The mean KL of a level from 1, the lowest. */
  public double meanKl(int level) {
    return mean(kl[level - 1]);
  }

  /** The largest |reconstruction − Σ KL − bound| of a picture. */
  public double largestMismatch() {
    double largest = 0;
    for (int i = 0; i < bound.length; i++) {
      double sum = reconstruction[i];
      for (double[] level : kl) {
        sum -= level[i];
      }
      largest = Math.max(largest, Math.abs(sum - bound[i]));
    }
    return largest;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "bound %.1f = reconstruction %.1f", meanBound(), mean(reconstruction)));
    for (int l = 1; l <= kl.length; l++) {
      text.append(String.format(Locale.ROOT, " − KL%d %.2f", l, meanKl(l)));
    }
    return text.toString();
  }
}
