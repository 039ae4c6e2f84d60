package org.lowerbound.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.LinearGaussian;
import org.lowerbound.vae.Scale;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class VaeScoresTest {

  private static final double[][] W = {{1.5}, {-0.7}, {0.4}};
  private static final double[] B = {0.3, -1, 2};
  private static final double S = 0.5;
  private static final LinearGaussian EXACT = LinearGaussian.of(W, B, S);
  private static final RealRows DATA =
      RealRows.of(
          Provenance.builtIn("linear", "made in the test"),
          new int[] {3},
          EXACT.sample(600, new SplittableRandom(1)));

  /** The same model as a network, with the exact posterior N(v w·(x − b)/s², v) times a width. */
  private static Vae network(double width) {
    Vae vae =
        Vae.create(
            VaeShape.linear(3, 1).likelihood(Likelihood.gaussian(Scale.fixed(S))),
            1,
            DataType.DOUBLE);
    double v = 1 / (1 + (1.5 * 1.5 + 0.7 * 0.7 + 0.4 * 0.4) / (S * S));
    set(vae, "decoder.Wout", 1.5, -0.7, 0.4);
    set(vae, "decoder.bout", B);
    set(vae, "encoder.Wmean", 1.5 * v / (S * S), -0.7 * v / (S * S), 0.4 * v / (S * S));
    set(vae, "encoder.bmean", -v / (S * S) * (1.5 * 0.3 + 0.7 + 0.4 * 2));
    set(vae, "encoder.Wlogvar", 0, 0, 0);
    set(vae, "encoder.blogvar", Math.log(v * width * width));
    return vae;
  }

  private static void set(Vae vae, String name, double... values) {
    INDArray to = vae.graph().parameter(name);
    to.assign(Nd4j.createFromArray(values).reshape(to.shape()));
  }

  private static double[] row(int i) {
    return DATA.values()[i];
  }

  @Test
  void withTheExactPosteriorTheEstimateIsExact() {
    // All weights are p(x), whatever the draws.
    VaeScores scores = VaeScores.of(network(1), DATA, 3, 5);
    for (int i = 0; i < DATA.size(); i += 7) {
      assertEquals(-EXACT.logLikelihood(row(i)), scores.weighted()[i], 1e-4);
    }
    // The KL is that in closed form.
    double v = EXACT.posterior(row(0)).covariance()[0][0];
    double m = EXACT.posterior(row(0)).mean()[0];
    assertEquals(0.5 * (m * m + v - 1 - Math.log(v)), scores.kl()[0], 1e-4);
  }

  @Test
  void aWrongPosteriorCostsItsDivergence() {
    VaeScores scores = VaeScores.of(network(1.7), DATA.range(0, 40), 4000, 6);
    double gap = 0.5 * (1.7 * 1.7 - 1 - 2 * Math.log(1.7));
    for (int i = 0; i < 40; i++) {
      double exact = -EXACT.logLikelihood(row(i));
      // 4,000 draws of a term with a deviation near 3 nats: 0.05, here five times that.
      assertEquals(exact + gap, scores.bound()[i], 0.25);
      assertEquals(exact, scores.weighted()[i], 0.1);
      assertTrue(scores.reconstruction()[i] < scores.bound()[i]);
    }
  }

  @Test
  void aRowsDrawsAreItsOwn() {
    VaeScores all = VaeScores.of(network(1.7), DATA, 2, 7);
    VaeScores some = VaeScores.of(network(1.7), DATA.range(0, 20), 2, 7);
    assertArrayEquals(Arrays.copyOf(all.bound(), 20), some.bound(), 1e-12);
    assertThrows(IllegalArgumentException.class, () -> VaeScores.of(network(1), DATA, 0, 1));
  }
}
