package org.lowerbound.train.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.entropy.SoftmaxRegression;
import org.lowerbound.made.Made;
import org.lowerbound.made.Masks;
import org.lowerbound.semisupervised.Labelled;
import org.lowerbound.semisupervised.M2;
import org.lowerbound.semisupervised.M2Objective;
import org.lowerbound.semisupervised.M2Shape;
import org.lowerbound.semisupervised.Summation;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.lowerbound.vae.Activation;
import org.lowerbound.vae.Dependence;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Objective;
import org.lowerbound.vae.PictureLaw;
import org.lowerbound.vae.Scale;
import org.lowerbound.vae.SpatialShape;
import org.lowerbound.vae.SpatialVae;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The two engines against each other on every model of the course, and what both promise. */
class EnginesTest {

  @BeforeAll
  static void libtorch() {
    assumeTrue(Libtorch.present(), "there is no build of libtorch for this platform");
    assertTrue(Libtorch.start(), Libtorch::failure);
  }

  private static List<Engine> both(Engine.Computation model) {
    return List.of(new TorchEngine(model), new SameDiffEngine(model));
  }

  private static Map<String, Model> models(DataType type) {
    Map<String, Model> models = new LinkedHashMap<>();
    List<Likelihood> likelihoods =
        List.of(
            Likelihood.bernoulli(),
            Likelihood.gaussian(Scale.fixed(0.5)),
            Likelihood.gaussian(Scale.shared(0.5)),
            Likelihood.gaussian(Scale.predicted(0.1)),
            Likelihood.discretisedLogistic(Scale.shared(0.3), 16));
    for (Likelihood likelihood : likelihoods) {
      VaeShape dense = VaeShape.dense(64, 3, 20).likelihood(likelihood);
      models.put("dense VAE, " + likelihood, Vae.create(dense, 1, type));
    }
    VaeShape dense = VaeShape.dense(64, 3, 20, 10);
    models.put("k samples", Vae.create(dense, 1, type).objective(Objective.bound().samples(3)));
    models.put(
        "importance-weighted",
        Vae.create(dense, 1, type).objective(Objective.importanceWeighted(4)));
    VaeShape conv = VaeShape.convolutional(new int[] {1, 8, 8}, 3, 12, 4, 6);
    models.put("conv VAE", Vae.create(conv.likelihood(likelihoods.get(1)), 1, type));
    models.put("conv VAE, two heads", Vae.create(conv.likelihood(likelihoods.get(3)), 1, type));
    List<Masks> masks = Masks.ensemble(2, 64, new int[] {30, 20}, true, 5);
    models.put("MADE", Made.create(Made.Shape.of(64, 30, 20).dropout(0.2), masks, 1, type));
    M2Objective objective = new M2Objective(0.5, 0.2, Summation.ALL);
    byte[][] bits = new byte[6][64];
    for (int i = 0; i < 6; i++) {
      for (int d = 0; d < 64; d++) {
        bits[i][d] = (byte) ((d + i) % 3 == 0 ? 1 : 0);
      }
    }
    BinaryRows rows = BinaryRows.of("six rows", bits);
    Labelled six = Labelled.of(rows, new int[] {0, 1, 2, 3, 4, 5}, new int[] {0, 1, 2, 0, 1, 2}, 3);
    models.put("M2", M2.create(M2Shape.bits(64, 3, 4, 12), objective, six, 1, type));
    models.put(
        "M2, reals",
        M2.create(
            M2Shape.reals(64, 3, 4, 12).activation(Activation.SOFTPLUS), objective, six, 1, type));
    return models;
  }

