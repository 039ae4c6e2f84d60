package org.lowerbound.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lowerbound.data.BarsAndStripes;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.made.DegreeRule;
import org.lowerbound.made.Made;
import org.lowerbound.made.Masks;
import org.lowerbound.made.Ordering;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

class ModelFileTest {

  private static final BinaryRows BARS = BarsAndStripes.all(4);
  private static final Training SHORT = Training.epochs(3).batchSize(10).quiet();

  @TempDir Path folder;

  private static Regression trained(DataType type) {
    Regression model = new Regression(16, type);
    Trainer.fit(model, BARS, null, SHORT);
    return model;
  }

  private static double[] values(Model model) {
    return model.graph().flatParameters().toDoubleVector();
  }

  @Test
  void anyModelComesBackBitForBit() {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      Regression model = trained(type);
      Path file = folder.resolve("new folder").resolve("model." + type);
      ModelFile.save(model, file);
      Regression again = new Regression(16, type);
      assertFalse(Arrays.equals(values(model), values(again)));
      ModelFile.read(file).into(again);
      assertArrayEquals(values(model), values(again), 0);
      assertEquals(type, ModelFile.read(file).parameters().get("a").dataType());
    }
  }

  @Test
  void anEnsembleOfMadesComesBackWithItsMasks() {
    List<Masks> masks = Masks.ensemble(3, 16, new int[] {9, 8}, false, 5);
    Made made = Made.create(Made.Shape.of(16, 9, 8).dropout(0.1), masks, 1);
    Trainer.fit(made, BARS, null, SHORT);
    Path file = folder.resolve("made.lbm");
    made.save(file);
    Made again = Made.load(file);
    assertEquals(3, again.masks().size());
    assertArrayEquals(made.logProbability(BARS), again.logProbability(BARS), 0);
    Made autoencoder = Made.create(Made.Shape.of(4, 3), List.of(Masks.none(4, 3)), 1);
    autoencoder.save(file);
    assertArrayEquals(Masks.none(4, 3).direct(), Made.load(file).masks().get(0).direct());
  }

  @Test
  void aModelThatDoesNotFitIsRefusedAndLeftAlone() {
    Path file = folder.resolve("made.lbm");
    made(1, 20).save(file);
    Made otherOrdering = made(2, 20);
    double[] before = values(otherOrdering);
    String message = refused(() -> ModelFile.read(file).into(otherOrdering));
    assertTrue(message.startsWith("made.lbm does not fit this model"), message);
    assertTrue(message.contains("masks 0"), message);
    assertArrayEquals(before, values(otherOrdering), 0);
    message = refused(() -> ModelFile.read(file).into(made(1, 21)));
    assertTrue(message.contains("hidden layers ([20] in the file, [21] now)"), message);
    assertEquals("made.lbm holds a model Made, no Vae.", refused(() -> Vae.load(file)));
    ModelFile.save(trained(DataType.FLOAT), file);
    message = refused(() -> ModelFile.read(file).into(new Regression(15, DataType.FLOAT)));
    assertTrue(message.contains("'a' has the shape [16] in the file, [15] in the model"), message);
    assertEquals("made.lbm holds a model Regression, no Made.", refused(() -> Made.load(file)));
  }

  private static Made made(long ordering, int hidden) {
    Masks masks =
        Masks.of(Ordering.random(16, ordering), new int[] {hidden}, DegreeRule.UNIFORM, 1);
    return Made.create(Made.Shape.of(16, hidden), List.of(masks), 1);
  }

  private static String refused(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }

  @Test
  void aDamagedFileIsRefusedWhateverByteIsWrong() throws IOException {
    Path file = folder.resolve("made.lbm");
    made(1, 5).save(file);
    byte[] good = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 60; i++) {
      byte[] bad = good.clone();
      if (i % 4 == 0) {
        bad = Arrays.copyOf(bad, random.nextInt(bad.length));
      } else {
        bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      }
      Files.write(file, bad);
      String message = refused(() -> Made.load(file));
      assertTrue(message.startsWith("made.lbm is not a whole saved model: "), message);
    }
    byte[] newer = good.clone();
    newer[3] = '2';
    Files.write(file, newer);
    assertTrue(refused(() -> Made.load(file)).contains("version '2' of the format"));
    assertThrows(
        UncheckedIOException.class, () -> ModelFile.read(folder.resolve("nothing here.lbm")));
  }

  @Test
  void theDescriptionOfTheGraphHoldsTheTrainedValues() {
    Regression model = trained(DataType.FLOAT);
    assertNotEquals(0, values(model)[0]);
    // A file of SameDiff's own, which once held the initial zeros.
    File file = folder.resolve("graph.fb").toFile();
    model.graph().sameDiff().save(file, false);
    SameDiff again = SameDiff.load(file, false);
    assertArrayEquals(values(model), again.getVariable("a").getArr().toDoubleVector(), 0);
  }

  @Test
  void shippedWeightsAreLoadedOrSaidToBeMissing() throws Exception {
    Regression model = new Regression(16, DataType.FLOAT);
    PrintStream out = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    Path shipped =
        Path.of(ModelFileTest.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("org/lowerbound/models/of-a-test.lbm");
    try {
      assertFalse(ModelFile.loadShipped("no such weights", model));
      Regression source = trained(DataType.FLOAT);
      ModelFile.save(source, shipped);
      assertTrue(ModelFile.loadShipped("of-a-test", model));
      assertArrayEquals(values(source), values(model), 0);
    } finally {
      System.setOut(out);
      Files.deleteIfExists(shipped);
    }
    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("No trained weights \"no such weights\""), text);
    assertTrue(text.contains("Trained weights \"of-a-test\" loaded."), text);
  }

  @Test
  void aVaeKeepsItsArchitectureAndType() {
    Path file = folder.resolve("a.vae");
    Vae vae = Vae.create(VaeShape.dense(6, 2, 5), 1, DataType.DOUBLE);
    vae.save(file);
    Vae again = Vae.load(file);
    assertEquals(vae.shape(), again.shape());
    assertArrayEquals(values(vae), values(again), 0);
    assertEquals("[6]", ModelFile.read(file).describe("input"));
  }
}
