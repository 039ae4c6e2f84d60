package org.lowerbound.vae;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.lowerbound.Size;
import org.lowerbound.claims.Results;

class StreetTrialsTest {

  /** Small enough for seconds, with a row of every kind. */
  private static final StreetSizes SMALL =
      new StreetSizes(Size.QUICK, 16, 1000, 20, 20, List.of(8, 32), 4, 8, 50, 1, 1, 16, 1, 3, 4);

  @Test
  void everyKindOfRowIsMade() {
    Results results = Results.of("05-vae-on-svhn");
    for (StreetTrials.Row row : StreetTrials.Row.values()) {
      if (row == StreetTrials.Row.PAINTER) {
        continue;
      }
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      PrintStream before = System.out;
      System.setOut(new PrintStream(said, true, UTF_8));
      try {
        new StreetTrials(SMALL, results, "none", "--data", "street", "--models", row.name()).run();
      } finally {
        System.setOut(before);
      }
      Matcher bound =
          Pattern.compile("test bound on 20 .*: ([-\\d.]+) ").matcher(said.toString(UTF_8));
      assertTrue(bound.find(), row + " has no bound on test pictures");
      // Above no code at all and below a few times that of 256 equal levels, 8 bits.
      double bits = Double.parseDouble(bound.group(1));
      assertTrue(bits > 0 && bits < 24, row + ": " + bits);
    }
  }

  @Test
  void eachRowAddsOneIngredient() {
    StreetSizes full = StreetSizes.of(Size.FULL);
    SpatialShape grid = StreetTrials.Row.GRID.shape(full);
    SpatialShape channels = StreetTrials.Row.CHANNELS.shape(full);
    SpatialShape blocks = StreetTrials.Row.BLOCKS.shape(full);
    SpatialShape mixture = StreetTrials.Row.MIXTURE.shape(full);
    assertEquals(grid, channels.law(grid.law()));
    assertEquals(grid, blocks.law(grid.law()));
    assertEquals(blocks.law().component(), mixture.law().component());
    assertEquals(mixture.law(), StreetTrials.Row.DEEP.shape(full).law());
    assertEquals(
        2 * StreetTrials.Row.PRINCIPAL_DEEP.shape(full).latents(),
        StreetTrials.Row.PRINCIPAL_WIDE.shape(full).latents());
    long different =
        Arrays.stream(StreetTrials.Row.values())
            .filter(r -> r != StreetTrials.Row.LADDER && r != StreetTrials.Row.PAINTER)
            .map(r -> r.shape(full).toString())
            .distinct()
            .count();
    assertEquals(9, different);
  }

  @Test
  void aWrongWordIsNamed() {
    Results none = Results.of("none");
    String data =
        assertThrows(
                IllegalArgumentException.class,
                () -> new StreetTrials(SMALL, none, "none", "--data", "mnist"))
            .getMessage();
    assertTrue(data.contains("cifar10"), data);
    String model =
        assertThrows(
                IllegalArgumentException.class,
                () -> new StreetTrials(SMALL, none, "none", "--models", "unet"))
            .getMessage();
    assertTrue(model.contains("PRINCIPAL_DEEP"), model);
  }
}
