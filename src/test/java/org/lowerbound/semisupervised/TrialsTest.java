package org.lowerbound.semisupervised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lowerbound.Size;
import org.lowerbound.claims.Results;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;

class TrialsTest {

  @Test
  void theOptionsSpanATable() {
    assertEquals(
        2 * 3 * 2,
        Trials.of("--labels", "100,1000", "--seeds", "3", "--methods", "m2_full,nearest").cells());
    assertEquals(Method.values().length, Trials.of("--labels", "100", "--seed", "4").cells());
    for (List<String> wrong :
        List.of(
            List.of("--methods", "m3"),
            List.of("--labels", "many"),
            List.of("--seed", "0"),
            List.of("--data", "svhn"),
            List.of("--jobs", "1000"),
            List.of("--what", "1"),
            List.of("--labels"))) {
      String why =
          assertThrows(
                  IllegalArgumentException.class, () -> Trials.of(wrong.toArray(String[]::new)))
              .getMessage();
      assertTrue(why.length() > 20, why);
    }
  }

  @Test
  void runsKeepTheirOrderAndAFailureIsTheirs() {
    AtomicInteger at = new AtomicInteger();
    double[] values =
        Method.together(
            IntStream.range(0, 20)
                .<java.util.function.DoubleSupplier>mapToObj(
                    i ->
                        () -> {
                          at.incrementAndGet();
                          return i;
                        })
                .toList(),
            2);
    assertArrayEquals(IntStream.range(0, 20).asDoubleStream().toArray(), values);
    assertEquals(20, at.get());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Method.together(
                List.of(
                    () -> {
                      throw new IllegalArgumentException("no");
                    }),
                1));
  }

  /** A small study: 200 pictures of 14×14 and networks of 10 units. */
  private static Sizes small() {
    return new Sizes(Size.QUICK, 14, 200, 100, 1, 10, 2, 100, 1, 1, 1, List.of(0.1, 1.0, 10.0));
  }

  @Test
  void aCellThatFailsSaysWhyAndLeavesTheOthersAlone() {
    // 15 labels cannot be balanced over ten classes.
    Trials trials = Trials.of("--labels", "15,20", "--methods", "nearest", "--data", "strokes");
    assertEquals(1, trials.run(small(), Results.of("06-semi-supervised"), "a test"));
  }

  @Test
  void alphaIsTheCandidateThatHalfAsManyValidationLabelsPrefer() {
    Study study = Study.strokes(small());
    for (Method method : List.of(Method.M2_FULL, Method.M1_M2)) {
      Method.Alpha alpha = method.alpha(study, 40);
      assertArrayEquals(new double[] {0.1, 1, 10}, alpha.tried());
      assertEquals(20, alpha.labels());
      ImageData judges = study.choosing(40, 1);
      for (int i = 0; i < 3; i++) {
        M2 model = method.trained(study, 40, 1, alpha.tried()[i]);
        float[][] x = method == Method.M1_M2 ? study.features(judges) : study.clean(judges);
        assertEquals(Labelled.of(judges).accuracy(model.classify(x)), alpha.accuracy()[i]);
        assertTrue(alpha.accuracy()[i] <= alpha.accuracy()[index(alpha)], alpha.toString());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Method.NEAREST.alpha(study, 40));
    double[] equal = {0.5, 0.7, 0.7};
    assertEquals(1, new Method.Alpha(new double[] {0.1, 1, 10}, equal, 50).best());
  }

  private static int index(Method.Alpha alpha) {
    return IntStream.range(0, 3)
        .filter(i -> alpha.tried()[i] == alpha.best())
        .findFirst()
        .orElse(0);
  }

  @Test
  void whatTwoRunsWantIsComputedOnce() {
    Study study = Study.strokes(small());
    AtomicInteger computed = new AtomicInteger();
    DoubleSupplier run =
        () ->
            study.once(
                "slow",
                Integer.class,
                () -> {
                  LockSupport.parkNanos(50_000_000);
                  return computed.incrementAndGet();
                });
    assertArrayEquals(new double[] {1, 1}, Method.together(List.of(run, run), 2));
  }

  @Test
  void aHalvedPictureIsTheMeanOfFourPixels() {
    byte[] pixels = new byte[16];
    for (int i = 0; i < 16; i++) {
      pixels[i] = (byte) (10 * i);
    }
    ImageData four =
        ImageData.of(
            Provenance.builtIn("one", "16 pixels"),
            new int[] {1, 4, 4},
            10,
            new byte[][] {pixels},
            new byte[] {7});
    ImageData two = Study.halved(four);
    // Mean of 0, 10, 40, 50; the next block is 20 further, the next row 80.
    assertArrayEquals(new byte[] {25, 45, 105, 125}, two.pixels(0));
    assertEquals(7, two.label(0));
  }

  @Test
  void theChoiceSeesHalfAsManyLabelsAndTheTestSetIsApart() {
    Sizes sizes = Sizes.of(Size.QUICK);
    Study study = Study.strokes(sizes);
    assertEquals(50, study.choosing(100, 1).size());
    assertEquals(10, study.choosing(20, 1).size());
    assertEquals(100, study.labelled(100, 1).size());
    assertEquals(sizes.unlabelled(), study.pool().size());
    for (int count : study.labelled(100, 2).counts()) {
      assertEquals(10, count);
    }
  }
}
