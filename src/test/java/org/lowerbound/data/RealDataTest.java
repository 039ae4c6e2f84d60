package org.lowerbound.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in LOWERBOUND_DATA; skipped where that is not set. */
class RealDataTest {

  static Path folder;
  static DataStore store;

  @BeforeAll
  static void folder() {
    String name = System.getenv().getOrDefault("LOWERBOUND_DATA", "");
    assumeTrue(!name.isEmpty(), "LOWERBOUND_DATA names no folder of real data");
    folder = Path.of(name);
    store = new DataStore(folder, folder.resolve("no-cache"), null);
  }

  private static void needs(List<DataFile> files) {
    for (DataFile file : files) {
      assumeTrue(
          file.paths().stream().anyMatch(path -> Files.exists(folder.resolve(path))),
          file.name() + " is not in LOWERBOUND_DATA");
    }
  }

  @Test
  void mnistIsReadWithItsOfficialChecksums() {
    needs(Catalogue.MNIST);
    // Time on the processor, so that a busy machine does not fail the test.
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    ImageData train = Mnist.load(store, true);
    long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    double seconds = (end - start) / 1e9;
    ImageData test = Mnist.load(store, false);
    assertEquals(60_000, train.size());
    assertEquals(10_000, test.size());
    assertTrue(train.provenance().real());
    // The four checksums of the official files; the reader refuses others.
    assertEquals(
        "md5 f68b3c2dcbeaaa9fbdd348bbdeb94873, d53e105ee54ea40749a09fcbcd1e9432",
        train.provenance().hash());
    assertEquals(
        "md5 9fb629c4189551a2d022fa330f9573f3, ec29112dd5afa0611ce80d1b7f02629c",
        test.provenance().hash());
    // First labels as shown in many tutorials of the data set.
    int[] first = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
    for (int i = 0; i < first.length; i++) {
      assertEquals(first[i], train.label(i));
    }
    // Class counts of the training set as commonly reported; mean grey 0.1307, deviation 0.3081.
    assertArrayEquals(
        new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, train.counts());
    double sum = 0;
    double squares = 0;
    float[] x = new float[784];
    for (int i = 0; i < train.size(); i++) {
      train.draw(i, null, x, 0);
      for (float v : x) {
        sum += v;
        squares += v * v;
      }
    }
    double mean = sum / (60_000.0 * 784);
    assertEquals(.1307, mean, 5e-5);
    assertEquals(.3081, Math.sqrt(squares / (60_000.0 * 784) - mean * mean), 5e-5);
    System.out.printf("MNIST train read in %.2f s of one core%n", seconds);
    assertTrue(seconds < 1, "reading MNIST train took " + seconds + " s");
  }

  @Test
  void fixedBinarisedRowsHaveTheirOwnOrder() {
    needs(Catalogue.BINARIZED_MNIST);
    needs(Catalogue.BINARIZED_MNIST_LABELS);
    needs(Catalogue.MNIST);
    Splits<BinaryRows> rows = BinarizedMnist.load(store);
    assertEquals(50_000, rows.train().size());
    assertEquals(10_000, rows.valid().size());
    assertEquals(10_000, rows.test().size());
    // Bit means of the three parts, from the data's description.
    assertEquals(.13056, mean(rows.train()), 5e-6);
    assertEquals(.13113, mean(rows.valid()), 5e-6);
    assertEquals(.13251, mean(rows.test()), 5e-6);
    // Nearest centroid: 0.8104 with the derived labels, chance with MNIST's order (0.0994).
    assertEquals(.8104, centroids(rows.train(), i -> rows.train().label(i), rows.test()), 5e-5);
    ImageData mnist = Mnist.load(store, true);
    ImageData mnistTest = Mnist.load(store, false);
    double wrong = accuracy(rows.train(), mnist::label, rows.test(), mnistTest::label);
    assertEquals(.0994, wrong, 5e-5);
  }

  private static double mean(BinaryRows rows) {
    long ones = 0;
    for (int i = 0; i < rows.size(); i++) {
      for (byte bit : rows.bits(i)) {
        ones += bit;
      }
    }
    return (double) ones / rows.size() / rows.features();
  }

