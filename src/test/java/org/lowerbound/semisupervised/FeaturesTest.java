package org.lowerbound.semisupervised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.DynamicBinaryRows;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Mnist;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.vae.AuthorsM1;
import org.lowerbound.vae.Posterior;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;

class FeaturesTest {

  @Test
  void aRowIsADrawFromThePosteriorOfTheKeptLatents() {
    ImageData digits = StrokeDigits.of(30, 1).materialised();
    Vae m1 = Vae.create(VaeShape.dense(784, 6, 20), 1);
    Posterior q = m1.encode(digits.rows(0, 30));
    Features features = Features.of(m1, digits, 4, 1);
    assertArrayEquals(new int[] {2}, features.shape());
    assertEquals(q.mean()[7][4], features.means()[7][0], 1e-6);
    assertEquals(q.mean()[7][1], features.means(7)[0][1], 1e-6);
    SplittableRandom random = new SplittableRandom(3);
    double mean = 0;
    double square = 0;
    int draws = 20_000;
    float[] row = new float[2];
    for (int i = 0; i < draws; i++) {
      features.draw(7, random, row, 0);
      double centred = row[0] - q.mean()[7][4];
      mean += centred / draws;
      square += centred * centred / draws;
    }
    double variance = Math.pow(q.deviation()[7][4], 2);
    // Four standard errors of a mean and of a variance.
    assertEquals(0, mean, 4 * Math.sqrt(variance / draws));
    assertEquals(variance, square, 4 * variance * Math.sqrt(2.0 / draws));
    assertThrows(IllegalArgumentException.class, () -> Features.of(m1, digits, 6));
    assertThrows(IllegalArgumentException.class, () -> Features.of(m1, digits));
  }

  @Test
  void theAuthorsModelGivesTheirBoundAndTheirFeatures() {
    Optional<Vae> loaded = AuthorsM1.load();
    ImageData test = Mnist.test();
    Assumptions.assumeTrue(loaded.isPresent() && test.provenance().real(), "no weights, no MNIST");
    Vae m1 = loaded.get();
    // −87.41 nats on all 10,000, computed elsewhere in NumPy; the standard error of 2,000 rows is
    // 0.5.
    ImageData some = test.range(4000, 6000);
    assertEquals(-87.41, m1.bound(DynamicBinaryRows.of(some), 1).get("bound"), 5);
    ImageData train = Mnist.train();
    int[] kept = Features.inUse(m1, train.range(0, 3000), 0.1);
    assertEquals(19, kept.length);
    Features ofTest = Features.of(m1, some, kept);
    int[] hundred = train.balancedRows(1000, 1);
    ImageData thousand = train.take(hundred);
    Features ofLabelled = Features.of(m1, thousand, kept);
    NearestNeighbours nearest = NearestNeighbours.of(ofLabelled.means(), thousand.labels(), 1);
    int[] got = nearest.classify(ofTest.means());
    int[] truth = some.labels();
    double accuracy = 0;
    for (int i = 0; i < got.length; i++) {
      accuracy += got[i] == truth[i] ? 1.0 / got.length : 0;
    }
    // 81.5 ± 0.3 % over the whole test set; 2,000 rows that are harder than most, one seed.
    assertTrue(accuracy > 0.74 && accuracy < 0.88, "accuracy " + accuracy);
    assertEquals(19, Arrays.stream(kept).distinct().count());
  }

  @Test
  void aSpreadKnowsItsMeanAndDeviation() {
    Spread spread = new Spread(1, 2, 4);
    assertEquals(7 / 3.0, spread.mean(), 1e-12);
    assertEquals(Math.sqrt(7 / 3.0), spread.deviation(), 1e-12);
    assertEquals(0, new Spread(3).deviation(), 0);
    assertThrows(IllegalArgumentException.class, Spread::new);
  }
}
