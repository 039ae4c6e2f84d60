package org.lowerbound.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** What all file formats share: transparent gzip, checksums, errors that name the file. */
final class DataIo {

  private static final int BUFFER = 1 << 16;

  private DataIo() {}

  /** Opens a file, through gzip if its first two bytes say so. */
  static InputStream open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    try {
      raw.mark(2);
      boolean zipped = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      return zipped ? new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER) : raw;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  static DataException malformed(Path file, String what) {
    return new DataException(
        DataException.Reason.MALFORMED,
        "The file "
            + file
            + " is damaged or not the one expected: "
            + what
            + ". Delete it and fetch it again.");
  }

  /** The error for an exception met while reading: damaged content, or a file out of reach. */
  static DataException failure(Path file, IOException e) {
    if (e instanceof EOFException) {
      return malformed(file, "it is cut off");
    }
    if (e instanceof ZipException) {
      return malformed(file, "its compressed data are damaged (" + e.getMessage() + ")");
    }
    String what =
        e instanceof NoSuchFileException
            ? "does not exist"
            : "cannot be read (" + e.getMessage() + ")";
    return new DataException(
        DataException.Reason.STORAGE, "The file " + file + " " + what + ".", e);
  }

  /** The MD5 checksum of a file in hexadecimal digits. */
  static String md5(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n; (n = in.read(buffer)) > 0; ) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
