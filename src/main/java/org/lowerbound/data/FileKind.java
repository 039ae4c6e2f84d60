package org.lowerbound.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a file is by its first bytes, whatever its name says: the one place that every reader asks
 * when a file is not what it expects, so that the message names what is there.
 */
enum FileKind {
  WEB_PAGE("a web page (HTML), such as a server sends in place of a file"),
  LFS_POINTER("a Git LFS pointer, not the file itself: \"git lfs pull\" brings that"),
  MATLAB_7_3("a MATLAB file of version 7.3 (HDF5): save it again with -v7"),
  HDF5("an HDF5 file"),
  MATLAB_5("a MATLAB file of level 5"),
  MATLAB_4("a MATLAB file of level 4: save it again with -v7"),
  NUMPY("an array of NumPy (.npy)"),
  NUMPY_ARCHIVE("an archive of arrays of NumPy (.npz)"),
  PICKLE("a Python pickle, which only Python can read"),
  OFFICE("an Office document, such as an Excel workbook: save the table as CSV"),
  ZIP("a zip archive: unpack it"),
  TAR("a tar archive: unpack it"),
  GZIP_TWICE("compressed with gzip twice: unpack it once"),
  BZIP2("compressed with bzip2: unpack it"),
  XZ("compressed with xz: unpack it"),
  ZSTANDARD("compressed with Zstandard: unpack it"),
  SEVEN_ZIP("a 7z archive: unpack it"),
  R_DATA("a file of R's own format: write the table as CSV"),
  PARQUET("a Parquet file: write the table as CSV"),
  PNG("a picture (PNG)"),
  JPEG("a picture (JPEG)"),
  PDF("a PDF document"),
  UTF_16("text in UTF-16: save it as UTF-8"),
  IDX("an IDX file, as MNIST's are"),
  CIFAR10_BATCH("a batch of CIFAR-10's binary version"),
  CIFAR10_ARCHIVE("the archive of CIFAR-10's binary version"),
  TEXT("plain text");

  private static final int HEAD = 512;

  private final String words;

  FileKind(String words) {
    this.words = words;
  }

  /** What the file is, to follow "is". */
  String words() {
    return words;
  }

  /** What the file should be, without the advice on what it is not. */
  String expected() {
    return words.replaceFirst("(: |, such as ).*", "");
  }

  /**
   * Whether a file of another kind may be a damaged one of this kind, as its container is right.
   */
  boolean holds(FileKind found) {
    return found == this
        || this == NUMPY_ARCHIVE && found == ZIP
        || this == CIFAR10_ARCHIVE && found == TAR;
  }

