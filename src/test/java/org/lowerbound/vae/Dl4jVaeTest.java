package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.BarsAndStripes;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class Dl4jVaeTest {

  private static final BinaryRows ALL = BarsAndStripes.all(4);

  private static Map<String, INDArray> feed(INDArray x, INDArray noise) {
    return Map.of("x", x, "noise", noise, "beta", Nd4j.createFromArray(new double[] {1}));
  }

  /** Hand-written gradients against SameDiff's, same parameters, same noise, double precision. */
  @Test
  void lossAndGradientsAreOurs() {
    INDArray x = Nd4j.createFromArray(ALL.rows(0, 30)).castTo(DataType.DOUBLE);
    for (Activation activation : Activation.values()) {
      Vae vae = Vae.create(VaeShape.dense(16, 3, 7, 5).activation(activation), 3, DataType.DOUBLE);
      Dl4jVae layer = Dl4jVae.like(vae, 1e-3);
      Map<String, INDArray> feed = feed(x, layer.noise(30, 11));
      double loss = Trainer.evaluate(vae, feed, "loss").get("loss").getDouble(0);
      // Rounding of sums of some hundred terms of order 1.
      assertEquals(loss, layer.loss(x, 11), 1e-12, activation + ": loss");
      Map<String, INDArray> theirs = layer.gradients(x, 11);
      Map<String, INDArray> ours = Trainer.gradients(vae, feed);
      assertEquals(ours.keySet(), theirs.keySet());
      for (String name : ours.keySet()) {
        INDArray difference = ours.get(name).sub(theirs.get(name).reshape(ours.get(name).shape()));
        assertEquals(0, difference.amaxNumber().doubleValue(), 1e-13, activation + " " + name);
      }
    }
  }

  /** Its updater is algorithm 1 of Kingma and Ba (2015), on the mean gradient of the batch. */
  @Test
  void stepsAreAdam() {
    Vae vae = Vae.create(VaeShape.dense(16, 2, 6), 5, DataType.DOUBLE);
    Dl4jVae layer = Dl4jVae.like(vae, 0.01);
    Map<String, double[][]> moments = new HashMap<>();
    for (int t = 1; t <= 20; t++) {
      // Batches of unequal size: a sum in place of the mean would show.
      int rows = t % 2 == 0 ? 30 : 12;
      INDArray x = Nd4j.createFromArray(ALL.rows(0, rows)).castTo(DataType.DOUBLE);
      Map<String, INDArray> gradients = Trainer.gradients(vae, feed(x, layer.noise(rows, t)));
      for (String name : gradients.keySet()) {
        INDArray parameter = vae.graph().parameter(name);
        double[] g = gradients.get(name).dup('c').reshape(parameter.length()).toDoubleVector();
        double[][] m = moments.computeIfAbsent(name, n -> new double[2][g.length]);
        double[] change = new double[g.length];
        for (int i = 0; i < g.length; i++) {
          m[0][i] = 0.9 * m[0][i] + 0.1 * g[i];
          m[1][i] = 0.999 * m[1][i] + 0.001 * g[i] * g[i];
          double mean = m[0][i] / (1 - Math.pow(0.9, t));
          double square = m[1][i] / (1 - Math.pow(0.999, t));
          change[i] = 0.01 * mean / (Math.sqrt(square) + 1e-8);
        }
        parameter.subi(Nd4j.createFromArray(change).reshape(parameter.shape()));
      }
      layer.step(x, t);
    }
    Vae theirs = layer.vae();
    for (String name : vae.graph().parameterNames()) {
      INDArray difference = vae.graph().parameter(name).sub(theirs.graph().parameter(name));
      // ND4J adds ε = 1e-8 before the bias correction, which weighs most in the first steps, where
      // a gradient below 1e-5 moves its parameter by up to 1e-2 * 3e-2 less.
      assertEquals(0, difference.amaxNumber().doubleValue(), 1e-4, name);
    }
  }

  /** Same shape, initial weights and batches: the trained bounds, both by our code, meet. */
  @Test
  void trainedToTheSameBoundWithoutAWord() {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Vae ours = Vae.create(VaeShape.dense(16, 3, 40), 1);
    Dl4jVae layer = Dl4jVae.like(ours, 3e-3);
    try (PrintStream heard = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      System.setOut(heard);
      System.setErr(heard);
      Training how = Training.epochs(400).batchSize(15).learningRate(3e-3).seed(2).quiet();
      Trainer.fit(layer.beside(ours), ALL, null, how);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertEquals("", said.toString(StandardCharsets.UTF_8));
    double our = mean(ours.logLikelihood(ALL.rows(0, 30), 500, 3));
    double their = mean(layer.vae().logLikelihood(ALL.rows(0, 30), 500, 3));
    // Independent pixels reach −16 ln 2 = −11.1. 800 steps leave a spread of some tenths of a nat
    // between seeds of the noise, which the two do not share.
    assertTrue(our > -9 && their > -9, our + " and " + their);
    assertEquals(our, their, 0.8);
  }

  /** With the same noise too, 100 steps of two optimisers lead to the same place. */
  @Test
  void inStepTheyStayTogether() {
    Vae ours = Vae.create(VaeShape.dense(16, 3, 20), 1, DataType.DOUBLE);
    Dl4jVae layer = Dl4jVae.like(ours, 3e-3);
    double before = ours.bound(ALL, 5).get("bound");
    Training how = Training.epochs(50).batchSize(15).learningRate(3e-3).seed(2).quiet();
    Trainer.fit(layer.inStepWith(ours), ALL, null, how);
    double our = ours.bound(ALL, 5).get("bound");
    assertTrue(our > before + 0.5, "from " + before + " to " + our);
    // Where the two differ is where Adam adds its ε = 1e-8: after the bias correction or before.
    assertEquals(our, layer.vae().bound(ALL, 5).get("bound"), 1e-4);
  }

  /** Documented as log p(x); what is estimated is E_q[log p(x | z)], which is the bound plus KL. */
  @Test
  void reconstructionProbabilityLacksTheKl() {
    Vae start = Vae.create(VaeShape.dense(16, 3, 40), 1);
    Trainer.fit(start, ALL, null, Training.epochs(300).batchSize(10).learningRate(3e-3).quiet());
    Dl4jVae layer = Dl4jVae.like(start, 1e-3);
    float[][] x = ALL.rows(0, 30);
    double said = mean(layer.reconstructionLogProbability(x, 2000, 4));
    double kl = 0;
    for (double[] row : start.encode(x).kl()) {
      kl += Arrays.stream(row).sum() / 30;
    }
    double bound = 0;
    for (int seed = 0; seed < 200; seed++) {
      bound += start.bound(ALL, seed).get("bound") / 200;
    }
    double log = mean(start.logLikelihood(x, 2000, 4));
    // Means over 60,000 and 6,000 draws of a term whose standard deviation is about 2.
    assertEquals(bound + kl, said, 0.15);
    assertTrue(said > log + 1, "the layer says " + said + ", log p(x) is " + log);
  }

  /** A black pixel where the decoder is certain of white: certain, it says, from a = 16.64 on. */
  @Test
  void saturatedPixelCostsNothing() {
    BernoulliReconstructionDistribution law = new BernoulliReconstructionDistribution();
    INDArray black = Nd4j.createFromArray(new float[][] {{0}});
    INDArray sure = Nd4j.createFromArray(new float[][] {{16}});
    // Half a step of single precision below 1 is 3e-8, of σ(16) = 1 − 1.1e-7.
    assertEquals(16, law.negLogProbability(black, sure, false), 0.3);
    INDArray surer = Nd4j.createFromArray(new float[][] {{17}});
    assertEquals(0, law.negLogProbability(black, surer, false), 0);
    assertEquals(0, law.gradient(black, surer).getDouble(0), 0);
    assertEquals(-17, Likelihood.bernoulli().logProbability(0, 17, 0), 1e-6);
  }

  @Test
  void onlyWhatTheLayerCanBe() {
    for (VaeShape shape :
        new VaeShape[] {
          VaeShape.linear(16, 2),
          VaeShape.convolutional(new int[] {1, 4, 4}, 2, 5, 3),
          VaeShape.dense(16, 2, 5).likelihood(Likelihood.gaussian(Scale.fixed(1)))
        }) {
      Vae vae = Vae.create(shape, 1);
      assertThrows(IllegalArgumentException.class, () -> Dl4jVae.like(vae, 1e-3));
    }
    Dl4jVae layer = Dl4jVae.like(Vae.create(VaeShape.dense(16, 2, 5), 1), 1e-3);
    Vae other = Vae.create(VaeShape.dense(16, 2, 6), 1);
    assertThrows(IllegalArgumentException.class, () -> layer.beside(other));
    Vae weighted =
        Vae.create(VaeShape.dense(16, 2, 5), 1).objective(Objective.importanceWeighted(5));
    assertThrows(IllegalArgumentException.class, () -> layer.inStepWith(weighted));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
