package org.lowerbound.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.BarsAndStripes;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.Examples;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.made.DegreeRule;
import org.lowerbound.made.Made;
import org.lowerbound.made.Masks;
import org.lowerbound.made.Ordering;
import org.lowerbound.numerics.Checks;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Scale;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What does not fit is refused by a sentence before anything is trained. */
class BadInputTest {

  private static final BinaryRows BARS = BarsAndStripes.all(4);
  private static final Training ONCE = Training.epochs(1).batchSize(10).quiet();

  private static Made made(int dimensions) {
    return Made.create(
        Made.Shape.of(dimensions, 20),
        List.of(Masks.of(Ordering.natural(dimensions), new int[] {20}, DegreeRule.UNIFORM, 1)),
        1);
  }

  private static RealRows reals(int row, int column, double value) {
    double[][] values = new double[40][4];
    values[row][column] = value;
    return RealRows.of(
        Provenance.builtIn("readings", "made for a test"), List.of("a", "b", "c", "d"), values);
  }

  private static String refused(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }

  /** The message of a refused run, which must not have changed the model. */
  private static String unfit(Model model, Examples train, Examples valid) {
    double[] before = model.graph().flatParameters().toDoubleVector();
    String message = refused(() -> Trainer.fit(model, train, valid, ONCE));
    assertArrayEquals(before, model.graph().flatParameters().toDoubleVector());
    return message;
  }

  @Test
  void aWrongWidthIsNamed() {
    String expected = "The model has 15 variables, the rows of " + BARS.name() + " have 16.";
    assertEquals(expected, unfit(made(15), BARS, null));
    assertEquals(expected, refused(() -> made(15).logProbability(BARS)));
    assertEquals(
        "The model has 784 variables, the rows of " + BARS.name() + " have 16.",
        unfit(Vae.create(VaeShape.dense(784, 2, 20), 1), BARS, null));
    // A model that says nothing of its support: its placeholder does.
    assertEquals(
        "The placeholder 'x' takes an array of shape [any, 15], but was fed [2, 16].",
        unfit(new Regression(15, DataType.FLOAT), BARS, null));
  }

  @Test
  void noValidationRowsAreNamed() {
    assertEquals(
        "There are no validation examples (give null to train without).",
        unfit(made(16), BARS, BARS.range(0, 0)));
    assertEquals("There are no training examples.", unfit(made(16), BARS.range(0, 0), null));
    assertTrue(refused(() -> Trainer.evaluate(made(16), BARS.range(0, 0), 1)).contains("no rows"));
  }

  @Test
  void aMissingValueNamesItsRowInTrainingAndInValidationData() {
    VaeShape shape = VaeShape.dense(4, 2, 8).likelihood(Likelihood.gaussian(Scale.fixed(1)));
    String expected = "Row 3 of readings holds NaN (value 2 of 0 to 3).";
    RealRows good = reals(0, 0, 7);
    RealRows bad = reals(3, 2, Double.NaN);
    assertTrue(unfit(Vae.create(shape, 1), bad, null).startsWith(expected));
    assertTrue(unfit(Vae.create(shape, 1), good, bad).startsWith(expected));
    assertTrue(refused(() -> Vae.create(shape, 1).bound(bad, 1)).startsWith(expected));
    assertTrue(
        refused(() -> Vae.create(shape, 1).encode(bad.rows(0, 40))).startsWith("Row 3 holds NaN"));
    assertEquals(1, Trainer.fit(Vae.create(shape, 1), good, null, ONCE).epochs());
  }

  @Test
  void aMissingValueIsNamedBeforeValuesWithoutAProbability() {
    double[][] values = new double[40][4];
    values[0][0] = -3;
    values[3][2] = Double.NaN;
    RealRows both =
        RealRows.of(
            Provenance.builtIn("readings", "made for a test"), List.of("a", "b", "c", "d"), values);
    String message = unfit(Vae.create(VaeShape.dense(4, 2, 8), 1), both, null);
    assertTrue(message.startsWith("Row 3 of readings holds NaN"), message);
  }

