package org.lowerbound.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Data sets without their files: the search order, the built-in data, the values they come in. */
class DataSetsTest {

  @TempDir Path folder;

  private DataStore empty() {
    return new DataStore(null, folder.resolve("cache"), null);
  }

  @Test
  void folderComesBeforeCache() throws IOException {
    DataFile file = DataFile.of("sub/a.bin", 3, "", "http://localhost/a.bin").orAt("other/a.bin");
    Path data = Files.createDirectories(folder.resolve("data"));
    DataStore store = new DataStore(data, folder.resolve("cache"), null);
    assertEquals(
        DataException.Reason.NOT_FOUND,
        assertThrows(DataException.class, () -> store.find(file)).reason());
    // The store above remembers that it failed only for the network, not for the folders.
    Files.createDirectories(folder.resolve("cache/sub"));
    Files.write(folder.resolve("cache/sub/a.bin"), new byte[3]);
    assertEquals(DataStore.Place.CACHE, store.find(file).place());
    for (String path : new String[] {"a.bin", "other/a.bin", "sub/a.bin"}) {
      Files.createDirectories(data.resolve(path).getParent());
      Files.write(data.resolve(path), new byte[3]);
      assertEquals(data.resolve(path), store.find(file).path());
    }
    Files.write(data.resolve("sub/a.bin"), new byte[4]);
    assertEquals(data.resolve("other/a.bin"), store.find(file).path(), "a good copy counts");
    Files.delete(data.resolve("other/a.bin"));
    Files.delete(data.resolve("a.bin"));
    DataException e = assertThrows(DataException.class, () -> store.find(file));
    assertEquals(DataException.Reason.WRONG_CHECKSUM, e.reason());
    assertTrue(e.getMessage().contains("a.bin has 4 bytes; expected 3"), e.getMessage());
  }

  @Test
  void environmentNamesTheFolders() {
    DataFile file = DataFile.of("a.bin", 3, "");
    DataStore store =
        DataStore.fromEnvironment(Map.of("XDG_CACHE_HOME", "/c", "LOWERBOUND_OFFLINE", "1"));
    assertEquals(Path.of("/c/lowerbound/a.bin"), store.cached(file));
    assertEquals(
        Path.of(System.getProperty("user.home"), ".cache", "lowerbound", "a.bin"),
        DataStore.fromEnvironment(Map.of()).cached(file));
    DataStore wrong =
        DataStore.fromEnvironment(Map.of("LOWERBOUND_DATA", folder.resolve("nowhere").toString()));
    DataException e = assertThrows(DataException.class, () -> wrong.find(file));
    assertTrue(e.getMessage().contains("nowhere, which is not a folder"), e.getMessage());
  }

  @Test
  void builtInDataBearTheirOwnNameAndSayWhatTheyReplace() {
    Splits<BinaryRows> rows =
        DensitySets.load(
            empty(), "NLTCS", 16, Catalogue.NLTCS, LatentClass.sixteen(), 1000, 100, 50);
    assertEquals("LatentClass-16 test", rows.test().name());
    assertEquals(50, rows.test().size());
    Provenance provenance = rows.test().provenance();
    assertFalse(provenance.real());
    assertEquals("NLTCS", provenance.replaces());
    assertTrue(
        provenance.notice().startsWith("Built-in data in place of NLTCS ("), provenance.notice());
    assertFalse(provenance.notice().contains(folder.toString()), "no path of this machine");
    assertThrows(
        DataException.class, () -> DensitySets.load(empty(), "Adult", 123, Catalogue.ADULT, null));
    ImageData digits = Mnist.load(empty(), false);
    assertEquals("StrokeDigits test", digits.name());
    assertEquals(10_000, digits.size());
    assertEquals("MNIST", digits.provenance().replaces());
    assertTrue(digits.toString().contains("built-in data"), digits.toString());
    Splits<BinaryRows> binary = BinarizedMnist.load(empty());
    assertEquals("StrokeDigits, binarised once, valid", binary.valid().name());
    assertEquals(50_000, binary.train().size());
    assertEquals(10_000, binary.valid().size());
    assertEquals(10_000, binary.test().size());
    assertTrue(binary.test().labelled());
  }

