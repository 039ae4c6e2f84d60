package org.lowerbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChart;
import org.lowerbound.claims.Claims;
import org.lowerbound.data.OldFaithful;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.data.TextCorpus;
import org.lowerbound.entropy.MaximumEntropy;
import org.lowerbound.entropy.Outcomes;
import org.lowerbound.meanfield.Gaussians;
import org.lowerbound.meanfield.GibbsMixture;
import org.lowerbound.meanfield.MixturePrior;
import org.lowerbound.meanfield.VariationalMixture;
import org.lowerbound.plot.Charts;
import org.lowerbound.plot.Display;
import org.lowerbound.plot.Numbers;
import org.lowerbound.vae.Gaussian;
import org.lowerbound.vae.LinearGaussian;
import org.lowerbound.variations.Boundary;
import org.lowerbound.variations.EulerLagrange;
import org.lowerbound.variations.Functional;
import org.lowerbound.variations.Grid;
import org.lowerbound.variations.Integrand;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/**
 * What the course prints does not depend on the language of the machine. German has a decimal
 * comma, Turkish an i without its dot in lower case, Egyptian Arabic its own digits.
 */
class LocaleTest {

  @Test
  void everyOutputIsTheSameInEveryLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.ROOT);
      Map<String, String> expected = outputs();
      assertEquals("converged after 15 sweeps, bound -337.039656 nats", expected.get("ascent"));
      for (String language : List.of("de-DE", "tr-TR", "ar-EG")) {
        Locale.setDefault(Locale.forLanguageTag(language));
        Map<String, String> printed = outputs();
        expected.forEach((what, text) -> assertEquals(text, printed.get(what), language + what));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  private static Map<String, String> outputs() {
    Map<String, String> outputs = new LinkedHashMap<>();
    double[][] x = OldFaithful.mixture().sample(60, 1).values();
    MixturePrior prior = MixturePrior.standardised(1, 2, .2);
    outputs.put(
        "ascent",
        VariationalMixture.fit(
                prior, x, VariationalMixture.start(x, 2, new SplittableRandom(1)), 1e-6, 100)
            .toString());
    outputs.put("prior", prior.toString());
    outputs.put(
        "refusal",
        assertThrows(
                IllegalArgumentException.class,
                () -> GibbsMixture.sample(prior, x, -1, 10, 10, new SplittableRandom(1)))
            .getMessage());
    outputs.put(
        "another refusal",
        assertThrows(
                IllegalArgumentException.class,
                () -> Gaussians.kl(new double[1234], x, new double[2], x))
            .getMessage());
    outputs.put("text", TextCorpus.generated(20_000, 1).toString());
    outputs.put("rows", OldFaithful.mixture().sample(5, 1).toString());
    outputs.put("digits", StrokeDigits.of(3, 1).toString());
    outputs.put("numbers", Numbers.format(1234567.891, 1e-3) + Numbers.format(3.2e-9));
    outputs.put("size", Size.parse("QUICK").toString() + Size.current());
    outputs.put("memory", SetUp.bytes(1_500_000_000));
    Claims claims = Claims.of("locale");
    claims.equal("π to three digits", 3.14159, 3.1416, 1e-3);
    claims.atMost("an upper bound", 1234.5, 1000.25);
    outputs.put("claims", claims + claims.toHtml() + claims.table());
    outputs.put(
        "table",
        Display.html(Table.create("t", DoubleColumn.create("v", 0.25, 1234.5, Double.NaN))));
    outputs.put(
        "distribution",
        MaximumEntropy.over(Outcomes.of(1, 2, 3, 4, 5, 6))
            .subjectTo("x", v -> v, 4.5)
            .solve()
            .toString());
    outputs.put("normal", Gaussian.standard(2).toString());
    outputs.put("model", LinearGaussian.identity(2, 0.5).toString());
    Grid grid = Grid.uniform(0, 1, 10);
    outputs.put(
        "path",
        EulerLagrange.solve(
                Functional.of(grid, Integrand.arcLength()),
                Boundary.fixed(0, 1),
                grid.sample(v -> v * v))
            .toString());
    XYChart chart = Charts.lines("Ticks", "x", "y");
    chart.addSeries("s", new double[] {0, 0.5, 12.25}, new double[] {1000.5, 2000.5, 3000.25});
    int[] pixels =
        Charts.image(chart).getRGB(0, 0, Charts.WIDTH, Charts.HEIGHT, null, 0, Charts.WIDTH);
    ByteBuffer bytes = ByteBuffer.allocate(4 * pixels.length);
    bytes.asIntBuffer().put(pixels);
    outputs.put("chart", Integer.toHexString(java.util.Arrays.hashCode(bytes.array())));
    return outputs;
  }
}
