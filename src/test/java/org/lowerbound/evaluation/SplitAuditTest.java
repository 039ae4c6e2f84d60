package org.lowerbound.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.DynamicBinaryRows;
import org.lowerbound.data.Examples;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.LatentClass;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.data.Splits;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.evaluation.SplitAudit.Kind;
import org.lowerbound.evaluation.SplitAudit.Verdict;

class SplitAuditTest {

  private static RealRows rows(double[][] values, int... labels) {
    RealRows rows =
        RealRows.of(Provenance.own("rows", "test"), new int[] {values[0].length}, values);
    return labels.length == 0 ? rows : rows.labelled(labels);
  }

  private static double[][] noise(int n, int features, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] x = new double[n][features];
    for (double[] row : x) {
      for (int j = 0; j < features; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return x;
  }

  private static int[] labels(int n, int classes, long seed) {
    return new SplittableRandom(seed).ints(n, 0, classes).toArray();
  }

  @Test
  void cleanRowsAreFine() {
    SplitAudit audit =
        SplitAudit.of(
            rows(noise(2000, 100, 1), labels(2000, 5, 1)),
            rows(noise(500, 100, 2), labels(500, 5, 2)));
    for (Kind kind : Kind.values()) {
      assertEquals(Verdict.FINE, audit.verdict(kind), audit.toString());
    }
    assertTrue(audit.toString().endsWith("nothing found"), audit.toString());
  }

  @Test
  void everyPlantedCopyIsFoundAndNothingElse() {
    double[][] train = noise(1000, 80, 1);
    double[][] test = noise(300, 80, 2);
    int[] trainLabels = labels(1000, 4, 3);
    int[] testLabels = labels(300, 4, 4);
    for (int i = 0; i < 30; i++) {
      test[10 * i] = train[7 * i].clone();
      testLabels[10 * i] = i < 12 ? (trainLabels[7 * i] + 1) % 4 : trainLabels[7 * i];
    }
    SplitAudit audit = SplitAudit.of(rows(train, trainLabels), rows(test, testLabels));
    assertEquals(30, audit.count(Kind.DUPLICATES));
    assertEquals(Verdict.LEAK, audit.verdict(Kind.DUPLICATES));
    assertEquals(12, audit.count(Kind.CONTRADICTIONS));
    assertEquals(0, audit.count(Kind.NEAR_DUPLICATES), "equal rows are not counted twice");
    for (SplitAudit.Pair pair : audit.findings(Kind.DUPLICATES).get(0).pairs()) {
      assertEquals(pair.row() / 10 * 7, pair.otherRow());
      assertEquals("test", pair.part());
      assertEquals("train", pair.other());
    }
  }

  @Test
  void minusZeroIsZero() {
    SplitAudit audit =
        SplitAudit.of(rows(new double[][] {{0, 1}, {3, 4}}), rows(new double[][] {{-0.0, 1}}));
    assertEquals(1, audit.count(Kind.DUPLICATES));
  }

  @Test
  void aSurveyThatRepeatsItsAnswersIsNoLeakButACopyIs() {
    BinaryRows train = LatentClass.sixteen().sample(8000, 1);
    SplitAudit honest = SplitAudit.of(train, LatentClass.sixteen().sample(2000, 2));
    assertTrue(honest.count(Kind.DUPLICATES) > 500, honest.toString());
    assertEquals(Verdict.LOOK, honest.verdict(Kind.DUPLICATES), honest.toString());
    SplitAudit leaking = SplitAudit.of(train, train.range(1000, 3000));
    assertEquals(2000, leaking.count(Kind.DUPLICATES));
    assertEquals(Verdict.LEAK, leaking.verdict(Kind.DUPLICATES), leaking.toString());
  }

  @Test
  void nearCopiesOfPicturesAreFoundAsOftenAsTheFormulaSays() {
    ImageData digits = StrokeDigits.of(3000, 5).materialised();
    SplittableRandom random = new SplittableRandom(9);
    byte[][] pixels = new byte[1000][];
    for (int i = 0; i < 1000; i++) {
      pixels[i] = digits.pixels(i).clone();
      for (int j = 0; j < 784; j++) {
        int grey = (pixels[i][j] & 0xff) + (int) (8 * random.nextGaussian());
        pixels[i][j] = (byte) Math.max(0, Math.min(255, grey));
      }
    }
    ImageData noisy =
        ImageData.of(Provenance.own("noisy", "copies"), new int[] {1, 28, 28}, pixels);
    SplitAudit audit = SplitAudit.of(digits, noisy);
    assertEquals(0, audit.count(Kind.DUPLICATES));
    assertEquals(Verdict.LEAK, audit.verdict(Kind.NEAR_DUPLICATES), audit.toString());
    // Noise of 8 levels leaves cosines from 0.985 on, where at least 99.9 % are met; some rows may
    // lie below 0.98.
    assertTrue(audit.count(Kind.NEAR_DUPLICATES) >= 990, audit.toString());
    for (SplitAudit.Pair pair : audit.findings(Kind.NEAR_DUPLICATES).get(0).pairs()) {
      assertTrue(pair.similarity() >= 0.98 && pair.similarity() <= 1);
    }
  }

  @Test
  void thePlanesMeetPairsWithTheProbabilityOfTheFormula() {
    // Pairs of directions at a cosine of 0.9 exactly, in 64 dimensions around the centre 0.
    int pairs = 4000;
    double cosine = 0.9;
    SplittableRandom random = new SplittableRandom(2);
    double[][] a = noise(pairs, 64, 3);
    double[][] b = new double[pairs][64];
    for (int i = 0; i < pairs; i++) {
      double[] other = noise(1, 64, random.nextLong())[0];
      double aa = 0;
      double ab = 0;
      for (int j = 0; j < 64; j++) {
        aa += a[i][j] * a[i][j];
        ab += a[i][j] * other[j];
      }
      double rest = 0;
      for (int j = 0; j < 64; j++) {
        other[j] -= ab / aa * a[i][j];
        rest += other[j] * other[j];
      }
      for (int j = 0; j < 64; j++) {
        b[i][j] =
            cosine * a[i][j] / Math.sqrt(aa)
                + Math.sqrt(1 - cosine * cosine) * other[j] / Math.sqrt(rest);
      }
    }
    RandomPlanes planes = new RandomPlanes(new float[64], 4);
    long[][] bitsA = planes.signatures(pairs, (into, row) -> copy(a[row], into));
    long[][] bitsB = planes.signatures(pairs, (into, row) -> copy(b[row], into));
    long met =
        IntStream.range(0, pairs)
            .filter(
                i ->
                    IntStream.range(0, RandomPlanes.BANDS)
                        .anyMatch(
                            band ->
                                RandomPlanes.band(bitsA[i], band)
                                    == RandomPlanes.band(bitsB[i], band)))
            .count();
    double recall = SplitAudit.recall(cosine);
    // All pairs share the same 256 planes, hence more than the binomial error of 0.8 %.
    assertEquals(recall, met / (double) pairs, 0.05);
    double differ =
        IntStream.range(0, pairs)
            .map(i -> RandomPlanes.different(bitsA[i], bitsB[i]))
            .average()
            .orElseThrow();
    assertEquals(256 * Math.acos(cosine) / Math.PI, differ, 2);
    assertEquals(1, SplitAudit.recall(1), 0);
    assertThrows(IllegalArgumentException.class, () -> SplitAudit.recall(1.5));
  }

  private static void copy(double[] from, float[] into) {
    for (int j = 0; j < into.length; j++) {
      into[j] = (float) from[j];
    }
  }

  @Test
  void orderIsSeenInBlocksAndInTurns() {
    double[][] x = noise(1000, 3, 1);
    int[] blocks = IntStream.range(0, 1000).map(i -> i / 100).toArray();
    int[] turns = IntStream.range(0, 1000).map(i -> i % 10).toArray();
    RealRows test = rows(noise(200, 3, 2), labels(200, 10, 2));
    SplitAudit sorted = SplitAudit.of(rows(x, blocks), test);
    assertEquals(Verdict.LOOK, sorted.verdict(Kind.ORDER));
    assertTrue(sorted.toString().contains("blocks"), sorted.toString());
    assertTrue(SplitAudit.of(rows(x, turns), test).toString().contains("take turns"));
    // Neighbours with equal labels of a random order: the variance of the formula is that of draws.
    double[] z =
        IntStream.range(0, 300)
            .mapToDouble(
                s ->
                    SplitAudit.of(rows(x, labels(1000, 3, s)), test).findings(Kind.ORDER).stream()
                        .filter(f -> f.where().equals("train, labels"))
                        .findFirst()
                        .orElseThrow()
                        .statistic())
            .toArray();
    double mean = java.util.Arrays.stream(z).average().orElseThrow();
    double variance = java.util.Arrays.stream(z).map(v -> v * v).average().orElseThrow();
    assertEquals(0, mean, 0.25);
    assertEquals(1, variance, 0.35);
  }

  @Test
  void aWalkIsSeenInItsNeighbours() {
    double[][] walk = noise(500, 4, 1);
    for (int i = 1; i < walk.length; i++) {
      for (int j = 0; j < 4; j++) {
        walk[i][j] += walk[i - 1][j];
      }
    }
    SplitAudit audit = SplitAudit.of(rows(walk), rows(noise(100, 4, 2)));
    assertTrue(audit.toString().contains("neighbours belong together"), audit.toString());
  }

  @Test
  void otherLabelsAndOtherFeaturesAreSeen() {
    int[] even = labels(3000, 4, 1);
    int[] skewed = IntStream.range(0, 1000).map(i -> i % 3 == 0 ? 1 : i % 4).toArray();
    double[][] moved = noise(1000, 6, 2);
    for (double[] row : moved) {
      row[4] += 0.5;
    }
    SplitAudit audit = SplitAudit.of(rows(noise(3000, 6, 1), even), rows(moved, skewed));
    assertEquals(Verdict.LEAK, audit.verdict(Kind.LABELS));
    assertEquals(Verdict.LOOK, audit.verdict(Kind.FEATURES));
    assertTrue(audit.toString().contains("number 4 changes most"), audit.toString());
    int[] strange = labels(1000, 4, 7);
    strange[3] = 9;
    SplitAudit unseen =
        SplitAudit.of(rows(noise(3000, 6, 1), even), rows(noise(1000, 6, 2), strange));
    assertTrue(unseen.toString().contains("labels [9] do not occur"), unseen.toString());
  }

  @Test
  void falseAlarmsAreRare() {
    int alarms = 0;
    for (int s = 0; s < 40; s++) {
      SplitAudit audit =
          SplitAudit.of(
              rows(noise(400, 70, 100 + s), labels(400, 3, s)),
              rows(noise(200, 70, 500 + s), labels(200, 3, 60 + s)));
      alarms += audit.findings().stream().anyMatch(f -> f.verdict() != Verdict.FINE) ? 1 : 0;
    }
    // Thresholds of five deviations and one in a million: none is expected in 40 clean splits.
    assertEquals(0, alarms);
  }

  @Test
  void dynamicRowsAreAuditedInOneDraw() {
    ImageData digits = StrokeDigits.of(300, 5).materialised();
    SplitAudit audit =
        SplitAudit.of(
            DynamicBinaryRows.of(digits.range(0, 200)),
            DynamicBinaryRows.of(digits.range(200, 300)));
    assertEquals(0, audit.count(Kind.DUPLICATES));
  }

  @Test
  void nonsenseIsRefusedWithASentence() {
    RealRows three = rows(noise(10, 3, 1));
    refused("no rows", () -> SplitAudit.of(three, null));
    refused("the same object", () -> SplitAudit.of(three, three));
    refused("'test' has 4", () -> SplitAudit.of(three, rows(noise(5, 4, 1))));
    refused("two parts", () -> SplitAudit.of(Map.of("train", three), 0.98, 1));
    Map<String, Examples> two = new LinkedHashMap<>();
    two.put("train", three);
    two.put("test", rows(noise(5, 3, 2)));
    refused("[0.9, 1)", () -> SplitAudit.of(two, 1, 1));
    refused("[0.9, 1)", () -> SplitAudit.of(two, Double.NaN, 1));
    refused("no data set", () -> SplitAudit.of((Splits<RealRows>) null));
    Examples broken =
        new Examples() {
          @Override
          public int size() {
            return 2;
          }

          @Override
          public int[] shape() {
            return new int[] {3};
          }

          @Override
          public void draw(int row, java.util.random.RandomGenerator random, float[] into, int at) {
            into[at + 2] = row == 1 ? Float.NaN : 0;
          }

          @Override
          public Provenance provenance() {
            return Provenance.own("broken", "test");
          }
        };
    refused("Row 1 of 'test' holds NaN at place 2", () -> SplitAudit.of(three, broken));
  }

  private static void refused(String words, org.junit.jupiter.api.function.Executable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  @Test
  void tinyPartsWork() {
    SplitAudit audit = SplitAudit.of(rows(noise(1, 2, 1)), rows(noise(1, 2, 2)));
    assertEquals(Verdict.FINE, audit.verdict(Kind.DUPLICATES));
    SplitAudit constant =
        SplitAudit.of(rows(new double[][] {{1, 1}, {1, 1}, {1, 1}}), rows(new double[][] {{1, 1}}));
    assertEquals(1, constant.count(Kind.DUPLICATES));
    assertTrue(constant.toHtml().contains("look"));
  }

  @Test
  void sixtyThousandPicturesTakeSeconds() {
    ImageData train = StrokeDigits.of(60_000, 1).materialised();
    ImageData test = StrokeDigits.of(10_000, 2).materialised();
    Assertions.assertTimeout(
        Duration.ofSeconds(90),
        () -> {
          SplitAudit audit = SplitAudit.of(train, test);
          assertEquals(0, audit.count(Kind.DUPLICATES), audit.toString());
        });
  }

  @Test
  void listsOfRowsAreCounted() {
    Map<String, int[]> parts = new LinkedHashMap<>();
    parts.put("train", IntStream.range(0, 80).toArray());
    parts.put("valid", IntStream.range(0, 10).toArray());
    RowLists lists = RowLists.of(100, parts);
    assertEquals(10, lists.overlap().get("valid in train"));
    assertEquals(20, lists.unused());
    assertFalse(lists.clean());
    parts.put("valid", IntStream.range(80, 100).toArray());
    assertTrue(RowLists.of(100, parts).clean());
    parts.put("valid", IntStream.concat(IntStream.range(80, 100), IntStream.of(80, 80)).toArray());
    assertEquals(1, RowLists.of(100, parts).repeated());
    Map<String, int[]> outside = new HashMap<>();
    outside.put("train", new int[] {100});
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> RowLists.of(100, outside));
    assertTrue(e.getMessage().contains("row 100"), e.getMessage());
  }
}