  /** The kind of a file, seen through gzip; empty if the first bytes say nothing. */
  static Optional<FileKind> of(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = DataIo.open(file)) {
      return of(in.readNBytes(HEAD));
    } catch (IOException e) {
      // It cannot be read at all, or not unpacked: whoever asks has that error to report.
      return Optional.empty();
    }
  }

  private static Optional<FileKind> of(byte[] head) {
    String latin = new String(head, StandardCharsets.ISO_8859_1);
    String start = latin.replaceFirst("^ï»¿", "").stripLeading();
    String lower = start.toLowerCase(java.util.Locale.ROOT);
    FileKind kind = null;
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      kind = WEB_PAGE;
    } else if (start.startsWith("version https://git-lfs")) {
      kind = LFS_POINTER;
    } else if (latin.startsWith("MATLAB 7.3") || latin.startsWith("\u0089HDF\r\n")) {
      kind = latin.startsWith("M") ? MATLAB_7_3 : HDF5;
    } else if (latin.startsWith("MATLAB 5.0 MAT-file")) {
      kind = MATLAB_5;
    } else if (head.length >= 128 && (latin.startsWith("IM", 126) || latin.startsWith("MI", 126))) {
      kind = MATLAB_5;
    } else if (latin.startsWith("\u0093NUMPY")) {
      kind = NUMPY;
    } else if (latin.startsWith("PK\3\4") || latin.startsWith("PK\5\6")) {
      kind = zip(head, latin);
    } else if (latin.startsWith("\u001f\u008b")) {
      kind = GZIP_TWICE;
    } else if (latin.startsWith("BZh")) {
      kind = BZIP2;
    } else if (latin.startsWith("\u00fd7zXZ")) {
      kind = XZ;
    } else if (latin.startsWith("\u0028\u00b5\u002f\u00fd")) {
      kind = ZSTANDARD;
    } else if (latin.startsWith("7z\u00bc\u00af")) {
      kind = SEVEN_ZIP;
    } else if (latin.startsWith("RDX2\n") || latin.startsWith("RDX3\n")) {
      kind = R_DATA;
    } else if (latin.startsWith("PAR1")) {
      kind = PARQUET;
    } else if (latin.startsWith("\u0089PNG")) {
      kind = PNG;
    } else if (latin.startsWith("\u00ff\u00d8\u00ff")) {
      kind = JPEG;
    } else if (latin.startsWith("%PDF-")) {
      kind = PDF;
    } else if (latin.startsWith("\u00ff\u00fe") || latin.startsWith("\u00fe\u00ff")) {
      kind = UTF_16;
    } else if (latin.startsWith("ustar", 257)) {
      kind = TAR;
    } else if (head.length > 4 && pickle(head)) {
      kind = PICKLE;
    } else if (head.length >= 8 && idx(head)) {
      kind = IDX;
    } else if (head.length >= 20 && level4(head)) {
      kind = MATLAB_4;
    } else if (head.length > 0 && text(head)) {
      kind = TEXT;
    }
    return Optional.ofNullable(kind);
  }

  private static FileKind zip(byte[] head, String latin) {
    int length = head.length < 30 ? 0 : (head[26] & 0xff) | (head[27] & 0xff) << 8;
    String first = latin.substring(Math.min(30, head.length), Math.min(30 + length, head.length));
    return first.endsWith(".npy")
        ? NUMPY_ARCHIVE
        : first.equals("[Content_Types].xml") ? OFFICE : ZIP;
  }

  /** Protocols 2 to 5, and what Python then writes first. */
  private static boolean pickle(byte[] head) {
    return (head[0] & 0xff) == 0x80
        && head[1] >= 2
        && head[1] <= 5
        && "}](c\u0095XUKq".indexOf(head[2] & 0xff) >= 0;
  }

  private static boolean idx(byte[] head) {
    boolean type = head[2] >= 8 && head[2] <= 0xe && head[2] != 0xa;
    return head[0] == 0 && head[1] == 0 && type && head[3] >= 1 && head[3] <= 4;
  }

  /** Five words: type MOPT, rows, columns, 0 or 1 for complex, length of the name. */
  private static boolean level4(byte[] head) {
    java.nio.ByteBuffer words = java.nio.ByteBuffer.wrap(head);
    for (java.nio.ByteOrder order :
        new java.nio.ByteOrder[] {
          java.nio.ByteOrder.LITTLE_ENDIAN, java.nio.ByteOrder.BIG_ENDIAN
        }) {
      words.order(order);
      int type = words.getInt(0);
      boolean known = type >= 0 && type < 5000 && type % 10 <= 2 && type / 10 % 10 <= 5;
      int name = words.getInt(16);
      if (known
          && type / 100 % 10 == 0
          && words.getInt(4) > 0
          && words.getInt(8) > 0
          && (words.getInt(12) & ~1) == 0
          && name >= 2
          && name <= 64
          && (head.length < 20 + name || head[19 + name] == 0)) {
        return true;
      }
    }
    return false;
  }

  private static boolean text(byte[] head) {
    for (byte b : head) {
      if (b >= 0 && b < 32 && b != '\n' && b != '\r' && b != '\t' && b != '\f') {
        return false;
      }
    }
    // Bytes above 127 are letters of UTF-8 or of an older code; without any it is surely text.
    int high = 0;
    for (byte b : head) {
      high += b < 0 ? 1 : 0;
    }
    return 4 * high <= head.length;
  }
}