  private static double centroids(BinaryRows train, ToIntFunction<Integer> label, BinaryRows test) {
    return accuracy(train, label, test, test::label);
  }

  private static double accuracy(
      BinaryRows train,
      ToIntFunction<Integer> trainLabel,
      BinaryRows test,
      ToIntFunction<Integer> testLabel) {
    double[][] centre = new double[10][784];
    int[] count = new int[10];
    for (int i = 0; i < train.size(); i++) {
      int label = trainLabel.applyAsInt(i);
      count[label]++;
      byte[] bits = train.bits(i);
      for (int j = 0; j < 784; j++) {
        centre[label][j] += bits[j];
      }
    }
    for (int c = 0; c < 10; c++) {
      for (int j = 0; j < 784; j++) {
        centre[c][j] /= count[c];
      }
    }
    int right = 0;
    for (int i = 0; i < test.size(); i++) {
      byte[] bits = test.bits(i);
      int best = 0;
      double least = Double.MAX_VALUE;
      for (int c = 0; c < 10; c++) {
        double distance = 0;
        for (int j = 0; j < 784; j++) {
          double d = bits[j] - centre[c][j];
          distance += d * d;
        }
        if (distance < least) {
          least = distance;
          best = c;
        }
      }
      right += best == testLabel.applyAsInt(i) ? 1 : 0;
    }
    return (double) right / test.size();
  }

  @Test
  void densitySetsHaveTheirPublishedSizes() {
    needs(Catalogue.NLTCS);
    needs(Catalogue.DNA);
    Splits<BinaryRows> nltcs =
        DensitySets.load(store, "NLTCS", 16, Catalogue.NLTCS, LatentClass.sixteen(), 1, 1, 1);
    assertEquals(16_181, nltcs.train().size());
    assertEquals(2_157, nltcs.valid().size());
    assertEquals(3_236, nltcs.test().size());
    assertEquals("NLTCS test", nltcs.test().name());
    // Independent bits fitted on train give a test negative log-likelihood of 9.234 nats on NLTCS
    // and 100.386 on DNA (measured once with another program).
    assertEquals(9.234, independent(nltcs), 2e-3);
    Splits<BinaryRows> dna =
        DensitySets.load(store, "DNA", 180, Catalogue.DNA, LatentClass.sixteen(), 1, 1, 1);
    assertEquals(1_600, dna.train().size());
    assertEquals(400, dna.valid().size());
    assertEquals(1_186, dna.test().size());
    assertEquals(100.386, independent(dna), 2e-2);
  }

  private static double independent(Splits<BinaryRows> rows) {
    int d = rows.train().features();
    double[] ones = new double[d];
    for (int i = 0; i < rows.train().size(); i++) {
      byte[] bits = rows.train().bits(i);
      for (int j = 0; j < d; j++) {
        ones[j] += bits[j];
      }
    }
    double sum = 0;
    for (int i = 0; i < rows.test().size(); i++) {
      byte[] bits = rows.test().bits(i);
      for (int j = 0; j < d; j++) {
        double p = Math.max(ones[j], .5) / rows.train().size();
        sum -= Math.log(bits[j] == 1 ? p : 1 - p);
      }
    }
    return sum / rows.test().size();
  }

  @Test
  void absentPartOfADensitySetIsNamed() {
    needs(Catalogue.ADULT.subList(0, 2));
    assumeTrue(!Files.exists(folder.resolve("debd/adult.test.data")), "adult is complete here");
    Splits<BinaryRows> adult = DensitySets.load(store, "Adult", 123, Catalogue.ADULT, null);
    assertEquals(5_000, adult.train().size());
    assertEquals(1_414, adult.valid().size());
    DataException e = assertThrows(DataException.class, adult::test);
    assertEquals(DataException.Reason.NOT_FOUND, e.reason());
    assertTrue(e.getMessage().contains("test rows that belong to Adult"), e.getMessage());
  }