  @Test
  void valuesWithoutAProbabilityAreNamed() {
    String made = unfit(made(4), reals(5, 1, 0.25), null);
    assertTrue(made.startsWith("Row 5 of readings holds 0.25 (value 1 of 0 to 3)."), made);
    assertTrue(made.contains("DynamicBinaryRows"), made);
    VaeShape shape = VaeShape.dense(4, 2, 8);
    String bernoulli = unfit(Vae.create(shape, 1), reals(5, 1, 1.5), null);
    assertTrue(bernoulli.startsWith("Row 5 of readings holds 1.5"), bernoulli);
    // Grey values are means of bits.
    Trainer.fit(Vae.create(shape, 1), reals(5, 1, 0.25), null, ONCE);
    VaeShape levels = shape.likelihood(Likelihood.discretisedLogistic(Scale.shared(0.1), 256));
    String logistic = unfit(Vae.create(levels, 1), reals(5, 1, 0.5), null);
    assertTrue(logistic.contains("256 levels from 0 to 1, 1/255 apart"), logistic);
    Trainer.fit(Vae.create(levels, 1), reals(5, 1, 128 / 255.0), null, ONCE);
    String all =
        refused(() -> Vae.create(levels, 1).logLikelihood(reals(5, 1, 2).rows(0, 6), 1, 1));
    assertTrue(all.startsWith("Row 5 of the rows given holds 2.0"), all);
  }

  /** A model whose loss or noise is wrong. */
  private record Wrong(Graph graph, float noise) implements Model {
    static Wrong of(boolean scalar, float noise) {
      SameDiff sd = SameDiff.create();
      SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 16);
      SDVariable a = sd.var("a", Nd4j.zeros(DataType.FLOAT, 16));
      SDVariable squares = x.sub(a).add(sd.placeHolder("noise", DataType.FLOAT, -1, 1)).sum(1);
      if (scalar) {
        squares.mean("loss");
      } else {
        squares.mul("loss", 2);
      }
      return new Wrong(Graph.of(sd, "loss"), noise);
    }

