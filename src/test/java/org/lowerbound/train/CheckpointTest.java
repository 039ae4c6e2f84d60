package org.lowerbound.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lowerbound.data.BarsAndStripes;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.DynamicBinaryRows;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;
import org.lowerbound.made.DegreeRule;
import org.lowerbound.made.Made;
import org.lowerbound.made.Masks;
import org.lowerbound.made.Ordering;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Objective;
import org.lowerbound.vae.Scale;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Whose checkpoint a file is: each case once resumed another's silently. */
class CheckpointTest {

  private static final BinaryRows BARS = BarsAndStripes.all(4);
  private static final VaeShape SHAPE = VaeShape.dense(16, 2, 8);

  @TempDir Path folder;
  private Path file;
  private Training how;

  @BeforeEach
  void settings() {
    file = folder.resolve("run.checkpoint");
    how = Training.epochs(2).batchSize(10).quiet().checkpoint(file);
  }

  /** The message by which another run is refused; the file must be left alone. */
  private String refusal(Model other, BinaryRows train, BinaryRows valid) {
    try {
      byte[] before = Files.readAllBytes(file);
      String message =
          assertThrows(IllegalStateException.class, () -> Trainer.fit(other, train, valid, how))
              .getMessage();
      assertArrayEquals(before, Files.readAllBytes(file));
      return message;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertSays(String part, String message) {
    assertTrue(message.contains(part), message);
  }

  @Test
  void anotherSeedOfTheWeightsIsAnotherModel() {
    Trainer.fit(Vae.create(SHAPE, 1), BARS, null, how);
    assertSays("'encoder.W1' at the start", refusal(Vae.create(SHAPE, 2), BARS, null));
    // The control: the same model continues.
    assertEquals(2, Trainer.fit(Vae.create(SHAPE, 1), BARS, null, how).epochs());
  }

  @Test
  void anotherWeightOfTheObjectiveIsAnotherModel() {
    Trainer.fit(Vae.create(SHAPE, 1), BARS, null, how);
    Vae four = Vae.create(SHAPE, 1).objective(Objective.bound().beta(4));
    assertSays("input 'beta' ", refusal(four, BARS, null));
    assertSays("[4.0] now", refusal(four, BARS, null));
    Vae warm = Vae.create(SHAPE, 1).objective(Objective.bound().warmUp(7000));
    assertSays("input 'beta' ", refusal(warm, BARS, null));
    Vae draws = Vae.create(SHAPE, 1).objective(Objective.bound().samples(2));
    assertSays("input 'noise' ", refusal(draws, BARS, null));
    Vae weighted = Vae.create(SHAPE, 1).objective(Objective.importanceWeighted(1));
    assertSays("operations of the graph", refusal(weighted, BARS, null));
  }

  @Test
  void twoWarmUpsOfDifferentLengthAreTwoModels() {
    Vae first = Vae.create(SHAPE, 1).objective(Objective.bound().warmUp(5000));
    Trainer.fit(first, BARS, null, how);
    Vae second = Vae.create(SHAPE, 1).objective(Objective.bound().warmUp(6000));
    assertSays("input 'beta' ", refusal(second, BARS, null));
  }

  @Test
  void anotherScaleOfTheLikelihoodIsAnotherModel() {
    VaeShape tenth = SHAPE.likelihood(Likelihood.gaussian(Scale.fixed(0.1)));
    VaeShape one = SHAPE.likelihood(Likelihood.gaussian(Scale.fixed(1)));
    Trainer.fit(Vae.create(tenth, 1), BARS, null, how);
    assertSays(
        "scale (FIXED 0.1 in the file, FIXED 1.0 now)", refusal(Vae.create(one, 1), BARS, null));
  }

  private static Made made(long ordering, long degrees) {
    Masks masks =
        Masks.of(Ordering.random(16, ordering), new int[] {20}, DegreeRule.UNIFORM, degrees);
    return Made.create(Made.Shape.of(16, 20), List.of(masks), 1);
  }

  @Test
  void otherMasksAreAnotherModel() {
    Trainer.fit(made(1, 1), BARS, null, how);
    assertSays("masks 0", refusal(made(2, 1), BARS, null));
    assertSays("input 'MW1'", refusal(made(1, 2), BARS, null));
    Trainer.fit(made(1, 1), BARS, null, how);
  }

  @Test
  void masksOfALaterMemberCountAsWell() {
    Made.Shape shape = Made.Shape.of(16, 20);
    List<Masks> three = Masks.ensemble(3, 16, new int[] {20}, true, 5);
    List<Masks> other =
        List.of(three.get(0), three.get(1), Masks.ensemble(3, 16, new int[] {20}, true, 9).get(2));
    Trainer.fit(Made.create(shape, three, 1), BARS, null, how);
    assertSays("masks 2", refusal(Made.create(shape, other, 1), BARS, null));
    assertSays("masks 2", refusal(Made.create(shape, three.subList(0, 2), 1), BARS, null));
  }

  private static BinaryRows bits(int ones, byte label) {
    byte[][] bits = new byte[20][16];
    for (int i = 0; i < ones; i++) {
      bits[19][i] = 1;
    }
    byte[] labels = new byte[20];
    labels[19] = label;
    return BinaryRows.of(
        Provenance.builtIn("the same name", "made for a test"), new int[] {16}, bits, labels);
  }

  @Test
  void otherDataOfTheSameNameAndSizeAreOtherData() {
    Trainer.fit(made(1, 1), bits(0, (byte) 0), bits(0, (byte) 0), how);
    assertSays(
        "contents of the training data", refusal(made(1, 1), bits(1, (byte) 0), bits(0, (byte) 0)));
    assertSays(
        "contents of the training data", refusal(made(1, 1), bits(0, (byte) 1), bits(0, (byte) 0)));
    assertSays(
        "contents of the validation data",
        refusal(made(1, 1), bits(0, (byte) 0), bits(1, (byte) 0)));
    assertSays("validation data", refusal(made(1, 1), bits(0, (byte) 0), null));
    Trainer.fit(made(1, 1), bits(0, (byte) 0), bits(0, (byte) 0), how);
  }

  @Test
  void dataThatAreDrawnAnewAreKnownByWhatTheyAreDrawnFrom() {
    byte[][] grey = new byte[3][4];
    ImageData dark =
        ImageData.of(
            Provenance.builtIn("grey", "made for a test"),
            new int[] {1, 2, 2},
            1,
            grey,
            new byte[3]);
    long before = DynamicBinaryRows.of(dark).checksum();
    assertEquals(dark.checksum(), before);
    byte[][] lighter = new byte[3][4];
    // 1 of 255: a draw shows it once in 255 times.
    lighter[2][3] = 1;
    ImageData light = ImageData.of(dark.provenance(), new int[] {1, 2, 2}, 1, lighter, new byte[3]);
    assertTrue(before != DynamicBinaryRows.of(light).checksum());
  }

  /** loss = mean of (c·x − a)² with c a constant, a factor, or fed. */
  private record Scaled(Graph graph, float fed) implements Model {
    static Scaled of(float constant, float factor, float fed) {
      SameDiff sd = SameDiff.create();
      SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 16);
      SDVariable a = sd.var("a", Nd4j.zeros(DataType.FLOAT, 16));
      SDVariable c = sd.constant("c", Nd4j.createFromArray(new float[] {constant}));
      SDVariable d = sd.placeHolder("d", DataType.FLOAT, 1);
      SDVariable difference = x.mul(c).mul(factor).mul(d).sub(a);
      difference.mul(difference).mean("loss");
      return new Scaled(Graph.of(sd, "loss"), fed);
    }

    @Override
    public Map<String, INDArray> feed(Batch batch) {
      return Map.of("x", batch.x(), "d", Nd4j.createFromArray(new float[] {fed}));
    }
  }

  @Test
  void aModelThatDescribesNothingIsKnownByItsGraphAndItsInputs() {
    Trainer.fit(Scaled.of(2, 3, 4), BARS, null, how);
    assertSays("constant 'c' (2.0 in the file, 5.0 now)", refusal(Scaled.of(5, 3, 4), BARS, null));
    assertSays("operations of the graph", refusal(Scaled.of(2, 5, 4), BARS, null));
    assertSays("input 'd'", refusal(Scaled.of(2, 3, 5), BARS, null));
    assertEquals(2, Trainer.fit(Scaled.of(2, 3, 4), BARS, null, how).epochs());
  }

  @Test
  void theSameModelObjectContinuesAfterAStopAndNotAfterAChangeByHand() {
    Regression whole = new Regression(16, DataType.FLOAT);
    Trainer.fit(whole, BARS, null, Training.epochs(4).batchSize(10).quiet());
    Regression model = new Regression(16, DataType.FLOAT);
    Training four = Training.epochs(4).batchSize(10).quiet().checkpoint(file);
    // The flag is seen in the step after the second epoch: the model has moved on from the file.
    Training stopped =
        four.watch(
            epoch -> {
              if (epoch == 2) {
                Thread.currentThread().interrupt();
              }
            });
    assertTrue(Trainer.fit(model, BARS, null, stopped).interrupted());
    assertTrue(Thread.interrupted());
    assertEquals(4, Trainer.fit(model, BARS, null, four).epochs());
    assertArrayEquals(
        whole.graph.parameter("a").toDoubleVector(),
        model.graph.parameter("a").toDoubleVector(),
        0);
    model.graph.parameter("a").putScalar(0, 1);
    String message =
        assertThrows(IllegalStateException.class, () -> Trainer.fit(model, BARS, null, four))
            .getMessage();
    assertSays("parameter 'a' at the start", message);
  }

  @Test
  void aFileOfAnotherKindIsNoCheckpoint() throws IOException {
    ModelFile.save(made(1, 1), file);
    assertSays("no checkpoint", refusal(made(1, 1), BARS, null));
  }
}
