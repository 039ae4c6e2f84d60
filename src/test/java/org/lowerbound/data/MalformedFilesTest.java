package org.lowerbound.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sinks;

/**
 * Files as they are and files that lie: whatever is changed in a file, it is read as its format
 * says or refused with a {@link DataException} that names it, quickly and within little memory.
 * MATLAB files are written by MFL.
 */
@Timeout(120)
class MalformedFilesTest {

  /** What a reader may allocate for these files of at most 62 kB, buffers and all. */
  private static final long MOST_ALLOCATED = 8 << 20;

  private static final double MOST_SECONDS = 2;

  @TempDir Path folder;

  private int mutations;

  private Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
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

  private static byte[] idx(int images) {
    ByteBuffer file = ByteBuffer.allocate(16 + 784 * images);
    file.putInt(0x803).putInt(images).putInt(28).putInt(28);
    for (int i = 0; i < images; i++) {
      file.put(StrokeDigits.of(images, 1).materialised().pixels(i));
    }
    return file.array();
  }

  private static byte[] svhn(int images, MatlabType type, boolean compressed) {
    Matrix x = Mat5.newMatrix(new int[] {32, 32, 3, images}, type);
    Matrix y = Mat5.newMatrix(images, 1, type);
    StreetDigits digits = StreetDigits.of(images, 1);
    byte[][] pixels = new byte[images][];
    ImageData all = digits.materialised();
    for (int i = 0; i < images; i++) {
      pixels[i] = all.pixels(i);
      for (int c = 0; c < 3; c++) {
        for (int row = 0; row < 32; row++) {
          for (int column = 0; column < 32; column++) {
            x.setInt(
                row + 32 * (column + 32 * (c + 3 * i)),
                pixels[i][c * 1024 + 32 * row + column] & 255);
          }
        }
      }
      y.setInt(i, all.label(i) == 0 ? 10 : all.label(i));
    }
    Mat5File file = Mat5.newMatFile();
    file.addArray("X", x);
    file.addArray("y", y);
    return bytes(file, compressed);
  }

