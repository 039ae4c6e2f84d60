package org.lowerbound.claims;

import java.util.Objects;
import org.lowerbound.plot.Html;
import org.lowerbound.plot.Numbers;

/**
 * One checked statement: what was expected, what was measured, and whether the statement held.
 *
 * @param statement the sentence of the text that is checked
 * @param expected the expected value as text: {@code 0.5}, {@code ≤ 6.02}, {@code true}
 * @param measured the value measured; 1 or 0 where a fact held or not
 * @param tolerance the largest allowed distance; NaN where the statement is a bound or a fact
 * @param held whether the statement holds; never with a NaN
 */
public record Claim(
    String statement, String expected, double measured, double tolerance, boolean held)
    implements Html {

  static final String FACT = "true";

  public Claim {
    Objects.requireNonNull(statement, "statement");
    Objects.requireNonNull(expected, "expected");
  }

  /** The measured value with the digits that the tolerance, or the bound, makes worth reading. */
  String measuredText() {
    if (expected.equals(FACT)) {
      return Boolean.toString(measured == 1);
    }
    String text =
        Double.isNaN(tolerance) ? Numbers.format(measured) : Numbers.format(measured, tolerance);
    // Rounding must not make a failure look like a success.
    return !held && expected.endsWith(text) ? Numbers.exact(measured) : text;
  }

  String toleranceText() {
    return Double.isNaN(tolerance) ? "" : Numbers.significant(tolerance, 4);
  }

  String heldText() {
    return held ? "✓ yes" : "✗ NO";
  }

  /** One readable line: mark, statement, then the numbers in brackets. */
  @Override
  public String toString() {
    String numbers =
        expected.equals(FACT)
            ? ""
            : " [expected "
                + expected
                + ", measured "
                + measuredText()
                + (toleranceText().isEmpty() ? "" : ", tolerance " + toleranceText())
                + "]";
    return (held ? "✓ " : "✗ does not hold: ") + statement + numbers;
  }

  @Override
  public String toHtml() {
    String numbers =
        expected.equals(FACT)
            ? ""
            : " <span style=\"opacity:.75\">expected "
                + Html.escape(expected)
                + ", measured <b>"
                + Html.escape(measuredText())
                + "</b>"
                + (toleranceText().isEmpty() ? "" : ", tolerance " + toleranceText())
                + "</span>";
    return "<div style=\"padding:.2em 0\"><b>"
        + (held ? "✓ held" : "✗ does not hold")
        + "</b>&ensp;"
        + Html.escape(statement)
        + (numbers.isEmpty() ? "" : "&ensp;")
        + numbers
        + "</div>";
  }
}
