package org.lowerbound.claims;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lowerbound.plot.Display;
import tech.tablesaw.api.Table;

class ClaimsTest {

  private final Claims claims = Claims.of("07-made");

  @Test
  void distanceOfTheToleranceHoldsAndMoreDoesNot() {
    // 0.25 is exact in binary, so the edge of the tolerance is exact too.
    claims.equal("on the edge", 1, 1.25, 0.25);
    assertThrows(ClaimFailed.class, () -> claims.equal("beyond", 1, Math.nextUp(1.25), 0.25));
    assertThrows(ClaimFailed.class, () -> claims.equal("below", 1, 0.5, 0.25));
    claims.equal("exact", 3, 3, 0);
    assertThrows(ClaimFailed.class, () -> claims.equal("inexact", 3, Math.nextUp(3.0), 0));
    assertEquals(
        List.of(true, false, false, true, false), claims.all().stream().map(Claim::held).toList());
  }

  @Test
  void boundsIncludeTheirEnd() {
    claims.atMost("at most", 6.02, 6.02);
    assertThrows(ClaimFailed.class, () -> claims.atMost("above", 6.02, 6.020001));
    claims.atLeast("at least", 1.5, 1.5);
    assertThrows(ClaimFailed.class, () -> claims.atLeast("below", 1.5, 1.499999));
  }

  @Test
  void nanNeverHolds() {
    double nan = Double.NaN;
    assertThrows(ClaimFailed.class, () -> claims.equal("a", nan, nan, 1));
    assertThrows(ClaimFailed.class, () -> claims.equal("b", 0, nan, Double.POSITIVE_INFINITY));
    assertThrows(ClaimFailed.class, () -> claims.atMost("c", 1, nan));
    assertThrows(ClaimFailed.class, () -> claims.atLeast("d", nan, 1));
    assertEquals(0, claims.all().stream().filter(Claim::held).count());
    assertEquals(4, claims.size());
  }

  @Test
  void equalInfinitiesHold() {
    double infinity = Double.POSITIVE_INFINITY;
    claims.equal("KL is infinite", infinity, infinity, 0);
    assertThrows(ClaimFailed.class, () -> claims.equal("other sign", infinity, -infinity, 1e9));
  }

  @Test
  void failureSaysStatementExpectedMeasuredTolerance() {
    ClaimFailed failed =
        assertThrows(
            ClaimFailed.class, () -> claims.equal("the gap equals the KL", 0.5, 0.52, 1e-3));
    String message = failed.getMessage();
    assertEquals(
        "Claim of 07-made does not hold: the gap equals the KL\n"
            + "  expected 0.500, measured 0.520, tolerance 0.001",
        message);
    assertEquals(0.52, failed.claim().measured());
    assertEquals(1, claims.size());
    assertFalse(claims.all().get(0).held());
  }

  @Test
  void roundingNeverHidesAFailure() {
    // To the decimals of the tolerance both would read 0.500.
    ClaimFailed failed =
        assertThrows(ClaimFailed.class, () -> claims.equal("close", 0.5, 0.50149, 1e-3 / 2));
    assertFalse(failed.getMessage().contains("measured 0.500"), failed.getMessage());
    ClaimFailed bound =
        assertThrows(ClaimFailed.class, () -> claims.atMost("bound", 6.02, 6.0200000001));
    assertTrue(bound.getMessage().contains("measured 6.0200000001"), bound.getMessage());
  }

