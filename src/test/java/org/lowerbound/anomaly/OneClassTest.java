package org.lowerbound.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.vae.PictureGaussian;

class OneClassTest {

  /** Three classes on three axes of a space of five dimensions, with a little noise. */
  private static RealRows rows(int size, long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    double[][] values = new double[size][5];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % 3;
      for (int d = 0; d < 5; d++) {
        values[i][d] = (d == labels[i] ? 2 : 0.4) * random.nextGaussian() + 3;
      }
    }
    return RealRows.of(Provenance.builtIn("axes", "made in the test"), new int[] {5}, values)
        .labelled(labels);
  }

  private static final OneClass PROTOCOL = OneClass.of(rows(600, 1), rows(300, 2));

  @Test
  void theGaussianOfAllOthersIsThatOfTheirRows() {
    // Moments that were added against moments of the rows together.
    PictureGaussian added = PROTOCOL.gaussianWithout(1);
    PictureGaussian direct = PictureGaussian.fit(PROTOCOL.others(1), 1);
    for (int j = 0; j < 5; j++) {
      assertEquals(direct.eigenvalues()[j], added.eigenvalues()[j], 1e-10);
      assertEquals(direct.mean()[j], added.mean()[j], 1e-12);
    }
    assertEquals(400, PROTOCOL.others(1).size());
    assertEquals(200, PROTOCOL.normal(1).size());
  }

  @Test
  void theResidualIsTheDistanceFromThePlane() {
    PictureGaussian gaussian = PROTOCOL.gaussian(0);
    double[][] residual = gaussian.residual(PROTOCOL.test(), 1, 0, 2, 5);
    double[] mean = gaussian.mean();
    double[][] plane = gaussian.directions(2);
    for (int i = 0; i < 300; i += 17) {
      float[] x = PROTOCOL.test().rows(i, i + 1)[0];
      double[] centred = IntStream.range(0, 5).mapToDouble(d -> x[d] - mean[d]).toArray();
      double all = Arrays.stream(centred).map(v -> v * v).sum();
      assertEquals(all, residual[0][i], 1e-9);
      for (double[] u : plane) {
        double along = IntStream.range(0, 5).mapToDouble(d -> u[d] * centred[d]).sum();
        all -= along * along;
      }
      assertEquals(all, residual[1][i], 1e-9);
      assertEquals(0, residual[2][i], 1e-9);
    }
    // On the rows of the fit the mean residual is the sum of the other eigenvalues.
    double left = Arrays.stream(gaussian.eigenvalues(), 2, 5).sum();
    double[] own = gaussian.residual(PROTOCOL.normal(0), 1, 2)[0];
    assertEquals(left, Arrays.stream(own).average().orElseThrow(), 1e-9);
    assertThrows(IllegalArgumentException.class, () -> gaussian.residual(PROTOCOL.test(), 1, 6));
  }

  @Test
  void theMeanAreaAndItsError() {
    double[][] scores = new double[3][];
    for (int c = 0; c < 3; c++) {
      scores[c] = PROTOCOL.gaussian(c).residual(PROTOCOL.test(), 1, 1)[0];
    }
    MeanArea mean = PROTOCOL.mean(scores);
    double areas = 0;
    for (int c = 0; c < 3; c++) {
      areas += PROTOCOL.curve(c, scores[c]).area() / 3;
    }
    assertEquals(areas, mean.value(), 1e-12);
    assertTrue(mean.value() > 0.8, "" + mean);
    assertEquals(0, Arrays.stream(mean.influence()).sum(), 1e-12);
    // Other test rows of the same kind scatter as the standard error says.
    PictureGaussian[] fitted = {PROTOCOL.gaussian(0), PROTOCOL.gaussian(1), PROTOCOL.gaussian(2)};
    double[] values = new double[100];
    double expected = 0;
    for (int r = 0; r < values.length; r++) {
      OneClass other = OneClass.of(rows(60, 1), rows(150, 100 + r));
      double[][] s = new double[3][];
      for (int c = 0; c < 3; c++) {
        s[c] = fitted[c].residual(other.test(), 1, 1)[0];
      }
      MeanArea area = other.mean(s);
      values[r] = area.value();
      expected += Math.pow(area.standardError(), 2) / values.length;
    }
    double centre = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(v -> (v - centre) * (v - centre)).sum() / (values.length - 1);
    // A variance from 100 runs is known to 14 %.
    assertEquals(1, expected / variance, 0.42);
    assertEquals(0, mean.minus(mean).standardError(), 0);
  }

  @Test
  void inkIsMeasuredFromThePaper() {
    // Two pixels on paper of value −1, as USPS has it: Σ (x + 1)² by hand.
    RealRows train =
        RealRows.of(
                Provenance.builtIn("paper", "made in the test"),
                new int[] {2},
                new double[][] {{-1, 1}, {-1, 0}, {0, -1}, {1, -1}})
            .labelled(new int[] {0, 0, 1, 1});
    double[] ink = OneClass.of(train, train).ink();
    assertArrayEquals(new double[] {4, 1, 1, 4}, ink, 0);
  }

  @Test
  void heldOutIsTheMirror() {
    double[] ink = PROTOCOL.ink();
    boolean[] first = new boolean[300];
    for (int i = 0; i < 300; i++) {
      first[i] = i % 3 == 0;
    }
    assertEquals(RocCurve.of(ink, first).area(), PROTOCOL.heldOut(0, ink).area(), 0);
    assertEquals(1 - RocCurve.of(ink, first).area(), PROTOCOL.curve(0, ink).area(), 1e-12);
  }

  @Test
  void whatIsNoProtocolIsNamed() {
    RealRows unlabelled =
        RealRows.of(Provenance.builtIn("plain", "test"), new int[] {5}, new double[4][5]);
    String none =
        assertThrows(IllegalArgumentException.class, () -> OneClass.of(rows(30, 1), unlabelled))
            .getMessage();
    assertTrue(none.contains("plain") && none.contains("labels"), none);
    String missing =
        assertThrows(
                IllegalArgumentException.class,
                () -> OneClass.of(rows(30, 1), rows(30, 1).take(0, 1, 3, 4)))
            .getMessage();
    assertTrue(missing.startsWith("Class 2"), missing);
    assertThrows(IllegalArgumentException.class, () -> PROTOCOL.normal(3));
    assertThrows(IllegalArgumentException.class, () -> PROTOCOL.curve(0, new double[2]));
    assertThrows(IllegalArgumentException.class, () -> new Selection(rows(3, 1), 3));
  }
}