  private static Batch batch(DataType type, int rows, long step) {
    SplittableRandom random = new SplittableRandom(step);
    INDArray x = Nd4j.create(DataType.DOUBLE, rows, 64);
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, random.nextInt(2));
    }
    return Batch.of(x.castTo(type), Trainer.random(1, step)).inTraining(1, step);
  }

  @Test
  void lossesAndGradientsAreEqualOnEveryModelInBothPrecisions() {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      Map<String, Model> models = models(type);
      for (Map.Entry<String, Model> entry : models.entrySet()) {
        Map<String, INDArray> feed = entry.getValue().feed(batch(type, 7, 3));
        compare(entry.getKey() + ", " + type, entry.getValue(), feed);
      }
      ImageData digits = StrokeDigits.of(12, 1).materialised();
      Model softmax = SoftmaxRegression.of(digits, 0.1, type);
      Batch batch = Batch.of(softmax, digits, new int[] {1, 5, 7}, Trainer.random(1));
      compare("softmax regression, " + type, softmax, softmax.feed(batch.inTraining(1, 1)));
      PictureLaw logistic = PictureLaw.logistic();
      SpatialShape grid =
          SpatialShape.spatial(8, 4, 2, logistic.mixture(2).dependence(Dependence.BLOCK))
              .normalisation(SpatialShape.Normalisation.PICTURE);
      SpatialShape vector =
          SpatialShape.vector(8, 4, 3, logistic.dependence(Dependence.CHANNELS)).blocks(2);
      for (SpatialShape shape : List.of(grid, vector)) {
        SpatialVae pictures = SpatialVae.create(shape, 1, type);
        INDArray levels = Nd4j.create(DataType.DOUBLE, 5, 192);
        for (long i = 0; i < levels.length(); i++) {
          levels.putScalar(i, i * 37 % 256 / 255.0);
        }
        Batch five = Batch.of(levels.castTo(type), Trainer.random(2)).inTraining(1, 1);
        compare(shape + ", " + type, pictures, pictures.feed(five));
      }
    }
  }

  private static void compare(String name, Model model, Map<String, INDArray> feed) {
    Engine.Computation computation = Trial.computation(model.graph());
    boolean exact = computation.flat().dataType() == DataType.DOUBLE;
    List<double[]> terms = new ArrayList<>();
    List<Map<String, INDArray>> gradients = new ArrayList<>();
    for (Engine engine : both(computation)) {
      terms.add(engine.differentiate(feed, 0));
      gradients.add(engine.gradients());
      engine.close();
    }
    for (int i = 0; i < terms.get(0).length; i++) {
      double size = Math.max(1, Math.abs(terms.get(1)[i]));
      assertEquals(terms.get(1)[i], terms.get(0)[i], (exact ? 1e-9 : 1e-5) * size, name);
    }
    assertEquals(
        0, Trial.difference(gradients.get(1), gradients.get(0)), exact ? 1e-8 : 1e-4, name);
  }

  @Test
  void fiftyStepsOfTrainingEndInTheSameLoss() {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      Map<String, Model> models = models(type);
      for (String name : List.of("k samples", "conv VAE", "MADE")) {
        Model model = models.get(name);
        double[] last = new double[2];
        for (int e = 0; e < 2; e++) {
          Engine.Computation own = Trial.computation(model.graph());
          Engine engine = both(own).get(e);
          engine.moments(null);
          for (int step = 0; step < 50; step++) {
            // Decay and clipping, too.
            last[e] = engine.differentiate(model.feed(batch(type, 6, step)), 0.01)[0];
            engine.update(step % 2 == 0 ? 1 : 0.5, 1e-3, 0.01);
          }
          engine.close();
        }
        // Adam divides by a root that may be tiny: single precision differs in the fifth digit.
        double tolerance = (type == DataType.DOUBLE ? 1e-8 : 1e-4) * Math.max(1, last[1]);
        assertEquals(last[1], last[0], tolerance, name + ", " + type);
      }
    }
  }

  @Test
  void adamFollowsTheAlgorithmInBothPrecisions() {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      for (int e = 0; e < 2; e++) {
        int n = 2085;
        SplittableRandom random = new SplittableRandom(3);
        double[] theta = random.doubles(n, -2, 2).toArray();
        Trial trial = new Trial(type, 1);
        trial.feed.put("g", Nd4j.zeros(type, n));
        SDVariable w = trial.sd.var("w", Nd4j.createFromArray(theta).castTo(type));
        w.mul(trial.sd.placeHolder("g", type, n)).sum().rename("loss");
        Engine.Computation model = trial.computation();
        Engine engine = both(model).get(e);
        engine.moments(null);
        double[] m = new double[n];
        double[] v = new double[n];
        double lambda = 0.03;
        for (int t = 1; t <= 20; t++) {
          double[] g = random.doubles(n, -1, 1).toArray();
          double scale = t % 2 == 0 ? 1 : 0.25;
          Map<String, INDArray> feed = Map.of("g", Nd4j.createFromArray(g).castTo(type));
          double norm = 0;
          for (int i = 0; i < n; i++) {
            norm += (g[i] + lambda * theta[i]) * (g[i] + lambda * theta[i]);
          }
          assertEquals(Math.sqrt(norm), engine.differentiate(feed, lambda)[1], 1e-4);
          engine.update(scale, 0.01, lambda);
          for (int i = 0; i < n; i++) {
            double slope = scale * (g[i] + lambda * theta[i]);
            m[i] = 0.9 * m[i] + 0.1 * slope;
            v[i] = 0.999 * v[i] + 0.001 * slope * slope;
            double mHat = m[i] / (1 - Math.pow(0.9, t));
            double vHat = v[i] / (1 - Math.pow(0.999, t));
            theta[i] -= 0.01 * mHat / (Math.sqrt(vHat) + 1e-8);
          }
          // The gradients are only read.
          assertArrayEquals(
              g, engine.gradients().get("w").toDoubleVector(), 1e-6, "gradient after the update");
        }
        // In single precision 20 steps of 0.01 round by about 1e-6.
        assertArrayEquals(
            theta, model.flat().toDoubleVector(), type == DataType.FLOAT ? 5e-6 : 1e-12);
        Engine.Moments state = engine.moments();
        assertArrayEquals(m, state.m(), 1e-6);
        assertEquals(20, state.updates());
        engine.close();
      }
    }
  }

  @Test
  void anIdleParameterHasTheGradientOfItsPenaltyInEveryStep() {
    Trial trial = new Trial(DataType.FLOAT, 1);
    trial.sd.var("idle", Nd4j.ones(DataType.FLOAT, 1));
    SDVariable w = trial.sd.var("w", Nd4j.zeros(DataType.FLOAT, 1));
    w.mul(0).sum().rename("loss");
    for (Engine engine : both(trial.computation())) {
      engine.moments(null);
      for (int step = 0; step < 3; step++) {
        assertEquals(0.1, engine.differentiate(Map.of(), 0.1)[1], 1e-7, "step " + step);
        assertEquals(0, engine.gradients().get("idle").getDouble(0));
      }
      engine.close();
    }
  }

  @Test
  void aConstantGradientFollowsTheBatchInBothPrecisions() {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      Trial trial = new Trial(type, 1);
      SDVariable b = trial.sd.var("b", Nd4j.zeros(type, 1));
      trial.sd.placeHolder("x", type, -1, 1).add(b).sum().rename("loss");
      for (Engine engine : both(trial.computation())) {
        for (int rows : new int[] {3, 2, 3, 2}) {
          engine.differentiate(Map.of("x", Nd4j.ones(type, rows, 1)), 0);
          assertEquals(rows, engine.gradients().get("b").getDouble(0), 0);
        }
        engine.close();
      }
    }
  }

  @Test
  void whatIsChangedInPlaceIsSeenUnlessItIsSaidToLast() {
    Trial trial = new Trial(DataType.DOUBLE, 1);
    trial.sd.var("w", Nd4j.ones(DataType.DOUBLE, 1));
    INDArray constant = Nd4j.createFromArray(5.0);
    SDVariable x = trial.sd.placeHolder("x", DataType.DOUBLE, 1);
    SDVariable kept = trial.sd.placeHolder("kept", DataType.DOUBLE, 1);
    SDVariable c = trial.sd.constant("c", constant);
    x.mul(2).add(kept).add(c).add(trial.sd.getVariable("w")).sum().rename("loss");
    Engine.Computation plain = trial.computation();
    Engine.Computation model =
        new Engine.Computation(
            plain.sameDiff(),
            plain.loss(),
            plain.terms(),
            plain.parameters(),
            plain.flat(),
            Set.of("kept"));
    for (Engine engine : both(model)) {
      INDArray fed = Nd4j.createFromArray(1.0);
      INDArray lasting = Nd4j.createFromArray(100.0);
      Map<String, INDArray> feed = Map.of("x", fed, "kept", lasting);
      trial.sd.getVariable("c").getArr().assign(5.0);
      assertEquals(108, engine.forward(feed, List.of("loss")).get("loss").getDouble(0));
      fed.assign(10.0);
      trial.sd.getVariable("c").getArr().assign(6.0);
      assertEquals(127, engine.forward(feed, List.of("loss")).get("loss").getDouble(0));
      Map<String, INDArray> other = Map.of("x", fed, "kept", Nd4j.createFromArray(200.0));
      assertEquals(227, engine.forward(other, List.of("loss")).get("loss").getDouble(0));
      engine.close();
    }
  }

  @Test
  void viewsAndColumnMajorArraysMayBeFed() {
    Trial trial = new Trial(DataType.FLOAT, 1);
    SDVariable w = trial.sd.var("w", Nd4j.linspace(DataType.FLOAT, 1.0, 1.0, 3));
    trial.sd.placeHolder("x", DataType.FLOAT, -1, 3).mul(w).sum(1).rename("rows");
    trial.sd.getVariable("rows").sum().rename("loss");
    INDArray all = Nd4j.linspace(DataType.FLOAT, 1.0, 1.0, 24).reshape(4, 6);
    INDArray view = all.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 5));
    // Rows 3 4 5, 9 10 11, … times 1 2 3.
    double[] expected = {26, 62, 98, 134};
    for (INDArray fed : List.of(view, view.dup('f'), view.castTo(DataType.DOUBLE))) {
      for (Engine engine : both(trial.computation())) {
        INDArray rows = engine.forward(Map.of("x", fed), List.of("rows")).get("rows");
        assertArrayEquals(expected, rows.toDoubleVector(), 1e-5);
        engine.close();
      }
    }
  }

  @Test
  void aValueThatIsNotFiniteIsNamedForwardsAndBackwards() {
    Trial trial = new Trial(DataType.DOUBLE, 1);
    SDVariable w = trial.sd.var("w", Nd4j.createFromArray(0.0, 1.0));
    SDVariable x = trial.sd.placeHolder("x", DataType.DOUBLE, 2);
    SDVariable root = trial.sd.math.sqrt("root", w);
    trial.sd.math.log("logarithm", x).add(root).sum().rename("loss");
    Engine torch = new TorchEngine(trial.computation());
    torch.differentiate(Map.of("x", Nd4j.createFromArray(1.0, -1.0)), 0);
    assertEquals("'logarithm' (operation log)", torch.firstNotFinite());
    double norm = torch.differentiate(Map.of("x", Nd4j.createFromArray(1.0, 1.0)), 0)[1];
    assertTrue(Double.isInfinite(norm));
    assertEquals("the derivative by the parameter 'w'", torch.firstNotFinite());
    Engine plain = new SameDiffEngine(trial.computation());
    plain.differentiate(Map.of("x", Nd4j.createFromArray(1.0, -1.0)), 0);
    assertEquals("'logarithm' (operation log)", plain.firstNotFinite());
  }

  @Test
  void aTermThatIsNotOneNumberAndAMissingInputAreRefused() {
    Trial trial = new Trial(DataType.DOUBLE, 1);
    SDVariable w = trial.sd.var("w", Nd4j.ones(DataType.DOUBLE, 3));
    trial.sd.placeHolder("x", DataType.DOUBLE, 3).mul(w).rename("loss");
    for (Engine engine : both(trial.computation())) {
      Map<String, INDArray> feed = Map.of("x", Nd4j.ones(DataType.DOUBLE, 3));
      IllegalArgumentException shape =
          assertThrows(IllegalArgumentException.class, () -> engine.differentiate(feed, 0));
      assertTrue(shape.getMessage().contains("'loss' must be one number"), shape.getMessage());
      IllegalArgumentException missing =
          assertThrows(IllegalArgumentException.class, () -> engine.differentiate(Map.of(), 0));
      assertTrue(missing.getMessage().contains("placeholder 'x'"), missing.getMessage());
      engine.close();
    }
  }

  private static double[] trained(Model model, int steps) {
    Engine.Computation own = Trial.computation(model.graph());
    try (Engine engine = new TorchEngine(own)) {
      engine.moments(null);
      for (int step = 0; step < steps; step++) {
        engine.differentiate(model.feed(batch(DataType.FLOAT, 50, step)), 0);
        engine.update(1, 1e-3, 0);
      }
    }
    return own.flat().toDoubleVector();
  }

  @Test
  void theSameSeedGivesTheSameNumbersWithAnyNumberOfThreadsEachTime() {
    Model model = models(DataType.FLOAT).get("k samples");
    int before = torch.get_num_threads();
    try {
      for (int threads : new int[] {1, 2}) {
        torch.set_num_threads(threads);
        assertArrayEquals(trained(model, 20), trained(model, 20), 0);
      }
    } finally {
      torch.set_num_threads(before);
    }
  }

  @Test
  void twoModelsInTwoThreadsDoNotDisturbEachOther() {
    Map<String, Model> models = models(DataType.FLOAT);
    List<Model> two = List.of(models.get("k samples"), models.get("conv VAE"));
    List<double[]> alone = two.stream().map(model -> trained(model, 20)).toList();
    List<CompletableFuture<double[]>> together =
        two.stream().map(m -> CompletableFuture.supplyAsync(() -> trained(m, 20))).toList();
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(alone.get(i), together.get(i).join(), 0);
    }
  }

  @Test
  void trainingAgainAndAgainDoesNotGrowMemory() {
    Model model = models(DataType.FLOAT).get("conv VAE");
    long[] used = new long[12];
    for (int run = 0; run < used.length; run++) {
      trained(model, 30);
      System.gc();
      used[run] = Pointer.physicalBytes();
    }
    long growth = Arrays.stream(used, 6, 12).max().getAsLong() - used[3];
    assertTrue(growth < 40L << 20, "grew by " + (growth >> 20) + " MiB");
  }

  @Test
  void threadsAreTakenFromTheEnvironment() {
    assertEquals(
        3, Libtorch.threads(Map.of("LOWERBOUND_THREADS", "3", "OMP_NUM_THREADS", "1")::get));
    assertEquals(1, Libtorch.threads(Map.of("OMP_NUM_THREADS", "1")::get));
    assertEquals(0, Libtorch.threads(Map.of("OMP_NUM_THREADS", "many")::get));
  }
}
