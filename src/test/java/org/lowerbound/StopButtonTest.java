package org.lowerbound;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.lowerbound.data.BarsAndStripes;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.LatentClass;
import org.lowerbound.data.StreetDigits;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.entropy.MaxEntClassifier;
import org.lowerbound.made.AllStates;
import org.lowerbound.made.DegreeRule;
import org.lowerbound.made.Made;
import org.lowerbound.made.Masks;
import org.lowerbound.made.Ordering;
import org.lowerbound.meanfield.EnumeratedMixture;
import org.lowerbound.meanfield.GibbsMixture;
import org.lowerbound.meanfield.GridFactors;
import org.lowerbound.meanfield.MixturePrior;
import org.lowerbound.meanfield.VariationalMixture;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.train.ModelFile;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.vae.Gaussian;
import org.lowerbound.vae.ImportanceWeighted;
import org.lowerbound.vae.LinearGaussian;
import org.lowerbound.vae.ProbabilisticPca;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;
import org.lowerbound.variations.Boundary;
import org.lowerbound.variations.EulerLagrange;
import org.lowerbound.variations.Functional;
import org.lowerbound.variations.Grid;
import org.lowerbound.variations.Integrand;

/** The stop button ends what can take two seconds, and everything answers after it. */
class StopButtonTest {

  private static final BinaryRows BARS = BarsAndStripes.all(4);

  @AfterEach
  void release() {
    Thread.interrupted();
  }

  private static Made made(int dimensions, int hidden) {
    Masks masks = Masks.of(Ordering.natural(dimensions), new int[] {hidden}, DegreeRule.UNIFORM, 1);
    return Made.create(Made.Shape.of(dimensions, hidden), List.of(masks), 1);
  }

  private static double[][] table(int rows, int columns) {
    SplittableRandom random = new SplittableRandom(1);
    double[][] table = new double[rows][columns];
    for (double[] row : table) {
      Arrays.setAll(row, j -> random.nextGaussian());
    }
    return table;
  }

  /** What the button must end, each in a size that is over in no time. */
  private static Map<String, Executable> computations() {
    Made made = made(16, 8);
    Vae vae = Vae.create(VaeShape.dense(16, 2, 5), 1);
    float[][] rows = BARS.rows(0, 5);
    Map<String, Executable> all = new LinkedHashMap<>();
    all.put(
        "checking data before a fit",
        () -> Trainer.fit(made, BARS, null, Training.epochs(1).quiet()));
    all.put("log-likelihoods", () -> made.logProbability(BARS));
    all.put("averages of logits", () -> made.logitAverage(BARS));
    all.put("sampling one variable after the other", () -> made.sample(2, 0, Trainer.random(1)));
    all.put("a Jacobian", () -> made.jacobian(new double[16], 0, 1e-3));
    all.put("centring", () -> made.centred(BARS));
    all.put("evaluating terms", () -> vae.bound(BARS, 1));
    all.put("importance weights", () -> vae.logLikelihood(rows, 10, 1));
    all.put("encoding", () -> vae.encode(rows));
    all.put("decoding", () -> vae.decode(new double[3][2]));
    all.put("counting paths of masks", () -> made.masks().get(0).paths());
    all.put("a checksum of data", () -> AllStates.of(4).checksum());
    all.put("rows of data", () -> BARS.rows(0, 5));
    all.put("pen strokes", () -> StrokeDigits.of(10, 1).materialised());
    all.put("street digits", () -> StreetDigits.of(10, 1).materialised());
    all.put("drawing latent classes", () -> LatentClass.sixteen().sample(10, 1));
    all.put("enumerating latent classes", () -> LatentClass.sixteen().entropy());
    all.put("principal components", () -> ProbabilisticPca.fit(table(20, 4), 2));
    all.put("a Cholesky factor", () -> Cholesky.of("unit", new double[][] {{1, 0}, {0, 1}}));
    all.put(
        "a convex problem",
        () -> MaxEntClassifier.of(table(20, 3), new int[20], 2, 1).maximiseEntropy(1e-9, 10, 1));
    MixturePrior prior = MixturePrior.standardised(1, 2, 0.5);
    double[][] points = table(6, 2);
    all.put(
        "a Gibbs chain",
        () -> GibbsMixture.sample(prior, points, 2, 2, 5, new SplittableRandom(1)));
    all.put(
        "the starts of a mixture",
        () -> VariationalMixture.start(points, 2, new SplittableRandom(1)));
    all.put("enumerating a mixture", () -> EnumeratedMixture.of(prior, points, 2));
    all.put("factors on a grid", () -> GridFactors.fit(new double[3][4], 1e-9, 5));
    Grid grid = Grid.uniform(0, 1, 8);
    double[] path = grid.sample(x -> x + Math.sin(Math.PI * x));
    path[8] = 1;
    all.put(
        "an Euler–Lagrange equation",
        () ->
            EulerLagrange.solve(
                Functional.of(grid, Integrand.arcLength()), Boundary.fixed(0, 1), path));
    LinearGaussian line = LinearGaussian.identity(1, 0.5);
    all.put(
        "an importance-weighted estimate",
        () ->
            ImportanceWeighted.of(line, new double[1], Gaussian.standard(1))
                .estimate(5, new SplittableRandom(1)));
    return all;
  }

  @TestFactory
  Stream<DynamicTest> theButtonEndsIt() {
    return computations().entrySet().stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.getKey(),
                    () -> {
                      Thread.currentThread().interrupt();
                      assertThrows(CancellationException.class, one.getValue());
                      assertTrue(Thread.interrupted(), "the rest of the cell must stop too");
                      assertDoesNotThrow(one.getValue());
                    }));
  }

  @Test
  void aLongEvaluationEndsWithinTwoSecondsAndLeavesTheModelFree() throws Exception {
    // About a minute of work on one core.
    Made model = made(784, 500);
    BinaryRows zeros = BinaryRows.of("rows of zeros", new byte[60_000][784]);
    Throwable[] ended = {null};
    Thread cell =
        new Thread(
            () -> {
              try {
                model.logProbability(zeros);
              } catch (RuntimeException e) {
                ended[0] = e;
              }
            });
    cell.start();
    Thread.sleep(1500);
    assertTrue(cell.isAlive(), "the work must not be over before it is stopped");
    long start = System.nanoTime();
    cell.interrupt();
    cell.join(20_000);
    double seconds = (System.nanoTime() - start) * 1e-9;
    assertFalse(cell.isAlive());
    assertInstanceOf(CancellationException.class, ended[0]);
    assertTrue(seconds < 2, seconds + " s");
    assertEquals(10, model.logProbability(zeros.range(0, 10)).length);
  }

  @Test
  void aFileThatIsBeingWrittenIsWritten(@TempDir Path folder) {
    // A channel would close itself under the interrupt, and blame the disk.
    Path file = folder.resolve("made.lbm");
    Made model = made(16, 8);
    Thread.currentThread().interrupt();
    ModelFile.save(model, file);
    assertTrue(Thread.interrupted());
    assertTrue(Files.exists(file));
    assertDoesNotThrow(() -> Made.load(file));
  }
}
