package org.lowerbound.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lowerbound.numerics.StopButton;

/**
 * The IDX format of the MNIST files: two zero bytes, the type of the values (8: unsigned bytes),
 * the number of dimensions, each dimension as a big-endian 32-bit integer, then the values, the
 * last dimension fastest (LeCun, Cortes and Burges, "The MNIST database", file formats).
 *
 * <p>Files may be compressed with gzip; that is seen from their first bytes, not from their name.
 * Memory grows with the values that are really there, never with what the header claims. Every
 * method throws {@link DataException} with reason {@code MALFORMED} for a file that is truncated,
 * too long, damaged or of another type, and {@code STORAGE} for one that cannot be read.
 */
public final class Idx {

  private Idx() {}

  /**
   * Reads images, {@code [images, height * width]} unsigned bytes.
   *
   * @param file an IDX file of three dimensions, gzipped or not
   * @param height the height that the images must have
   * @param width the width that the images must have
   */
  public static byte[][] images(Path file, int height, int width) {
    try (InputStream in = DataIo.open(file)) {
      int[] shape = header(in, file, 3);
      if (shape[1] != height || shape[2] != width) {
        throw DataIo.malformed(
            file,
            FileKind.IDX,
            "its images are " + shape[1] + "×" + shape[2] + "; expected " + height + "×" + width);
      }
      int pixels = height * width;
      List<byte[]> images = new ArrayList<>(Math.min(shape[0], 1 << 16));
      for (int i = 0; i < shape[0]; i++) {
        StopButton.poll();
        byte[] image = in.readNBytes(pixels);
        if (image.length < pixels) {
          throw DataIo.malformed(
              file,
              FileKind.IDX,
              "it ends within image " + i + " of the " + shape[0] + " its header announces");
        }
        images.add(image);
      }
      end(in, file);
      return images.toArray(new byte[0][]);
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.IDX, e);
    }
  }

  /**
   * Reads labels, one unsigned byte each.
   *
   * @param file an IDX file of one dimension, gzipped or not
   */
  public static byte[] labels(Path file) {
    try (InputStream in = DataIo.open(file)) {
      int[] shape = header(in, file, 1);
      byte[] labels = in.readNBytes(shape[0]);
      if (labels.length < shape[0]) {
        throw DataIo.malformed(
            file,
            FileKind.IDX,
            "it ends after " + labels.length + " of the " + shape[0] + " labels it announces");
      }
      end(in, file);
      return labels;
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.IDX, e);
    }
  }

  private static int[] header(InputStream in, Path file, int dimensions) throws IOException {
    int magic = integer(in);
    if (magic >>> 16 != 0) {
      throw DataIo.malformed(
          file,
          FileKind.IDX,
          String.format(
              Locale.ROOT, "it starts with %08x; expected %08x", magic, 0x800 | dimensions));
    }
    if ((magic >> 8 & 0xff) != 8) {
      throw DataIo.malformed(
          file,
          FileKind.IDX,
          "its values have type " + (magic >> 8 & 0xff) + "; expected 8, unsigned bytes");
    }
    if ((magic & 0xff) != dimensions) {
      throw DataIo.malformed(
          file, FileKind.IDX, "it has " + (magic & 0xff) + " dimensions; expected " + dimensions);
    }
    int[] shape = new int[dimensions];
    for (int i = 0; i < dimensions; i++) {
      shape[i] = integer(in);
      if (shape[i] < 0) {
        throw DataIo.malformed(
            file,
            FileKind.IDX,
            "dimension " + i + " is " + Integer.toUnsignedString(shape[i]) + ", too large");
      }
    }
    return shape;
  }

  private static int integer(InputStream in) throws IOException {
    byte[] four = in.readNBytes(4);
    if (four.length < 4) {
      throw new EOFException("the header is cut off");
    }
    return four[0] << 24 | (four[1] & 0xff) << 16 | (four[2] & 0xff) << 8 | four[3] & 0xff;
  }

  private static void end(InputStream in, Path file) throws IOException {
    if (in.read() >= 0) {
      throw DataIo.malformed(
          file, FileKind.IDX, "it goes on after the values its header announces");
    }
  }
}
