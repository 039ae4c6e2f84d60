package org.lowerbound.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** NumPy's files: written here byte by byte as its format page says, and by ND4J as an oracle. */
class NumPyFileTest {

  @TempDir Path folder;

  private Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** An array of version 1 as {@code numpy.save} writes it; the values' bytes are given. */
  static byte[] npy(String type, boolean fortran, String shape, byte[] values) {
    String header =
        "{'descr': '"
            + type
            + "', 'fortran_order': "
            + (fortran ? "True" : "False")
            + ", 'shape': ("
            + shape
            + "), }";
    int padded = (10 + header.length() + 1 + 63) / 64 * 64;
    ByteBuffer file = ByteBuffer.allocate(padded + values.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
    file.put((byte) 0).putShort((short) (padded - 10));
    file.put(header.getBytes(StandardCharsets.US_ASCII));
    while (file.position() < padded - 1) {
      file.put((byte) ' ');
    }
    return file.put((byte) '\n').put(values).array();
  }

  static byte[] npz(Map<String, byte[]> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] floats(ByteOrder order, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(order);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private static final byte[] SIX = floats(ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4, 5, -6.5f);

  @Test
  void bothOrdersOfBytesAndAxesGiveTheSameMatrix() {
    double[][] expected = {{1, 2, 3}, {4, 5, -6.5}};
    NumericArray plain = NumPyFile.array(write("w.npy", npy("<f4", false, "2, 3", SIX)));
    assertArrayEquals(expected, plain.rows());
    assertArrayEquals(new int[] {2, 3}, plain.shape());
    assertEquals("w [2, 3]", plain.toString());
    byte[] columns = floats(ByteOrder.BIG_ENDIAN, 1, 4, 2, 5, 3, -6.5f);
    NumericArray fortran = NumPyFile.array(write("w.npy", npy(">f4", true, "2, 3", columns)));
    assertArrayEquals(expected, fortran.rows());
    assertArrayEquals(plain.floats(), fortran.floats());
    INDArray nd4j = fortran.toNd4j(DataType.FLOAT);
    assertEquals(-6.5f, nd4j.getFloat(1, 2));
    assertEquals(3f, nd4j.getFloat(0, 2));
    // Three axes, first fastest: value 100 i + 10 j + k at place i + 2 j + 6 k of shape (2, 3, 4).
    byte[] cube = new byte[24];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          cube[i + 2 * j + 6 * k] = (byte) (100 * i + 10 * j + k);
        }
      }
    }
    NumericArray three = NumPyFile.array(write("c.npy", npy("|u1", true, "2, 3, 4", cube)));
    assertEquals(112, three.values()[12 + 4 + 2]);
    assertEquals(123, three.bytes()[1][4 * 2 + 3]);
  }

  @Test
  void everyKindOfNumberIsRead() {
    ByteBuffer b = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    b.putLong(-7).putLong(1L << 40);
    assertArrayEquals(new double[] {-7, 1L << 40}, values("<i8", "2,", b.array()));
    assertArrayEquals(
        new double[] {1.5, -2}, values("<f8", "2,", bytes(b.clear().putDouble(1.5).putDouble(-2))));
    assertArrayEquals(new double[] {255, 0}, values("|u1", "2,", new byte[] {-1, 0}));
    assertArrayEquals(new double[] {-1, 1}, values("|i1", "2,", new byte[] {-1, 1}));
    assertArrayEquals(new double[] {1, 0}, values("|b1", "2,", new byte[] {1, 0}));
    assertArrayEquals(new double[] {65535}, values("<u2", "1,", new byte[] {-1, -1}));
    assertArrayEquals(new double[] {-2}, values(">i2", "", new byte[] {-1, -2}));
    assertArrayEquals(
        new double[] {4294967295.0}, values("<u4", "1,", new byte[] {-1, -1, -1, -1}));
    // Half precision, from IEEE 754-2008: 0x3c00 is 1, 0x0001 is 2^-24, 0xfbff is −65504.
    assertArrayEquals(
        new double[] {1, Math.scalb(1, -24), -65504},
        values("<f2", "3,", new byte[] {0, 0x3c, 1, 0, -1, -5}));
    assertEquals(0, values("<f4", "0, 784", new byte[0]).length);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    return buffer.array();
  }

  private double[] values(String type, String shape, byte[] stored) {
    return NumPyFile.array(write("v.npy", npy(type, false, shape, stored))).values();
  }

  @Test
  void archiveIsReadInItsOrderAndNd4jReadsTheSame() {
    Map<String, byte[]> entries = new java.util.LinkedHashMap<>();
    entries.put("w.npy", npy("<f4", false, "2, 3", SIX));
    entries.put("b.npy", npy("<f8", false, "", ByteBuffer.allocate(8).array()));
    Map<String, NumericArray> read = NumPyFile.arrays(write("m.npz", npz(entries)));
    assertEquals(List.of("w", "b"), List.copyOf(read.keySet()));
    assertArrayEquals(new double[][] {{0}}, read.get("b").rows());
    // ND4J's own reader as the oracle for a file that is whole.
    INDArray oracle =
        Nd4j.createFromNpyFile(write("o.npy", npy("<f4", false, "2, 3", SIX)).toFile());
    assertEquals(oracle, read.get("w").toNd4j(DataType.FLOAT));
  }

  private void refused(String words, Supplier<?> reader) {
    DataException e = assertThrows(DataException.class, reader::get, words);
    assertEquals(DataException.Reason.MALFORMED, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains(words), e.getMessage());
    assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
  }

  private Supplier<?> reading(byte[] content) {
    return () -> NumPyFile.array(write("x.npy", content));
  }

  @Test
  void whatIsWrongIsNamed() {
    byte[] good = npy("<f4", false, "2, 3", SIX);
    refused("ends after 20 of the 24 bytes", reading(Arrays.copyOf(good, good.length - 4)));
    refused("goes on after", reading(Arrays.copyOf(good, good.length + 1)));
    refused("cut off", reading(new byte[] {(byte) 0x93, 'N'}));
    refused("Python objects", reading(npy("|O", false, "2,", new byte[16])));
    refused("holds text", reading(npy("<U5", false, "2,", new byte[40])));
    refused("complex", reading(npy("<c8", false, "2,", new byte[16])));
    String header = new String(good, StandardCharsets.ISO_8859_1);
    refused(
        "no array of numbers",
        reading(header.replace("'<f4'", "['a']").getBytes(StandardCharsets.ISO_8859_1)));
    refused("2³¹", reading(npy("<f4", false, "65536, 65536", new byte[16])));
    refused("ends after 0", reading(npy("<f4", false, "20000, 20000", new byte[0])));
    refused("which no double holds", reading(npy("<i8", false, "1,", ones(8, 0x7f))));
    byte[] version = good.clone();
    version[6] = 9;
    refused("version 9", reading(version));
    byte[] archive = npz(Map.of("w.npy", good));
    Path file = write("z.npz", Arrays.copyOf(archive, archive.length - 30));
    refused("z.npz", () -> NumPyFile.arrays(file));
    Path text = write("t.npz", npz(Map.of("readme.txt", new byte[3])));
    refused("readme.txt, which is no array", () -> NumPyFile.arrays(text));
    DataException absent =
        assertThrows(DataException.class, () -> NumPyFile.arrays(folder.resolve("nothing.npz")));
    assertEquals(DataException.Reason.STORAGE, absent.reason());
    NumericArray half = NumPyFile.array(write("h.npy", good));
    assertThrows(IllegalArgumentException.class, half::integers);
    assertThrows(IllegalArgumentException.class, half::bytes);
  }

  private static byte[] ones(int count, int value) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void everyMutationIsReadOrRefused() {
    byte[] plain = npy("<f4", false, "2, 3", SIX);
    byte[] archive = npz(Map.of("w.npy", plain));
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 600; i++) {
      byte[] bad = (i % 2 == 0 ? plain : archive).clone();
      for (int n = 0; n <= i % 3; n++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      if (i % 5 == 0) {
        bad = Arrays.copyOf(bad, random.nextInt(bad.length));
      }
      Path file = write("m", bad);
      try {
        int read =
            i % 2 == 0 ? NumPyFile.array(file).size() : NumPyFile.arrays(file).values().size();
        assertTrue(read >= 0);
      } catch (DataException e) {
        assertEquals(DataException.Reason.MALFORMED, e.reason(), e.getMessage());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
      }
    }
  }
}
