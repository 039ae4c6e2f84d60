package org.lowerbound.claims;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntBinaryOperator;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CheckTest {

  private static String message(Runnable check) {
    return assertThrows(AssertionError.class, check::run).getMessage();
  }

  @Test
  void aCheckIsSilentOrSaysWhatIsWrong() {
    Check.that(true, "never said");
    assertEquals("the masks differ", message(() -> Check.that(false, "the masks differ")));
    Check.close("a half", 0.5, 0.5 + 1e-9, 1e-8);
    Check.close("no limit", Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0);
    assertEquals(
        "the mass: expected 1.0, but it is 0.3",
        message(() -> Check.close("the mass", 1, 0.3, 1e-6)));
    assertEquals("a1b2", message(() -> Check.canary("a1b2")));
  }

  @Test
  void notANumberNeverPassesAndSoDoesTheOtherInfinity() {
    for (double found : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 3}) {
      message(() -> Check.close("no limit", Double.POSITIVE_INFINITY, found, 1e300));
    }
    message(() -> Check.close("a number", 1, Double.NaN, 1e300));
    message(() -> Check.close("not a number", Double.NaN, Double.NaN, 1e300));
    assertThrows(IllegalArgumentException.class, () -> Check.close("x", 1, 1, -1));
    assertThrows(IllegalArgumentException.class, () -> Check.close("x", 1, 1, Double.NaN));
  }

  /** The mistakes are made on log 7 and the like, numbers for which no two of them agree. */
  @Test
  void theUsualMistakesAreSuspected() {
    double x = Math.log(7);
    String[] words = {
      "sign", "twice", "half", "bits", "2π", "√(2π)", "reciprocal", "square:", "root"
    };
    double[] found = {
      -x,
      2 * x,
      x / 2,
      x / Math.log(2),
      2 * Math.PI * x,
      x / Math.sqrt(2 * Math.PI),
      1 / x,
      x * x,
      Math.sqrt(x)
    };
    for (int i = 0; i < words.length; i++) {
      String hint = Check.suspicion(x, found[i]);
      assertTrue(hint.contains(words[i]), words[i] + " suspected in: " + hint);
    }
    assertTrue(Check.suspicion(x, Math.log(x)).contains("logarithm"));
    assertTrue(Check.suspicion(x, Math.exp(x)).contains("exponential"));
    assertTrue(Check.suspicion(0.3, 0.7).contains("complement"));
    assertTrue(Check.suspicion(5, 6).contains("one off"));
    assertTrue(Check.suspicion(5, Double.NaN).contains("not a number"));
    assertEquals("", Check.suspicion(x, x + 0.37));
    assertEquals("", Check.suspicion(0, 0.37));
  }

  private static final Mutants<IntBinaryOperator> LARGER =
      Mutants.<IntBinaryOperator>of(Math::max)
          .defect("the smaller", Math::min)
          .defect("always the first", (a, b) -> a)
          .defect("always the second", (a, b) -> b)
          .defect(
              "fails",
              (a, b) -> {
                throw new IllegalStateException("no");
              });

  @Test
  void aTestIsWorthTheDefectsItCatches() {
    Predicate<IntBinaryOperator> good = f -> f.applyAsInt(1, 2) != 2 || f.applyAsInt(4, 3) != 4;
    Predicate<IntBinaryOperator> half = f -> f.applyAsInt(1, 2) != 2;
    for (int seed = 0; seed < 20; seed++) {
      assertEquals(8, LARGER.score(8, good, new Random(seed)));
      assertEquals(6, LARGER.score(8, half, new Random(seed)));
      // Nothing is looked at; only what throws by itself would be caught, and it is not called.
      assertEquals(0, LARGER.score(8, f -> false, new Random(seed)));
    }
  }

  @Test
  void aTestThatConvictsTheRightOneIsWorthNothing() {
    for (int seed = 0; seed < 20; seed++) {
      Random order = new Random(seed);
      assertThrows(AssertionError.class, () -> LARGER.score(8, f -> true, order));
      assertThrows(
          AssertionError.class,
          () ->
              LARGER.score(
                  8,
                  f -> {
                    throw new UnsupportedOperationException();
                  },
                  order));
    }
    assertThrows(IllegalStateException.class, () -> Mutants.of("x").score(1, x -> true));
    assertThrows(IllegalArgumentException.class, () -> LARGER.defect("fails", Math::max));
    assertDoesNotThrow(() -> LARGER.score(1, f -> false));
  }

  /** Convicting all but the first it sees would pass if the right one came first and once. */
  @Test
  void countingDoesNotHelp() {
    int passed = 0;
    for (int seed = 0; seed < 40; seed++) {
      int[] calls = {0};
      try {
        LARGER.score(1, f -> calls[0]++ > 0, new Random(seed));
        passed++;
      } catch (AssertionError expected) {
        continue;
      }
    }
    assertEquals(0, passed);
  }

  /**
   * Neither its class, nor its text, nor the stack trace of what it throws says which one it is.
   */
  @Test
  void recognisingDoesNotHelp() {
    Set<Object> seen = new HashSet<>();
    Set<IntBinaryOperator> different = new HashSet<>();
    LARGER.score(
        8,
        f -> {
          different.add(f);
          seen.add(List.of(f.getClass(), f.toString(), trace(f)));
          return false;
        },
        new Random(1));
    assertEquals(7, different.size());
    assertEquals(1, seen.size(), seen.toString());
  }

  private static String trace(IntBinaryOperator f) {
    try {
      f.applyAsInt(1, 2);
      return "";
    } catch (IllegalStateException e) {
      return Arrays.stream(e.getStackTrace())
          .map(StackTraceElement::toString)
          .collect(Collectors.joining());
    }
  }
}
