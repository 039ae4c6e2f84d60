package org.lowerbound.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every reader, given a file of every other kind: the message says what the file is. */
class OtherKindsTest {

  @TempDir Path folder;

  private static byte[] bytes(String latin) {
    return latin.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] padded(String latin) {
    return Arrays.copyOf(bytes(latin), 4000);
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zip = new GZIPOutputStream(out)) {
      zip.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] zip(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(new byte[100]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] tar(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(100);
      tar.putArchiveEntry(entry);
      tar.write(new byte[100]);
      tar.closeArchiveEntry();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /** MATLAB, "MAT-File Format", level 4: five words, the name, the values. */
  private static byte[] level4() {
    ByteBuffer file = ByteBuffer.allocate(22 + 8 * 600).order(ByteOrder.LITTLE_ENDIAN);
    return file.putInt(0).putInt(20).putInt(30).putInt(0).putInt(2).put(bytes("X\0")).array();
  }

  private static final Map<String, byte[]> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put(
        "a web page (HTML)", bytes("\n<!DOCTYPE html><html><body>Access denied</body></html>"));
    KINDS.put(
        "a Git LFS pointer",
        bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"));
    KINDS.put("version 7.3 (HDF5): save it again with -v7", padded("MATLAB 7.3 MAT-file, "));
    KINDS.put("an HDF5 file", padded("\u0089HDF\r\n\u001a\n"));
    KINDS.put("a MATLAB file of level 4", level4());
    KINDS.put("a zip archive", zip("train.csv"));
    KINDS.put("an Excel workbook", zip("[Content_Types].xml"));
    KINDS.put("an archive of arrays of NumPy (.npz)", zip("X.npy"));
    KINDS.put("an array of NumPy (.npy)", padded("\u0093NUMPY\1\0v\0{'descr': "));
    KINDS.put("a Python pickle", padded("\u0080\2}q\1(U\13batch_labelq"));
    KINDS.put("compressed with gzip twice", gzip(gzip(new byte[900])));
    KINDS.put("compressed with bzip2", padded("BZh91AY&SY"));
    KINDS.put("compressed with xz", padded("\u00fd7zXZ\0"));
    KINDS.put("R's own format", padded("RDX3\nX\n"));
    KINDS.put("a Parquet file", padded("PAR1"));
    KINDS.put("a picture (PNG)", padded("\u0089PNG\r\n"));
    KINDS.put("a PDF document", padded("%PDF-1.4"));
    KINDS.put("text in UTF-16", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_16));
    KINDS.put("a tar archive", tar("pictures/1.png"));
  }

  private static final Map<String, Function<Path, ?>> READERS = new LinkedHashMap<>();

  static {
    READERS.put("Idx.images", file -> Idx.images(file, 28, 28));
    READERS.put("Idx.labels", Idx::labels);
    READERS.put("Svhn.read", Svhn::read);
    READERS.put("MatlabFile.arrays", MatlabFile::arrays);
    READERS.put("MatlabFile.array", file -> MatlabFile.array(file, "X"));
    READERS.put("Cifar10.read", Cifar10::read);
    READERS.put("Cifar10.readArchive", file -> Cifar10.readArchive(file, true));
    READERS.put("DensitySets.read", file -> DensitySets.read(file, 16));
    READERS.put("BinarizedMnist.read", file -> BinarizedMnist.read(file, 3));
    READERS.put("OldFaithful.read", OldFaithful::read);
    READERS.put("CsvFile.read", CsvFile::read);
    READERS.put("NumPyFile.array", NumPyFile::array);
    READERS.put("NumPyFile.arrays", NumPyFile::arrays);
  }

  /** What a reader reads: the kind's name is then not the point of its message. */
  private static final Map<String, List<String>> OWN =
      Map.of(
          "NumPyFile.array", List.of("an array of NumPy (.npy)"),
          "NumPyFile.arrays",
              List.of("an archive of arrays of NumPy (.npz)", "a zip archive", "an Excel workbook"),
          "Cifar10.readArchive", List.of("a tar archive"));

  @Test
  void everyReaderNamesEveryOtherKind() throws IOException {
    int named = 0;
    for (Map.Entry<String, Function<Path, ?>> reader : READERS.entrySet()) {
      for (Map.Entry<String, byte[]> kind : KINDS.entrySet()) {
        for (boolean zipped : new boolean[] {false, true}) {
          if (zipped && kind.getKey().contains("gzip")) {
            continue;
          }
          byte[] content = zipped ? gzip(kind.getValue()) : kind.getValue();
          Path file = Files.write(folder.resolve("f"), content);
          String what = reader.getKey() + " of " + kind.getKey() + (zipped ? ", gzipped" : "");
          DataException e =
              assertThrows(DataException.class, () -> reader.getValue().apply(file), what);
          assertEquals(DataException.Reason.MALFORMED, e.reason(), what);
          assertTrue(e.getMessage().startsWith("The file " + file), what + ": " + e.getMessage());
          assertFalse(e.getMessage().contains("Delete"), what + ": " + e.getMessage());
          if (!OWN.getOrDefault(reader.getKey(), List.of()).contains(kind.getKey())) {
            assertTrue(e.getMessage().contains(kind.getKey()), what + ": " + e.getMessage());
            named++;
          }
        }
      }
    }
    // 13 readers, 18 kinds plain and gzipped and one that is gzipped already, less what they read.
    assertEquals(13 * (2 * 18 + 1) - 2 * 5 - 0, named);
  }

  @Test
  void versionsOfCifarAreNamed() throws IOException {
    Path python = Files.write(folder.resolve("p"), gzip(tar("cifar-10-batches-py/data_batch_1")));
    DataException e = assertThrows(DataException.class, () -> Cifar10.readArchive(python, true));
    assertTrue(e.getMessage().contains("the Python version of CIFAR-10"), e.getMessage());
    DataException isFolder = assertThrows(DataException.class, () -> Cifar10.read(folder));
    assertTrue(isFolder.getMessage().contains("is a folder"), isFolder.getMessage());
  }

  @Test
  void rowsOfBitsNameTheirFirstFault() throws IOException {
    Path file = folder.resolve("x.data");
    String[][] faults = {
      {"V1,V2,V3\n0,1,1\n", "line 1 is a header, \"V1,V2,V3\": remove it"},
      {"0,1,1\n0,1\n", "line 2 has 2 values; expected 3"},
      {"0,1,1\r\n0,1,1,0\r\n", "line 2 has 4 values; expected 3"},
      {"0,1,1\n\n0,1,0\n", "line 2 is blank, and rows follow it"},
      {"0,1,1\n0,x,0\n", "line 2 holds \"x\""},
      {"0 1 1\n", "line 1 has 1 value; expected 3 values 0 or 1 separated by commas"},
      {"0,1,1\n0;1;1\n", "line 2 has 1 value"},
      {"0,1,1\n0,1,\n", "line 2 holds \"\""},
    };
    for (String[] fault : faults) {
      Files.writeString(file, fault[0]);
      DataException e = assertThrows(DataException.class, () -> DensitySets.read(file, 3));
      assertTrue(e.getMessage().contains(fault[1]), e.getMessage());
    }
    for (String good :
        new String[] {
          "0,1,1\r\n1,0,0\r\n", "\ufeff0,1,1\n1,0,0\n", "0,1,1\n1,0,0\n\n", "0,1,1 \n1,0,0"
        }) {
      Files.writeString(file, good);
      assertArrayEquals(new byte[][] {{0, 1, 1}, {1, 0, 0}}, DensitySets.read(file, 3));
    }
  }
}
