package org.lowerbound.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Arrays that NumPy saved: {@code .npy}, one array, and {@code .npz}, a zip archive of several
 * (NumPy, "numpy.lib.format", versions 1 to 3). Numbers of every width but long double and complex
 * are read, in both byte orders and in both orders of the axes.
 *
 * <p>Memory grows with the values that are really there, never with what a header claims. Every
 * method throws {@link DataException} with reason {@code MALFORMED} for a file that is truncated,
 * too long, damaged or of another kind, or holds Python objects or text; {@code STORAGE} for one
 * that cannot be read.
 */
public final class NumPyFile {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L, ]*)\\)");

  private NumPyFile() {}

  /** Reads the array of a {@code .npy} file, gzipped or not. */
  public static NumericArray array(Path file) {
    try (InputStream in = DataIo.open(file)) {
      return read(in, file, file.getFileName().toString().replaceFirst("\\.npy(\\.gz)?$", ""));
    } catch (IOException e) {
      throw DataIo.failure(file, e);
    }
  }

  /** Reads all arrays of an {@code .npz} file, by name, in the order of the file. */
  public static Map<String, NumericArray> arrays(Path file) {
    Map<String, NumericArray> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (!entry.getName().endsWith(".npy")) {
          throw DataIo.malformed(file, "it holds " + entry.getName() + ", which is no array");
        }
        String name = entry.getName().substring(0, entry.getName().length() - 4);
        CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32());
        if (arrays.put(name, read(in, file, name)) != null) {
          throw DataIo.malformed(file, "it holds " + name + " twice");
        }
        if (in.getChecksum().getValue() != entry.getCrc()) {
          throw DataIo.malformed(file, "the checksum of " + name + " is wrong");
        }
      }
    } catch (IllegalArgumentException e) {
      throw DataIo.malformed(file, "its archive is damaged (" + e.getMessage() + ")");
    } catch (IOException e) {
      throw DataIo.failure(file, e);
    }
    return Collections.unmodifiableMap(arrays);
  }

  private static NumericArray read(InputStream in, Path file, String name) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8) {
      throw new EOFException();
    }
    if (!Arrays.equals(MAGIC, Arrays.copyOf(start, 6))) {
      throw DataIo.malformed(file, name + " does not start as an array of NumPy does");
    }
    if (start[6] < 1 || start[6] > 3) {
      throw DataIo.malformed(file, name + " is of version " + start[6] + "; known are 1 to 3");
    }
    byte[] length = in.readNBytes(start[6] == 1 ? 2 : 4);
    int bytes = 0;
    for (int i = length.length - 1; i >= 0; i--) {
      bytes = bytes << 8 | length[i] & 0xff;
    }
    if (bytes < 0 || bytes > 1 << 16) {
      throw DataIo.malformed(file, name + " has a header of " + Integer.toUnsignedString(bytes));
    }
    String header = new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
    Matcher type = TYPE.matcher(header);
    Matcher order = ORDER.matcher(header);
    Matcher sizes = SHAPE.matcher(header);
    if (!type.find() || !order.find() || !sizes.find()) {
      throw DataIo.malformed(
          file, name + " is described as " + header.strip() + ", which is no array of numbers");
    }
    int[] shape = shape(file, name, sizes.group(1));
    return values(in, file, name, type.group(1), shape, order.group(1).equals("True"));
  }

  private static int[] shape(Path file, String name, String sizes) {
    List<String> axes =
        Arrays.stream(sizes.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    try {
      int[] shape = axes.stream().mapToInt(s -> Integer.parseInt(s.replace("L", ""))).toArray();
      Shapes.product(shape);
      return shape;
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw DataIo.malformed(
          file, name + " has the shape (" + sizes + "), more than 2³¹ − 1 values");
    }
  }

  private static NumericArray values(
      InputStream in, Path file, String name, String type, int[] shape, boolean columnMajor)
      throws IOException {
    String kind = type.replaceFirst("^[<>=|]", "");
    int width =
        switch (kind) {
          case "b1", "u1", "i1" -> 1;
          case "u2", "i2", "f2" -> 2;
          case "u4", "i4", "f4" -> 4;
          case "u8", "i8", "f8" -> 8;
          default -> throw DataIo.malformed(file, name + " " + refusal(kind));
        };
    int count = Shapes.product(shape);
    long needed = (long) count * width;
    if (needed > Integer.MAX_VALUE - 8) {
      throw DataIo.malformed(file, name + " claims " + needed + " bytes, more than are read here");
    }
    byte[] bytes = in.readNBytes((int) needed);
    if (bytes.length < needed) {
      throw DataIo.malformed(
          file, name + " ends after " + bytes.length + " of the " + needed + " bytes it announces");
    }
    if (in.read() >= 0) {
      throw DataIo.malformed(file, name + " goes on after the values its header announces");
    }
    ByteBuffer stored =
        ByteBuffer.wrap(bytes)
            .order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    IntToDoubleFunction value =
        switch (kind) {
          case "b1", "u1" -> i -> stored.get(i) & 0xff;
          case "i1" -> stored::get;
          case "u2" -> i -> stored.getShort(2 * i) & 0xffff;
          case "i2" -> i -> stored.getShort(2 * i);
          case "f2" -> i -> half(stored.getShort(2 * i));
          case "u4" -> i -> Integer.toUnsignedLong(stored.getInt(4 * i));
          case "i4" -> i -> stored.getInt(4 * i);
          case "f4" -> i -> stored.getFloat(4 * i);
          case "f8" -> i -> stored.getDouble(8 * i);
          default -> i -> stored.getLong(8 * i);
        };
    if (kind.equals("u8") || kind.equals("i8")) {
      for (int i = 0; i < count; i++) {
        long whole = stored.getLong(8 * i);
        if (Math.abs((double) whole) > 1L << 53 || kind.equals("u8") && whole < 0) {
          throw DataIo.malformed(
              file,
              name
                  + " holds "
                  + (kind.equals("u8") ? Long.toUnsignedString(whole) : "" + whole)
                  + ", which no double holds exactly");
        }
      }
    }
    return new NumericArray(name, shape, value, columnMajor);
  }

  private static String refusal(String kind) {
    return switch (kind.isEmpty() ? ' ' : kind.charAt(0)) {
      case 'O' -> "holds Python objects, which only Python can read: save it as numbers";
      case 'U', 'S' -> "holds text, not numbers";
      case 'c' -> "holds complex numbers";
      case 'M', 'm' -> "holds dates or times, not numbers";
      default -> "stores its values as " + kind + "; known are bool, int, uint and float";
    };
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
