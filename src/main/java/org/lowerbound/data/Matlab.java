package org.lowerbound.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.InflaterInputStream;
import org.lowerbound.numerics.StopButton;
import us.hebi.matlab.mat.format.Mat5Tag;
import us.hebi.matlab.mat.format.Mat5Type;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;

/**
 * Numeric arrays of a MATLAB file, level 5 (MathWorks, "MAT-File Format"), read as a stream.
 *
 * <p>The tags are MFL's; its own reader holds a whole variable in one buffer, of the size that the
 * file claims, which neither fits the 1.6 GB of SVHN's extra set nor a file that lies. Here a
 * variable's header is checked first, its values are handed out in portions, and nothing is
 * allocated for values that are not there.
 */
final class Matlab implements Closeable {

  /** Deflate cannot expand data by more than this factor. */
  private static final long MOST_EXPANSION = 1032;

  private final Path file;
  private final InputStream in;
  private final Source source;
  private final long length;
  private long at;
  private Source values;
  private InputStream element;
  private Mat5Type storage;
  private long left;

  private String name;
  private int[] dimensions;
  private String notNumeric;

  /**
   * Opens a file and checks its header.
   *
   * @throws DataException with reason MALFORMED if it is not a MATLAB file of level 5
   */
  static Matlab open(Path file) {
    try {
      InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      try {
        return new Matlab(file, in, Files.size(file));
      } catch (IOException | RuntimeException e) {
        in.close();
        throw e;
      }
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.MATLAB_5, e);
    }
  }

  private Matlab(Path file, InputStream in, long length) throws IOException {
    this.file = file;
    this.in = in;
    this.length = length;
    this.source = Sources.wrapInputStream(in);
    byte[] header = in.readNBytes(128);
    if (header.length < 128) {
      throw DataIo.malformed(
          file, FileKind.MATLAB_5, "it is shorter than the header of a MATLAB file");
    }
    boolean little = header[126] == 'I' && header[127] == 'M';
    boolean big = header[126] == 'M' && header[127] == 'I';
    int version = little ? header[125] : header[124];
    if (!little && !big || version != 1) {
      throw DataIo.malformed(file, FileKind.MATLAB_5, "it is not a MATLAB file of level 5");
    }
    source.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    at = 128;
  }

  /**
   * Moves to the next variable and reads its header.
   *
   * @return false at the end of the file
   */
  boolean next() {
    try {
      if (element != null) {
        finish();
      }
      if (at == length) {
        return false;
      }
      name = "";
      dimensions = new int[0];
      notNumeric = null;
      left = 0;
      Mat5Tag tag = tag(source);
      at += 8;
      long bytes = tag.getNumBytes();
      if (bytes < 0 || bytes > length - at) {
        throw DataIo.malformed(
            file,
            FileKind.MATLAB_5,
            "a variable claims " + Integer.toUnsignedString((int) bytes) + " bytes");
      }
      at += bytes;
      element = new Bounded(in, bytes);
      long most = bytes;
      if (tag.getType() == Mat5Type.Compressed) {
        element = new BufferedInputStream(new InflaterInputStream(element), 1 << 16);
        values = Sources.wrapInputStream(element).order(source.order());
        most = bytes * MOST_EXPANSION;
        tag = tag(values);
      } else {
        values = Sources.wrapInputStream(element).order(source.order());
      }
      if (tag.getType() != Mat5Type.Matrix) {
        throw DataIo.malformed(
            file, FileKind.MATLAB_5, "it holds a " + tag.getType() + " where a variable belongs");
      }
      if (tag.getNumBytes() == 0) {
        // How MATLAB writes an empty place within its own structures.
        notNumeric = "empty";
        return true;
      }
      header(most, Integer.toUnsignedLong(tag.getNumBytes()));
      return true;
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.MATLAB_5, e);
    }
  }

  private void header(long most, long claimed) throws IOException {
    if (claimed > most) {
      throw DataIo.malformed(
          file,
          FileKind.MATLAB_5,
          "a variable claims " + claimed + " bytes, more than can be there");
    }
    Mat5Tag flags = tag(values);
    if (flags.getType() != Mat5Type.UInt32 || flags.getNumBytes() != 8) {
      throw DataIo.malformed(file, FileKind.MATLAB_5, "a variable has no array flags");
    }
    int flag = values.readInt();
    values.readInt();
    int kind = flag & 0xff;
    notNumeric =
        (flag & 0x800) != 0
            ? "complex numbers"
            : switch (kind) {
              case 1 -> "a cell array";
              case 2 -> "a struct";
              case 3, 17 -> "an object";
              case 4 -> "text";
              case 5 -> "a sparse matrix";
              case 16 -> "a function";
              default -> kind >= 6 && kind <= 15 ? null : "of class " + kind;
            };
    if (kind == 0 || kind > 17) {
      throw DataIo.malformed(file, FileKind.MATLAB_5, "a variable is of class " + kind);
    }
    if (kind > 15) {
      // These have neither dimensions nor a name where the others have them.
      return;
    }
    Mat5Tag sizes = tag(values);
    int rank = sizes.getNumBytes() / 4;
    if (sizes.getType() != Mat5Type.Int32 || rank < 2 || rank > 8) {
      throw DataIo.malformed(file, FileKind.MATLAB_5, "a variable has no sensible dimensions");
    }
    dimensions = new int[rank];
    long count = 1;
    for (int i = 0; i < rank; i++) {
      dimensions[i] = values.readInt();
      if (dimensions[i] < 0) {
        throw DataIo.malformed(file, FileKind.MATLAB_5, "a variable has a negative dimension");
      }
      // In floating point first, since the product may overflow.
      if (notNumeric == null && (double) count * dimensions[i] > most) {
        throw DataIo.malformed(
            file,
            FileKind.MATLAB_5,
            "a variable of dimensions "
                + Arrays.toString(Arrays.copyOf(dimensions, i + 1))
                + " does not fit into its bytes");
      }
      count *= notNumeric == null ? dimensions[i] : 1;
    }
    values.skip(sizes.getPadding());
    Mat5Tag label = tag(values);
    if (label.getType() != Mat5Type.Int8
        || label.getNumBytes() < 0
        || label.getNumBytes() > 1 << 10) {
      throw DataIo.malformed(file, FileKind.MATLAB_5, "a variable has no name");
    }
    byte[] letters = new byte[label.getNumBytes()];
    values.readBytes(letters, 0, letters.length);
    values.skip(label.getPadding());
    name = new String(letters, StandardCharsets.ISO_8859_1);
    if (notNumeric != null) {
      return;
    }
    Mat5Tag data = tag(values);
    storage = data.getType();
    long bytes = Integer.toUnsignedLong(data.getNumBytes());
    switch (storage) {
      case Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64, Single, Double -> {}
      default ->
          throw DataIo.malformed(
              file, FileKind.MATLAB_5, name + " stores its values as " + storage);
    }
    if (bytes != count * storage.bytes()) {
      throw DataIo.malformed(
          file,
          FileKind.MATLAB_5,
          name
              + " has "
              + bytes
              + " bytes of values for dimensions "
              + Arrays.toString(dimensions));
    }
    left = count;
  }

  /** The name of the current variable. */
  String name() {
    return name;
  }

  /** The dimensions of the current variable; the first one runs fastest. */
  int[] dimensions() {
    return dimensions.clone();
  }

  /**
   * Whether the current variable is an array of real numbers; all others can only be passed over.
   */
  boolean numeric() {
    return notNumeric == null;
  }

  /** The current variable in words: its name, and its dimensions or what it is. */
  String describe() {
    return (name.isEmpty() ? "one without a name" : name)
        + (numeric() ? " " + Arrays.toString(dimensions) : " (" + notNumeric + ")");
  }

  /** All values of the current variable, which must be numeric and not begun. */
  NumericArray array() {
    String type =
        switch (storage) {
          case Int8 -> "i1";
          case UInt8 -> "u1";
          case Int16 -> "i2";
          case UInt16 -> "u2";
          case Int32 -> "i4";
          case UInt32 -> "u4";
          case Int64 -> "i8";
          case UInt64 -> "u8";
          case Single -> "f4";
          default -> "f8";
        };
    long bytes = left * storage.bytes();
    if (bytes > Integer.MAX_VALUE - 8) {
      throw DataIo.malformed(
          file, FileKind.MATLAB_5, name + " has " + bytes + " bytes, more than are read here");
    }
    try {
      // The stream's own limits decide how much memory is taken, not the claim.
      byte[] all = element.readNBytes((int) bytes);
      if (all.length < bytes) {
        throw new EOFException();
      }
      left = 0;
      ByteBuffer buffer = ByteBuffer.wrap(all).order(source.order());
      String inexact = Stored.inexact(type, buffer);
      if (inexact != null) {
        throw DataIo.malformed(
            file,
            FileKind.MATLAB_5,
            name + " holds " + inexact + ", which no double holds exactly");
      }
      return new NumericArray(name, dimensions, Stored.values(type, buffer), true);
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.MATLAB_5, e);
    }
  }

  /**
   * Reads the next values of the current variable, column-major. MATLAB stores doubles that are
   * small integers as such; here they come out as unsigned bytes either way.
   *
   * @throws DataException with reason MALFORMED if a value is not a whole number from 0 to 255 or
   *     the values end early
   */
  void read(byte[] into, int from, int count) {
    if (!numeric()) {
      throw DataIo.malformed(
          file, FileKind.MATLAB_5, name + " is " + notNumeric + "; expected numbers");
    }
    if (count > left) {
      throw DataIo.malformed(file, FileKind.MATLAB_5, name + " holds fewer values than expected");
    }
    try {
      if (storage == Mat5Type.UInt8 || storage == Mat5Type.Int8) {
        values.readBytes(into, from, count);
        if (storage == Mat5Type.Int8) {
          for (int i = from; i < from + count; i++) {
            if (into[i] < 0) {
              throw DataIo.malformed(file, FileKind.MATLAB_5, name + " holds a negative value");
            }
          }
        }
      } else {
        convert(into, from, count);
      }
      left -= count;
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.MATLAB_5, e);
    }
  }

  private void convert(byte[] into, int from, int count) throws IOException {
    int width = storage.bytes();
    byte[] portion = new byte[Math.min(count, 1 << 13) * width];
    ByteBuffer buffer = ByteBuffer.wrap(portion).order(source.order());
    for (int done = 0; done < count; ) {
      StopButton.poll();
      int n = Math.min(count - done, portion.length / width);
      values.readBytes(portion, 0, n * width);
      for (int i = 0; i < n; i++) {
        double value =
            switch (storage) {
              case Int16 -> buffer.getShort(2 * i);
              case UInt16 -> buffer.getShort(2 * i) & 0xffff;
              case Int32 -> buffer.getInt(4 * i);
              case UInt32 -> Integer.toUnsignedLong(buffer.getInt(4 * i));
              case Int64, UInt64 -> buffer.getLong(8 * i);
              case Single -> buffer.getFloat(4 * i);
              default -> buffer.getDouble(8 * i);
            };
        if (!(value >= 0 && value <= 255 && value == Math.rint(value))) {
          throw DataIo.malformed(
              file,
              FileKind.MATLAB_5,
              name + " holds " + value + "; expected whole numbers from 0 to 255");
        }
        into[from + done + i] = (byte) (int) value;
      }
      done += n;
    }
  }

  /** Goes to the end of the current variable, which also checks its compressed data. */
  private void finish() throws IOException {
    byte[] sink = new byte[1 << 13];
    while (element.read(sink) > 0) {
      StopButton.poll();
      // Padding, or values nobody asked for.
    }
    element = null;
  }

  private Mat5Tag tag(Source from) throws IOException {
    try {
      return Mat5Tag.readTag(from);
    } catch (EOFException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw DataIo.malformed(file, FileKind.MATLAB_5, "a tag is damaged (" + e.getMessage() + ")");
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.MATLAB_5, e);
    }
  }

  /** The next bytes of a stream; ends early only if the stream does, and then says so. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left;

    Bounded(InputStream in, long bytes) {
      this.in = in;
      this.left = bytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(into, from, (int) Math.min(count, left));
      if (n < 0) {
        throw new EOFException();
      }
      left -= n;
      return n;
    }
  }
}
