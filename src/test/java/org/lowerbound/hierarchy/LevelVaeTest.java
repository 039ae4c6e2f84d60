package org.lowerbound.hierarchy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.StreetDigits;
import org.lowerbound.hierarchy.LevelShape.Normalisation;
import org.lowerbound.hierarchy.LevelShape.Posteriors;
import org.lowerbound.train.Batch;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.vae.ColourPictures;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Scale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The square, its harmonic fill, and the network over it. */
class LevelVaeTest {

  private static final Hole HOLE = new Hole(8, 4);
  private static final ImageData DATA =
      ColourPictures.halved(ColourPictures.halved(StreetDigits.of(60, 3).materialised()));

  private static LevelVae vae(Posteriors posterior, Normalisation normalisation) {
    LevelShape shape =
        LevelShape.of(HOLE, 1, 1, 2).posterior(posterior).normalisation(normalisation);
    LevelVae vae = LevelVae.create(shape, WarmUp.none(), 3, DataType.DOUBLE).centred(DATA);
    RandomGenerator random = Trainer.random(6);
    for (String name : vae.graph().parameterNames()) {
      // Where all units below are off, a ReLU stands at its bias: not at the kink, then.
      INDArray value = vae.graph().parameter(name);
      for (long i = 0; name.endsWith(".b") && i < value.length(); i++) {
        value.putScalar(i, value.getDouble(i) + random.nextDouble(0.02, 0.05));
      }
    }
    return vae;
  }

  @ParameterizedTest
  @EnumSource(Posteriors.class)
  void gradientsAreThoseOfCentralDifferences(Posteriors posterior) {
    LevelVae vae =
        vae(
            posterior,
            posterior == Posteriors.FACTORISED ? Normalisation.BATCH : Normalisation.NONE);
    INDArray x = Nd4j.createFromArray(DATA.rows(0, 3)).castTo(DataType.DOUBLE);
    GradientCheck check = GradientCheck.of(vae, vae.feed(Batch.of(x, Trainer.random(5))));
    assertTrue(check.largestError() < 1e-5, check.toString());
  }

  @ParameterizedTest
  @EnumSource(Posteriors.class)
  void levelsAndReconstructionSumToTheBound(Posteriors posterior) {
    LevelVae vae = vae(posterior, Normalisation.NONE);
    LevelTerms terms = vae.terms(DATA, 7, 1);
    assertTrue(terms.largestMismatch() < 1e-9, "" + terms.largestMismatch());
    for (double[] level : terms.kl()) {
      assertTrue(Arrays.stream(level).min().orElseThrow() >= 0);
      assertTrue(Arrays.stream(level).max().orElseThrow() > 1e-3, "something is coded");
    }
    LevelTerms prior = vae.priorTerms(DATA, 7, 1);
    for (double[] level : prior.kl()) {
      assertEquals(0, Arrays.stream(level).max().orElseThrow(), 1e-12);
    }
    // Nothing is normalised: neighbours do not matter.
    assertArrayEquals(terms.bound(), vae.terms(DATA, 60, 1).bound(), 1e-9);
  }

