package org.lowerbound.train;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * A file that is read whole or not at all: four bytes that name the kind, a CRC-32 and the length
 * of what follows. It is written beside its place and moved into it, so that a process killed at
 * any moment leaves the previous file whole. Big-endian.
 */
final class SealedFile {

  private static final int HEAD = 16;

  private SealedFile() {}

  /** Why a file cannot be used, for a message. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1;

    Damaged(String why) {
      super(why);
    }
  }

  static void write(Path file, int kind, byte[] body) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(body);
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    File part = directory.resolve(file.getFileName() + ".part").toFile();
    // A stream and no channel: a channel closes itself when the stop button is pressed.
    try (FileOutputStream plain = new FileOutputStream(part);
        DataOutputStream out = new DataOutputStream(plain)) {
      out.writeInt(kind);
      out.writeLong(sum.getValue());
      out.writeInt(body.length);
      out.write(body);
      out.flush();
      plain.getFD().sync();
    }
    try {
      Files.move(
          part.toPath(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part.toPath(), file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** What {@link #write} was given. */
  static byte[] read(Path file, int kind) throws IOException, Damaged {
    // All at once: a run may put the next checkpoint in this one's place meanwhile.
    return open(Files.readAllBytes(file), kind);
  }

  /** See {@link #read(Path, int)}. */
  static byte[] read(InputStream in, int kind) throws IOException, Damaged {
    return open(in.readAllBytes(), kind);
  }

  private static byte[] open(byte[] all, int kind) throws IOException, Damaged {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(all))) {
      if (all.length < HEAD) {
        throw new Damaged("it has " + all.length + " bytes");
      }
      int found = in.readInt();
      if (found != kind) {
        // The kinds' last byte is the version of the format.
        throw new Damaged(
            found >>> 8 == kind >>> 8
                ? "it has version '"
                    + (char) (found & 0xff)
                    + "' of the format, this library reads '"
                    + (char) (kind & 0xff)
                    + "'"
                : "it begins otherwise");
      }
      long sum = in.readLong();
      int length = in.readInt();
      if (length != all.length - HEAD) {
        throw new Damaged("it should hold " + length + " bytes and holds " + (all.length - HEAD));
      }
      byte[] body = in.readNBytes(length);
      CRC32 actual = new CRC32();
      actual.update(body);
      if (actual.getValue() != sum) {
        throw new Damaged("its checksum is wrong");
      }
      return body;
    }
  }

  /** Text of any length; {@code writeUTF} ends at 64 KiB. */
  static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String readText(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a text of " + length + " bytes");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  static void writeMap(DataOutputStream out, Map<String, String> map) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<String, String> entry : map.entrySet()) {
      writeText(out, entry.getKey());
      writeText(out, entry.getValue());
    }
  }

  static Map<String, String> readMap(DataInputStream in) throws IOException {
    int size = in.readInt();
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      map.put(readText(in), readText(in));
    }
    return map;
  }
}
