package org.lowerbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.DensitySets;
import org.lowerbound.data.Examples;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Splits;
import org.lowerbound.data.StrokeDigits;

/**
 * The README's examples for a notebook, taken from its text and evaluated as the kernels do: by
 * JShell, statement by statement.
 */
class ReadmeNotebookTest {
  private static final String SECTION = "### In a notebook of your own";

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final JShell shell =
      JShell.builder()
          .executionEngine("local")
          .out(new PrintStream(said, true, StandardCharsets.UTF_8))
          .build();

  @AfterEach
  void close() {
    shell.close();
  }

  /** The example that holds the given words, of the section's. */
  private static String example(String words) throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String section = readme.substring(readme.indexOf(SECTION));
    section = section.substring(0, section.indexOf("\n### ", SECTION.length()));
    List<String> found = new ArrayList<>();
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(section);
    while (block.find()) {
      if (block.group(1).contains(words)) {
        found.add(block.group(1));
      }
    }
    assertEquals(1, found.size(), words);
    long lines = found.get(0).lines().count();
    assertTrue(lines <= 20, "the example of " + words + " has " + lines + " lines");
    return found.get(0);
  }

  /** Evaluates an example and returns what its last statement shows. */
  private String run(String words) throws IOException {
    shell.addToClasspath(System.getProperty("java.class.path"));
    String last = "";
    String rest = example(words);
    while (!rest.isBlank()) {
      SourceCodeAnalysis.CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      last = evaluate(next.source() == null ? rest : next.source());
      rest = next.source() == null ? "" : next.remaining();
    }
    return last;
  }

  private String evaluate(String source) {
    String value = "";
    for (SnippetEvent event : shell.eval(source)) {
      assertEquals(Snippet.Status.VALID, event.status(), () -> source + problems(event.snippet()));
      if (event.exception() != null) {
        throw new AssertionError(source, event.exception());
      }
      value = event.value();
    }
    return value;
  }

  private String problems(Snippet snippet) {
    StringBuilder text = new StringBuilder();
    shell.diagnostics(snippet).forEach(d -> text.append('\n').append(d.getMessage(null)));
    return text.toString();
  }

  private double number(String name) {
    return Double.parseDouble(evaluate(name));
  }

  /**
   * The mean log-probability of the rows under bits (or grey values) that do not know one another,
   * each with its mean in the training rows; in nats.
   */
  private static double independent(Examples train, Examples test) {
    int features = 1;
    for (int side : train.shape()) {
      features *= side;
    }
    double[] mean = new double[features];
    float[] row = new float[features];
    for (int n = 0; n < train.size(); n++) {
      train.draw(n, null, row, 0);
      for (int i = 0; i < features; i++) {
        mean[i] += row[i] / train.size();
      }
    }
    double total = 0;
    for (int n = 0; n < test.size(); n++) {
      test.draw(n, null, row, 0);
      for (int i = 0; i < features; i++) {
        double p = Math.min(Math.max(mean[i], 1e-4), 1 - 1e-4);
        total += (row[i] * Math.log(p) + (1 - row[i]) * Math.log(1 - p)) / test.size();
      }
    }
    return total;
  }

  @Test
  void densityModel() throws IOException {
    run("Made.create");
    Splits<BinaryRows> survey = DensitySets.nltcs();
    double apart = independent(survey.train(), survey.test());
    // The answers of the survey, and of its replacement, hang together: by more than 1 nat of 9.
    assertTrue(number("mean") > apart + 1, number("mean") + " against " + apart);
    assertEquals(survey.test().size(), number("logProbability.length"));
    assertTrue(number("Arrays.stream(logProbability).max().getAsDouble()") < 0);
  }

  @Test
  void autoencoder() throws IOException {
    String picture = run("Vae.create");
    Splits<ImageData> grey = StrokeDigits.of(6000, 1).materialised().split(5000, 500, 500);
    // The expectation over the bits that are drawn is the same sum with the grey values in it.
    double apart = independent(grey.train(), grey.test());
    assertTrue(number("bound") > apart + 40, number("bound") + " against " + apart);
    assertEquals("20", evaluate("drawn.length"));
    assertTrue(picture.startsWith("BufferedImage@"), picture);
  }

  @Test
  void mixture() throws IOException {
    run("VariationalMixture.best");
    // Two kinds of eruptions, of six components offered.
    assertEquals("2", evaluate("survivors"));
    assertEquals(272, number("Arrays.stream(counts).sum()"), 1e-6);
    assertEquals(0, number("best.largestDecrease()"), 1e-8);
  }

  @Test
  void maximumEntropy() throws IOException {
    run("MaximumEntropy.over");
    // E. T. Jaynes, Where do we stand on maximum entropy? (1979): five digits of each.
    double[] jaynes = {.05435, .07877, .11416, .16545, .23977, .34749};
    for (int i = 0; i < 6; i++) {
      assertEquals(jaynes[i], number("faces[" + i + "]"), 1e-5);
    }
    assertEquals(1.61358, number("entropy"), 1e-5);
  }
}
