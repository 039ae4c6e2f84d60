package org.lowerbound.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.numerics.SideBySide;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainerTest {

  private static final BinaryRows ROWS = Regression.rows(130, 3);
  private static final Training QUIET = Training.epochs(4).batchSize(50).learningRate(0.1).quiet();

  /** A graph alone, fed with the batch or with nothing. */
  private record Bare(Graph graph) implements Model {
    @Override
    public Map<String, INDArray> feed(Batch batch) {
      return batch.x() == null ? Map.of() : Map.of("x", batch.x());
    }
  }

  @Test
  void reachesTheOptimumThatIsKnownInClosedForm() {
    // Ones: rows whose index is divisible by 2, 3, 4: 65, 44 and 33 of 130.
    Regression model = new Regression(3, DataType.DOUBLE);
    Trainer.fit(
        model,
        ROWS,
        null,
        Training.epochs(400)
            .batchSize(130)
            .learningRate(0.05)
            .schedule(Schedule.cosine(0))
            .quiet());
    double[] a = model.graph.parameter("a").toDoubleVector();
    double[] expected = {Math.log(65.0 / 65), Math.log(44.0 / 86), Math.log(33.0 / 97)};
    // Full batches and a rate that falls to 0: what remains is Adam's last small steps.
    assertArrayEquals(expected, a, 1e-4);
  }

  @Test
  void theSameSeedGivesTheSameRunAndAnotherSeedAnother() {
    double[] first = fitted(QUIET.seed(5));
    assertArrayEquals(first, fitted(QUIET.seed(5)), 0);
    assertNotEquals(first[0], fitted(QUIET.seed(6))[0]);
  }

  @Test
  void modelsThatTrainSideBySideBecomeWhatEachBecomesAlone() {
    double[][] alone = new double[8][];
    double[][] together = new double[8][];
    IntStream.range(0, 8).forEach(i -> alone[i] = fitted(QUIET.seed(i)));
    SideBySide.run(8, i -> together[i] = fitted(QUIET.seed(i)));
    for (int i = 0; i < 8; i++) {
      assertArrayEquals(alone[i], together[i], 0);
    }
  }

  private static double[] fitted(Training how) {
    Regression model = new Regression(3, DataType.FLOAT);
    Trainer.fit(model, ROWS, ROWS, how);
    return model.graph.parameter("a").toDoubleVector();
  }

  @Test
  void aWatcherThatEvaluatesChangesNothing() {
    Regression model = new Regression(3, DataType.FLOAT);
    Training watched =
        QUIET.watch(
            epoch -> {
              Trainer.evaluate(model, ROWS, 1);
              model.graph.close();
            });
    Trainer.fit(model, ROWS, ROWS, watched);
    // Adam's means go on from epoch to epoch: without them the steps are others.
    assertArrayEquals(fitted(QUIET), model.graph.parameter("a").toDoubleVector(), 0);
  }

  @Test
  void aWatcherThatTrainsTheSameModelIsRefused() {
    Regression model = new Regression(3, DataType.FLOAT);
    Training watched = QUIET.watch(epoch -> Trainer.fit(model, ROWS, null, QUIET));
    String why =
        assertThrows(IllegalStateException.class, () -> Trainer.fit(model, ROWS, null, watched))
            .getMessage();
    assertTrue(why.contains("being trained"), why);
    // It can be trained again afterwards.
    Trainer.fit(model, ROWS, null, QUIET);
  }

  @Test
  void aRunThatWasCutOffContinuesToTheSameResultBitForBit(@TempDir Path folder) {
    Path file = folder.resolve("run.checkpoint");
    double[] whole = fitted(QUIET);
    Regression cut = new Regression(3, DataType.FLOAT);
    int[] epochs = {0};
    assertThrows(
        IllegalStateException.class,
        () ->
            Trainer.fit(
                cut,
                ROWS,
                ROWS,
                QUIET
                    .checkpoint(file)
                    .watch(
                        epoch -> {
                          epochs[0] = epoch;
                          if (epoch == 2) {
                            throw new IllegalStateException("the power went");
                          }
                        })));
    assertEquals(2, epochs[0]);
    Regression resumed = new Regression(3, DataType.FLOAT);
    List<Integer> seen = new ArrayList<>();
    History history = Trainer.fit(resumed, ROWS, ROWS, QUIET.checkpoint(file).watch(seen::add));
    assertEquals(List.of(3, 4), seen);
    assertEquals(4, history.epochs());
    assertArrayEquals(whole, resumed.graph.parameter("a").toDoubleVector(), 0);
    // A finished run is not trained again.
    Regression again = new Regression(3, DataType.FLOAT);
    seen.clear();
    Trainer.fit(again, ROWS, ROWS, QUIET.checkpoint(file).watch(seen::add));
    assertEquals(List.of(), seen);
    assertArrayEquals(whole, again.graph.parameter("a").toDoubleVector(), 0);
  }

  /** What the killed process runs: a training far too long to finish. */
  static final class LongRun {
    private LongRun() {}

    public static void main(String[] arguments) {
      Trainer.fit(
          new Regression(3, DataType.FLOAT), ROWS, ROWS, LONG.checkpoint(Path.of(arguments[0])));
    }
  }

  private static final Training LONG =
      Training.epochs(100_000).batchSize(50).learningRate(0.01).quiet();

  @Test
  void aProcessKilledWithoutWarningLeavesACheckpointThatContinues(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("long.checkpoint");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LongRun.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    long deadline = System.nanoTime() + 120_000_000_000L;
    while ((!Files.exists(file) || epochsIn(file) < 20) && process.isAlive()) {
      assertTrue(System.nanoTime() < deadline, "no checkpoint after two minutes");
      Thread.sleep(20);
    }
    process.destroyForcibly().waitFor();
    assertEquals(137, process.exitValue(), Files.readString(folder.resolve("output")));
    int reached = epochsIn(file);
    Regression resumed = new Regression(3, DataType.FLOAT);
    List<Integer> seen = new ArrayList<>();
    Training rest = Training.epochs(reached + 3).batchSize(50).learningRate(0.01).quiet();
    Trainer.fit(resumed, ROWS, ROWS, rest.checkpoint(file).watch(seen::add));
    assertEquals(List.of(reached + 1, reached + 2, reached + 3), seen);
    Regression whole = new Regression(3, DataType.FLOAT);
    Trainer.fit(whole, ROWS, ROWS, rest);
    assertArrayEquals(
        whole.graph.parameter("a").toDoubleVector(),
        resumed.graph.parameter("a").toDoubleVector(),
        0);
  }

  private static int epochsIn(Path file) {
    return Checkpoint.epoch(file);
  }

  @Test
  void aCheckpointOfAnotherModelOrOtherSettingsIsRefused(@TempDir Path folder) {
    Path file = folder.resolve("run.checkpoint");
    Trainer.fit(new Regression(3, DataType.FLOAT), ROWS, ROWS, QUIET.checkpoint(file));
    IllegalStateException settings =
        assertThrows(
            IllegalStateException.class,
            () ->
                Trainer.fit(
                    new Regression(3, DataType.FLOAT),
                    ROWS,
                    ROWS,
                    QUIET.learningRate(0.2).checkpoint(file)));
    assertTrue(settings.getMessage().contains("0.2"), settings.getMessage());
    BinaryRows narrow = Regression.rows(130, 2);
    IllegalStateException model =
        assertThrows(
            IllegalStateException.class,
            () ->
                Trainer.fit(
                    new Regression(2, DataType.FLOAT), narrow, narrow, QUIET.checkpoint(file)));
    assertTrue(model.getMessage().contains("parameter 'a' at the start"), model.getMessage());
  }

  @Test
  void aDamagedCheckpointIsRefusedWhateverByteIsWrong(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("run.checkpoint");
    Trainer.fit(new Regression(3, DataType.FLOAT), ROWS, ROWS, QUIET.checkpoint(file));
    byte[] good = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 40; i++) {
      byte[] bad = good.clone();
      if (i % 4 == 0) {
        bad = Arrays.copyOf(bad, random.nextInt(bad.length));
      } else {
        bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      }
      Files.write(file, bad);
      RuntimeException refused =
          assertThrows(
              RuntimeException.class,
              () ->
                  Trainer.fit(
                      new Regression(3, DataType.FLOAT), ROWS, ROWS, QUIET.checkpoint(file)));
      assertTrue(refused.getMessage().contains("run.checkpoint"), refused.getMessage());
    }
  }

  @Test
  void stopsWhenTheValidationLossNoLongerFallsAndKeepsTheBestParameters() {
    // Validation rows that are all 1: the fit to ROWS drives their loss up from the start or
    // soon, so that the best epoch is an early one.
    byte[][] ones = new byte[20][3];
    for (byte[] row : ones) {
      Arrays.fill(row, (byte) 1);
    }
    Regression model = new Regression(3, DataType.FLOAT);
    History history =
        Trainer.fit(
            model,
            ROWS,
            BinaryRows.of("ones", ones),
            Training.epochs(50).batchSize(130).learningRate(0.1).patience(3).quiet());
    assertEquals(history.bestEpoch() + 3, history.epochs());
    double[] valid = history.column("valid loss");
    for (double value : valid) {
      assertTrue(value >= history.best());
    }
    assertEquals(
        history.best(),
        Trainer.evaluate(model, BinaryRows.of("ones", ones), 1).get("loss"),
        1e-6,
        "the model has the parameters of the best epoch");
  }

  @Test
  void anInterruptEndsTheRunAfterTheStepAtHandAndTheModelStaysUsable() {
    Regression model = new Regression(3, DataType.FLOAT);
    int[] steps = {0};
    model.atEachStep =
        () -> {
          if (++steps[0] == 8) {
            Thread.currentThread().interrupt();
          }
        };
    History history = Trainer.fit(model, ROWS, null, QUIET);
    assertTrue(Thread.interrupted(), "the rest of the cell must be told as well");
    assertTrue(history.interrupted());
    assertEquals(8, steps[0]);
    assertEquals(2, history.epochs(), "3 steps an epoch: two epochs were completed");
    assertTrue(Double.isFinite(Trainer.evaluate(model, ROWS, 1).get("loss")));
    assertFalse(Trainer.fit(model, ROWS, null, QUIET).interrupted());
  }

  @Test
  void anInterruptInTheWatcherOrInTheValidationEndsTheRunAsWell() {
    Regression model = new Regression(3, DataType.FLOAT);
    Training watched =
        QUIET.watch(
            epoch -> {
              if (epoch == 2) {
                Thread.currentThread().interrupt();
                Trainer.evaluate(model, ROWS, 1);
              }
            });
    History history = Trainer.fit(model, ROWS, null, watched);
    assertTrue(Thread.interrupted());
    assertTrue(history.interrupted());
    assertEquals(2, history.epochs(), "the epoch before the watcher is booked");
    Model stopped =
        new Model() {
          @Override
          public Graph graph() {
            return model.graph();
          }

          @Override
          public Map<String, INDArray> feed(Batch batch) {
            if (!batch.training() && batch.rows()[0] == 50) {
              Thread.currentThread().interrupt();
            }
            return model.feed(batch);
          }
        };
    history = Trainer.fit(stopped, ROWS, ROWS, QUIET);
    assertTrue(Thread.interrupted());
    assertTrue(history.interrupted());
    assertEquals(0, history.epochs());
  }

  @Test
  void aNotANumberNamesTheTermTheStepAndTheOperationAndSparesTheParameters() {
    Regression model = new Regression(3, DataType.FLOAT);
    int[] steps = {0};
    model.atEachStep = () -> model.poison = ++steps[0] == 5 ? -1 : 1;
    TrainingDiverged thrown =
        assertThrows(TrainingDiverged.class, () -> Trainer.fit(model, ROWS, null, QUIET));
    assertTrue(thrown.getMessage().contains("epoch 2, step 4"), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("'loss'"), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("'scaled' (operation log)"), thrown.getMessage());
    for (double a : model.graph.parameter("a").toDoubleVector()) {
      assertTrue(Double.isFinite(a));
    }
  }

  @Test
  void theHistoryHoldsTheTermsOfEveryEpoch() {
    Regression model = new Regression(3, DataType.FLOAT);
    History history = Trainer.fit(model, ROWS, ROWS, QUIET);
    assertEquals(
        List.of("train loss", "train fit", "valid loss", "valid fit", "gradient norm"),
        history.columns());
    assertEquals(4, history.table().rowCount());
    assertEquals(6, history.table().columnCount());
    assertEquals(history.last("valid loss"), Trainer.evaluate(model, ROWS, 1).get("loss"), 1e-6);
    assertThrows(IllegalArgumentException.class, () -> history.column("nothing"));
    assertTrue(history.toString().contains("4 epochs"), history.toString());
  }

  @Test
  void evaluatesEachRowInTheOrderOfTheData() {
    Regression model = new Regression(3, DataType.DOUBLE);
    model.graph.parameter("a").assign(Nd4j.createFromArray(0.5, -1.0, 2.0));
    BinaryRows many = Regression.rows(450, 3);
    double[] each = Trainer.evaluateEach(model, many, "logp");
    double[] a = {0.5, -1, 2};
    for (int i : new int[] {0, 1, 7, 199, 200, 449}) {
      float[] row = many.rows(i, i + 1)[0];
      double expected = 0;
      for (int d = 0; d < 3; d++) {
        expected += row[d] * a[d] - Math.log1p(Math.exp(a[d]));
      }
      assertEquals(expected, each[i], 1e-12);
    }
  }

  @Test
  void aModelMayBeEvaluatedBeforeItIsTrained() {
    Regression model = new Regression(3, DataType.FLOAT);
    double before = Trainer.evaluate(model, ROWS, 1).get("loss");
    Trainer.evaluateEach(model, ROWS, "logp");
    Trainer.fit(model, ROWS, null, QUIET);
    assertTrue(Trainer.evaluate(model, ROWS, 1).get("loss") < before);
  }

  @Test
  void gradientsAgreeWithCentralDifferences() {
    Regression model = new Regression(3, DataType.DOUBLE);
    model.graph.parameter("a").assign(Nd4j.createFromArray(0.3, -0.7, 1.1));
    Map<String, INDArray> feed =
        Map.of(
            "x",
            Nd4j.createFromArray(ROWS.rows(0, 10)).castTo(DataType.DOUBLE),
            "poison",
            Nd4j.scalar(1.0));
    assertEquals(0, GradientCheck.of(model, feed).largestError(), 1e-8);
  }

  @Test
  void aGraphIsRunAsSameDiffItselfWouldRunIt() {
    // All kinds of operations that plans treat differently, against SameDiff's own session.
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
    SDVariable w = sd.var("w", Nd4j.linspace(DataType.DOUBLE, -1, 0.1, 12).reshape(4, 3));
    SDVariable h = sd.nn.softmax(x.mmul(w), 1);
    SDVariable norm = h.mean("centre", true, 1);
    SDVariable joined = sd.concat(1, h.sub(norm), sd.math.tanh(h)).reshape(-1, 2, 3);
    SDVariable loss = sd.math.square(joined.permute(0, 2, 1)).sum(1, 2).mean("loss");
    sd.identity("same", loss);
    INDArray value = Nd4j.linspace(DataType.DOUBLE, 0, 0.25, 20).reshape(5, 4);
    double expected = sd.output(Map.of("x", value), "same").get("same").getDouble(0);
    Graph graph = Graph.of(sd, "loss");
    Model model = new Bare(graph);
    for (int run = 0; run < 3; run++) {
      assertEquals(
          expected,
          Trainer.evaluate(model, Map.of("x", value), "same").get("same").getDouble(0),
          1e-14);
    }
    assertEquals(0, GradientCheck.of(model, Map.of("x", value)).largestError(), 1e-8);
    // Another batch size is another plan.
    INDArray fewer = Nd4j.linspace(DataType.DOUBLE, 0, 0.25, 8).reshape(2, 4);
    assertEquals(
        sd.output(Map.of("x", fewer), "loss").get("loss").getDouble(0),
        Trainer.evaluate(model, Map.of("x", fewer), "loss").get("loss").getDouble(0),
        1e-14);
  }

  @Test
  void randomOperationsInAGraphAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable a = sd.var("a", Nd4j.ones(3));
    a.mul(sd.random.normal(0, 1, DataType.FLOAT, 3)).sum("loss");
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Graph.of(sd, "loss"));
    assertTrue(refused.getMessage().contains("Batch.random()"), refused.getMessage());
  }

  @Test
  void minimisesWithoutData() {
    SameDiff sd = SameDiff.create();
    SDVariable y = sd.var("y", Nd4j.createFromArray(3.0, -4.0));
    sd.math.square(y.sub(1)).sum("loss");
    Graph graph = Graph.of(sd, "loss");
    Model model = new Bare(graph);
    History history =
        Trainer.minimise(
            model, Training.steps(600).learningRate(0.1).schedule(Schedule.cosine(0)).quiet());
    assertArrayEquals(new double[] {1, 1}, graph.parameter("y").toDoubleVector(), 1e-4);
    assertEquals(600, history.epochs());
  }

  @Test
  void printsOneLineAnEpochWithoutAPageAndNothingElse() {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    try {
      Training shown = Training.epochs(4).batchSize(50).learningRate(0.1);
      Trainer.fit(new Regression(3, DataType.FLOAT), ROWS, ROWS, shown);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    String[] lines = printed.toString(StandardCharsets.UTF_8).split("\n");
    assertEquals(4, lines.length, printed.toString(StandardCharsets.UTF_8));
    assertTrue(lines[0].startsWith("epoch 1 of 4: train loss "), lines[0]);
    assertEquals("", errors.toString(StandardCharsets.UTF_8));
  }

  @Test
  void weightDecayIsAPenaltyAndClippingBoundsTheStep() {
    Regression free = new Regression(3, DataType.DOUBLE);
    Training how = Training.epochs(300).batchSize(130).learningRate(0.05).quiet();
    Trainer.fit(free, ROWS, null, how);
    Regression decayed = new Regression(3, DataType.DOUBLE);
    double lambda = 0.1;
    Trainer.fit(
        decayed,
        ROWS,
        null,
        Training.epochs(600)
            .batchSize(130)
            .learningRate(0.05)
            .quiet()
            .weightDecay(lambda)
            .schedule(Schedule.cosine(0)));
    // Stationary point: σ(a) − mean + λa = 0, solved by Newton's method here.
    double mean = 33.0 / 130;
    double a = 0;
    for (int i = 0; i < 50; i++) {
      double s = 1 / (1 + Math.exp(-a));
      a -= (s - mean + lambda * a) / (s * (1 - s) + lambda);
    }
    assertEquals(a, decayed.graph.parameter("a").getDouble(2), 1e-4);
    assertTrue(Math.abs(a) < Math.abs(free.graph.parameter("a").getDouble(2)));
    // Adam divides by the gradient's size, so clipping shows in the moments, not in one step.
    Regression clipped = new Regression(3, DataType.DOUBLE);
    // A gradient of 1e-10 is below Adam's ε of 1e-8: no step is longer than a hundredth of the
    // rate.
    Trainer.fit(clipped, ROWS, null, how.clip(1e-10));
    assertTrue(
        clipped.graph.parameter("a").norm2Number().doubleValue()
            < 0.9 * free.graph.parameter("a").norm2Number().doubleValue());
  }

  @Test
  void schedulesHaveTheirEndsWhereTheyShould() {
    assertEquals(1, Schedule.cosine(0.1).factor(1, 10), 1e-15);
    assertEquals(0.1, Schedule.cosine(0.1).factor(10, 10), 1e-15);
    assertEquals(0.25, Schedule.steps(3, 0.5).factor(7, 100), 1e-15);
    assertThrows(IllegalArgumentException.class, () -> Schedule.steps(0, 0.5));
  }

  @Test
  void settingsAreCheckedAtTheCall() {
    assertThrows(IllegalArgumentException.class, () -> Training.epochs(0));
    assertThrows(IllegalArgumentException.class, () -> Training.epochs(1).batchSize(0));
    assertThrows(IllegalArgumentException.class, () -> Training.epochs(1).learningRate(-1));
    assertThrows(
        IllegalArgumentException.class,
        () -> Trainer.fit(new Regression(3, DataType.FLOAT), null, null, QUIET));
    assertThrows(
        IllegalArgumentException.class,
        () -> Trainer.fit(new Regression(3, DataType.FLOAT), ROWS, Regression.rows(5, 2), QUIET));
  }

  @Test
  void noiseFollowsFromSeedEpochAndStep() {
    assertEquals(Trainer.random(1, 2, 3).nextLong(), Trainer.random(1, 2, 3).nextLong());
    long[] different = {
      Trainer.random(1, 2, 3).nextLong(),
      Trainer.random(2, 2, 3).nextLong(),
      Trainer.random(1, 3, 3).nextLong(),
      Trainer.random(1, 2, 4).nextLong(),
      Trainer.random(1, 3, 2).nextLong()
    };
    assertEquals(5, Arrays.stream(different).distinct().count());
  }
}
