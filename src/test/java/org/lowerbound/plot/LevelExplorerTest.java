package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LevelExplorerTest {

  private static double sigmoid(double a) {
    return 1 / (1 + Math.exp(-a));
  }

  /** A discretised logistic, by subtraction; exact enough near its centre. */
  private static double logistic(int level, double centre, double scale) {
    if (level > centre) {
      // On the other side the two terms do not round to 1.
      return logistic(255 - level, 255 - centre, scale);
    }
    double above = level == 255 ? 1 : sigmoid((level + 0.5 - centre) / scale);
    double below = level == 0 ? 0 : sigmoid((level - 0.5 - centre) / scale);
    return Math.log(Math.max(above - below, 1e-300));
  }

  @Test
  void theNumbersInThePageAreThoseOfTheLaw() {
    String html = LevelExplorer.of(LevelExplorerTest::logistic).title("A & B").toHtml();
    assertTrue(html.contains("A &amp; B"));
    // Scale 10: the price of the level at the centre, and of level 0 for the centre 0.
    double scale = LevelExplorer.scale(10);
    String inside = row(html, "inside", 10).split(",")[0];
    assertEquals(
        -Math.log(2 * sigmoid(0.5 / scale) - 1) / Math.log(2), Double.parseDouble(inside), 2e-3);
    String end = row(html, "end", 10).split(",")[-LevelExplorer.LEAST];
    assertEquals(-Math.log(sigmoid(0.5 / scale)) / Math.log(2), Double.parseDouble(end), 2e-3);
    assertTrue(html.length() < 400_000, "" + html.length());
  }

  private static String row(String html, String name, int index) {
    Matcher rows = Pattern.compile("\"" + name + "\":\\[\\[(.*?)\\]\\]").matcher(html);
    assertTrue(rows.find());
    return rows.group(1).split("\\],\\[")[index];
  }

  @Test
  void aLawThatDoesNotSumToOneIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> LevelExplorer.of((k, m, s) -> logistic(k, m, s) + 0.01));
    assertThrows(
        IllegalArgumentException.class, () -> LevelExplorer.of((k, m, s) -> logistic(k, m + 1, s)));
  }
}
