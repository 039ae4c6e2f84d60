package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.StreetDigits;
import org.lowerbound.train.Batch;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.History;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SpatialVaeTest {

  private static final int SIDE = 8;

  /** 60 pictures of 8×8, every fourth pixel of StreetDigits. */
  private static final ImageData DATA = small(60);

  private static ImageData small(int count) {
    ImageData big = StreetDigits.of(count, 1).materialised();
    byte[][] pixels = new byte[count][3 * SIDE * SIDE];
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      byte[] from = big.pixels(i);
      for (int d = 0; d < pixels[i].length; d++) {
        int c = d / 64;
        pixels[i][d] = from[c * 1024 + (d / 8 % 8) * 4 * 32 + d % 8 * 4];
      }
      labels[i] = (byte) big.label(i);
    }
    return ImageData.of(big.provenance(), new int[] {3, SIDE, SIDE}, 10, pixels, labels);
  }

  private static final PictureLaw LOGISTIC = PictureLaw.logistic();

  private static List<PictureLaw> laws() {
    return List.of(
        PictureLaw.of(Likelihood.bernoulli()),
        PictureLaw.of(Likelihood.gaussian(Scale.fixed(0.1))),
        PictureLaw.of(Likelihood.gaussian(Scale.predicted(0.01))),
        PictureLaw.of(Likelihood.discretisedLogistic(Scale.shared(0.05), 256)),
        LOGISTIC.dependence(Dependence.CHANNELS),
        LOGISTIC.mixture(3).dependence(Dependence.BLOCK));
  }

  private static SpatialVae vae(SpatialShape shape) {
    return SpatialVae.create(shape, 3, DataType.DOUBLE).centred(DATA);
  }

  private static Batch batch(int rows) {
    INDArray x = Nd4j.createFromArray(DATA.rows(0, rows)).castTo(DataType.DOUBLE);
    return Batch.of(x, Trainer.random(5));
  }

  @ParameterizedTest
  @MethodSource("laws")
  void gradientsAreThoseOfCentralDifferences(PictureLaw law) {
    SpatialVae vae =
        vae(
            SpatialShape.spatial(SIDE, 1, 1, law)
                .normalisation(SpatialShape.Normalisation.PICTURE));
    // Differences of a loss of 1,000 nats and more are good to 1e-7.
    check(vae);
  }

  private static void check(SpatialVae vae) {
    SplittableRandom random = new SplittableRandom(6);
    for (String name : vae.graph().parameterNames()) {
      // Where all units below are off, a ReLU stands at its bias: not at the kink, then.
      INDArray value = vae.graph().parameter(name);
      for (long i = 0; name.endsWith(".b") && i < value.length(); i++) {
        value.putScalar(i, value.getDouble(i) + random.nextDouble(0.02, 0.05));
      }
    }
    GradientCheck check = GradientCheck.of(vae, vae.feed(batch(2)));
    assertTrue(check.largestError() < 1e-6, check.toString());
  }

  @Test
  void gradientsOfTheOtherArrangements() {
    PictureLaw law = LOGISTIC.dependence(Dependence.BLOCK);
    SpatialVae vector = vae(SpatialShape.vector(SIDE, 1, 2, law));
    check(vector);
    SpatialVae linear = principal(SpatialShape.principal(SIDE, 1, 2, law).blocks(1));
    check(linear);
  }

  private static SpatialVae principal(SpatialShape shape) {
    PictureGaussian gaussian = PictureGaussian.fit(new Dequantised(DATA), 1);
    return SpatialVae.onPrincipal(shape, gaussian, DATA, 3, DataType.DOUBLE);
  }

  /** What the page says of a sub-pixel, in plain Java. */
  @ParameterizedTest
  @MethodSource("laws")
  void theGraphsProbabilityIsThatOfTheLawWrittenOut(PictureLaw law) {
    SpatialVae vae = vae(SpatialShape.vector(SIDE, 3, 2, law));
    double[][] z = {{0.3, -1.2}};
    float[][] x = DATA.rows(7, 8);
    assertEquals(byHand(vae, x[0], z), vae.logProbability(x, z)[0], 1e-5);
  }

  private static double byHand(SpatialVae vae, float[] x, double[][] z) {
    PictureLaw law = vae.shape().law();
    int k = law.components();
    List<String> names = new ArrayList<>();
    for (int c = 0; c < k; c++) {
      names.add("decoded centre" + c);
      if (law.component().scale() != null) {
        names.add("decoded scale" + c);
      }
      if (k > 1) {
        names.add("decoded weight" + c);
      }
    }
    if (law.dependence() != Dependence.NONE) {
      names.add("decoded seen");
    }
    Map<String, INDArray> out =
        Trainer.evaluate(vae, Map.of("z", Nd4j.createFromArray(z)), names.toArray(String[]::new));
    List<int[]> pairs = law.dependence().pairs();
    double sum = 0;
    for (int h = 0; h < SIDE / 2; h++) {
      for (int w = 0; w < SIDE / 2; w++) {
        double[] block = new double[12];
        double[] middle = new double[12];
        for (int i = 0; i < 12; i++) {
          // Pixel by pixel from the top left, red before green before blue.
          int at = i % 3 * 64 + (2 * h + i / 6) * SIDE + 2 * w + i / 3 % 2;
          block[i] = x[at];
          double shift = 0;
          for (int p = 0; p < pairs.size(); p++) {
            if (pairs.get(p)[0] == i) {
              int j = pairs.get(p)[1];
              shift += out.get("decoded seen").getDouble(0, p, h, w) * (block[j] - middle[j]);
            }
          }
          double[] centre = new double[k];
          double[] scale = new double[k];
          double[] weight = new double[k];
          long flat = (i * (SIDE / 2L) + h) * (SIDE / 2) + w;
          for (int c = 0; c < k; c++) {
            double own = out.get("decoded centre" + c).getDouble(0, i, h, w);
            middle[i] += own / k;
            centre[c] = own + shift;
            INDArray scales = out.get("decoded scale" + c);
            scale[c] = scales == null ? 1 : scales.getDouble(scales.length() == 1 ? 0 : flat);
            weight[c] = k == 1 ? 0 : out.get("decoded weight" + c).getDouble(0, flat);
          }
          sum += law.logProbability(block[i], weight, centre, scale);
        }
      }
    }
    return sum;
  }

  @Test
  void aMixtureOfDiscretisedLogisticsSumsToOne() {
    PictureLaw law = LOGISTIC.mixture(3);
    double[] logits = {2, -1, 0.5};
    double[] centres = {-0.2, 0.4, 1.3};
    double[] scales = {0.001, 0.2, 0.02};
    double sum = 0;
    for (int level = 0; level < 256; level++) {
      sum += Math.exp(law.logProbability(level / 255.0, logits, centres, scales));
    }
    assertEquals(1, sum, 1e-12);
  }

  @Test
  void inARowTheLawOfABlockSumsToOne() {
    // Two levels and the three channels of a pixel: 8 outcomes of a product of conditional laws.
    PictureLaw law =
        PictureLaw.of(Likelihood.discretisedLogistic(Scale.fixed(0.3), 2))
            .dependence(Dependence.CHANNELS);
    double[] mean = {0.2, 0.7, 0.4};
    double[][] c = {{}, {0.8}, {-0.5, 1.1}};
    double sum = 0;
    for (int bits = 0; bits < 8; bits++) {
      double log = 0;
      for (int i = 0; i < 3; i++) {
        double centre = mean[i];
        for (int j = 0; j < i; j++) {
          centre += c[i][j] * ((bits >> j & 1) - mean[j]);
        }
        log +=
            law.logProbability(
                bits >> i & 1, new double[1], new double[] {centre}, new double[] {0.3});
      }
      sum += Math.exp(log);
    }
    assertEquals(1, sum, 1e-12);
  }

  @Test
  void dependencesAreTriangular() {
    assertEquals(0, Dependence.NONE.pairs().size());
    assertEquals(12, Dependence.CHANNELS.pairs().size());
    assertEquals(66, Dependence.BLOCK.pairs().size());
    for (int[] pair : Dependence.BLOCK.pairs()) {
      assertTrue(pair[1] < pair[0]);
    }
    for (int[] pair : Dependence.CHANNELS.pairs()) {
      assertEquals(pair[0] / 3, pair[1] / 3, "the same pixel");
    }
  }

  /** With exact posteriors every importance weight is p(x): the PPCA density in closed form. */
  @Test
  void onPrincipalComponentsWithFixedNoiseItIsProbabilisticPca() {
    PictureGaussian gaussian = PictureGaussian.fit(new Dequantised(DATA), 1);
    double unit = 256.0 / 255;
    double[] values = gaussian.eigenvalues();
    // 60 pictures span 59 directions: what lies beyond is the dequantisation alone, about 1e-6.
    Arrays.setAll(values, j -> Math.max(1e-9, (values[j] - 1 / 12.0 / 65536) * unit * unit));
    int q = 5;
    double noise = Arrays.stream(values, q, values.length).average().orElseThrow();
    PictureLaw law = PictureLaw.of(Likelihood.gaussian(Scale.fixed(Math.sqrt(noise))));
    SpatialVae vae = principal(SpatialShape.principal(SIDE, 1, q, law));
    for (String name : vae.graph().parameterNames()) {
      if (name.startsWith("decoder.centre")) {
        vae.graph().parameter(name).assign(0);
      }
    }
    double[][] u = gaussian.directions(q);
    double[] mean = gaussian.mean();
    float[][] x = DATA.rows(0, 4);
    double[] estimate = vae.logLikelihood(x, 1, 9);
    for (int i = 0; i < x.length; i++) {
      double[] off = new double[mean.length];
      double rest = 0;
      for (int d = 0; d < off.length; d++) {
        off[d] = x[i][d] - (mean[d] - 1 / 512.0) * unit;
        rest += off[d] * off[d];
      }
      double expected = -0.5 * mean.length * Math.log(2 * Math.PI);
      for (int j = 0; j < q; j++) {
        double along = 0;
        for (int d = 0; d < off.length; d++) {
          along += u[j][d] * off[d];
        }
        rest -= along * along;
        expected -= 0.5 * (Math.log(values[j]) + along * along / values[j]);
      }
      expected -= 0.5 * ((mean.length - q) * Math.log(noise) + rest / noise);
      // The affine maps are kept in single precision.
      assertEquals(expected, estimate[i], 1e-2);
    }
  }

  @Test
  void aPicturesValueDoesNotDependOnItsBatch() {
    SpatialVae vae =
        vae(
            SpatialShape.spatial(SIDE, 4, 2, LOGISTIC)
                .normalisation(SpatialShape.Normalisation.PICTURE));
    double[][] z = vae.prior(5, 1, new SplittableRandom(1));
    float[][] x = DATA.rows(0, 5);
    double[] together = vae.logProbability(x, z);
    double alone = vae.logProbability(new float[][] {x[3]}, new double[][] {z[3]})[0];
    assertEquals(alone, together[3], 1e-9);
    assertArrayEquals(vae.encode(new float[][] {x[3]}).mean()[0], vae.encode(x).mean()[3], 1e-12);
  }

  @Test
  void drawsHaveTheMeanAndTheDeviationThatAreShown() {
    for (PictureLaw law : List.of(LOGISTIC, LOGISTIC.mixture(2).dependence(Dependence.BLOCK))) {
      SpatialVae vae = vae(SpatialShape.vector(SIDE, 3, 2, law));
      double[][] z = new double[4000][];
      Arrays.fill(z, new double[] {0.5, -0.5});
      float[][] draws = vae.draw(z, new SplittableRandom(2));
      float[] mean = vae.decode(Arrays.copyOf(z, 1))[0];
      float[] deviation = vae.deviation(Arrays.copyOf(z, 1))[0];
      // The first sub-pixel of a block sees no other: its draws have just this law, cut at 0 and 1.
      double sum = 0;
      double squares = 0;
      for (float[] draw : draws) {
        sum += draw[0] / draws.length;
        squares += draw[0] * draw[0] / draws.length;
      }
      double expectedSpread = deviation[0];
      assertEquals(mean[0], sum, 0.05, law.toString());
      assertTrue(
          Math.sqrt(squares - sum * sum) < 1.1 * expectedSpread
              && Math.sqrt(squares - sum * sum) > 0.6 * expectedSpread,
          law + ": " + Math.sqrt(squares - sum * sum) + " of " + expectedSpread);
    }
  }

  @Test
  void centredStartsAtTheBestModelWithoutLatents() {
    double[] bits = new double[3];
    int i = 0;
    for (Dependence dependence : Dependence.values()) {
      SpatialVae vae = vae(SpatialShape.vector(SIDE, 3, 2, LOGISTIC.dependence(dependence)));
      bits[i++] = Bits.perDimension(vae.bound(DATA, 1).get("bound"), DATA.features());
    }
    assertTrue(bits[0] < 8.2, "near the model of independent sub-pixels: " + bits[0]);
    assertTrue(bits[1] < bits[0] - 0.3 && bits[2] < bits[0] - 0.3, Arrays.toString(bits));
  }

  @Test
  void trainingRaisesTheBoundAndIsRepeatable() {
    SpatialShape shape = SpatialShape.spatial(SIDE, 8, 2, LOGISTIC.dependence(Dependence.BLOCK));
    double[] ends = new double[2];
    for (int run = 0; run < 2; run++) {
      SpatialVae vae = SpatialVae.create(shape, 3).centred(DATA);
      History history =
          Trainer.fit(vae, DATA, null, Training.epochs(5).batchSize(20).learningRate(3e-3).quiet());
      double[] bound = history.column("train bound");
      assertTrue(bound[4] > bound[0] + 20, Arrays.toString(bound));
      ends[run] = bound[4];
    }
    assertEquals(ends[0], ends[1]);
  }

  @Test
  void theEstimateGrowsWithTheDraws() {
    SpatialVae vae = vae(SpatialShape.spatial(SIDE, 4, 2, LOGISTIC));
    float[][] x = DATA.rows(0, 10);
    double one = Arrays.stream(vae.logLikelihood(x, 1, 4)).average().orElseThrow();
    double many = Arrays.stream(vae.logLikelihood(x, 150, 4)).average().orElseThrow();
    assertTrue(many > one, one + " and " + many);
  }

  @Test
  void wrongArgumentsAreSentences() {
    PictureLaw bits = PictureLaw.of(Likelihood.bernoulli());
    assertThrows(IllegalArgumentException.class, () -> bits.mixture(2));
    assertThrows(IllegalArgumentException.class, () -> bits.dependence(Dependence.BLOCK));
    assertThrows(
        IllegalArgumentException.class,
        () -> PictureLaw.of(Likelihood.gaussian(Scale.fixed(1))).mixture(2));
    assertThrows(IllegalArgumentException.class, () -> SpatialShape.spatial(30, 4, 2, LOGISTIC));
    assertThrows(IllegalArgumentException.class, () -> SpatialShape.principal(8, 4, 192, LOGISTIC));
    SpatialShape principal = SpatialShape.principal(8, 4, 3, LOGISTIC);
    assertThrows(IllegalArgumentException.class, () -> SpatialVae.create(principal, 1));
    SpatialVae vae = vae(SpatialShape.vector(SIDE, 3, 2, LOGISTIC));
    assertThrows(IllegalArgumentException.class, () -> vae.bound(StreetDigits.of(2, 1), 1));
    assertThrows(IllegalArgumentException.class, () -> vae.decode(new double[1][3]));
    assertThrows(
        IllegalArgumentException.class, () -> vae.objective(Objective.importanceWeighted(5)));
  }
}