  @Test
  void thePriorDoesNotSeeTheSquare() {
    LevelVae vae = vae(Posteriors.TOP_DOWN, Normalisation.NONE);
    float[][] pictures = DATA.rows(0, 4);
    float[][] black = HOLE.paste(pictures, new float[4][HOLE.features()]);
    float[][] noise = vae.noise(4, Trainer.random(2), 1, 2);
    float[][] drawn = vae.inpaint(pictures, noise);
    float[][] blackDrawn = vae.inpaint(black, noise);
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(drawn[i], blackDrawn[i], 0f);
    }
    // The posterior does.
    assertNotEquals(
        vae.reconstruct(pictures)[0][5], vae.reconstruct(black)[0][5], 1e-9, "reconstruction");
  }

  @Test
  void aFactorisedPosteriorDoesNotSeeTheLatentsAbove() {
    for (Posteriors posterior : Posteriors.values()) {
      // Wide enough that not all units of a level are off.
      LevelShape shape = LevelShape.of(HOLE, 6, 2, 4).posterior(posterior);
      LevelVae vae = LevelVae.create(shape, WarmUp.none(), 3, DataType.DOUBLE);
      INDArray x = Nd4j.createFromArray(DATA.rows(0, 2)).castTo(DataType.DOUBLE);
      Map<String, INDArray> feed = new HashMap<>(vae.feed(Batch.of(x, Trainer.random(5))));
      INDArray before = Trainer.evaluate(vae, feed, "mean 1").get("mean 1");
      INDArray noise = feed.get("noise").dup();
      noise.putScalar(0, vae.shape().offset(2), noise.getDouble(0, vae.shape().offset(2)) + 3);
      feed.put("noise", noise);
      INDArray after = Trainer.evaluate(vae, feed, "mean 1").get("mean 1");
      double moved = before.sub(after).amaxNumber().doubleValue();
      assertEquals(posterior == Posteriors.TOP_DOWN, moved > 1e-9, posterior + " " + moved);
    }
  }

  @Test
  void liveStatisticsMakeABoundDependOnItsNeighboursAndMeasuredOnesDoNot() {
    LevelVae vae = vae(Posteriors.FACTORISED, Normalisation.BATCH);
    double[] five = vae.terms(DATA, 5, 1).bound();
    double[] sixty = vae.terms(DATA, 60, 1).bound();
    double largest = 0;
    for (int i = 0; i < five.length; i++) {
      largest = Math.max(largest, Math.abs(five[i] - sixty[i]));
    }
    assertTrue(largest > 0.01, "" + largest);
    vae.measured(DATA, 20);
    assertArrayEquals(vae.terms(DATA, 5, 1).bound(), vae.terms(DATA, 60, 1).bound(), 1e-9);
    vae.live();
    assertArrayEquals(five, vae.terms(DATA, 5, 1).bound(), 1e-9);
    assertThrows(
        IllegalStateException.class,
        () -> vae(Posteriors.TOP_DOWN, Normalisation.NONE).measured(DATA, 20));
  }

  @Test
  void theGraphsReconstructionIsThatOfItsCentresAndScales() {
    LevelVae vae = vae(Posteriors.TOP_DOWN, Normalisation.NONE);
    INDArray x = Nd4j.createFromArray(DATA.rows(5, 6)).castTo(DataType.DOUBLE);
    Map<String, INDArray> values =
        Trainer.evaluate(
            vae, vae.feed(Batch.of(x, Trainer.random(5))), "centre", "scale", "row reconstruction");
    Likelihood law = Likelihood.discretisedLogistic(Scale.fixed(1), 256);
    double sum = 0;
    float[] square = HOLE.cut(DATA.rows(5, 6)[0]);
    for (int d = 0; d < square.length; d++) {
      sum +=
          law.logProbability(
              square[d], values.get("centre").getDouble(0, d), values.get("scale").getDouble(0, d));
    }
    assertEquals(sum, values.get("row reconstruction").getDouble(0), 1e-4);
  }

  @Test
  void trainingImprovesTheBoundOverTheHarmonicFill() {
    LevelVae vae = LevelVae.create(LevelShape.of(HOLE, 4, 2, 4), 1).centred(DATA);
    double before = vae.terms(DATA, 60, 1).meanBound();
    Trainer.fit(
        vae, DATA, null, Training.epochs(60).batchSize(20).learningRate(3e-3).clip(1000).quiet());
    double after = vae.terms(DATA, 60, 1).meanBound();
    assertTrue(after > before + 5, before + " to " + after);
  }

  @Test
  void warmUpRaisesOneLevelAfterTheOther() {
    WarmUp warmUp = new WarmUp(100);
    assertEquals(0.5, warmUp.weight(1, 50));
    assertEquals(0, warmUp.weight(2, 50));
    assertEquals(1, warmUp.weight(1, 150));
    assertEquals(0.5, warmUp.weight(2, 150));
    assertEquals(1, warmUp.weight(3, 1000));
    assertEquals(1, WarmUp.none().weight(3, 0));
  }

  @Test
  void aSquareIsCutAndPasted() {
    float[] picture = DATA.rows(0, 1)[0];
    float[] square = HOLE.cut(picture);
    assertEquals(48, square.length);
    // Channel 1, row 0, column 3 of the square is row 2, column 5 of the picture.
    assertEquals(picture[64 + 2 * 8 + 5], square[16 + 3]);
    assertArrayEquals(picture, HOLE.paste(picture, square));
    assertEquals(1, HOLE.depth(16 + 3));
    assertEquals(2, HOLE.depth(5));
    assertThrows(IllegalArgumentException.class, () -> new Hole(8, 5));
    assertThrows(IllegalArgumentException.class, () -> new Hole(8, 8));
    assertThrows(IllegalArgumentException.class, () -> HOLE.cut(new float[5]));
  }

  /** u = x, u = y and u = xy satisfy the equations and are their own fill; a mean is a mean. */
  @Test
  void harmonicFunctionsAreTheirOwnFill() {
    Harmonic harmonic = Harmonic.of(HOLE);
    float[] picture = new float[192];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < 8; y++) {
        for (int x = 0; x < 8; x++) {
          picture[c * 64 + y * 8 + x] = c == 0 ? x : c == 1 ? y : x * y;
        }
      }
    }
    float[] fill = harmonic.fill(HOLE.paste(picture, new float[48]));
    assertArrayEquals(HOLE.cut(picture), fill, 1e-5f);
    for (double[] row : harmonic.weights()) {
      assertEquals(1, Arrays.stream(row).sum(), 1e-12);
      assertTrue(Arrays.stream(row).min().orElseThrow() >= 0, "the maximum principle");
    }
  }

  @Test
  void theFittedLawIsTheLikeliest() {
    Harmonic harmonic = Harmonic.of(HOLE).fit(DATA);
    float[][] rows = DATA.rows(0, 60);
    double bits = harmonic.bits(rows);
    assertTrue(bits > 2 && bits < 8, "" + bits);
    assertEquals(2, harmonic.scales().length - 1);
    assertThrows(IllegalStateException.class, () -> Harmonic.of(HOLE).bits(rows));
    assertTrue(harmonic.scales()[2] > harmonic.scales()[1], "deeper is less certain");
  }

  @Test
  void badShapesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> LevelShape.of(HOLE, 1, 2));
    assertThrows(IllegalArgumentException.class, () -> LevelShape.of(HOLE, 1, 2, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> LevelShape.of(new Hole(8, 6), 1, 2, 2));
    LevelVae vae = vae(Posteriors.TOP_DOWN, Normalisation.NONE);
    ImageData large = StreetDigits.of(2, 1).materialised();
    String message =
        assertThrows(IllegalArgumentException.class, () -> vae.terms(large, 5, 1)).getMessage();
    assertTrue(message.contains("[3, 8, 8]"), message);
    assertThrows(IllegalArgumentException.class, () -> vae.noise(1, Trainer.random(1), 3));
    assertEquals(2, LevelShape.of(new Hole(32, 16), 8, 4, 8, 16).grid(2) / 2);
  }
}