  @Test
  void svhnDigitsHaveTheLabelsOfTheirDescription() throws IOException {
    Path file = folder.resolve("svhn_tiny_32x32.mat");
    assumeTrue(Files.exists(file), "svhn_tiny_32x32.mat is not in LOWERBOUND_DATA");
    ImageData digits = Svhn.read(file);
    // train/1–3.png: 1 9 2 3 2 5; test/1–3.png: 5 2 1 0 6; extra/1–3.png: 4 7 8 7 1 1 7 4.
    assertArrayEquals(
        new int[] {1, 9, 2, 3, 2, 5, 5, 2, 1, 0, 6, 4, 7, 8, 7, 1, 1, 7, 4}, digits.labels());
    assertArrayEquals(new int[] {3, 32, 32}, digits.shape());
    // The picture to look at, beside built-in ones.
    BufferedImage sheet = new BufferedImage(19 * 64, 2 * 64, BufferedImage.TYPE_INT_RGB);
    ImageData built = StreetDigits.of(19, 1).materialised();
    for (int i = 0; i < 19; i++) {
      paint(sheet, digits.pixels(i), 64 * i, 0);
      paint(sheet, built.pixels(i), 64 * i, 64);
    }
    Path report = Files.createDirectories(Path.of("target", "pictures"));
    assertTrue(ImageIO.write(sheet, "png", report.resolve("svhn.png").toFile()));
  }

