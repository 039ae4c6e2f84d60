package org.lowerbound.train.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AdamTest {

  @Test
  void adamFollowsTheAlgorithmInBothPrecisions() {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      // More numbers than one block of the single-precision pass, and not a multiple of it.
      int n = 2 * HostFloats.BLOCK + 37;
      SplittableRandom random = new SplittableRandom(3);
      double[] theta = random.doubles(n, -2, 2).toArray();
      INDArray parameters = Nd4j.createFromArray(theta).castTo(type);
      Adam adam = new Adam(parameters);
      double[] m = new double[n];
      double[] v = new double[n];
      for (int t = 1; t <= 20; t++) {
        double[] g = random.doubles(n, -1, 1).toArray();
        double scale = t % 2 == 0 ? 1 : 0.25;
        INDArray gradient = Nd4j.createFromArray(g).castTo(type);
        assertEquals(Math.sqrt(Arrays.stream(g).map(x -> x * x).sum()), Adam.norm(gradient), 1e-4);
        adam.step(parameters, gradient, scale, 0.01);
        for (int i = 0; i < n; i++) {
          double slope = scale * g[i];
          m[i] = 0.9 * m[i] + 0.1 * slope;
          v[i] = 0.999 * v[i] + 0.001 * slope * slope;
          double mHat = m[i] / (1 - Math.pow(0.9, t));
          double vHat = v[i] / (1 - Math.pow(0.999, t));
          theta[i] -= 0.01 * mHat / (Math.sqrt(vHat) + 1e-8);
        }
      }
      // ND4J's update, used in double precision, folds the two corrections into the rate, so that
      // ε acts on √v and not on √v̂: a relative difference of about ε/√v̂, below 1e−5 unless a
      // gradient is tiny. In single precision 20 steps of 0.01 round by about 1e−6.
      assertArrayEquals(theta, parameters.toDoubleVector(), type == DataType.FLOAT ? 5e-6 : 1e-4);
    }
  }
}
