package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExplorerTest {

  private static final double[] X = {0, 0.5, 1};

  private static Explorer line() {
    Explorer explorer =
        Explorer.of("A line & its end")
            .parameter("a < b", new double[] {-1, 0, 1}, 1)
            .choice("way", "up", "down")
            .says(p -> "a = " + p[0] + (p[1] == 0 ? " up" : " down"));
    return explorer
        .panel("the line", "x", "y", 0, 1, -2, 2)
        .line("y", X, p -> new double[] {0, p[0] / 2, p[0]})
        .colour(1)
        .points("end", p -> new double[][] {{1}, {p[0]}})
        .handle(p -> new double[] {1, p[0]}, 0)
        .explorer();
  }

  @Test
  void everyStateIsThereOnce() {
    String html = line().toHtml();
    String data = html.substring(html.indexOf("lbp-data\">") + 10, html.indexOf("</script>"));
    assertTrue(
        data.contains("\"values\":[[[0,-0.5,-1]],[[0,0,0]],[[0,0.5,1]]],\"of\":[0,0,1,1,2,2]"),
        data);
    assertTrue(data.contains("\"a = -1.0 up\",\"a = -1.0 down\",\"a = 0.0 up\""), data);
    assertTrue(data.contains("\"colour\":\"#D55E00\""), data);
    assertTrue(data.contains("\"texts\":[\"−1\",\"0\",\"1\"]"), data);
    assertFalse(data.contains("a < b"), "a name cannot end the script");
    assertTrue(html.contains("A line &amp; its end"));
    // Where no script runs: a picture of the first state, with its text, and the sentence.
    assertTrue(html.contains("<img alt=\"Chart: the line. y against x: y, end.\""), html);
    assertTrue(html.contains("<p>a = 0.0 up</p>"));
    assertEquals("A line & its end: a = 0.0 up", line().toString());
  }

  @Test
  void pictureOfCellsShowsWhatIsUnknown() {
    Explorer explorer = Explorer.of("cells").parameter("step", new double[] {0, 1}, 0);
    explorer
        .picture("a digit")
        .cells("p", p -> new double[][] {{0, 1}, {p[0] == 0 ? Double.NaN : 0.5, 1}});
    String html = explorer.toHtml();
    assertTrue(html.contains("\"values\":[\"0_/._\",\"0_/w_\"]"), html);
  }

  @Test
  void whatCannotBeShownIsRefusedInWords() {
    Explorer none = Explorer.of("empty");
    assertThrows(IllegalStateException.class, none::toHtml);
    assertThrows(IllegalArgumentException.class, () -> none.parameter("a", new double[] {1, 2}, 2));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Explorer.of("many")
                .parameter("a", new double[300], 0)
                .parameter("b", new double[300], 0));
    Explorer unequal = Explorer.of("unequal").parameter("a", new double[] {1}, 0);
    unequal.panel("p", "x", "y", 0, 1, 0, 1).line("y", X, p -> new double[] {1, 2});
    String message = assertThrows(IllegalArgumentException.class, unequal::toHtml).getMessage();
    assertTrue(message.contains("2 values where 3 are needed"), message);
    assertThrows(
        IllegalArgumentException.class, () -> Explorer.of("x").panel("p", "x", "y", 1, 0, 0, 1));
  }
}
