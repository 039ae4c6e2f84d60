package org.lowerbound.claims;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lowerbound.Size;

class ResultsTest {

  @Test
  void aFullRunRecordsAndALaterOneReplacesTheSameNumber(@TempDir Path folder) {
    Path file = folder.resolve("results").resolve("x.csv");
    Results results = Results.of(file, Size.FULL);
    results.record("bits", "A, direct", "NLL", 6.01234, "6.0 (their split)", 1, "a CPU", 12.4);
    results.record("bits", "A, direct", "NLL", 6.5, "6.0", 2, "a CPU", 12.4);
    results.record("bits", "A, direct", "NLL", 5.99, "6.0 (their split)", 1, "a CPU", 13);
    Results read = Results.of(file, Size.QUICK);
    assertEquals(2, read.size());
    assertEquals(6.5, read.table().doubleColumn("value").get(0));
    assertEquals(5.99, read.table().doubleColumn("value").get(1));
    assertTrue(read.toHtml().contains("A; direct"), read.toHtml());
  }

  @Test
  void onAPageModelsStandAgainstMetrics(@TempDir Path folder) {
    Results results = Results.of(folder.resolve("x.csv"), Size.FULL);
    results.record("bits <1>", "A", "NLL", 6.0123456, "6.0", 1, "a CPU", 12);
    results.record("bits <1>", "A", "gap", 0.25, "", 1, "a CPU", 12);
    results.record("bits <1>", "B", "NLL", 5.5, "", 1, "a GPU", 3);
    results.record("bits <1>", "C", "NLL", 5.25, "", 1, "a GPU", 3);
    results.record("more", "A", "NLL", 7, "", 1, "a CPU", 12);
    String html = results.toHtml();
    assertEquals(2, html.split("<table", -1).length - 1, html);
    assertTrue(html.contains("bits &lt;1&gt;"), html);
    // Three models downwards, two metrics across; B has no gap.
    String first = html.substring(html.indexOf("<table"), html.indexOf("</table>"));
    assertEquals(1 + 3, first.split("<tr>", -1).length - 1, first);
    assertTrue(first.indexOf(">NLL<") < first.indexOf(">gap<"), first);
    assertTrue(
        first.contains("<b>6.0123</b><br><span style=\"opacity:.75\">paper 6.0</span>"), first);
    assertTrue(first.contains("<b>0.25</b>"), first);
    assertTrue(html.endsWith("seconds of training: 12, 3.</p>"), html);
  }

  @Test
  void aQuickRunRecordsNothing(@TempDir Path folder) {
    Path file = folder.resolve("x.csv");
    Results.of(file, Size.QUICK).record("bits", "A", "NLL", 6, "", 1, "a CPU", 1);
    assertFalse(Files.exists(file));
    assertEquals("No full-size run has been recorded.", Results.of(file, Size.QUICK).toString());
  }

  @Test
  void whatWasNotRunHasNoNumberUntilItHas(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.csv");
    Results.of(file, Size.QUICK).notRun("SVHN", "any", "bits", 1, "no files");
    assertFalse(Files.exists(file));
    Results results = Results.of(file, Size.FULL);
    results.notRun("SVHN", "any", "bits", 1, "the files, far away");
    assertFalse(results.has("SVHN", "any", "bits", 1));
    assertFalse(Files.readString(file).contains("NaN"), Files.readString(file));
    Results read = Results.of(file, Size.QUICK);
    assertTrue(read.table().column("value").isMissing(0));
    assertTrue(read.toHtml().contains("not run: the files; far away"), read.toHtml());
    assertFalse(read.toHtml().contains("NaN"), read.toHtml());
    results.record("SVHN", "any", "bits", 4.5, "", 1, "a CPU", 3);
    results.notRun("SVHN", "any", "bits", 1, "the files, far away");
    assertEquals(1, results.size());
    assertEquals(4.5, results.table().doubleColumn("value").get(0));
  }

  @Test
  void anotherFileIsRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.csv");
    Files.writeString(file, "a,b\n1,2\n");
    assertThrows(IllegalStateException.class, () -> Results.of(file, Size.QUICK));
    Files.writeString(file, "data,model,metric,value,paper,seed,device,date,seconds\nonly,two\n");
    assertThrows(IllegalStateException.class, () -> Results.of(file, Size.QUICK));
  }

  @Test
  void aTableOfNothingSaysWhereTheRecordsAre(@TempDir Path folder) {
    Results none = Results.of(folder.resolve("results").resolve("00-trial.csv"), Size.QUICK);
    String message = assertThrows(IllegalStateException.class, none::table).getMessage();
    assertTrue(message.contains("00-trial.csv is missing or empty"), message);
    assertTrue(message.endsWith("copy the folder results along with the chapter."), message);
  }
}
