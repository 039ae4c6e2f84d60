package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lowerbound.data.BarsAndStripes;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.train.Batch;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class VaeTest {

  private static Batch batch(VaeShape shape, int rows, long seed) {
    RandomGenerator random = Trainer.random(seed);
    double[][] x = new double[rows][shape.features()];
    for (double[] row : x) {
      Arrays.setAll(
          row,
          d ->
              switch (shape.likelihood().kind()) {
                case BERNOULLI -> random.nextInt(2);
                case GAUSSIAN -> random.nextGaussian();
                // The ends included, whose law is another.
                case DISCRETISED_LOGISTIC -> random.nextInt(8) / 7.0;
              });
    }
    return Batch.of(Nd4j.createFromArray(x), Trainer.random(seed, 1)).inTraining(1, 4);
  }

  static List<Vae> models() {
    VaeShape dense = VaeShape.dense(6, 2, 5, 4);
    VaeShape picture = VaeShape.convolutional(new int[] {2, 4, 4}, 2, 5, 3, 4);
    Objective warm = Objective.bound().beta(2).warmUp(10);
    return List.of(
        model(dense, Objective.bound()),
        model(dense.activation(Activation.RELU), warm),
        model(dense, Objective.bound().samples(3)),
        model(dense, Objective.importanceWeighted(3)),
        model(VaeShape.linear(6, 2), Objective.bound()),
        model(dense.likelihood(Likelihood.gaussian(Scale.fixed(0.7))), Objective.bound()),
        model(dense.likelihood(Likelihood.gaussian(Scale.shared(0.7))), Objective.bound()),
        model(
            dense.likelihood(Likelihood.gaussian(Scale.predicted(0.1))),
            Objective.importanceWeighted(2)),
        model(
            dense.likelihood(Likelihood.discretisedLogistic(Scale.shared(0.2), 8)),
            Objective.bound()),
        model(
            dense.likelihood(Likelihood.discretisedLogistic(Scale.predicted(0.05), 8)),
            Objective.bound()),
        model(picture.activation(Activation.TANH), Objective.bound()),
        model(
            picture
                .activation(Activation.TANH)
                .likelihood(Likelihood.gaussian(Scale.predicted(0.1))),
            Objective.bound().samples(2)));
  }

  private static Vae model(VaeShape shape, Objective objective) {
    return Vae.create(shape, 3, DataType.DOUBLE).objective(objective);
  }

  /** Central differences in double precision are good to about 1e-9; 1e-6 leaves room for tanh. */
  @ParameterizedTest
  @MethodSource("models")
  void gradientIsThatOfCentralDifferences(Vae vae) {
    GradientCheck check = GradientCheck.of(vae, vae.feed(batch(vae.shape(), 4, 8)));
    assertTrue(check.largestError() < 1e-6, vae + " " + check);
  }

  /**
   * Single precision is executed by other code than double: the two must agree to its seven digits,
   * of which sums of a hundred terms and differences of them lose three.
   */
  @ParameterizedTest
  @MethodSource("models")
  void singlePrecisionHasTheSameGradient(Vae vae) {
    Vae single = Vae.create(vae.shape(), 3).objective(vae.objective());
    Batch batch = batch(vae.shape(), 4, 8);
    Map<String, INDArray> feed = vae.feed(batch);
    Map<String, INDArray> expected = Trainer.gradients(vae, feed);
    Map<String, INDArray> floats = new HashMap<>();
    feed.forEach((name, value) -> floats.put(name, value.castTo(DataType.FLOAT)));
    for (int run = 0; run < 3; run++) {
      Map<String, INDArray> measured = Trainer.gradients(single, floats);
      for (String name : expected.keySet()) {
        INDArray a = expected.get(name);
        INDArray b = measured.get(name).castTo(DataType.DOUBLE);
        double scale = Math.max(1e-3, a.amaxNumber().doubleValue());
        double error = a.sub(b).amaxNumber().doubleValue() / scale;
        assertTrue(error < 1e-4, vae + ": " + name + " is off by " + error);
      }
    }
  }

  /**
   * The graph's terms against the definitions in plain Java on the same draws: log p(x | z) by
   * {@link Likelihood#logProbability(double, double, double)}, the KL by {@link Posterior#kl}.
   */
  @ParameterizedTest
  @MethodSource("models")
  void termsAreTheirDefinitions(Vae vae) {
    VaeShape shape = vae.shape();
    Batch batch = batch(shape, 4, 5);
    Map<String, INDArray> feed = vae.feed(batch);
    double[][] x = batch.x().toDoubleMatrix();
    double[][] noise = feed.get("noise").toDoubleMatrix();
    Map<String, INDArray> out =
        Trainer.evaluate(
            vae, feed, "mean", "deviation", "loss", "bound", "reconstruction", "kl", "draw");
    double[][] mean = out.get("mean").toDoubleMatrix();
    double[][] deviation = out.get("deviation").toDoubleMatrix();
    Posterior q = new Posterior(mean, deviation);
    int k = vae.objective().samples();
    double[][] z = new double[k * x.length][shape.latents()];
    for (int i = 0; i < z.length; i++) {
      int row = i % x.length;
      for (int j = 0; j < z[i].length; j++) {
        z[i][j] = mean[row][j] + deviation[row][j] * noise[i][j];
      }
    }
    INDArray fedZ = Nd4j.createFromArray(z);
    Map<String, INDArray> decoded =
        shape.likelihood().scale() == null
            ? Trainer.evaluate(vae, Map.of("z", fedZ), "a")
            : Trainer.evaluate(vae, Map.of("z", fedZ), "a", "s");
    double[][] a = decoded.get("a").toDoubleMatrix();
    double[] s =
        decoded.containsKey("s") ? decoded.get("s").dup('c').data().asDouble() : new double[1];
    double reconstruction = 0;
    double kl = 0;
    double weighted = 0;
    for (int row = 0; row < x.length; row++) {
      double rowKl = Arrays.stream(q.kl()[row]).sum();
      kl += rowKl / x.length;
      double sum = 0;
      for (int draw = 0; draw < k; draw++) {
        int i = draw * x.length + row;
        double logp = 0;
        for (int d = 0; d < shape.features(); d++) {
          double spread = s.length == 1 ? s[0] : s[i * shape.features() + d];
          logp += shape.likelihood().logProbability(x[row][d], a[i][d], spread);
        }
        reconstruction += logp / (k * x.length);
        double logw = logp;
        for (int j = 0; j < shape.latents(); j++) {
          logw += -0.5 * z[i][j] * z[i][j] + 0.5 * noise[i][j] * noise[i][j];
          logw += Math.log(deviation[row][j]);
        }
        sum += Math.exp(logw) / k;
      }
      weighted += Math.log(sum) / x.length;
    }
    double tolerance = 1e-9; // double precision throughout, sums of about a hundred terms
    assertEquals(reconstruction, out.get("reconstruction").getDouble(0), tolerance);
    assertEquals(kl, out.get("kl").getDouble(0), tolerance);
    assertEquals(reconstruction - kl, out.get("bound").getDouble(0), tolerance);
    // Step 4 of a warm-up over 10 steps: half of β.
    double beta = vae.objective().warmUpSteps() > 0 ? 2 * 0.5 : 1;
    double loss = vae.objective().importanceWeighted() ? -weighted : beta * kl - reconstruction;
    assertEquals(loss, out.get("loss").getDouble(0), tolerance);
  }

  /** Every law sums or integrates to 1, whatever the decoder says. */
  @Test
  void lawsAreNormalised() {
    for (double a : new double[] {-0.3, 0, 0.4, 1.2}) {
      for (double s : new double[] {0.003, 0.05, 2}) {
        Likelihood logistic = Likelihood.discretisedLogistic(Scale.fixed(s), 256);
        double sum = 0;
        for (int level = 0; level < 256; level++) {
          sum += Math.exp(logistic.logProbability(level / 255.0, a, s));
        }
        assertEquals(1, sum, 1e-12);
        Likelihood gaussian = Likelihood.gaussian(Scale.fixed(s));
        double integral = 0;
        for (int i = -1000; i <= 1000; i++) {
          // The trapezoidal rule on ±10 deviations is exact to rounding for a Gaussian.
          integral += Math.exp(gaussian.logProbability(a + i * s / 100, a, s)) * s / 100;
        }
        assertEquals(1, integral, 1e-12);
      }
      Likelihood bits = Likelihood.bernoulli();
      double both =
          Math.exp(bits.logProbability(0, 50 * a, 0)) + Math.exp(bits.logProbability(1, 50 * a, 0));
      assertEquals(1, both, 1e-14);
    }
  }

  /** In 32 bits, far out in the tails: a finite value, and the right one. */
  @Test
  void likelihoodsDoNotOverflow() {
    Vae vae = Vae.create(VaeShape.linear(2, 1), 1);
    vae.graph().parameter("decoder.bout").assign(Nd4j.createFromArray(-500f, 500f));
    vae.graph().parameter("decoder.Wout").assign(0);
    INDArray x = Nd4j.createFromArray(new float[][] {{1, 0}});
    Map<String, INDArray> feed = Map.of("x", x, "z", Nd4j.zeros(1, 1));
    assertEquals(-1000, Trainer.evaluate(vae, feed, "logp").get("logp").getDouble(0), 1e-3);
  }

  /** All 30 pictures of 4×4 bars and stripes, whose best bound is their entropy, −ln 30. */
  @Test
  void learnsBarsAndStripes() {
    BinaryRows all = BarsAndStripes.all(4);
    Vae vae = Vae.create(VaeShape.dense(16, 4, 40), 1).centred(all);
    Trainer.fit(vae, all, null, Training.epochs(3000).batchSize(30).learningRate(5e-3).quiet());
    float[][] x = all.rows(0, all.size());
    double[] one = vae.logLikelihood(x, 1000, 2);
    double mean = Arrays.stream(one).average().orElseThrow();
    double bound = vae.bound(all, 3).get("bound");
    assertTrue(bound <= mean + 0.2, bound + " is to lie below " + mean);
    // A distribution cannot give the 30 pictures more than ln 1/30 each on average; 0.05 is three
    // standard errors of the estimate. Learning must have come within 1.5 nats of it.
    double entropy = Math.log(30);
    assertTrue(mean < -entropy + 0.05, "log-likelihood " + mean);
    assertTrue(mean > -entropy - 1.5, "log-likelihood " + mean);
  }

  /** With one latent, p(x) = ∫ p(x | z) p(z) dz is a sum over a grid. */
  @Test
  void importanceWeightedEstimateGrowsToTheIntegral() {
    BinaryRows all = BarsAndStripes.all(4);
    Vae vae = Vae.create(VaeShape.dense(16, 1, 20), 1).centred(all);
    float[][] x = all.rows(0, all.size());
    double[][] z = new double[4001][1];
    Arrays.setAll(z, i -> new double[] {-10 + i / 200.0});
    float[][] p = vae.decode(z);
    double exact = 0;
    for (float[] row : x) {
      double integral = 0;
      for (int i = 0; i < z.length; i++) {
        double density = Math.exp(-0.5 * z[i][0] * z[i][0]) / Math.sqrt(2 * Math.PI);
        for (int d = 0; d < row.length; d++) {
          density *= row[d] == 1 ? p[i][d] : 1 - p[i][d];
        }
        integral += density / 200;
      }
      exact += Math.log(integral) / x.length;
    }
    double previous = Double.NEGATIVE_INFINITY;
    for (int k : new int[] {1, 10, 100, 5000}) {
      double mean = Arrays.stream(vae.logLikelihood(x, k, 5)).average().orElseThrow();
      // The mean over 30 rows of log weights with a spread of about 1 has an error of 0.2 at k = 1.
      assertTrue(mean > previous - 0.2, "L_" + k + " = " + mean + " after " + previous);
      previous = mean;
    }
    // 5000 draws a row leave a relative error of about 1/70 a row, 0.003 over 30 rows.
    assertEquals(exact, previous, 0.01);
  }

  @Test
  void anotherObjectiveKeepsTheParameters() {
    Vae vae = Vae.create(VaeShape.dense(6, 2, 5), 3);
    Vae other = vae.objective(Objective.importanceWeighted(5));
    for (String name : vae.graph().parameterNames()) {
      assertEquals(vae.graph().parameter(name), other.graph().parameter(name));
    }
    other.graph().parameter("encoder.b1").addi(1);
    assertEquals(0, vae.graph().parameter("encoder.b1").sumNumber().doubleValue());
  }

  @Test
  void centredStartsAtTheMeans() {
    RealRows rows =
        RealRows.of(
            Provenance.builtIn("two columns", "made here"),
            List.of("a", "b"),
            new double[][] {{1, 10}, {3, 20}});
    VaeShape shape = VaeShape.linear(2, 1).likelihood(Likelihood.gaussian(Scale.shared(1)));
    INDArray bias = Vae.create(shape, 1).centred(rows).graph().parameter("decoder.bout");
    assertArrayEquals(new float[] {2, 15}, bias.toFloatVector(), 1e-6f);
  }

  @Test
  void picturesHaveTheirShapes() {
    Vae vae = Vae.create(VaeShape.convolutional(new int[] {1, 8, 8}, 2, 10, 3), 1);
    float[][] x = new float[3][64];
    assertEquals(25, vae.manifold(5).length);
    assertEquals(64, vae.reconstruct(x)[2].length);
    assertEquals(4, vae.interpolate(x[0], x[1], 4).length);
    assertEquals(64, vae.analogy(x, x, x).length);
    float[][] drawn = vae.draw(new double[][] {{0, 1}}, Trainer.random(1));
    for (float pixel : drawn[0]) {
      assertTrue(pixel == 0 || pixel == 1);
    }
    assertThrows(
        IllegalStateException.class,
        () -> {
          Vae.create(VaeShape.dense(64, 3, 4), 1).manifold(4);
        });
  }

  /** Φ(±0.6745) = ¼ and ¾: tables of the normal law. */
  @Test
  void quantilesCutTheNormalLaw() {
    assertArrayEquals(new double[] {-0.67449, 0.67449}, Vae.quantiles(2), 1e-5);
    assertEquals(0, Vae.quantiles(3)[1], 1e-12);
  }

  @Test
  void activityIsTheVarianceOfTheMeans() {
    Posterior q =
        new Posterior(new double[][] {{1, 0.1}, {3, 0.1}}, new double[][] {{1, 1}, {1, 1}});
    assertArrayEquals(new double[] {1, 0}, q.activity(), 1e-12);
    assertEquals(1, q.activeUnits());
  }

  @Test
  void savedModelIsTheSame(@TempDir Path folder) {
    VaeShape shape =
        VaeShape.convolutional(new int[] {1, 8, 8}, 2, 10, 3)
            .likelihood(Likelihood.gaussian(Scale.shared(0.3)));
    Vae vae = Vae.create(shape, 1);
    Path file = folder.resolve("a/b.vae");
    vae.save(file);
    Vae again = Vae.load(file);
    for (String name : vae.graph().parameterNames()) {
      assertEquals(vae.graph().parameter(name), again.graph().parameter(name), name);
    }
    assertEquals(shape, again.shape());
    double[][] z = {{0.5, -1}};
    assertArrayEquals(vae.decode(z)[0], again.decode(z)[0]);
  }

  @Test
  void damagedFilesAreRefused(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("model.vae");
    Vae.create(VaeShape.dense(6, 2, 5), 1).save(file);
    byte[] good = Files.readAllBytes(file);
    RandomGenerator random = Trainer.random(4);
    for (int trial = 0; trial < 300; trial++) {
      byte[] bad = good.clone();
      int at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 + random.nextInt(255));
      Files.write(file, bad);
      String message =
          assertThrows(IllegalArgumentException.class, () -> Vae.load(file), "byte " + at)
              .getMessage();
      assertTrue(message.startsWith("model.vae is not a whole saved model"), message);
    }
    for (int length : new int[] {0, 5, 40, good.length - 1}) {
      Files.write(file, Arrays.copyOf(good, length));
      assertThrows(IllegalArgumentException.class, () -> Vae.load(file));
    }
    Files.write(file, Arrays.copyOf(good, good.length + 1));
    assertThrows(IllegalArgumentException.class, () -> Vae.load(file));
  }

  @Test
  void impossibleArgumentsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> VaeShape.dense(0, 2));
    assertThrows(IllegalArgumentException.class, () -> VaeShape.dense(4, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> VaeShape.convolutional(new int[] {1, 6, 6}, 2, 5, 3, 3));
    assertThrows(IllegalArgumentException.class, () -> Scale.fixed(0));
    assertThrows(IllegalArgumentException.class, () -> Likelihood.gaussian(null));
    assertThrows(IllegalArgumentException.class, () -> Objective.bound().samples(0));
    assertThrows(IllegalArgumentException.class, () -> Objective.importanceWeighted(5).warmUp(10));
    Vae vae = Vae.create(VaeShape.dense(6, 2, 5), 1);
    assertThrows(IllegalArgumentException.class, () -> vae.encode(new float[1][5]));
    assertThrows(IllegalArgumentException.class, () -> vae.decode(new double[1][3]));
    assertThrows(IllegalArgumentException.class, () -> vae.bound(BarsAndStripes.all(4), 1));
  }
}
