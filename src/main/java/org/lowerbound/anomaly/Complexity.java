package org.lowerbound.anomaly;

import java.util.zip.Deflater;
import org.lowerbound.data.ImageData;
import org.lowerbound.numerics.StopButton;

/**
 * How many bits a lossless code that knows no data set spends on a picture: each level less the
 * mean of its left and upper neighbour (PNG's filter 3), then DEFLATE. Serrà et al. (2020) subtract
 * such a length from −log p(x), which is their estimate of how much of it any picture so
 * complicated costs.
 */
public final class Complexity {

  private Complexity() {}

  /**
   * The bits of every picture, {@code [pictures]}. A picture has a code of its own; that of a flat
   * one takes some bytes too.
   */
  public static double[] bits(ImageData pictures) {
    double[] bits = new double[pictures.size()];
    int height = pictures.height();
    int width = pictures.width();
    for (int i = 0; i < bits.length; i++) {
      StopButton.poll();
      byte[] levels = pictures.pixels(i);
      byte[] left = new byte[levels.length];
      for (int at = 0; at < levels.length; at++) {
        int column = at % width;
        int row = at / width % height;
        int before = column == 0 ? 0 : levels[at - 1] & 0xff;
        int above = row == 0 ? 0 : levels[at - width] & 0xff;
        int neighbours = column == 0 ? above : row == 0 ? before : (before + above) / 2;
        left[at] = (byte) ((levels[at] & 0xff) - neighbours);
      }
      bits[i] = 8.0 * deflated(left);
    }
    return bits;
  }

  private static int deflated(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(bytes);
    deflater.finish();
    byte[] buffer = new byte[4096];
    int length = 0;
    while (!deflater.finished()) {
      length += deflater.deflate(buffer);
    }
    deflater.end();
    return length;
  }
}