  @Test
  void strokeDigitsAreTheSameForASeedHoweverTheyAreMade() {
    StrokeDigits digits = StrokeDigits.of(300, 11);
    ImageData bytes = digits.materialised();
    ImageData more = StrokeDigits.of(400, 11).materialised();
    float[] drawn = new float[784];
    for (int i = 0; i < 300; i += 37) {
      digits.draw(i, null, drawn, 0);
      assertArrayEquals(drawn, bytes.rows(i, i + 1)[0]);
      assertArrayEquals(more.pixels(i), bytes.pixels(i));
      assertEquals(digits.label(i), bytes.label(i));
    }
    assertFalse(Arrays.equals(bytes.pixels(0), StrokeDigits.of(1, 12).materialised().pixels(0)));
    // Each digit near 1 in 10: five standard deviations of a binomial count of 6,000.
    for (int count : StrokeDigits.of(6000, 3).materialised().counts()) {
      assertEquals(600, count, 5 * Math.sqrt(6000 * .1 * .9));
    }
  }

  @Test
  void strokeDigitsAreAboutAsHardAsMnistForALinearClassifier() {
    // Softmax regression on 10,000 images, seed 1: 0.90 here (MNIST: 0.90); on 60,000 0.92 and
    // 0.92.
    ImageData train = StrokeDigits.of(10_000, 1).materialised();
    ImageData test = StrokeDigits.of(2_000, 2).materialised();
    double accuracy = Classifiers.softmaxRegression(train, test, 4, .3);
    assertTrue(accuracy > .85 && accuracy < .95, "accuracy " + accuracy);
  }

