package org.lowerbound.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.Schedule;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.vae.Activation;
import org.lowerbound.vae.PictureGaussian;
import org.lowerbound.vae.ProbabilisticPca;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AutoencoderTest {

  /** Eight dimensions with deviations 8, 7 … 1, turned by reflections. */
  private static RealRows rows(int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] values = new double[size][8];
    for (double[] row : values) {
      Arrays.setAll(row, d -> (8 - d) * random.nextGaussian());
      // Householder's reflection at the diagonal: x − 2 (u·x) u.
      double along = Arrays.stream(row).sum() / 8;
      Arrays.setAll(row, d -> row[d] - 2 * along + 5);
    }
    return RealRows.of(Provenance.builtIn("ellipsoid", "made in the test"), new int[] {8}, values);
  }

  @Test
  void theGradientIsTheSlope() {
    for (Activation activation : Activation.values()) {
      Autoencoder model =
          Autoencoder.create(
              new Autoencoder.Shape(8, new int[] {6, 5}, 3, activation), 1, DataType.DOUBLE);
      // A unit whose input is exactly 0 stands on the kink of ReLU, where there is no slope.
      for (int l = 1; l <= 6; l++) {
        INDArray bias = model.graph().parameter("b" + l);
        for (int j = 0; j < bias.length(); j++) {
          bias.putScalar(j, 0.03 * (j + 1));
        }
      }
      double[][] x = Arrays.copyOf(rows(4, 3).values(), 4);
      GradientCheck check = GradientCheck.of(model, Map.of("x", Nd4j.createFromArray(x).mul(0.1)));
      assertTrue(check.largestError() < 1e-6, activation + " " + check);
    }
  }

  @Test
  void theLinearOneFindsThePrincipalSubspace() {
    RealRows data = rows(400, 1);
    PictureGaussian gaussian = PictureGaussian.fit(data, 1);
    Autoencoder model =
        Autoencoder.create(Autoencoder.Shape.linear(8, 3), 2, DataType.DOUBLE).centred(data);
    double[][] components = new double[8][3];
    double[][] directions = gaussian.directions(3);
    for (int d = 0; d < 8; d++) {
      for (int k = 0; k < 3; k++) {
        components[d][k] = directions[k][d];
      }
    }
    assertTrue(ProbabilisticPca.subspaceAngle(components, model.directions()) > 0.2);
    // All rows in a step, so that only the optimiser's own error is left.
    Trainer.fit(
        model,
        data,
        null,
        Training.epochs(1200)
            .batchSize(400)
            .learningRate(0.05)
            .schedule(Schedule.cosine(0))
            .quiet());
    assertEquals(0, ProbabilisticPca.subspaceAngle(components, model.directions()), 0.02);
    // Flat at its least: an angle of 0.02 costs 0.02² times a gap of eigenvalues.
    double left = Arrays.stream(gaussian.eigenvalues(), 3, 8).sum();
    assertEquals(left, Arrays.stream(model.error(data)).average().orElseThrow(), 1e-3 * left);
  }

  @Test
  void theErrorIsTheDistanceFromTheReconstruction() {
    RealRows data = rows(700, 5);
    Autoencoder model = Autoencoder.create(Autoencoder.Shape.dense(8, 2, 16), 1).centred(data);
    double before = Arrays.stream(model.error(data)).average().orElseThrow();
    Trainer.fit(model, data, null, Training.epochs(20).quiet());
    double[] error = model.error(data);
    assertTrue(Arrays.stream(error).average().orElseThrow() < before);
    float[][] x = data.rows(0, 700);
    float[][] again = model.reconstruct(x);
    double[] distance = new double[700];
    for (int i = 0; i < 700; i++) {
      for (int d = 0; d < 8; d++) {
        distance[i] += Math.pow(x[i][d] - again[i][d], 2);
      }
    }
    assertArrayEquals(distance, error, 1e-3);
    assertEquals(2, model.encode(x)[0].length);
    assertEquals("autoencoder 8-16-2-16-8, relu", model.shape().toString());
    assertThrows(IllegalStateException.class, model::directions);
    assertThrows(IllegalArgumentException.class, () -> model.encode(new float[1][7]));
    assertThrows(IllegalArgumentException.class, () -> Autoencoder.Shape.dense(8, 0));
    assertThrows(IllegalArgumentException.class, () -> Autoencoder.Shape.dense(8, 2, 0));
  }
}
