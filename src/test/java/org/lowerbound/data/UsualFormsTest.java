package org.lowerbound.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data placed by hand in the forms and under the names in which people have them. */
class UsualFormsTest {

  @TempDir Path folder;

  private DataStore store() {
    return new DataStore(folder, folder.resolve("no-cache"), null);
  }

  private Path place(String path, byte[] content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private static byte[] gzip(byte[] content, int level) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zip =
        new GZIPOutputStream(out) {
          {
            def.setLevel(level);
          }
        }) {
      zip.write(content);
    }
    return out.toByteArray();
  }

  private static String md5(byte[] content) {
    return HexFormat.of().formatHex(DataIo.digest().digest(content));
  }

  private static byte[] noise(int bytes) {
    byte[] content = new byte[bytes];
    new SplittableRandom(2).nextBytes(content);
    Arrays.fill(content, 0, bytes / 2, (byte) 7);
    return content;
  }

  @Test
  void contentDecidesHoweverItIsPacked() throws IOException {
    byte[] raw = noise(5000);
    byte[] official = gzip(raw, Deflater.DEFAULT_COMPRESSION);
    DataFile file =
        DataFile.of("a-idx3-ubyte.gz", official.length, md5(official))
            .containing(md5(raw))
            .orAt("MNIST/raw/a-idx3-ubyte.gz", "a.idx3-ubyte.gz");
    byte[] stored = gzip(raw, Deflater.NO_COMPRESSION);
    assertFalse(Arrays.equals(official, stored));
    for (String path :
        new String[] {
          "a-idx3-ubyte.gz",
          "a-idx3-ubyte",
          "a.idx3-ubyte",
          "a.idx3-ubyte.gz",
          "MNIST/raw/a-idx3-ubyte",
          "MNIST/raw/a-idx3-ubyte.gz"
        }) {
      for (byte[] form : new byte[][] {official, stored, raw}) {
        Path placed = place(path, form);
        DataStore.Found found = store().find(file);
        assertEquals(placed, found.path());
        assertTrue(found.md5().startsWith(form == official ? md5(official) : md5(raw)));
        Files.delete(placed);
      }
    }
    // The control: one byte changed is another file, in each form, and nobody is told to delete it.
    raw[4000] ^= 1;
    for (byte[] form : new byte[][] {gzip(raw, 9), raw, Arrays.copyOf(official, 200)}) {
      place("a-idx3-ubyte", form);
      DataException e = assertThrows(DataException.class, () -> store().find(file));
      assertEquals(DataException.Reason.WRONG_CHECKSUM, e.reason());
      assertTrue(e.getMessage().contains(md5(official)), e.getMessage());
      assertFalse(e.getMessage().contains("Delete"), e.getMessage());
    }
  }

  @Test
  void lineEndsAreNotContent() throws IOException {
    String unix = "0,1\n1,1\n0,0\n";
    byte[] official = unix.getBytes(StandardCharsets.UTF_8);
    DataFile known =
        DataFile.of("d.data", official.length, md5(official)).checkedBy(DataFile.Check.LINES);
    DataFile length = DataFile.of("d.data", 12, "").checkedBy(DataFile.Check.LINES);
    for (String form :
        new String[] {
          unix, "0,1\r\n1,1\r\n0,0\r\n", "\ufeff0,1\n1,1\n0,0", "0,1\n1,1\n0,0\n\n\n"
        }) {
      Path placed = place("d.data", form.getBytes(StandardCharsets.UTF_8));
      assertEquals(placed, store().find(known).path());
      assertEquals(placed, store().find(length).path());
      assertArrayEquals(new byte[][] {{0, 1}, {1, 1}, {0, 0}}, DensitySets.read(placed, 2));
    }
    place("d.data", "0,1\r\n\r\n1,1\r\n0,0\r\n".getBytes(StandardCharsets.UTF_8));
    assertThrows(DataException.class, () -> store().find(known), "a blank line between rows");
  }

  @Test
  void onlyDownloadsAreToBeDeleted() throws IOException {
    DataFile file = DataFile.of("a.mat", 700, md5(new byte[700]));
    Path cache = Files.createDirectories(folder.resolve("cache"));
    Files.write(cache.resolve("a.mat"), new byte[600]);
    DataStore cached = new DataStore(null, cache, null);
    DataException e = assertThrows(DataException.class, () -> cached.find(file));
    assertTrue(e.getMessage().endsWith("Delete it and fetch it again."), e.getMessage());
    // What readers say of a file's format follows the same rule.
    assertEquals(" Delete it and fetch it again.", DataIo.again(cache.resolve("x/a"), cache));
    assertEquals("", DataIo.again(folder.resolve("a"), cache));
    place("a.mat", "<!DOCTYPE html><title>404</title>".getBytes(StandardCharsets.UTF_8));
    e = assertThrows(DataException.class, () -> store().find(file));
    assertTrue(e.getMessage().contains("a.mat is a web page (HTML)"), e.getMessage());
    assertFalse(e.getMessage().contains("Delete"), e.getMessage());
  }

  @Test
  void catalogueKnowsTheUsualNames() {
    List<String> images = Catalogue.MNIST.get(0).paths();
    assertTrue(
        images.containsAll(
            List.of(
                "train-images-idx3-ubyte.gz",
                "train-images-idx3-ubyte",
                "train-images.idx3-ubyte",
                "MNIST/raw/train-images-idx3-ubyte",
                "mnist/train-images-idx3-ubyte.gz")),
        images.toString());
    assertTrue(Catalogue.BINARIZED_MNIST.get(1).paths().contains("binarized_mnist_valid.amat"));
    List<String> batch = Catalogue.CIFAR10_BATCHES.get(1).get(0).paths();
    assertTrue(batch.contains("cifar-10-batches-bin/data_batch_1.bin"), batch.toString());
    assertTrue(batch.contains("cifar10/data_batch_1.bin.gz"), batch.toString());
    for (List<DataFile> files : Catalogue.ALL.values()) {
      for (DataFile file : files) {
        boolean packed = file.path().endsWith(".gz") && !file.path().endsWith(".tar.gz");
        assertTrue(!packed || !file.content().isEmpty(), file.path() + " has no content sum");
      }
    }
  }

  @Test
  void otherVersionsAreNamedNotCalledAbsent() throws IOException {
    place("cifar-10-python.tar.gz", new byte[10]);
    place("train.tar.gz", new byte[10]);
    place("mnist.npz", new byte[10]);
    String cifar = Cifar10.load(store(), false).provenance().notice();
    assertTrue(cifar.contains("cifar-10-python.tar.gz is there, the Python version"), cifar);
    assertTrue(cifar.contains("cifar-10-binary.tar.gz, is needed"), cifar);
    assertTrue(Svhn.load(store(), false).provenance().notice().contains("format 1"));
    assertTrue(Mnist.load(store(), false).provenance().notice().contains("mnist.npz is there"));
  }

  /** Rows as Larochelle's text has them: bits separated by spaces. */
  private static byte[] amat(byte[][] bits, String end) {
    StringBuilder text = new StringBuilder();
    for (byte[] row : bits) {
      for (int j = 0; j < row.length; j++) {
        text.append(j == 0 ? "" : " ").append(row[j]);
      }
      text.append(end);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void binarisedMnistIsReadAsText() throws IOException {
    byte[][] bits = new byte[3][784];
    SplittableRandom random = new SplittableRandom(5);
    for (byte[] row : bits) {
      for (int j = 0; j < 784; j++) {
        row[j] = (byte) random.nextInt(2);
      }
    }
    for (String end : new String[] {"\n", "\r\n", " \n"}) {
      Path file = place("binarized_mnist_train.amat", amat(bits, end));
      assertArrayEquals(bits, BinarizedMnist.read(file, 3));
    }
    Path file = place("t.amat", amat(bits, "\n"));
    DataException e = assertThrows(DataException.class, () -> BinarizedMnist.read(file, 50_000));
    assertTrue(e.getMessage().contains("has 3 rows; expected 50000"), e.getMessage());
    bits[1][3] = 2;
    place("t.amat", amat(bits, "\n"));
    e = assertThrows(DataException.class, () -> BinarizedMnist.read(file, 3));
    assertTrue(e.getMessage().contains("line 2 holds \"2\""), e.getMessage());
  }

  @Test
  void binarisedRowsInAnotherOrderHaveNoLabelsAndSaySo() throws IOException {
    // All three parts of the right size, but not the known bits.
    int[] rows = {50_000, 10_000, 10_000};
    String[] parts = {"train", "valid", "test"};
    for (int i = 0; i < 3; i++) {
      place("binarized_mnist_" + parts[i] + ".amat", amat(new byte[rows[i]][784], "\n"));
    }
    BinaryRows train = BinarizedMnist.load(store()).train();
    assertEquals(50_000, train.size());
    assertFalse(train.labelled());
    assertTrue(train.name().contains("other rows or another order"), train.name());
  }
}
