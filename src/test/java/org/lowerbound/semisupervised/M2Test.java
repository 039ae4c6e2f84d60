package org.lowerbound.semisupervised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.Examples;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.train.Batch;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.vae.Activation;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Posterior;
import org.lowerbound.vae.Scale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class M2Test {

  private static final int CLASSES = 3;

  private static RealRows bits(int rows, int features, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] values = new double[rows][features];
    for (double[] row : values) {
      Arrays.setAll(row, d -> random.nextInt(2));
    }
    List<String> names = IntStream.range(0, features).mapToObj(i -> "x" + i).toList();
    return RealRows.of(Provenance.builtIn("bits", "random"), names, values);
  }

  private static Labelled labelled(Examples rows, int count) {
    int[] which = IntStream.range(0, count).toArray();
    return Labelled.of(rows, which, IntStream.range(0, count).map(i -> i % CLASSES).toArray(), 3);
  }

  /** A model with random weights everywhere, also where they start at 0. */
  private static M2 model(M2Shape shape, M2Objective objective, Labelled labelled) {
    M2 m2 = M2.create(shape, objective, labelled, 3, DataType.DOUBLE);
    SplittableRandom random = new SplittableRandom(4);
    for (String name : m2.graph().parameterNames()) {
      INDArray parameter = m2.graph().parameter(name);
      for (long i = 0; i < parameter.length(); i++) {
        parameter.putScalar(i, random.nextGaussian() * 0.6);
      }
    }
    return m2;
  }

  private static Batch batch(Examples data, int count) {
    INDArray x = Nd4j.createFromArray(data.rows(0, count)).castTo(DataType.DOUBLE);
    return Batch.of(x, new SplittableRandom(8));
  }

  private static double term(M2 m2, Map<String, INDArray> feed, String name) {
    return Trainer.evaluate(m2, feed, name).get(name).getDouble(0);
  }

  @Test
  void everyGradientAgreesWithCentralDifferences() {
    RealRows rows = bits(12, 5, 1);
    M2Objective all = new M2Objective(0.7, 0.3, Summation.ALL);
    M2Shape plain = M2Shape.bits(5, CLASSES, 2, 4).activation(Activation.TANH);
    M2Shape deep =
        new M2Shape(
            5,
            CLASSES,
            2,
            new int[] {4, 3},
            new int[] {5, 4},
            Activation.SOFTPLUS,
            Likelihood.gaussian(Scale.predicted(0.3)));
    M2Shape fixed = plain.likelihood(Likelihood.gaussian(Scale.fixed(0.8))).classifierHidden();
    for (M2Shape shape : List.of(plain, deep, fixed)) {
      for (Summation summation : Summation.values()) {
        M2 m2 = model(shape, all.summation(summation), labelled(rows, 6));
        GradientCheck check = GradientCheck.of(m2, m2.feed(batch(rows, 7)));
        // Central differences in double precision with h = 1e−5 are good to about 1e−9.
        assertEquals(0, check.largestError(), 1e-6, shape + ", " + summation + check);
        assertEquals(m2.graph().parameterNames(), check.errors().keySet());
      }
    }
  }

  /** One pair by plain loops over the weights: an oracle that shares nothing with the graph. */
  private static double byHand(M2 m2, float[] x, int y, double[] noise) {
    double[] h = new double[4];
    for (int k = 0; k < 4; k++) {
      h[k] = w(m2, "encoder.b1", k) + w(m2, "encoder.Y1", y, k);
      for (int d = 0; d < x.length; d++) {
        h[k] += x[d] * w(m2, "encoder.W1", d, k);
      }
      h[k] = Math.max(0, h[k]);
    }
    double kl = 0;
    double[] z = new double[2];
    for (int j = 0; j < 2; j++) {
      double mean = w(m2, "encoder.bmean", j);
      double logvar = w(m2, "encoder.blogvar", j);
      for (int k = 0; k < 4; k++) {
        mean += h[k] * w(m2, "encoder.Wmean", k, j);
        logvar += h[k] * w(m2, "encoder.Wlogvar", k, j);
      }
      z[j] = mean + Math.exp(logvar / 2) * noise[j];
      kl += 0.5 * (mean * mean + Math.exp(logvar) - 1 - logvar);
    }
    double logp = 0;
    double[] g = new double[4];
    for (int k = 0; k < 4; k++) {
      g[k] = w(m2, "decoder.b1", k) + w(m2, "decoder.Y1", y, k);
      for (int j = 0; j < 2; j++) {
        g[k] += z[j] * w(m2, "decoder.W1", j, k);
      }
      g[k] = Math.max(0, g[k]);
    }
    for (int d = 0; d < x.length; d++) {
      double a = w(m2, "decoder.bout", d);
      for (int k = 0; k < 4; k++) {
        a += g[k] * w(m2, "decoder.Wout", k, d);
      }
      logp += m2.shape().likelihood().logProbability(x[d], a, 1);
    }
    return logp - kl + Math.log(1.0 / CLASSES);
  }

  private static double w(M2 m2, String name, int... at) {
    return at.length == 1
        ? m2.graph().parameter(name).getDouble(at[0])
        : m2.graph().parameter(name).getDouble(at[0], at[1]);
  }

  @Test
  void theSumOverClassesInOneBatchIsTheSumByLoops() {
    RealRows rows = bits(12, 5, 1);
    M2Objective objective = new M2Objective(0.7, 0.3, Summation.ALL);
    M2 m2 = model(M2Shape.bits(5, CLASSES, 2, 4), objective, labelled(rows, 6));
    Map<String, INDArray> feed = m2.feed(batch(rows, 7));
    double[][] noise = feed.get("noise").toDoubleMatrix();
    float[][] x = rows.rows(0, 7);
    double[][] q = m2.classProbabilities(x);
    double unlabelled = 0;
    double entropy = 0;
    for (int i = 0; i < 7; i++) {
      for (int y = 0; y < CLASSES; y++) {
        double bound = byHand(m2, x[i], y, noise[y * 7 + i]);
        unlabelled += q[i][y] * (bound - Math.log(q[i][y])) / 7;
        entropy -= q[i][y] * Math.log(q[i][y]) / 7;
      }
    }
    double labelledBound = 0;
    double right = 0;
    float[][] known = rows.rows(0, 6);
    double[][] qKnown = m2.classProbabilities(known);
    for (int i = 0; i < 6; i++) {
      labelledBound += byHand(m2, known[i], i % CLASSES, noise[3 * 7 + i]) / 6;
      right += Math.log(qKnown[i][i % CLASSES]) / 6;
    }
    // The same sums in double precision, in another order.
    assertEquals(unlabelled, term(m2, feed, "unlabelled bound"), 1e-10);
    assertEquals(entropy, term(m2, feed, "entropy"), 1e-10);
    assertEquals(labelledBound, term(m2, feed, "labelled bound"), 1e-10);
    assertEquals(right, term(m2, feed, "log q of the labels"), 1e-10);
    double loss = -(0.7 * unlabelled + 0.3 * labelledBound + 0.7 * right);
    assertEquals(loss, term(m2, feed, "loss"), 1e-10);
  }

  @Test
  void aSingleDrawOfTheClassIsUnbiased() {
    RealRows rows = bits(12, 5, 1);
    M2Objective objective = new M2Objective(0.7, 0, Summation.DRAWN);
    // A decoder that ignores z and an encoder that is the prior: the class alone is random.
    M2 m2 = model(M2Shape.bits(5, CLASSES, 1, 4), objective, labelled(rows, 3));
    for (String name : List.of("encoder.Wmean", "encoder.bmean", "decoder.W1")) {
      m2.graph().parameter(name).assign(0);
    }
    m2.graph().parameter("encoder.Wlogvar").assign(0);
    m2.graph().parameter("encoder.blogvar").assign(0);
    M2 exact = m2.objective(objective.summation(Summation.ALL));
    double sum = term(exact, exact.feed(batch(rows, 4)), "unlabelled bound");
    double mean = 0;
    double square = 0;
    INDArray x = Nd4j.createFromArray(rows.rows(0, 4)).castTo(DataType.DOUBLE);
    int draws = 1500;
    for (int i = 0; i < draws; i++) {
      Map<String, INDArray> feed = m2.feed(Batch.of(x, new SplittableRandom(i)));
      double one = term(m2, feed, "unlabelled bound");
      mean += one / draws;
      square += one * one / draws;
    }
    double error = Math.sqrt((square - mean * mean) / draws);
    assertEquals(sum, mean, 4 * error, "four standard errors of " + draws + " draws");
    assertTrue(error > 1e-4, "the draws differ");
  }

  /** Points and weights of ∫ f(z) N(z; 0, 1) dz by the trapezoidal rule on [−8, 8]. */
  private static double[] grid() {
    double[] z = new double[321];
    Arrays.setAll(z, i -> 0.05 * (i - 160));
    return z;
  }

  private static double normal(double z) {
    return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  }

  @Test
  void theUnlabelledBoundStaysBelowTheIntegralAndThePriorEntersOnce() {
    RealRows rows = bits(8, 4, 5);
    M2Objective objective = new M2Objective(0, 0, Summation.ALL);
    M2 m2 =
        model(M2Shape.bits(4, CLASSES, 1, 5), objective, labelled(rows, 3)).prior(0.5, 0.3, 0.2);
    double[] prior = {0.5, 0.3, 0.2};
    float[][] x = rows.rows(0, 8);
    double[][] q = m2.classProbabilities(x);
    double[] z = grid();
    double[][] logits = new double[z.length][1];
    Arrays.setAll(logits, i -> new double[] {z[i]});
    double[] p = new double[8];
    double[] bound = new double[8];
    for (int y = 0; y < CLASSES; y++) {
      int[] same = new int[z.length];
      Arrays.fill(same, y);
      float[][] pi = m2.decode(same, logits);
      int[] ofRows = new int[8];
      Arrays.fill(ofRows, y);
      Posterior posterior = m2.encode(x, ofRows);
      for (int i = 0; i < 8; i++) {
        double joint = 0;
        for (int g = 0; g < z.length; g++) {
          joint += 0.05 * normal(z[g]) * likelihood(x[i], pi[g]);
        }
        p[i] += prior[y] * joint;
        // −L(x, y) as an expectation over the noise, with the same rule.
        double expected = 0;
        float[][] repeated = new float[z.length][];
        float[][] noise = new float[z.length][1];
        for (int g = 0; g < z.length; g++) {
          repeated[g] = x[i];
          noise[g][0] = (float) z[g];
        }
        double[] each = m2.labelledBound(repeated, same, noise);
        for (int g = 0; g < z.length; g++) {
          expected += 0.05 * normal(z[g]) * each[g];
        }
        bound[i] += q[i][y] * (expected - Math.log(q[i][y]));
        assertTrue(posterior.deviation()[i][0] > 0);
      }
    }
    for (int i = 0; i < 8; i++) {
      assertTrue(bound[i] < Math.log(p[i]), "row " + i + ": " + bound[i] + ", " + Math.log(p[i]));
    }
  }

  private static double likelihood(float[] x, float[] pi) {
    double product = 1;
    for (int d = 0; d < x.length; d++) {
      product *= x[d] == 1 ? pi[d] : 1 - pi[d];
    }
    return product;
  }

  @Test
  void aTrainedModelNamesTheClassesOfThreeClusters() {
    SplittableRandom random = new SplittableRandom(2);
    double[][] values = new double[300][2];
    int[] label = new int[300];
    for (int i = 0; i < 300; i++) {
      label[i] = i % 3;
      values[i][0] = (label[i] - 1) * 2 + 0.3 * random.nextGaussian();
      values[i][1] = (label[i] == 1 ? 1.5 : -1) + 0.3 * random.nextGaussian();
    }
    RealRows rows = RealRows.of(Provenance.builtIn("clusters", "three"), List.of("a", "b"), values);
    Labelled six =
        Labelled.of(rows, new int[] {0, 1, 2, 3, 4, 5}, Arrays.copyOf(label, 6), CLASSES);
    M2 m2 = M2.create(M2Shape.reals(2, CLASSES, 1, 20), M2Objective.of(6, 294).alpha(1), six, 1);
    Trainer.fit(m2, rows, null, Training.epochs(60).batchSize(50).learningRate(5e-3).quiet());
    Labelled all = Labelled.of(rows, IntStream.range(0, 300).toArray(), label, CLASSES);
    assertTrue(m2.accuracy(all) > 0.98, "accuracy " + m2.accuracy(all));
    double[][] q = m2.classProbabilities(rows.rows(0, 3));
    for (double[] row : q) {
      assertEquals(1, Arrays.stream(row).sum(), 1e-5);
    }
    // The decoder has learned where the classes are.
    float[][] centres = m2.decode(new int[] {0, 1, 2}, new double[3][1]);
    assertArrayEquals(new float[] {-2, -1}, centres[0], 0.6f);
    assertArrayEquals(new float[] {0, 1.5f}, centres[1], 0.6f);
    assertArrayEquals(new float[] {2, -1}, centres[2], 0.6f);
  }

  @Test
  void whatDoesNotFitIsRefusedByName() {
    RealRows rows = bits(12, 5, 1);
    Labelled six = labelled(rows, 6);
    M2Objective objective = M2Objective.of(6, 6);
    String wide =
        assertThrows(
                IllegalArgumentException.class,
                () -> M2.create(M2Shape.bits(4, CLASSES, 2, 4), objective, six, 1))
            .getMessage();
    assertTrue(wide.contains("4") && wide.contains("5"), wide);
    assertThrows(
        IllegalArgumentException.class,
        () -> M2.create(M2Shape.bits(5, 10, 2, 4), objective, six, 1));
    M2 m2 = M2.create(M2Shape.bits(5, CLASSES, 2, 4), objective, six, 1);
    assertThrows(IllegalArgumentException.class, () -> m2.prior(0.5, 0.5));
    assertThrows(IllegalArgumentException.class, () -> m2.prior(1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> m2.labelledBatch(0));
    assertThrows(IllegalArgumentException.class, () -> m2.decode(new int[] {3}, new double[1][2]));
    assertThrows(IllegalArgumentException.class, () -> m2.decode(new int[] {0}, new double[1][3]));
    assertThrows(IllegalArgumentException.class, () -> new M2Objective(-1, 0, Summation.ALL));
    assertThrows(IllegalArgumentException.class, () -> new M2Objective(0.1, 2, Summation.ALL));
    assertThrows(
        IllegalArgumentException.class, () -> Labelled.of(rows, new int[] {99}, new int[1], 3));
    assertThrows(
        IllegalArgumentException.class, () -> Labelled.of(rows, new int[1], new int[] {3}, 3));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            M2.create(M2Shape.bits(5, CLASSES, 2, 4), objective, six, 1)
                .centred(BinaryRows.of(rows.provenance(), new byte[][] {{1, 0}})));
  }
}