  @Test
  void barsAndStripesAreAllDistinctAndComplete() {
    // 2^(s+1) − 2, counted by hand for s = 2: all 2×2 images whose rows or columns are constant.
    assertEquals(6, BarsAndStripes.all(2).size());
    for (int side = 1; side <= 6; side++) {
      BinaryRows rows = BarsAndStripes.all(side);
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < rows.size(); i++) {
        byte[] image = rows.bits(i);
        boolean stripes = true;
        boolean bars = true;
        for (int a = 0; a < side; a++) {
          for (int b = 0; b < side; b++) {
            stripes &= image[a * side + b] == image[a * side];
            bars &= image[a * side + b] == image[b];
          }
        }
        assertTrue(stripes || bars);
        assertTrue(seen.add(Arrays.toString(image)), "twice: " + Arrays.toString(image));
      }
      assertEquals(BarsAndStripes.count(side), seen.size());
      assertEquals(Math.log(seen.size()), BarsAndStripes.entropy(side), 1e-12);
    }
    assertThrows(IllegalArgumentException.class, () -> BarsAndStripes.all(0));
  }

  @Test
  void latentClassIsNormalisedAndItsEntropyIsThatOfItsSample() {
    LatentClass model = LatentClass.sixteen();
    double total = 0;
    byte[] x = new byte[16];
    for (int state = 0; state < 1 << 16; state++) {
      for (int j = 0; j < 16; j++) {
        x[j] = (byte) (state >> j & 1);
      }
      total += Math.exp(model.logProbability(x));
    }
    assertEquals(1, total, 1e-10);
    // 20,000 rows: the standard error of the mean of −log p is about 2 / sqrt(20,000) = 0.014.
    assertEquals(model.entropy(), model.negativeLogLikelihood(model.sample(20_000, 4)), .06);
    // One class, one bit: the entropy of a coin.
    LatentClass coin = LatentClass.of("coin", new double[] {1}, new double[][] {{.25}});
    assertEquals(-.25 * Math.log(.25) - .75 * Math.log(.75), coin.entropy(), 1e-12);
    assertThrows(IllegalStateException.class, () -> LatentClass.hundredEighty().entropy());
    assertThrows(
        IllegalArgumentException.class,
        () -> LatentClass.of("x", new double[] {.5, .6}, new double[][] {{.5}, {.5}}));
  }

  @Test
  void dynamicBitsAreRedrawnFromTheGenerator() {
    byte[] grey = {0, (byte) 255, (byte) 128, 64};
    ImageData one =
        ImageData.of(
            Provenance.builtIn("four", ""),
            new int[] {1, 2, 2},
            10,
            new byte[][] {grey},
            new byte[] {7});
    DynamicBinaryRows rows = DynamicBinaryRows.of(one);
    SplittableRandom random = new SplittableRandom(8);
    double[] sum = new double[4];
    float[] bits = new float[4];
    int draws = 100_000;
    for (int i = 0; i < draws; i++) {
      rows.draw(0, random, bits, 0);
      for (int j = 0; j < 4; j++) {
        assertTrue(bits[j] == 0 || bits[j] == 1);
        sum[j] += bits[j];
      }
    }
    assertEquals(0, sum[0]);
    assertEquals(draws, sum[1]);
    // Five standard errors of a proportion.
    assertEquals(128 / 255.0, sum[2] / draws, 5 * .5 / Math.sqrt(draws));
    assertEquals(64 / 255.0, sum[3] / draws, 5 * .5 / Math.sqrt(draws));
    assertArrayEquals(rows.rows(0, 1)[0], rows.rows(0, 1)[0]);
    assertEquals("four, binarised dynamically", rows.name());
    assertEquals(7, rows.label(0));
    // Two epochs with two seeds differ, with one seed they agree.
    DynamicBinaryRows digits = DynamicBinaryRows.of(StrokeDigits.of(1, 1).materialised());
    float[] a = new float[784];
    float[] b = new float[784];
    float[] c = new float[784];
    digits.draw(0, new SplittableRandom(1), a, 0);
    digits.draw(0, new SplittableRandom(1), b, 0);
    digits.draw(0, new SplittableRandom(2), c, 0);
    assertArrayEquals(a, b);
    assertFalse(Arrays.equals(a, c));
  }

  @Test
  void dynamicMnistHasThreePartsAndSaysWhatItIs() {
    Splits<DynamicBinaryRows> rows = MnistDynamic.load(empty());
    assertEquals(50_000, rows.train().size());
    assertEquals(10_000, rows.valid().size());
    assertEquals(10_000, rows.test().size());
    assertEquals("StrokeDigits train, binarised dynamically", rows.valid().name());
    assertEquals("MNIST", rows.valid().provenance().replaces());
    // Validation follows training in the same file.
    ImageData train = StrokeDigits.train().materialised();
    assertArrayEquals(train.pixels(50_000), rows.valid().grey().pixels(0));
  }

  @Test
  void imagesAreChosenSplitAndShuffled() {
    ImageData digits = StrokeDigits.of(1000, 5).materialised();
    assertArrayEquals(new int[] {1, 28, 28}, digits.shape());
    assertEquals(784, digits.features());
    ImageData few = digits.balanced(100, 3);
    int[] ten = new int[10];
    Arrays.fill(ten, 10);
    assertArrayEquals(ten, few.counts());
    assertArrayEquals(digits.balancedRows(100, 3), digits.balancedRows(100, 3));
    assertFalse(Arrays.equals(digits.balancedRows(100, 3), digits.balancedRows(100, 4)));
    assertEquals(100, Arrays.stream(digits.balancedRows(100, 3)).distinct().count());
    assertThrows(IllegalArgumentException.class, () -> digits.balanced(15, 1));
    assertThrows(IllegalArgumentException.class, () -> digits.balanced(10_000, 1));
    Splits<ImageData> parts = digits.split(700, 200, 100);
    assertArrayEquals(digits.pixels(700), parts.valid().pixels(0));
    assertThrows(IllegalArgumentException.class, () -> digits.split(900, 200, 0));
    ImageData mixed = digits.shuffled(1);
    assertNotEquals(Arrays.toString(digits.labels()), Arrays.toString(mixed.labels()));
    assertArrayEquals(digits.counts(), mixed.counts());
    assertEquals(4, digits.batches(300).size());
    assertEquals(100, digits.batches(300).get(3).size());
    assertThrows(IndexOutOfBoundsException.class, () -> digits.draw(1000, null, new float[784], 0));
    assertThrows(IndexOutOfBoundsException.class, () -> digits.draw(0, null, new float[784], 1));
    assertEquals(
        "StrokeDigits: 1,000 rows of 1×28×28, 10 classes, built-in data", digits.toString());
  }

  @Test
  void bitsAreChecked() {
    BinaryRows rows = BinaryRows.of("mine", new byte[][] {{0, 1}, {1, 1}});
    assertArrayEquals(new float[][] {{0, 1}, {1, 1}}, rows.rows(0, 2));
    assertThrows(IllegalStateException.class, () -> rows.label(0));
    assertThrows(
        IllegalArgumentException.class, () -> BinaryRows.of("mine", new byte[][] {{0, 2}}));
    assertThrows(
        IllegalArgumentException.class, () -> BinaryRows.of("mine", new byte[][] {{0, 1}, {1}}));
    assertThrows(IndexOutOfBoundsException.class, () -> rows.rows(1, 3));
  }

  @Test
  void densityTextIsReadStrictly() throws IOException {
    Path file = folder.resolve("x.data");
    Files.writeString(file, "0,1,1\n1,0,0\n");
    assertArrayEquals(new byte[][] {{0, 1, 1}, {1, 0, 0}}, DensitySets.read(file, 3));
    Files.writeString(file, "0,1,1\n1,0,0");
    assertEquals(2, DensitySets.read(file, 3).length);
    for (String bad : new String[] {"0,1\n", "0,1,1,0\n", "0,2,1\n", "0,1,1\n1,0", "0 1 1\n"}) {
      Files.write(file, bad.getBytes(StandardCharsets.UTF_8));
      DataException e = assertThrows(DataException.class, () -> DensitySets.read(file, 3), bad);
      assertEquals(DataException.Reason.MALFORMED, e.reason());
      assertTrue(e.getMessage().contains("x.data"), e.getMessage());
    }
  }

  @Test
  void streetDigitsAreTheSameForASeedHoweverTheyAreMade() {
    StreetDigits digits = StreetDigits.of(200, 11);
    ImageData bytes = digits.materialised();
    float[] drawn = new float[3072];
    for (int i = 0; i < 200; i += 23) {
      digits.draw(i, null, drawn, 0);
      assertArrayEquals(drawn, bytes.rows(i, i + 1)[0]);
      assertEquals(digits.label(i), bytes.label(i));
    }
    assertArrayEquals(new int[] {3, 32, 32}, bytes.shape());
    assertFalse(Arrays.equals(bytes.pixels(0), StreetDigits.of(1, 12).materialised().pixels(0)));
  }

  @Test
  void builtInImagesAreMadeQuickly() {
    // 60,000 in 10 s on two cores leave 0.33 ms of a core for each; the time of this thread on the
    // processor counts, whatever else the machine does.
    for (Examples digits : new Examples[] {StrokeDigits.of(4000, 1), StreetDigits.of(4000, 1)}) {
      float[] image = new float[digits.features()];
      long start = 0;
      for (int i = 0; i < 4000; i++) {
        if (i == 1000) {
          start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }
        digits.draw(i, null, image, 0);
      }
      long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      double each = (end - start) / 1e6 / 3000;
      System.out.printf("%s: %.3f ms of one core an image%n", digits.name(), each);
      assertTrue(each < .33, digits.name() + " took " + each + " ms an image");
    }
  }

  @Test
  void imagesServeAsADl4jIterator() {
    ImageData digits = StreetDigits.of(25, 1).materialised();
    DataSetIterator iterator = digits.iterator(10);
    int seen = 0;
    for (int pass = 0; pass < 2; pass++) {
      seen = 0;
      while (iterator.hasNext()) {
        DataSet batch = iterator.next();
        int n = (int) batch.getFeatures().size(0);
        assertArrayEquals(new long[] {n, 3, 32, 32}, batch.getFeatures().shape());
        assertArrayEquals(new long[] {n, 10}, batch.getLabels().shape());
        for (int i = 0; i < n; i++) {
          assertEquals(1, batch.getLabels().getDouble(i, digits.label(seen + i)));
          assertEquals(1, batch.getLabels().getRow(i).sumNumber().doubleValue());
          assertEquals(
              (digits.pixels(seen + i)[2 * 1024 + 5 * 32 + 7] & 255) / 255f,
              batch.getFeatures().getFloat(i, 2, 5, 7));
        }
        seen += n;
      }
      assertEquals(25, seen);
      iterator.reset();
    }
    assertEquals(10, iterator.totalOutcomes());
    assertEquals(10, iterator.batch());
    assertThrows(IllegalArgumentException.class, () -> digits.iterator(0));
  }

  @Test
  void oldFaithfulIsReplacedByAKnownMixture() {
    RealRows rows = OldFaithful.load(empty());
    assertEquals("Two Normal groups", rows.name());
    assertEquals("Old Faithful", rows.provenance().replaces());
    assertEquals(272, rows.size());
    OldFaithful.Mixture mixture = OldFaithful.mixture();
    // The density integrates to 1: a fine grid over all that matters.
    double sum = 0;
    for (double x = 0; x < 7; x += .02) {
      for (double y = 20; y < 120; y += .4) {
        sum += Math.exp(mixture.logDensity(new double[] {x, y})) * .02 * .4;
      }
    }
    assertEquals(1, sum, 1e-4);
    // Mean of the sample against Σ π μ, within five standard errors (0.012 and 0.14).
    RealRows sample = mixture.sample(10_000, 3);
    double mean = Arrays.stream(sample.column("eruptions")).average().orElseThrow();
    assertEquals(.36 * 2.0 + .64 * 4.3, mean, .06);
    mean = Arrays.stream(sample.column("waiting")).average().orElseThrow();
    assertEquals(.36 * 54.5 + .64 * 80.0, mean, .7);
    assertThrows(IllegalArgumentException.class, () -> sample.column("depth"));
  }

  @Test
  void oldFaithfulIsReadWithAndWithoutRowNames() throws IOException {
    StringBuilder rows = new StringBuilder("rownames,eruptions,waiting\n");
    for (int i = 1; i <= 272; i++) {
      rows.append(i).append(",").append(i / 100.0).append(",").append(i).append("\n");
    }
    Path file = Files.writeString(folder.resolve("f.csv"), rows);
    assertArrayEquals(new double[] {2.72, 272}, OldFaithful.read(file)[271]);
    Files.writeString(file, rows.toString().replace("272,2.72,272\n", "272,x,272\n"));
    DataException e = assertThrows(DataException.class, () -> OldFaithful.read(file));
    assertTrue(e.getMessage().contains("line 273"), e.getMessage());
    Files.writeString(file, "a,b\n1,2\n");
    assertThrows(DataException.class, () -> OldFaithful.read(file));
  }

  @Test
  void generatedTextHasItsEntropy() {
    TextCorpus corpus = TextCorpus.load(empty());
    assertEquals("Generated sentences", corpus.name());
    assertEquals("tiny Shakespeare", corpus.provenance().replaces());
    assertTrue(corpus.text().length() >= 400_000);
    assertEquals(corpus.text().length(), corpus.codes().length);
    assertEquals(corpus.text().charAt(100), corpus.alphabet().charAt(corpus.codes()[100]));
    // Words per list: 4 · 8 · 8 · 8 · 4 · 8 · 4 choices make 2^18 sentences.
    long sentences = corpus.text().lines().count();
    double nats = sentences * 18 * Math.log(2) / corpus.text().length();
    assertEquals(TextCorpus.generatedEntropy(), nats, .01 * nats);
    assertEquals(TextCorpus.generated(1000, 3).text(), TextCorpus.generated(1000, 3).text());
  }

  @Test
  void colourSetsAreReplacedByStreetDigits() {
    DataStore store = empty();
    ImageData test = Svhn.load(store, false);
    assertEquals("StreetDigits test", test.name());
    assertEquals("SVHN", test.provenance().replaces());
    assertEquals("CIFAR-10", Cifar10.load(store, false).provenance().replaces());
    assertEquals(10, Cifar10.names().size());
  }

  @Test
  void damagedFileIsNamedAndNotReplaced() throws IOException {
    Path data = Files.createDirectories(folder.resolve("damaged"));
    Files.write(data.resolve("train-images-idx3-ubyte.gz"), new byte[9912422]);
    DataStore store = new DataStore(data, folder.resolve("cache"), null);
    DataException e = assertThrows(DataException.class, () -> Mnist.load(store, true));
    assertEquals(DataException.Reason.WRONG_CHECKSUM, e.reason());
    assertTrue(e.getMessage().contains("train-images-idx3-ubyte.gz"), e.getMessage());
    assertTrue(e.getMessage().contains("f68b3c2dcbeaaa9fbdd348bbdeb94873"), e.getMessage());
  }

  @Test
  void fetchSaysWhatIsHereAndWhatIsNot() {
    assertEquals(2, fetch("nothing-of-that-name").status());
    assertTrue(fetch("nothing-of-that-name").said().contains("There is no data set"));
    assertEquals(2, fetch().status());
    Said list = fetch("list");
    assertEquals(0, list.status());
    assertTrue(list.said().contains("train-images-idx3-ubyte.gz  not here"), list.said());
    for (String[] arguments : new String[][] {{"nltcs"}, {"fetch", "nltcs"}, {"fetch", "all"}}) {
      Said fetched = fetch(arguments);
      assertEquals(1, fetched.status(), "offline, so nothing can be fetched");
      assertTrue(fetched.said().contains("nltcs.train.data"), fetched.said());
      assertTrue(fetched.said().contains("LOWERBOUND_DATA"), fetched.said());
    }
  }

  private record Said(int status, String said) {}

  private Said fetch(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status = Fetch.run(empty(), new PrintStream(out, true), arguments);
    return new Said(status, out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void drawingABatchIsCheap() {
    // A step of a dense VAE (784-400-20, batch 100) takes 6 ms or more on one core; 5 % are 0.3 ms.
    ImageData digits = StrokeDigits.of(2000, 1).materialised();
    DynamicBinaryRows dynamic = DynamicBinaryRows.of(digits);
    for (Examples examples : new Examples[] {digits, dynamic}) {
      float[] batch = new float[100 * 784];
      SplittableRandom random = new SplittableRandom(1);
      double best = Double.MAX_VALUE;
      for (int round = 0; round < 400; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
          examples.draw(random.nextInt(2000), random, batch, 784 * i);
        }
        best = Math.min(best, (System.nanoTime() - start) / 1e6);
      }
      System.out.printf("%s: a batch of 100 drawn in %.3f ms%n", examples.name(), best);
      assertTrue(best < .3, examples.name() + ": " + best + " ms");
    }
  }
}