  private static void paint(BufferedImage sheet, byte[] image, int left, int top) {
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        int at = 32 * (y / 2) + x / 2;
        int rgb = (image[at] & 255) << 16 | (image[1024 + at] & 255) << 8 | image[2048 + at] & 255;
        sheet.setRGB(left + x, top + y, rgb);
      }
    }
  }

  @Test
  void cifarBatchesAreReadAndTheirAbsenceIsInTheName() {
    assumeTrue(
        Files.exists(folder.resolve("cifar10/data_batch_1.bin.gz"))
            && Files.exists(folder.resolve("cifar10/test_batch_first1000.bin.gz"))
            && !Files.exists(folder.resolve("cifar10/data_batch_3.bin.gz")),
        "LOWERBOUND_DATA has other batches of CIFAR-10 than this test expects");
    ImageData train = Cifar10.load(store, true);
    ImageData test = Cifar10.load(store, false);
    assertEquals("CIFAR-10 train, batches 1 and 2 of 5", train.name());
    assertEquals("CIFAR-10 test, first 1,000 images", test.name());
    assertEquals(20_000, train.size());
    assertEquals(1_000, test.size());
    // First labels and pixels as in the official file.
    int[] labels = {6, 9, 9, 4, 1, 1, 2, 7, 8, 3};
    for (int i = 0; i < labels.length; i++) {
      assertEquals(labels[i], train.label(i));
    }
    int[] pixels = {59, 43, 50, 68, 98, 119};
    for (int j = 0; j < pixels.length; j++) {
      assertEquals(pixels[j], train.pixels(0)[j] & 255);
    }
  }

  @Test
  void oldFaithfulHasTheMomentsThatRPrints() {
    assumeTrue(Files.exists(folder.resolve("faithful.csv")), "faithful.csv is not there");
    RealRows rows = OldFaithful.load(store);
    assertTrue(rows.provenance().real());
    assertEquals(272, rows.size());
    double[] a = rows.column("eruptions");
    double[] b = rows.column("waiting");
    double meanA = Arrays.stream(a).average().orElseThrow();
    double meanB = Arrays.stream(b).average().orElseThrow();
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (int i = 0; i < 272; i++) {
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
      ab += (a[i] - meanA) * (b[i] - meanB);
    }
    // R: summary, var and cor of faithful; all printed digits.
    assertEquals(3.487783, meanA, 5e-7);
    assertEquals(70.89706, meanB, 5e-6);
    assertEquals(1.302728, aa / 271, 5e-7);
    assertEquals(184.8233, bb / 271, 5e-5);
    assertEquals(.9008112, ab / Math.sqrt(aa * bb), 5e-8);
  }

  @Test
  void shakespeareHasItsPublishedSizeAndAlphabet() {
    needs(Catalogue.SHAKESPEARE);
    TextCorpus corpus = TextCorpus.load(store);
    assertEquals(1_115_394, corpus.text().length());
    assertEquals(65, corpus.alphabet().length());
    assertTrue(corpus.text().startsWith("First Citizen:\nBefore we proceed any further"));
    assertEquals("Tiny Shakespeare: 1,115,394 characters, 65 distinct, real data", "" + corpus);
  }

  @Test
  void filesOfTheFolderAreListed() {
    needs(Catalogue.MNIST);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    assertEquals(0, Fetch.run(store, new PrintStream(said, true), "list"));
    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(
        text.contains(
            "train-images-idx3-ubyte.gz  md5 f68b3c2dcbeaaa9fbdd348bbdeb94873 as expected"),
        text);
  }

  @Test
  void mnistIsUsedInItsOtherForms(@TempDir Path other) throws IOException {
    needs(Catalogue.MNIST);
    // Unpacked, as PyTorch keeps it; packed anew, with the names of some archives.
    for (boolean packed : new boolean[] {false, true}) {
      Path place = packed ? other : Files.createDirectories(other.resolve("MNIST/raw"));
      for (DataFile file : Catalogue.MNIST) {
        String name = file.name().replace(".gz", "");
        name = packed ? name.replace("-idx", ".idx") + ".gz" : name;
        try (InputStream in = DataIo.open(store.find(file).path());
            OutputStream plain = Files.newOutputStream(place.resolve(name));
            OutputStream out = packed ? new GZIPOutputStream(plain) : plain) {
          in.transferTo(out);
        }
      }
      ImageData train = Mnist.load(new DataStore(other, other.resolve("none"), null), true);
      assertEquals("MNIST train", train.name());
      assertTrue(train.provenance().hash().contains("6bbc9ace898e44ae57da46a324031adb"));
      assertArrayEquals(new int[] {5, 0, 4, 1}, Arrays.copyOf(train.labels(), 4), train.toString());
      if (!packed) {
        Files.delete(place.resolve("train-images-idx3-ubyte"));
      }
    }
  }

  @Test
  void binarisedRowsAreTheSameFromText(@TempDir Path other) throws IOException {
    needs(Catalogue.BINARIZED_MNIST);
    Path test = store.find(Catalogue.BINARIZED_MNIST.get(2)).path();
    byte[][] bits = BinarizedMnist.read(test, 10_000);
    StringBuilder text = new StringBuilder();
    for (byte[] row : bits) {
      for (int j = 0; j < 784; j++) {
        text.append(row[j]).append(j < 783 ? ' ' : '\n');
      }
    }
    Path amat = Files.writeString(other.resolve("binarized_mnist_test.amat"), text);
    assertArrayEquals(bits, BinarizedMnist.read(amat, 10_000));
  }

  @Test
  void uspsHasItsPublishedCounts() {
    needs(Catalogue.USPS);
    RealRows train = Usps.load(store, 0);
    RealRows test = Usps.load(store, 1);
    assertEquals("USPS train: 7,291 rows of 1×16×16, labelled, real data", train.toString());
    assertEquals(2_007, test.size());
    // Counts by digit in the data's own description (zip.info of Hastie, Tibshirani, Friedman).
    assertArrayEquals(
        new int[] {1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644}, counts(train, 10));
    assertArrayEquals(
        new int[] {359, 264, 198, 166, 200, 160, 170, 147, 166, 177}, counts(test, 10));
    assertEquals(6, train.label(0));
    assertEquals(-.631f, train.rows(0, 1)[0][7]);
  }

  @Test
  void phonemesHaveTheirPublishedCounts() {
    needs(Catalogue.PHONEMES);
    RealRows train = Phonemes.load(store, true);
    RealRows test = Phonemes.load(store, false);
    assertEquals(3_340, train.size());
    assertEquals(1_169, test.size());
    int[] both = counts(train, 5);
    int[] more = counts(test, 5);
    Arrays.setAll(both, i -> both[i] + more[i]);
    // Counts of aa, ao, dcl, iy, sh from the data's description.
    assertArrayEquals(new int[] {695, 1022, 757, 1163, 872}, both);
    assertEquals(256, train.features());
  }

  private static int[] counts(RealRows rows, int classes) {
    int[] counts = new int[classes];
    for (int label : rows.labels()) {
      counts[label]++;
    }
    return counts;
  }
}
