package org.lowerbound.data;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.lowerbound.numerics.StopButton;

/** What all file formats share: transparent gzip, checksums, errors that name the file. */
final class DataIo {

  private static final int BUFFER = 1 << 16;

  /** The checksum and the length of what a file holds once it is unpacked. */
  record Content(String md5, long bytes) {}

  private DataIo() {}

  /** Opens a file, through gzip if its first two bytes say so. */
  static InputStream open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    try {
      raw.mark(2);
      boolean zipped = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      return zipped ? new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER) : raw;
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  /**
   * Opens a text in UTF-8, through gzip, without the byte-order mark that some editors write. Bytes
   * that are no UTF-8 end in a {@link CharacterCodingException}. The lines of a reader may end in
   * LF, CRLF or CR.
   */
  static BufferedReader openText(Path file) throws IOException {
    InputStream in = open(file);
    try {
      in.mark(3);
      boolean mark = in.read() == 0xef && in.read() == 0xbb && in.read() == 0xbf;
      if (!mark) {
        in.reset();
      }
      return new BufferedReader(
          new InputStreamReader(
              in,
              StandardCharsets.UTF_8
                  .newDecoder()
                  .onMalformedInput(CodingErrorAction.REPORT)
                  .onUnmappableCharacter(CodingErrorAction.REPORT)));
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /**
   * The error for a file that is not what a reader expects: if its first bytes say what it is
   * instead, that; else what is wrong with it.
   */
  static DataException malformed(Path file, FileKind expected, String what) {
    Optional<FileKind> kind = FileKind.of(file).filter(found -> !expected.holds(found));
    boolean other = kind.isPresent();
    return new DataException(
        DataException.Reason.MALFORMED,
        "The file "
            + file
            + (other
                ? " is " + kind.get().words() + ". Expected here: " + expected.expected()
                : " is damaged or not the one expected: " + what)
            + "."
            + again(file, Cache.folder()));
  }

  /** What to do about a file, if it is a download; a reader's own file is never to be deleted. */
  static String again(Path file, Path cache) {
    boolean downloaded = file.toAbsolutePath().normalize().startsWith(cache.toAbsolutePath());
    return downloaded ? " Delete it and fetch it again." : "";
  }

  /** The error for an exception met while reading: damaged content, or a file out of reach. */
  static DataException failure(Path file, FileKind expected, IOException e) {
    if (e instanceof EOFException) {
      return malformed(file, expected, "it is cut off");
    }
    if (e instanceof ZipException) {
      return malformed(file, expected, "its compressed data are damaged (" + e.getMessage() + ")");
    }
    if (e instanceof CharacterCodingException) {
      return malformed(file, expected, "it is not text in UTF-8");
    }
    return unreadable(file, e);
  }

  /** The error for a file that cannot be reached at all. */
  static DataException unreadable(Path file, IOException e) {
    String what =
        e instanceof NoSuchFileException || !Files.exists(file)
            ? "does not exist"
            : Files.isDirectory(file) ? "is a folder" : "cannot be read (" + e.getMessage() + ")";
    return new DataException(
        DataException.Reason.STORAGE, "The file " + file + " " + what + ".", e);
  }

  /** The MD5 checksum of a file in hexadecimal digits. */
  static String md5(Path file) throws IOException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n; (n = in.read(buffer)) > 0; ) {
        StopButton.poll();
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  /**
   * What a file holds, unpacked. Of lines, the byte-order mark, the kind of line ends and blank
   * last lines do not count: they are those of a file written on Unix, one line feed a line.
   */
  static Content content(Path file, boolean lines) throws IOException {
    MessageDigest digest = digest();
    long bytes = 0;
    if (lines) {
      try (BufferedReader in = openText(file)) {
        int blank = 0;
        for (String line; (line = in.readLine()) != null; ) {
          StopButton.poll();
          if (line.isEmpty()) {
            blank++;
            continue;
          }
          byte[] text = ("\n".repeat(blank) + line + "\n").getBytes(StandardCharsets.UTF_8);
          blank = 0;
          digest.update(text);
          bytes += text.length;
        }
      }
    } else {
      byte[] buffer = new byte[BUFFER];
      try (InputStream in = open(file)) {
        for (int n; (n = in.read(buffer)) > 0; bytes += n) {
          StopButton.poll();
          digest.update(buffer, 0, n);
        }
      }
    }
    return new Content(HexFormat.of().formatHex(digest.digest()), bytes);
  }
}