  @Test
  void textIsTitleAndAlignedTable() {
    claims.equal("the entropy is minimal", -0.371049, -0.3710494, 1e-6);
    claims.atMost("test NLL", 6.02, 6.0153);
    claims.holds("Σp = 1 for each of the sixteen orderings and for their average as well", true);
    String[] lines = claims.toString().split("\n");
    assertEquals("Claims of 07-made: 3 of 3 held", lines[0]);
    List<String> rows = Arrays.asList(lines).subList(2, lines.length);
    // Head, rule, three claims of which one takes two lines.
    assertEquals(6, rows.size());
    int bar = rows.get(0).indexOf('|');
    for (String row : rows) {
      assertTrue(row.charAt(bar) == '|' || row.charAt(bar) == '+', row);
      assertTrue(row.length() < 120, row);
    }
    assertTrue(rows.get(2).contains("-0.371049 | -0.371049 |"), rows.get(2));
    assertTrue(rows.get(3).contains("≤ 6.02 |"), rows.get(3));
    assertTrue(rows.get(4).contains("true"), rows.get(4));
  }

  @Test
  void failedClaimsAreCountedAndMarked() {
    claims.holds("one", true);
    assertThrows(ClaimFailed.class, () -> claims.holds("two", false));
    assertTrue(claims.toString().startsWith("Claims of 07-made: 1 of 2 held"));
    assertTrue(claims.toString().contains("✗ NO"));
    assertTrue(claims.toHtml().contains("✗ does not hold"));
  }

  @Test
  void sameStatementReplacesItsRow() {
    assertThrows(ClaimFailed.class, () -> claims.atMost("NLL", 6, 6.1));
    claims.holds("between", true);
    claims.atMost("NLL", 6, 5.9);
    assertEquals(2, claims.size());
    assertEquals(5.9, claims.all().get(0).measured());
    assertTrue(claims.toString().startsWith("Claims of 07-made: 2 of 2 held"));
  }

  @Test
  void tableHoldsTheNumbers() {
    claims.equal("a", 1, 1.0000001, 1e-6);
    claims.atMost("b", 2, 1.5);
    Table table = claims.table();
    assertEquals(
        List.of("claim", "expected", "measured", "tolerance", "held"), table.columnNames());
    assertEquals(1.0000001, table.doubleColumn("measured").getDouble(0));
    assertTrue(table.doubleColumn("tolerance").isMissing(1));
    assertEquals("≤ 2", table.stringColumn("expected").get(1));
  }

  @Test
  void htmlIsEscapedAndHasNoScript() {
    claims.holds("p(x<d) & <script>alert(1)</script>", true);
    Claim claim = claims.all().get(0);
    for (String html : List.of(claims.toHtml(), claim.toHtml())) {
      assertTrue(html.contains("p(x&lt;d) &amp; &lt;script&gt;"), html);
      assertFalse(html.contains("<script"), html);
    }
    // Readable on a dark page only if no colour of text is set.
    assertFalse(claims.toHtml().matches("(?s).*[;\"]color:(?!inherit).*"));
  }

  @Test
  void singleClaimIsOneLine() {
    claims.equal("gradient is zero", 0, 3.2e-9, 1e-6);
    assertEquals(
        "✓ gradient is zero [expected 0, measured 3.2e-9, tolerance 1e-6]",
        claims.all().get(0).toString());
  }

  @Test
  void everyClaimIsShownWhereItIsMade() {
    List<Object> shown = new ArrayList<>();
    Display.connect(
        new Display.Page() {
          @Override
          public String show(Object value) {
            shown.add(value);
            return "";
          }

          @Override
          public void update(String id, Object value) {
            throw new AssertionError("a claim is never replaced");
          }
        });
    try {
      claims.holds("first", true);
      claims.atMost("second", 2, 1);
      assertThrows(ClaimFailed.class, () -> claims.holds("third", false));
    } finally {
      Display.disconnect();
    }
    // The one that failed is told by its exception.
    assertEquals(claims.all().subList(0, 2), shown);
  }

  @Test
  void wrongArgumentsAreRejected() {
    assertThrows(IllegalArgumentException.class, () -> Claims.of(" "));
    assertThrows(IllegalArgumentException.class, () -> claims.equal("a", 1, 1, -1e-9));
    assertThrows(IllegalArgumentException.class, () -> claims.equal("a", 1, 1, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> claims.holds("", true));
    assertEquals(0, claims.size());
  }
}