    @Override
    public Map<String, INDArray> feed(Batch batch) {
      INDArray values = Nd4j.zeros(DataType.FLOAT, batch.size(), 1);
      if (batch.training()) {
        values.putScalar(batch.size() - 1, noise);
      }
      return Map.of("x", batch.x(), "noise", values);
    }
  }

  @Test
  void aLossOfOneValueARowIsNamed() {
    assertEquals(
        "The term 'loss' must be a scalar, such as a mean over the batch; of 2 rows it has the"
            + " shape [2].",
        unfit(Wrong.of(false, 0), BARS, null));
  }

  @Test
  void anInputThatIsNoNumberIsNamedInPlaceOfTheLearningRate() {
    String message =
        assertThrows(
                TrainingDiverged.class,
                () -> Trainer.fit(Wrong.of(true, Float.NaN), BARS, null, ONCE))
            .getMessage();
    assertTrue(message.contains("the input 'noise' was fed NaN in row 9 of the batch"), message);
    assertTrue(!message.contains("learning rate"), message);
  }

  @Test
  void aValidationValueThatIsNoNumberStopsTheRunAndKeepsTheBest() {
    Regression model = new Regression(16, DataType.FLOAT);
    int[] steps = {0};
    double[][] kept = new double[3][];
    Training how =
        Training.epochs(5)
            .batchSize(BARS.size() / 4 + 1)
            .quiet()
            .watch(epoch -> kept[epoch] = model.graph.parameter("a").toDoubleVector());
    model.atEachStep = () -> steps[0]++;
    // After the third epoch of four steps, log(−1) in the validation alone.
    Model poisoned =
        new Model() {
          @Override
          public Graph graph() {
            return model.graph();
          }

          @Override
          public Map<String, INDArray> feed(Batch batch) {
            Map<String, INDArray> feed = model.feed(batch);
            if (!batch.training() && steps[0] == 12) {
              feed.put("poison", Nd4j.scalar(DataType.FLOAT, -1));
            }
            return feed;
          }
        };
    String message =
        assertThrows(TrainingDiverged.class, () -> Trainer.fit(poisoned, BARS, BARS, how))
            .getMessage();
    assertEquals(
        "In epoch 3, the term 'loss' of the validation data is NaN. The parameters are those of"
            + " epoch 2, the best so far.",
        message);
    assertArrayEquals(kept[2], model.graph.parameter("a").toDoubleVector());
  }

  @Test
  void aRunThatDivergesSaysWhichParametersItLeaves() {
    Regression model = new Regression(16, DataType.FLOAT);
    int[] steps = {0};
    // A good epoch of one step, then log(−1).
    model.atEachStep = () -> model.poison = ++steps[0] == 2 ? -1 : 1;
    double[][] kept = new double[2][];
    Training how =
        Training.epochs(3)
            .batchSize(BARS.size())
            .quiet()
            .watch(epoch -> kept[epoch] = model.graph.parameter("a").toDoubleVector());
    String message =
        assertThrows(TrainingDiverged.class, () -> Trainer.fit(model, BARS, BARS, how))
            .getMessage();
    assertTrue(message.contains("those of epoch 1, the best so far."), message);
    assertArrayEquals(kept[1], model.graph.parameter("a").toDoubleVector());
  }

  @Test
  void noRowsToStartFromAreNamed() {
    BinaryRows none = BARS.range(0, 0);
    String expected = "There are no rows in " + BARS.name() + ".";
    assertEquals(expected, refused(() -> made(16).centred(none)));
    assertEquals(expected, refused(() -> Vae.create(VaeShape.dense(16, 2, 5), 1).centred(none)));
  }

  @Test
  void inputsThatTheGraphLacksOrThatDoNotFitAreNamed() {
    Model model = new Regression(3, DataType.FLOAT);
    INDArray x = Nd4j.zeros(DataType.FLOAT, 2, 3);
    INDArray one = Nd4j.scalar(DataType.FLOAT, 1);
    assertEquals(
        "The graph has no placeholder 'y'; it has [poison, x].",
        refused(() -> Trainer.evaluate(model, Map.of("x", x, "poison", one, "y", x), "loss")));
    assertEquals(
        "The placeholder 'x' is FLOAT, but was fed DOUBLE: give castTo(DataType.FLOAT).",
        refused(
            () -> Trainer.gradients(model, Map.of("x", x.castTo(DataType.DOUBLE), "poison", one))));
    assertEquals(
        "The placeholder 'x' takes an array of shape [any, 3], but was fed [6].",
        refused(() -> Trainer.evaluate(model, Map.of("x", x.reshape(6)), "logp")));
    assertEquals(
        "The graph has no variable 'likelihood'.",
        refused(() -> Trainer.evaluate(model, Map.of("x", x), "likelihood")));
  }

  @Test
  void anArrayChangedInPlaceCountsAsItIs() {
    Model model = new Regression(3, DataType.DOUBLE);
    model.graph().parameter("a").assign(1);
    INDArray x = Nd4j.zeros(DataType.DOUBLE, 1, 3);
    double before = Trainer.evaluate(model, Map.of("x", x), "logp").get("logp").getDouble(0);
    x.assign(1);
    double after = Trainer.evaluate(model, Map.of("x", x), "logp").get("logp").getDouble(0);
    // log p = Σ_d x_d a_d − log(1 + e^a_d), with a = 1 and x from 0 to 1.
    assertEquals(before + 3, after, 1e-12);
  }

  @Test
  void aBatchThatJavaCannotHoldIsNamed() {
    assertTrue(refused(() -> Checks.length(30_000, 100_000)).contains("take a smaller batch"));
    assertEquals(3_000_000, Checks.length(30, 100_000));
  }

  @Test
  void impossibleRequestsToMadeAreNamed() {
    Made model = made(16);
    float[][] short1 = new float[1][15];
    assertEquals(
        "The model has 16 variables, row 0 has 15.",
        refused(() -> model.complete(short1, 3, 0, Trainer.random(1))));
    float[][] half = new float[1][16];
    Arrays.fill(half[0], 0.5f);
    assertEquals(
        "Row 0 holds 0.5 for variable 0; expected a bit.",
        refused(() -> model.complete(half, 3, 0, Trainer.random(1))));
    assertEquals(
        "At least 1 row can be drawn, not 0.",
        refused(() -> model.sample(0, 0, Trainer.random(1))));
    String member = "There is no member 1; the members are 0 to 0.";
    assertEquals(member, refused(() -> model.sample(2, 1, Trainer.random(1))));
    assertEquals(member, refused(() -> model.logProbability(BARS, 1)));
    assertEquals(member, refused(() -> model.logits(new float[1][16], 1)));
    assertEquals(member, refused(() -> model.jacobian(new double[16], 1, 1e-3)));
    assertEquals(
        "The model has 16 variables, the point has 3.",
        refused(() -> model.jacobian(new double[3], 0, 1e-3)));
  }

  @Test
  void theValidationOfAnEnsembleIsTheMeanOverAllMembers() {
    List<Masks> masks = Masks.ensemble(3, 16, new int[] {20}, true, 5);
    Made ensemble = Made.create(Made.Shape.of(16, 20), masks, 1);
    History history = Trainer.fit(ensemble, BARS, BARS, Training.epochs(2).batchSize(10).quiet());
    double[] members = new double[3];
    Arrays.setAll(
        members, k -> -Arrays.stream(ensemble.logProbability(BARS, k)).average().getAsDouble());
    double mean = Arrays.stream(members).average().getAsDouble();
    // BARS fits one chunk; single precision.
    assertEquals(mean, history.best(), 1e-4);
    assertTrue(Math.abs(members[0] - mean) > 1e-3, Arrays.toString(members));
    double mixture = -Arrays.stream(ensemble.logProbability(BARS)).average().getAsDouble();
    assertTrue(mixture < mean - 1e-3, "Jensen: " + mixture + " against " + mean);
    assertEquals("mean of 3 members", history.validated());
    assertTrue(history.toString().contains("validation nll (mean of 3 members)"), "" + history);
  }
}
