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
      return read(
          in,
          file,
          FileKind.NUMPY,
          file.getFileName().toString().replaceFirst("\\.npy(\\.gz)?$", ""));
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.NUMPY, e);
    }
  }

  /** Reads all arrays of an {@code .npz} file, by name, in the order of the file. */
  public static Map<String, NumericArray> arrays(Path file) {
    Map<String, NumericArray> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (!entry.getName().endsWith(".npy")) {
          throw DataIo.malformed(
              file, FileKind.NUMPY_ARCHIVE, "it holds " + entry.getName() + ", which is no array");
        }
        String name = entry.getName().substring(0, entry.getName().length() - 4);
        CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32());
        if (arrays.put(name, read(in, file, FileKind.NUMPY_ARCHIVE, name)) != null) {
          throw DataIo.malformed(file, FileKind.NUMPY_ARCHIVE, "it holds " + name + " twice");
        }
        if (in.getChecksum().getValue() != entry.getCrc()) {
          throw DataIo.malformed(
              file, FileKind.NUMPY_ARCHIVE, "the checksum of " + name + " is wrong");
        }
      }
    } catch (IllegalArgumentException e) {
      throw DataIo.malformed(
          file, FileKind.NUMPY_ARCHIVE, "its archive is damaged (" + e.getMessage() + ")");
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.NUMPY_ARCHIVE, e);
    }
    return Collections.unmodifiableMap(arrays);
  }

  private static NumericArray read(InputStream in, Path file, FileKind kind, String name)
      throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8) {
      throw new EOFException();
    }
    if (!Arrays.equals(MAGIC, Arrays.copyOf(start, 6))) {
      throw DataIo.malformed(file, kind, name + " does not start as an array of NumPy does");
    }
    if (start[6] < 1 || start[6] > 3) {
      throw DataIo.malformed(
          file, kind, name + " is of version " + start[6] + "; known are 1 to 3");
    }
    byte[] length = in.readNBytes(start[6] == 1 ? 2 : 4);
    int bytes = 0;
    for (int i = length.length - 1; i >= 0; i--) {
      bytes = bytes << 8 | length[i] & 0xff;
    }
    if (bytes < 0 || bytes > 1 << 16) {
      throw DataIo.malformed(
          file, kind, name + " has a header of " + Integer.toUnsignedString(bytes));
    }
    String header = new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
    Matcher type = TYPE.matcher(header);
    Matcher order = ORDER.matcher(header);
    Matcher sizes = SHAPE.matcher(header);
    if (!type.find() || !order.find() || !sizes.find()) {
      throw DataIo.malformed(
          file,
          kind,
          name + " is described as " + header.strip() + ", which is no array of numbers");
    }
    int[] shape = shape(file, kind, name, sizes.group(1));
    return values(in, file, kind, name, type.group(1), shape, order.group(1).equals("True"));
  }

  private static int[] shape(Path file, FileKind kind, String name, String sizes) {
    List<String> axes =
        Arrays.stream(sizes.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    try {
      int[] shape = axes.stream().mapToInt(s -> Integer.parseInt(s.replace("L", ""))).toArray();
      Shapes.product(shape);
      return shape;
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw DataIo.malformed(
          file, kind, name + " has the shape (" + sizes + "), more than 2³¹ − 1 values");
    }
  }

  private static NumericArray values(
      InputStream in,
      Path file,
      FileKind kind,
      String name,
      String type,
      int[] shape,
      boolean columnMajor)
      throws IOException {
    String stored = type.replaceFirst("^[<>=|]", "").replace("b1", "u1");
    if (!Stored.known(stored)) {
      throw DataIo.malformed(file, kind, name + " " + refusal(stored));
    }
    int count = Shapes.product(shape);
    long needed = (long) count * Stored.width(stored);
    if (needed > Integer.MAX_VALUE - 8) {
      throw DataIo.malformed(
          file, kind, name + " claims " + needed + " bytes, more than are read here");
    }
    byte[] bytes = in.readNBytes((int) needed);
    if (bytes.length < needed) {
      throw DataIo.malformed(
          file,
          kind,
          name + " ends after " + bytes.length + " of the " + needed + " bytes it announces");
    }
    if (in.read() >= 0) {
      throw DataIo.malformed(file, kind, name + " goes on after the values its header announces");
    }
    ByteOrder order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
    String inexact = Stored.inexact(stored, buffer);
    if (inexact != null) {
      throw DataIo.malformed(
          file, kind, name + " holds " + inexact + ", which no double holds exactly");
    }
    return new NumericArray(name, shape, Stored.values(stored, buffer), columnMajor);
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
}
