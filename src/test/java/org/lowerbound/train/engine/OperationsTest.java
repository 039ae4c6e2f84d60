package org.lowerbound.train.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every row of the table of operations, on examples: libtorch against SameDiff's own session, the
 * plain engine, and central differences.
 */
class OperationsTest {

  /** SameDiff's session takes the shape of a kept reduction from a negative axis as it stands. */
  private static final String NEGATIVE = ", negative";

  @BeforeAll
  static void libtorch() {
    assumeTrue(Libtorch.present(), "there is no build of libtorch for this platform");
    assertTrue(Libtorch.start(), Libtorch::failure);
  }

  @Test
  void everyRowHasAnExampleAndEveryExampleARow() {
    Set<String> shown = new TreeSet<>();
    Examples.all().keySet().forEach(name -> shown.add(name.split(",")[0]));
    shown.remove("a circular shift");
    assertEquals(new TreeSet<>(Operations.ROWS.keySet()), shown);
  }

  @Test
  void everyRowAgreesWithSameDiffAndWithCentralDifferences() {
    List<String> wrong = new ArrayList<>();
    Examples.all().forEach((name, example) -> check(name, example, wrong));
    assertEquals(List.of(), wrong);
  }

  /** Adds to {@code wrong} what differs. */
  static void check(String name, Examples.Example example, List<String> wrong) {
    Trial exact = new Trial(DataType.DOUBLE, 3);
    exact.loss(example.of(exact));
    Trial single = new Trial(DataType.FLOAT, 3);
    single.loss(example.of(single));
    Engine.Computation model = exact.computation();
    try (Engine torch = new TorchEngine(model);
        Engine plain = new SameDiffEngine(model);
        Engine rounded = new TorchEngine(single.computation())) {
      double value = torch.differentiate(exact.feed, 0)[0];
      Map<String, INDArray> slopes = torch.gradients();
      double size = Math.max(1, Math.abs(value));
      // SameDiff keeps the constants of some operations in single precision.
      if (!name.contains(NEGATIVE) && !(Math.abs(exact.scalarByItself() - value) <= 3e-8 * size)) {
        wrong.add(name + ": SameDiff's session has another value");
      }
      double plainValue = plain.forward(exact.feed, List.of("loss")).get("loss").getDouble(0);
      if (!name.equals("var, biased") && !(Math.abs(plainValue - value) <= 3e-8 * size)) {
        wrong.add(name + ": the plain engine has another value");
      }
      // A central difference with a step of 1e-5 is good to about 1e-9.
      if (!(Trial.centralError(torch, model, exact.feed) < 1e-7)) {
        wrong.add(name + ": the gradient differs from central differences");
      }
      double roundedValue = rounded.differentiate(single.feed, 0)[0];
      if (!(Math.abs(roundedValue - value) <= 1e-5 * size)) {
        wrong.add(name + ": in single precision the value is another");
      }
      if (!(Trial.difference(slopes, rounded.gradients()) < 1e-4)) {
        wrong.add(name + ": in single precision the gradient is another");
      }
      derivativeOfSameDiff(name, plain, exact, slopes, wrong);
    }
  }

  /** SameDiff's derivative is right, or is in the list of those that are refused. */
  private static void derivativeOfSameDiff(
      String name, Engine plain, Trial trial, Map<String, INDArray> slopes, List<String> wrong) {
    String op = name.split(",")[0];
    boolean listed =
        Engines.WITHOUT_DERIVATIVE.contains(op)
            || Set.of("log_softmax, axis", "var, biased").contains(name);
    try {
      plain.differentiate(trial.feed, 0);
      if (listed) {
        wrong.add(name + ": is not refused by the plain engine");
      } else if (!(Trial.difference(slopes, plain.gradients()) < 1e-7)) {
        wrong.add(name + ": SameDiff's derivative is wrong, and not in the list");
      }
    } catch (IllegalArgumentException e) {
      if (!listed || !e.getMessage().contains("'" + op + "'")) {
        wrong.add(name + ": " + e.getMessage());
      }
    }
  }

