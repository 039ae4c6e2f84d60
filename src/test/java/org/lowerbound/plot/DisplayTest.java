package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class DisplayTest {

  private static final class Recorded implements Display.Page {
    final List<Object> shown = new ArrayList<>();
    final List<String> updates = new ArrayList<>();

    @Override
    public String show(Object value) {
      shown.add(value);
      return "id-" + shown.size();
    }

    @Override
    public void update(String id, Object value) {
      updates.add(id);
    }
  }

  @AfterEach
  void disconnect() {
    Display.disconnect();
  }

  @Test
  void connectedPageReceivesTheObjectItself() {
    Recorded page = new Recorded();
    Display.connect(page);
    Object value = List.of(1);
    String id = Display.show(value);
    Display.update(id, "later");
    assertEquals(List.of(value), page.shown);
    assertEquals(List.of("id-1"), page.updates);
    assertEquals(page, Display.page().orElseThrow());
  }

  @Test
  void plainProgramPrintsText() {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      Display.update(Display.show("epoch 1"), "epoch 2");
      Display.show(Charts.lines("Bound", "a", "b"));
    } finally {
      System.setOut(before);
    }
    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(List.of("epoch 1", "epoch 2", "chart: Bound"), lines);
  }

  @Test
  void picturesBecomePngDataUris() throws IOException {
    String html = Display.html(ImageGrid.of(new float[][] {{0, 1}}, 1, 2).scale(7));
    String start = "src=\"data:image/png;base64,";
    int from = html.indexOf(start) + start.length();
    byte[] png = Base64.getDecoder().decode(html.substring(from, html.indexOf('"', from)));
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
    assertEquals(4 + 14 + 4, read.getWidth());
    assertTrue(
        Display.html(Charts.bars("Bars", "a", "b")).contains("alt=\"Chart: Bars. b against a.\""));
    assertTrue(Display.picture(MatrixImage.of(new double[][] {{1}})).isPresent());
    assertTrue(Display.picture("text").isEmpty());
  }

  @Test
  void textIsEscaped() {
    String html = Display.html("a < b & c");
    assertTrue(html.contains("a &lt; b &amp; c"), html);
    Html result = () -> "<i>own</i>";
    assertEquals("<i>own</i>", Display.html(result));
  }

  @Test
  void numbersOfAColumnShareTheirDecimals() {
    DoubleColumn losses = DoubleColumn.create("loss", new double[] {101.234567, 99.1, Double.NaN});
    assertEquals(List.of("101.23", "99.10", ""), List.of(TableHtml.texts(losses)));
    IntColumn epochs = IntColumn.create("epoch", new int[] {1, 20});
    assertEquals(List.of("1", "20"), List.of(TableHtml.texts(epochs)));
    DoubleColumn tiny = DoubleColumn.create("gap", new double[] {0.25, 3e-9});
    assertEquals(List.of("0.25000", "3.0e-9"), List.of(TableHtml.texts(tiny)));
  }

  @Test
  void longTablesAreCutInTheMiddle() {
    int[] rows = new int[100];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = 1000 + i;
    }
    String html = Display.html(Table.create("t", IntColumn.create("row", rows)));
    assertTrue(html.contains("50 rows not shown"), "cut is said");
    assertTrue(html.contains(">1039<") && !html.contains(">1040<"), "head");
    assertTrue(html.contains(">1090<") && !html.contains(">1089<"), "tail");
    String whole = Display.html(Table.create("t", IntColumn.create("row", new int[51])));
    assertFalse(whole.contains("not shown"));
  }

  @Test
  void tablesAlignNumbersAndEscapeText() {
    Table table =
        Table.create(
            "x<y",
            StringColumn.create("name", List.of("<b>")),
            DoubleColumn.create("value", new double[] {1.5}));
    String html = Display.html(table);
    assertTrue(html.contains("x&lt;y") && html.contains("&lt;b&gt;"), html);
    assertTrue(html.matches("(?s).*text-align:right[^>]*>1\\.5000<.*"), html);
  }

  @Test
  void liveChartShowsOnceThenUpdatesAtMostTwiceASecond() {
    LiveChart live = LiveChart.of("Training", "nats");
    live.add("train", 1, 100).refresh();
    Recorded page = new Recorded();
    Display.connect(page);
    live.refresh();
    assertEquals(1, page.shown.size());
    assertTrue(page.shown.get(0) instanceof BufferedImage);
    for (int epoch = 2; epoch < 20; epoch++) {
      live.add("train", epoch, 100.0 / epoch);
      live.add("valid", epoch, Double.NaN);
      live.refresh();
    }
    int soon = page.updates.size();
    assertTrue(soon <= 4, "twenty refreshes within moments drew " + soon + " times");
    live.finish();
    live.finish();
    assertEquals(1, page.shown.size());
    assertEquals(soon + 1, page.updates.size());
    assertEquals("id-1", page.updates.get(soon));
    assertEquals(2, live.chart().getSeriesCollection().size());
  }
}