  private static byte[] bytes(MatFile file, boolean compressed) {
    ByteBuffer buffer = ByteBuffer.allocate((int) file.getUncompressedSerializedSize() + (1 << 16));
    buffer.order(java.nio.ByteOrder.nativeOrder());
    try {
      Mat5.newWriter(Sinks.wrap(buffer))
          .setDeflateLevel(compressed ? Deflater.DEFAULT_COMPRESSION : Deflater.NO_COMPRESSION)
          .writeMat(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static byte[] cifar(int images) {
    ByteBuffer file = ByteBuffer.allocate(3073 * images);
    ImageData digits = StreetDigits.of(images, 2).materialised();
    for (int i = 0; i < images; i++) {
      file.put((byte) digits.label(i)).put(digits.pixels(i));
    }
    return file.array();
  }

  private static byte[] tar(String prefix, byte[] batch, String... names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (String name : names) {
        TarArchiveEntry entry = new TarArchiveEntry(prefix + name, true);
        entry.setSize(batch.length);
        tar.putArchiveEntry(entry);
        tar.write(batch);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /** Reads a changed file: fine, or refused by name; nothing else, and at little cost. */
  private void survives(String what, Path file, Supplier<?> reader) {
    mutations++;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    // Time on the processor: a machine that does much else must not fail the test.
    long start = threads.getCurrentThreadCpuTime();
    try {
      assertNotNull(reader.get());
    } catch (DataException e) {
      assertTrue(e.getMessage().contains(file.toString()), what + ": " + e.getMessage());
      assertEquals(DataException.Reason.MALFORMED, e.reason(), what + ": " + e.getMessage());
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what + " escaped as " + e, e);
    }
    double seconds = (threads.getCurrentThreadCpuTime() - start) / 1e9;
    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertTrue(seconds < MOST_SECONDS, what + " took " + seconds + " s");
    assertTrue(allocated < MOST_ALLOCATED, what + " allocated " + allocated + " bytes");
  }

  /** Flips bits, cuts, lengthens and overwrites; more often near the start, where headers are. */
  private void mutate(String name, byte[] good, java.util.function.Function<Path, ?> reader) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    for (int i = 0; i < 120; i++) {
      byte[] bad = good.clone();
      String what;
      switch (i % 4) {
        case 0 -> {
          int near = random.nextInt(3) == 0 ? bad.length : Math.min(bad.length, 400);
          int at = random.nextInt(near);
          bad[at] ^= (byte) (1 << random.nextInt(8));
          what = "bit flipped at " + at;
        }
        case 1 -> {
          bad = Arrays.copyOf(bad, random.nextInt(bad.length));
          what = "cut to " + bad.length;
        }
        case 2 -> {
          int at = random.nextInt(Math.min(bad.length, 300) - 8) & ~3;
          int value = random.nextInt(2) == 0 ? 0x7fffffff - random.nextInt(16) : random.nextInt();
          ByteBuffer.wrap(bad).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(at, value);
          what = "word at " + at + " is " + value;
        }
        default -> {
          for (int n = 0; n < 20; n++) {
            bad[random.nextInt(bad.length)] = (byte) random.nextInt();
          }
          what = "20 bytes changed";
        }
      }
      Path file = write(name, bad);
      survives(name + " no. " + i + ": " + what, file, () -> reader.apply(file));
    }
  }

  @Test
  void everyMutationIsReadOrRefused() {
    byte[] idx = idx(20);
    mutate("a.idx", idx, file -> Idx.images(file, 28, 28));
    mutate("a.idx.gz", gzip(idx), file -> Idx.images(file, 28, 28));
    byte[] labels = new byte[8 + 50];
    ByteBuffer.wrap(labels).putInt(0x801).putInt(50);
    mutate("l.idx", labels, Idx::labels);
    mutate("plain.mat", svhn(20, MatlabType.UInt8, false), Svhn::read);
    mutate("zipped.mat", svhn(20, MatlabType.UInt8, true), Svhn::read);
    byte[] cifar = cifar(20);
    mutate("a.bin", cifar, Cifar10::read);
    mutate("a.bin.gz", gzip(cifar), Cifar10::read);
    mutate(
        "a.tar.gz",
        gzip(tar("cifar-10-batches-bin/", cifar, "test_batch.bin")),
        file -> Cifar10.readArchive(file, false));
    System.out.println(mutations + " mutated files read or refused");
    assertTrue(mutations >= 200);
  }

  /**
   * Inflates a zipped variable, changes it, and deflates it again: lies that zip's sum hides not.
   */
  @Test
  void liesWithinCompressedVariablesAreSeen() {
    byte[] plain = svhn(4, MatlabType.UInt8, false);
    SplittableRandom random = new SplittableRandom(17);
    for (int i = 0; i < 120; i++) {
      byte[] element = Arrays.copyOfRange(plain, 128, plain.length);
      int length = ByteBuffer.wrap(element).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(4) + 8;
      byte[] x = Arrays.copyOf(element, length);
      int at = random.nextInt(64) & ~3;
      int value = i % 2 == 0 ? 0x7fffffff - random.nextInt(64) : random.nextInt();
      ByteBuffer.wrap(x).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(at, value);
      ByteArrayOutputStream zipped = new ByteArrayOutputStream();
      try (OutputStream zip = new java.util.zip.DeflaterOutputStream(zipped)) {
        zip.write(x);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      ByteBuffer file = ByteBuffer.allocate(136 + zipped.size() + element.length - length);
      file.order(java.nio.ByteOrder.LITTLE_ENDIAN);
      file.put(plain, 0, 128).putInt(15).putInt(zipped.size()).put(zipped.toByteArray());
      file.put(element, length, element.length - length);
      Path path = write("lie.mat", file.array());
      survives("word " + at + " is " + value, path, () -> Svhn.read(path));
    }
  }

  private void refused(String words, Supplier<?> reader) {
    DataException e = assertThrows(DataException.class, reader::get, words);
    assertEquals(DataException.Reason.MALFORMED, e.reason());
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  @Test
  void idxIsReadAndItsErrorsAreNamed() {
    byte[] good = idx(3);
    byte[][] images = Idx.images(write("a", good), 28, 28);
    assertEquals(3, images.length);
    assertArrayEquals(StrokeDigits.of(3, 1).materialised().pixels(2), images[2]);
    assertArrayEquals(images, Idx.images(write("a.gz", gzip(good)), 28, 28));
    Consumer<byte[]> check = bytes -> Idx.images(write("b", bytes), 28, 28);
    refused("expected 28×28", () -> Idx.images(write("b", changed(good, 8, 27)), 28, 28));
    refused("have type 13", () -> Idx.images(write("b", changed(good, 0, 0xd03)), 28, 28));
    refused("1 dimensions", () -> Idx.images(write("b", changed(good, 0, 0x801)), 28, 28));
    refused(
        "expected 00000803", () -> Idx.images(write("b", changed(good, 0, 0x12340803)), 28, 28));
    refused("goes on", () -> Idx.images(write("b", changed(good, 4, 2)), 28, 28));
    refused("within image 3 of the 4", () -> Idx.images(write("b", changed(good, 4, 4)), 28, 28));
    refused("too large", () -> Idx.images(write("b", changed(good, 4, -5)), 28, 28));
    refused("cut off", () -> Idx.images(write("b", Arrays.copyOf(good, 10)), 28, 28));
    refused("cut off", () -> Idx.images(write("b", new byte[0]), 28, 28));
    assertThrows(DataException.class, () -> check.accept(new byte[] {0x1f, (byte) 0x8b}));
    DataException e =
        assertThrows(DataException.class, () -> Idx.labels(folder.resolve("nothing")));
    assertEquals(DataException.Reason.STORAGE, e.reason());
    assertTrue(e.getMessage().contains("nothing does not exist"), e.getMessage());
  }

  private static byte[] changed(byte[] good, int at, int word) {
    byte[] bad = good.clone();
    ByteBuffer.wrap(bad).putInt(at, word);
    return bad;
  }

  @Test
  void svhnIsReadInEveryFormThatMatlabStores() throws IOException {
    ImageData digits = StreetDigits.of(5, 1).materialised();
    for (MatlabType type :
        new MatlabType[] {MatlabType.UInt8, MatlabType.Double, MatlabType.Int16}) {
      for (boolean compressed : new boolean[] {false, true}) {
        Path file = write("s.mat", svhn(5, type, compressed));
        ImageData read = Svhn.read(file);
        assertEquals(5, read.size());
        for (int i = 0; i < 5; i++) {
          assertArrayEquals(digits.pixels(i), read.pixels(i), type + " image " + i);
          assertEquals(digits.label(i), read.label(i));
        }
        // MFL reads the same numbers: row 3, column 4, channel 2, image 1.
        try (Mat5File oracle = Mat5.readFromFile(file.toFile())) {
          Matrix x = oracle.getMatrix("X");
          assertEquals(
              x.getInt(new int[] {3, 4, 2, 1}), read.pixels(1)[2 * 1024 + 32 * 3 + 4] & 255);
        }
      }
    }
    // One image: MATLAB drops the last dimension.
    Mat5File single = Mat5.newMatFile();
    single.addArray("y", Mat5.newMatrix(1, 1, MatlabType.UInt8));
    single.getMatrix("y").setInt(0, 10);
    single.addArray("X", Mat5.newMatrix(new int[] {32, 32, 3}, MatlabType.UInt8));
    assertEquals(0, Svhn.read(write("s.mat", bytes(single, true))).label(0));
  }

  @Test
  void wrongMatlabFilesAreNamed() {
    refused("lacks the variable X", () -> Svhn.read(mat("z", Mat5.newMatrix(1, 1))));
    refused(
        "X is [32, 31, 3, 2]",
        () -> Svhn.read(mat("X", Mat5.newMatrix(new int[] {32, 31, 3, 2}, MatlabType.UInt8))));
    refused("X (text); expected numbers", () -> Svhn.read(mat("X", Mat5.newString("hello"))));
    refused("X (a struct); expected numbers", () -> Svhn.read(mat("X", Mat5.newStruct())));
    refused(
        "complex",
        () -> Svhn.read(mat("X", Mat5.newComplex(new int[] {32, 32, 3, 1}, MatlabType.Double))));
    Matrix fraction = Mat5.newMatrix(new int[] {32, 32, 3, 1}, MatlabType.Double);
    fraction.setDouble(17, .5);
    refused("X holds 0.5", () -> Svhn.read(mat("X", fraction)));
    Mat5File labels = Mat5.newMatFile();
    labels.addArray("X", Mat5.newMatrix(new int[] {32, 32, 3, 2}, MatlabType.UInt8));
    labels.addArray("y", Mat5.newMatrix(2, 1, MatlabType.UInt8));
    refused("label 0 is 0; expected 1 to 10", () -> Svhn.read(write("m", bytes(labels, true))));
    refused("not a MATLAB file of level 5", () -> Svhn.read(write("m", new byte[500])));
    refused("shorter than the header", () -> Svhn.read(write("m", new byte[50])));
  }

  private Path mat(String name, us.hebi.matlab.mat.types.Array array) {
    Mat5File file = Mat5.newMatFile();
    file.addArray(name, array);
    return write("m", bytes(file, false));
  }

  @Test
  void thousandImagesOfSvhnFormatAreReadQuickly() {
    Path file = write("s.mat", svhn(1000, MatlabType.UInt8, true));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long start = threads.getCurrentThreadCpuTime();
      assertEquals(1000, Svhn.read(file).size());
      best = Math.min(best, (threads.getCurrentThreadCpuTime() - start) / 1e9);
    }
    System.out.printf("1,000 images of SVHN's format read in %.3f s of one core%n", best);
    assertTrue(best < .3, "took " + best + " s");
  }

  @Test
  void cifarIsReadFromBatchesAndArchive() {
    byte[] batch = cifar(7);
    ImageData expected = StreetDigits.of(7, 2).materialised();
    byte[] archive =
        gzip(
            tar(
                "cifar-10-batches-bin/",
                batch,
                "batches.meta.txt",
                "data_batch_2.bin",
                "data_batch_1.bin",
                "../../escape.bin",
                "data_batch_3.bin",
                "data_batch_4.bin",
                "data_batch_5.bin",
                "test_batch.bin"));
    for (ImageData read :
        new ImageData[] {
          Cifar10.read(write("b.bin", batch)),
          Cifar10.read(write("b.bin.gz", gzip(batch))),
          Cifar10.readArchive(write("c.tar.gz", archive), false)
        }) {
      assertEquals(7, read.size());
      assertArrayEquals(expected.pixels(6), read.pixels(6));
      assertEquals(expected.label(6), read.label(6));
    }
    assertEquals(35, Cifar10.readArchive(write("c.tar.gz", archive), true).size());
    assertTrue(Files.notExists(folder.resolve("../../escape.bin")));
    refused("within image 6", () -> Cifar10.read(write("b", Arrays.copyOf(batch, 20_000))));
    refused("label 0 is 10", () -> Cifar10.read(write("b", changed(batch, 0, 0x0a000000))));
    refused("holds 0 images", () -> Cifar10.read(write("b", new byte[0])));
    refused(
        "lacks a batch",
        () ->
            Cifar10.readArchive(
                write("c", tar("cifar-10-batches-bin/", batch, "test_batch.bin")), true));
    refused(
        "twice",
        () ->
            Cifar10.readArchive(
                write("c", tar("cifar-10-batches-bin/", batch, "test_batch.bin", "test_batch.bin")),
                false));
  }
}