  /**
   * A dilated convolution is one whose kernel has zeros between its weights. ND4J's build with
   * oneDNN cannot carry it out, so that it is no example for both engines.
   */
  @Test
  void aDilatedConvolutionHasZerosBetweenItsWeights() {
    SameDiff sd = SameDiff.create();
    Trial draws = new Trial(DataType.DOUBLE, 3);
    INDArray kernel = draws.draw(-1, 1, 3, 3, 2, 3);
    INDArray spread = Nd4j.zeros(DataType.DOUBLE, 5, 5, 2, 3);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        spread.get(point(2 * i), point(2 * j)).assign(kernel.get(point(i), point(j)));
      }
    }
    SDVariable x = sd.var("x", draws.draw(-1, 1, 2, 2, 7, 7));
    SDVariable wide = sd.cnn.conv2d("wide", x, sd.constant("k5", spread), convolution(5, 1));
    SDVariable dilated = sd.cnn.conv2d("dilated", x, sd.var("k3", kernel), convolution(3, 2));
    dilated.mul(sd.constant("weights", draws.draw(0.2, 1, 2, 3, 3, 3))).sum("loss");
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    parameters.put("x", x.getArr());
    parameters.put("k3", kernel);
    Engine.Computation model = Trial.computation(sd, "loss", List.of("loss"), parameters);
    try (Engine torch = new TorchEngine(model)) {
      Map<String, INDArray> both = torch.forward(Map.of(), List.of(wide.name(), dilated.name()));
      assertArrayEquals(
          both.get("wide").ravel().toDoubleVector(),
          both.get("dilated").ravel().toDoubleVector(),
          1e-12);
      assertTrue(Trial.centralError(torch, model, Map.of()) < 1e-7);
    }
  }

  private static Conv2DConfig convolution(int kernel, int dilation) {
    return Conv2DConfig.builder()
        .kH(kernel)
        .kW(kernel)
        .dH(dilation)
        .dW(dilation)
        .paddingMode(PaddingMode.VALID)
        .build();
  }

  @Test
  void topKTakesKWhereSameDiffsSessionTakesOne() {
    Trial trial = new Trial(DataType.DOUBLE, 3);
    SDVariable top =
        trial
            .sd
            .nn
            .topK(trial.sd.var("w", Nd4j.createFromArray(new double[][] {{3, 1, 2}})), 2, true)[0];
    top.sum().rename("loss");
    Engine.Computation model = trial.computation();
    for (Engine engine : List.of(new TorchEngine(model), new SameDiffEngine(model))) {
      INDArray best = engine.forward(Map.of(), List.of(top.name())).get(top.name());
      assertArrayEquals(new double[] {3, 2}, best.ravel().toDoubleVector());
    }
  }

  private static String refusal(java.util.function.Function<SameDiff, SDVariable> graph) {
    SameDiff sd = SameDiff.create();
    SDVariable w = sd.var("w", Nd4j.ones(DataType.DOUBLE, 3, 4));
    graph.apply(sd).add(w.sum()).sum().rename("loss");
    return assertThrows(IllegalArgumentException.class, () -> Engine.check(sd, List.of("loss")))
        .getMessage();
  }

  @Test
  void whatNoEngineDoesIsRefusedByNameWhenTheGraphIsMade() {
    String where =
        refusal(sd -> sd.where(sd.getVariable("w").gt(0.5)).castTo(DataType.DOUBLE).sum());
    assertTrue(where.contains("'Where'") && where.contains("weigh them"), where);
    String random = refusal(sd -> sd.random.normal(0, 1, DataType.DOUBLE, 3).sum());
    assertTrue(random.contains("Batch.random()"), random);
    String loss =
        refusal(
            sd ->
                sd.loss.meanSquaredError(
                    "mse",
                    sd.constant(Nd4j.ones(DataType.DOUBLE, 3, 4)),
                    sd.getVariable("w"),
                    null));
    assertTrue(loss.contains("'mean_sqerr_loss'"), loss);
    String crash =
        refusal(
            sd -> sd.repeat(sd.getVariable("w"), sd.constant(Nd4j.createFromArray(2)), 1).sum());
    assertTrue(crash.contains("'repeat'"), crash);
    String loop =
        refusal(
            sd ->
                sd.whileLoop(
                        new SDVariable[] {sd.getVariable("w").sum()},
                        (s, v) -> v[0].lt(100),
                        (s, v) -> new SDVariable[] {v[0].mul(2)})[0]);
    assertTrue(loop.contains("loop"), loop);
  }

  @Test
  void whatTheTableLacksIsCarriedOutByThePlainEngine() {
    Trial trial = new Trial(DataType.DOUBLE, 3);
    SDVariable w = trial.w(3, 4);
    trial.sd.math.rationalTanh("rational", w);
    trial.loss(trial.sd.math.square(w));
    Engine.Computation model = trial.computation();
    // An output that the loss does not need.
    try (Engine torch = new TorchEngine(model)) {
      double[] expected =
          trial.sd.output(trial.feed, "rational").get("rational").ravel().toDoubleVector();
      assertArrayEquals(
          expected,
          torch.forward(trial.feed, List.of("rational")).get("rational").ravel().toDoubleVector(),
          1e-12);
    }
    // The loss itself.
    Trial other = new Trial(DataType.DOUBLE, 3);
    other.loss(other.sd.math.rationalTanh(other.w(3, 4)));
    Node.Unsupported lacking =
        assertThrows(Node.Unsupported.class, () -> new TorchEngine(other.computation()));
    assertTrue(lacking.getMessage().contains("rational_tanh"), lacking.getMessage());
    assertFalse(Engines.of(other.computation()) instanceof TorchEngine);
  }
}
