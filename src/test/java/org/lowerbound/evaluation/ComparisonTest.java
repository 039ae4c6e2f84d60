package org.lowerbound.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void aBootstrapOfTheMeanHasTheErrorOfTheMean() {
    double[] x = new SplittableRandom(4).doubles(200).toArray();
    Bootstrap bootstrap = Bootstrap.ofMean(x, 4000, 1);
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / 200;
    assertEquals(mean, bootstrap.estimate(), 1e-12);
    // The ideal bootstrap's is √(Σ(x−x̄)²/n)/√n; 4,000 replicates know it to 1.1 %.
    assertEquals(1, bootstrap.standardError() / Math.sqrt(variance / 200), 0.045);
    double[] ends = bootstrap.interval(0.95);
    assertTrue(ends[0] < mean && mean < ends[1]);
    assertEquals(2 * 1.96 * Math.sqrt(variance / 200), ends[1] - ends[0], 0.006);
  }

  @Test
  void rowsOfOneGroupAreDrawnTogether() {
    SplittableRandom random = new SplittableRandom(1);
    double[] x = new double[400];
    int[] group = new int[400];
    for (int g = 0; g < 40; g++) {
      double level = random.nextGaussian();
      for (int i = 0; i < 10; i++) {
        x[10 * g + i] = level;
        group[10 * g + i] = 7 * g;
      }
    }
    double apart = Bootstrap.ofMean(x, 2000, 1).standardError();
    double together = Bootstrap.ofGroups(x, group, 2000, 1).standardError();
    // Ten equal rows hold the information of one: √10 times the error.
    assertEquals(Math.sqrt(10), together / apart, 0.3);
  }

  @Test
  void bootstrapRefusesNonsense() {
    assertThrows(IllegalArgumentException.class, () -> Bootstrap.ofMean(new double[1], 1000, 1));
    assertThrows(IllegalArgumentException.class, () -> Bootstrap.ofMean(new double[5], 99, 1));
    double[] bad = {1, Double.POSITIVE_INFINITY};
    assertThrows(IllegalArgumentException.class, () -> Bootstrap.ofMean(bad, 100, 1));
    double[] two = {1, 2};
    assertThrows(
        IllegalArgumentException.class, () -> Bootstrap.ofGroups(two, new int[] {3, 3}, 100, 1));
    assertThrows(
        IllegalArgumentException.class, () -> Bootstrap.ofGroups(two, new int[] {3}, 100, 1));
    Bootstrap fine = Bootstrap.ofMean(two, 100, 1);
    assertThrows(IllegalArgumentException.class, () -> fine.interval(95));
  }

  @Test
  void pairsAreStudentsOwn() {
    // Student 1908, the additional hours of sleep of ten patients by two drugs: mean 1.58, t =
    // 4.0621,
    // p = 0.002833, interval [0.7001, 2.4599].
    double[] laevo = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    double[] dextro = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    Paired sleep = Paired.of(laevo, dextro);
    assertEquals(1.58, sleep.mean(), 1e-12);
    assertEquals(4.0621, sleep.mean() / sleep.standardError(), 1e-4);
    assertEquals(0.002833, sleep.tTest(), 1e-6);
    assertEquals(0.7001, sleep.interval(0.95)[0], 1e-4);
    assertEquals(2.4599, sleep.interval(0.95)[1], 1e-4);
    // All 1,024 signs: only a nine of one sign (the zero is free) is as extreme: 2·2/1024.
    assertEquals(4 / 1024.0, sleep.signFlips(0, 0), 1e-12);
    // Nine of nine: 2/512.
    assertEquals(2 / 512.0, sleep.signTest(), 1e-12);
    assertEquals(0.795, sleep.correlation(), 5e-4);
    assertTrue(sleep.unpairedError() > 2 * sleep.standardError());
  }

  @Test
  void theIdentityOfVariancesHolds() {
    SplittableRandom random = new SplittableRandom(3);
    double[] a = new double[300];
    double[] b = new double[300];
    for (int i = 0; i < a.length; i++) {
      double hard = random.nextGaussian();
      a[i] = hard + 0.1 * random.nextGaussian();
      b[i] = hard + 0.1 * random.nextGaussian() + 0.03;
    }
    Paired paired = Paired.of(a, b);
    assertEquals(1 / 1.01, paired.correlation(), 0.01);
    double ratio = paired.standardError() / paired.unpairedError();
    assertEquals(Math.sqrt(1 - paired.correlation()), ratio, 0.01);
    assertTrue(paired.tTest() < 0.01 && paired.signFlips(2000, 1) < 0.01);
  }

  @Test
  void nothingIsNoDifference() {
    double[] x = {1, 2, 3};
    assertEquals(1, Paired.of(x, x).tTest());
    assertEquals(1, Paired.of(x, x).signFlips(0, 0));
    assertEquals(1, Paired.of(x, x).signTest());
    assertThrows(IllegalArgumentException.class, () -> Paired.of(x, new double[2]));
    assertThrows(IllegalArgumentException.class, () -> Paired.of(null, x));
    assertThrows(
        IllegalArgumentException.class, () -> Paired.of(x, new double[] {1, 2, Double.NaN}));
  }

  @Test
  void powerIsThatOfTheTables() {
    // R: power.t.test(n = 20, delta = 0.5, sd = 1, type = "one.sample"): 0.5644829; n for 80 %:
    // 33.4.
    // The other side's share is counted here and not there; it is below 1e-4.
    assertEquals(0.5645, Power.of(0.5, 20, 0.05), 2e-4);
    assertEquals(34, Power.pairs(0.5, 0.8, 0.05));
    // Without an effect the power is the level, with a large one it is 1.
    for (int n : new int[] {2, 3, 10, 1000}) {
      assertEquals(0.05, Power.of(0, n, 0.05), 1e-6, n + " pairs");
    }
    assertEquals(1, Power.of(3, 50, 0.05), 1e-9);
    assertEquals(Power.of(0.4, 12, 0.05), Power.of(-0.4, 12, 0.05), 1e-12);
    // Four standard errors of 4,000 coins.
    assertEquals(Power.of(0.8, 8, 0.05), Power.simulate(0.8, 8, 0.05, 4000, 2), 0.032);
    assertThrows(IllegalArgumentException.class, () -> Power.of(0.5, 1, 0.05));
    assertThrows(IllegalArgumentException.class, () -> Power.of(0.5, 5, 1));
    assertThrows(IllegalArgumentException.class, () -> Power.pairs(0, 0.8, 0.05));
    assertThrows(IllegalArgumentException.class, () -> Power.pairs(1e-5, 0.8, 0.05));
  }

  @Test
  void theAuditCountsOptimismInBothDirections() {
    Audit audit = new Audit();
    audit.add("a", "here", "accuracy", Audit.Better.HIGHER, 0.9, 0.7);
    audit.add("b", "there", "nats", Audit.Better.LOWER, 80, 90);
    audit.add("a", "here", "accuracy", Audit.Better.HIGHER, 0.8, 0.7);
    assertEquals(2, audit.rows().size(), "the same leak again replaces its row");
    assertEquals(0.1, audit.row("a").optimism(), 1e-12);
    assertEquals(10, audit.row("b").optimism(), 1e-12);
    assertEquals(2, audit.table().rowCount());
    assertTrue(audit.toString().contains("80.000") || audit.toString().contains("80"));
    assertThrows(IllegalArgumentException.class, () -> audit.row("c"));
    assertThrows(
        IllegalArgumentException.class,
        () -> audit.add("c", "x", "nats", Audit.Better.LOWER, Double.NaN, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> audit.add("c", " ", "nats", Audit.Better.LOWER, 1, 1));
  }
}
