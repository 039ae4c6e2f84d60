package org.lowerbound.hierarchy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lowerbound.data.BarsAndStripes;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.numerics.Logistic;
import org.lowerbound.train.Batch;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The schedule, the exact Gaussian case, the mixture of points and the network. */
class DiffusionTest {

  static List<NoiseSchedule> schedules() {
    return List.of(NoiseSchedule.linear(5, -7), NoiseSchedule.cosine(5, -7));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void aScheduleMeetsItsEndsAndItsRate(NoiseSchedule schedule) {
    assertEquals(5, schedule.logSnr(0), 1e-12);
    assertEquals(-7, schedule.logSnr(1), 1e-9);
    for (double t : new double[] {0.1, 0.5, 0.93}) {
      double slope = (schedule.logSnr(t + 1e-6) - schedule.logSnr(t - 1e-6)) / 2e-6;
      assertEquals(-slope, schedule.rate(t), 1e-5);
      assertEquals(1, Math.pow(schedule.alpha(t), 2) + Math.pow(schedule.sigma(t), 2), 1e-12);
      assertEquals(
          Math.log(schedule.snr(t)), 2 * Math.log(schedule.alpha(t) / schedule.sigma(t)), 1e-10);
    }
  }

  /** Against the conditional of the joint Gaussian of (z_s, z_t) given x. */
  @ParameterizedTest
  @MethodSource("schedules")
  void aStepBackIsTheConditionalOfTheJoint(NoiseSchedule schedule) {
    double s = 0.4;
    double t = 0.55;
    double a = schedule.alpha(s);
    double variance = Math.pow(schedule.sigma(s), 2);
    double shrink = schedule.alpha(t) / a;
    double covariance = shrink * variance;
    double[] back = schedule.back(s, t);
    double slope = covariance / Math.pow(schedule.sigma(t), 2);
    assertEquals(slope, back[0], 1e-12);
    assertEquals(a - slope * schedule.alpha(t), back[1], 1e-12);
    assertEquals(variance - slope * covariance, back[2], 1e-12);
    // The weight is half the squared shift of the mean over the variance.
    assertEquals(0.5 * back[1] * back[1] / back[2], schedule.weight(s, t), 1e-9);
  }

  @Test
  void aGaussiansBoundApproachesItsEvidenceAsOneOverSteps() {
    NoiseSchedule schedule = NoiseSchedule.linear(6, -8);
    double last = 0;
    for (int steps : new int[] {5, 160, 320, 640}) {
      GaussianDiffusion diffusion = new GaussianDiffusion(1.7, schedule, steps);
      double gap = diffusion.cost() - diffusion.entropy() - diffusion.remainder();
      assertTrue(gap > 0);
      if (steps > 160) {
        // The next order is 1/T: 2.03 at 320.
        assertEquals(2, last / gap, 0.05);
      }
      last = gap;
      // With the true variances nothing is lost, whatever the number of steps.
      assertEquals(diffusion.entropy() + diffusion.remainder(), diffusion.bestCost(), 1e-12);
    }
  }

  @Test
  void theScoreIsTheGradientOfTheLogDensity() {
    RandomGenerator random = Trainer.random(3);
    double[][] points = new double[6][3];
    for (double[] point : points) {
      Arrays.setAll(point, d -> random.nextGaussian());
    }
    PointMixture mixture = new PointMixture(points);
    double[] z = {0.3, -0.8, 0.5};
    double[] score = mixture.score(z, 0.8, 0.6);
    for (int d = 0; d < 3; d++) {
      double[] up = z.clone();
      double[] down = z.clone();
      up[d] += 1e-5;
      down[d] -= 1e-5;
      double slope = (mixture.logDensity(up, 0.8, 0.6) - mixture.logDensity(down, 0.8, 0.6)) / 2e-5;
      assertEquals(slope, score[d], 1e-8);
    }
  }

  private static Denoiser small() {
    return Denoiser.create(
        new DenoiserShape(4, 2), NoiseSchedule.linear(3, -5), 2, DataType.DOUBLE);
  }

  @Test
  void gradientsAreThoseOfCentralDifferences() {
    Denoiser denoiser = small();
    BinaryRows bars = BarsAndStripes.all(4);
    RandomGenerator random = Trainer.random(8);
    for (String name : denoiser.graph().parameterNames()) {
      INDArray value = denoiser.graph().parameter(name);
      // The last kernel is 0 at first, and where a unit is off its bias stands at the kink.
      for (long i = 0; i < value.length(); i++) {
        value.putScalar(i, value.getDouble(i) + random.nextDouble(0.02, 0.08));
      }
    }
    INDArray x = Nd4j.createFromArray(bars.rows(3, 6)).castTo(DataType.DOUBLE);
    GradientCheck check = GradientCheck.of(denoiser, denoiser.feed(Batch.of(x, Trainer.random(4))));
    assertTrue(check.largestError() < 1e-6, check.toString());
  }

  /** Before training the bound is that of independent pixels, up to 1/T and the schedule's ends. */
  @Test
  void beforeTrainingTheBoundIsThatOfIndependentPixels() {
    BinaryRows bars = BarsAndStripes.all(4);
    double[] ones = new double[16];
    for (float[] row : bars.rows(0, 30)) {
      for (int d = 0; d < 16; d++) {
        ones[d] += row[d];
      }
    }
    double independent = 0;
    for (double count : ones) {
      double logit = Math.log((count + 0.5) / (30 - count + 0.5));
      independent -= count / 30 * logit - Logistic.softplus(logit);
    }
    Denoiser denoiser =
        Denoiser.create(new DenoiserShape(4, 2), NoiseSchedule.linear(4, -9), 2).centred(bars);
    byte[][] many = new byte[600][];
    for (int i = 0; i < many.length; i++) {
      many[i] = bars.bits(i % 30);
    }
    Denoiser.Cost cost = denoiser.cost(BinaryRows.of("bars, many times", many), 400, 100, 5);
    // log 2 a pixel, as every pixel is black in half of the pictures.
    assertEquals(16 * Math.log(2), independent, 1e-9);
    assertEquals(independent, cost.mean(), 4 * cost.standardError() + 0.1);
  }

  @Test
  void costsOfAllStepsAndOfSomeAgree() {
    Denoiser denoiser = Denoiser.create(new DenoiserShape(4, 2), NoiseSchedule.linear(3, -5), 2);
    BinaryRows bars = BarsAndStripes.all(4);
    byte[][] many = new byte[300][];
    for (int i = 0; i < many.length; i++) {
      many[i] = bars.bits(i % 30);
    }
    BinaryRows data = BinaryRows.of("bars, many times", many);
    Denoiser.Cost all = denoiser.cost(data, 20, 20, 1);
    Denoiser.Cost some = denoiser.cost(data, 20, 5, 2);
    double error = Math.hypot(all.standardError(), some.standardError());
    assertEquals(all.mean(), some.mean(), 4 * error);
    double fromSteps = Arrays.stream(all.stepMeans()).sum();
    assertEquals(Arrays.stream(all.steps()).average().orElseThrow(), fromSteps, 1e-6);
    assertThrows(IllegalArgumentException.class, () -> denoiser.cost(data, 20, 3, 1));
  }

  /** What the chapter rests on: with training the cost falls below that of independent pixels. */
  @Test
  void trainingOnBarsFindsThem() {
    BinaryRows bars = BarsAndStripes.all(4);
    Denoiser denoiser =
        Denoiser.create(new DenoiserShape(4, 8), NoiseSchedule.linear(3, -6), 1).centred(bars);
    Trainer.fit(
        denoiser, bars, null, Training.epochs(500).batchSize(30).learningRate(5e-3).quiet());
    byte[][] many = new byte[300][];
    for (int i = 0; i < many.length; i++) {
      many[i] = bars.bits(i % 30);
    }
    Denoiser.Cost cost = denoiser.cost(BinaryRows.of("bars, many times", many), 100, 20, 3);
    // The entropy is log 30 = 3.40; 11.09 before training.
    assertTrue(cost.mean() > Math.log(30) - 4 * cost.standardError(), "" + cost.mean());
    assertTrue(cost.mean() < 6, "" + cost.mean());
    long whole = 0;
    for (float[] row : denoiser.sample(200, 100, Trainer.random(9))) {
      for (float[] bar : bars.rows(0, 30)) {
        whole += Arrays.equals(row, bar) ? 1 : 0;
      }
    }
    // 30 of 65,536 pictures are bars or stripes: chance finds none.
    assertTrue(whole > 100, whole + " of 200");
  }

  @Test
  void badInputIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.linear(-1, 2));
    assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.linear(1, -1).logSnr(1.2));
    assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.linear(1, -1).back(0.5, 0.5));
    assertThrows(IllegalArgumentException.class, () -> new DenoiserShape(6, 2));
    assertThrows(IllegalArgumentException.class, () -> new PointMixture(new double[0][]));
    String width =
        assertThrows(
                IllegalArgumentException.class,
                () -> small().guess(new float[][] {new float[9]}, 0.5))
            .getMessage();
    assertTrue(width.contains("Row 0 has 9 numbers; expected 16"), width);
    Map<String, String> description = small().description();
    assertTrue(description.get("schedule").contains("linear"), description.toString());
  }
}
