package org.lowerbound.anomaly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.lowerbound.Size;
import org.lowerbound.claims.Results;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.vae.ColourPictures;
import org.lowerbound.vae.StreetSizes;

class AnomalyTrialsTest {

  /** Small enough for seconds, with a row of every kind. */
  private static final AnomalySizes SMALL =
      new AnomalySizes(Size.QUICK, 60, 200, 8, 16, 4, 2, 1, 2, 200, List.of(1, 1, 1));

  private static final StreetSizes COLOURS =
      new StreetSizes(Size.QUICK, 16, 1000, 20, 20, List.of(8, 32), 4, 8, 50, 1, 1, 16, 1, 3, 4);

  private static ImageData digits(int size, long seed) {
    return ColourPictures.halved(StrokeDigits.of(size, seed).materialised());
  }

  private static String said(String row) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(said, true, UTF_8));
    try {
      Results none = Results.of("10-anomaly-detection-test");
      new AnomalyTrials(SMALL, COLOURS, none, "none", "--data", "strokes", "--models", row)
          .on(digits(600, 1), digits(200, 2))
          .run();
    } finally {
      System.setOut(before);
    }
    return said.toString(UTF_8);
  }

  @Test
  void everyRowIsMade() {
    for (AnomalyTrials.Row row : AnomalyTrials.Row.values()) {
      String said = said(row.name());
      Matcher area = Pattern.compile("AUC x 100[^:]*, seed 1: ([\\d.]+) ").matcher(said);
      boolean found = false;
      while (area.find()) {
        found = true;
        double value = Double.parseDouble(area.group(1));
        assertTrue(value >= 0 && value <= 100, row + ": " + value);
      }
      assertEquals(row != AnomalyTrials.Row.PARADOX, found, said);
      assertTrue(said.contains("seed 1: "), said);
    }
  }

  @Test
  void aWrongWordIsNamed() {
    for (List<String> words :
        List.of(List.of("--data", "svhn"), List.of("--models", "gan"), List.of("--digits", "3"))) {
      String why =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      new AnomalyTrials(
                          SMALL, COLOURS, Results.of("none"), "none", words.toArray(String[]::new)))
              .getMessage();
      assertTrue(why.contains(words.get(1)) || why.contains(words.get(0)), why);
    }
  }
}
