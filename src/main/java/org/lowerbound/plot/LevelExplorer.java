package org.lowerbound.plot;

import java.util.Locale;
import java.util.Objects;
import org.knowm.xchart.XYChart;

/**
 * A law of one sub-pixel to play with: its probabilities of the levels 0 to 255 as bars, its centre
 * and scale under the pointer, and the price in bits of a level that a slider sets.
 *
 * <p>The law is a symmetric one that is shifted by its centre and cut into levels, the two end
 * levels taking the tails. All its numbers are computed beforehand and travel in the HTML, for
 * every whole centre from {@value #LEAST} to {@value #MOST} and for 20 scales: neither a server nor
 * the network is needed. The plot is reached with the Tab key and steered with the arrow keys, with
 * the pointer, or with a finger. Where no script may run, a picture of three laws stands in its
 * place.
 */
public final class LevelExplorer implements Html {

  static final int LEAST = -64;
  static final int MOST = 319;
  private static final int LEVELS = 256;
  private static final int SCALES = 20;

  /** The law: log P(level) for a centre and a scale in units of levels. */
  @FunctionalInterface
  public interface LogMass {
    /** The logarithm of the probability of a level from 0 to 255, in nats. */
    double of(int level, double centre, double scale);
  }

  private final LogMass law;
  private String title = "";

  private LevelExplorer(LogMass law) {
    this.law = law;
  }

  /**
   * An explorer of one law.
   *
   * @throws IllegalArgumentException if the law is not symmetric about its centre, or its
   *     probabilities do not sum to 1
   */
  public static LevelExplorer of(LogMass law) {
    Objects.requireNonNull(law, "law");
    for (double centre : new double[] {-20, 100, 250}) {
      double sum = 0;
      for (int level = 0; level < LEVELS; level++) {
        sum += Math.exp(law.of(level, centre, 5));
        double mirrored = law.of(LEVELS - 1 - level, LEVELS - 1 - centre, 5);
        if (!(Math.abs(law.of(level, centre, 5) - mirrored) <= 1e-6 * (1 + Math.abs(mirrored)))) {
          throw new IllegalArgumentException(
              "The law is not symmetric: level " + level + " for the centre " + centre + ".");
        }
      }
      if (!(Math.abs(sum - 1) < 1e-6)) {
        throw new IllegalArgumentException(
            "The probabilities of the 256 levels sum to "
                + sum
                + " for the centre "
                + centre
                + ".");
      }
    }
    return new LevelExplorer(law);
  }

  /** A title above the plot. */
  public LevelExplorer title(String newTitle) {
    this.title = Objects.requireNonNull(newTitle, "title");
    return this;
  }

  /** Scale number i: from a fifth of a level to 51 levels, in equal ratios. */
  static double scale(int i) {
    return 0.2 * Math.pow(256, i / (SCALES - 1.0));
  }

  /** −log₂ P: row i is scale i, the price of a level inside by its distance from the centre. */
  private StringBuilder inside() {
    StringBuilder json = new StringBuilder();
    for (int i = 0; i < SCALES; i++) {
      json.append(i == 0 ? "[[" : ",[");
      for (int d = 0; d <= MOST; d++) {
        append(json, d, law.of(1, 1.0 + d, scale(i)));
      }
      json.append(']');
    }
    return json.append(']');
  }

  /** Row i is scale i: the price of level 0 for the centres from LEAST to MOST. */
  private StringBuilder end() {
    StringBuilder json = new StringBuilder();
    for (int i = 0; i < SCALES; i++) {
      json.append(i == 0 ? "[[" : ",[");
      for (int centre = LEAST; centre <= MOST; centre++) {
        append(json, centre - LEAST, law.of(0, centre, scale(i)));
      }
      json.append(']');
    }
    return json.append(']');
  }

  private static void append(StringBuilder json, int index, double nats) {
    double bits = Math.max(0, -nats / Math.log(2));
    json.append(index == 0 ? "" : ",").append(String.format(Locale.ROOT, "%.4g", bits));
  }

  /** Three laws of the explorer, for where no script runs. */
  private XYChart still() {
    XYChart chart = Charts.lines(title, "level", "probability");
    double[] levels = new double[LEVELS];
    for (int k = 0; k < LEVELS; k++) {
      levels[k] = k;
    }
    double[][] settings = {{96, scale(13)}, {250, scale(15)}, {170, scale(10)}};
    for (double[] setting : settings) {
      double[] mass = new double[LEVELS];
      for (int k = 0; k < LEVELS; k++) {
        mass[k] = Math.exp(law.of(k, setting[0], setting[1]));
      }
      String name = String.format(Locale.ROOT, "centre %.0f, scale %.1f", setting[0], setting[1]);
      chart.addSeries(name, levels, mass);
    }
    return chart;
  }

  @Override
  public String toHtml() {
    StringBuilder html = new StringBuilder(150_000);
    html.append("<div class=\"lowerbound-levels\" data-lm-suppress-shortcuts=\"true\">\n<style>\n")
        .append(Fragments.resource("levels.css"))
        .append("</style>\n");
    if (!title.isEmpty()) {
      html.append("<p><b>").append(Html.escape(title)).append("</b></p>\n");
    }
    html.append("<div class=\"lbl-still\">")
        .append(Display.html(Charts.image(still())))
        .append("</div>\n<script type=\"application/json\" class=\"lbl-data\">{\"least\":")
        .append(LEAST)
        .append(",\"scales\":[");
    for (int i = 0; i < SCALES; i++) {
      html.append(i == 0 ? "" : ",").append(String.format(Locale.ROOT, "%.4g", scale(i)));
    }
    html.append("],\"inside\":")
        .append(inside())
        .append(",\"end\":")
        .append(end())
        .append("}</script>\n<script>\n")
        .append(Fragments.resource("levels.js"))
        .append("</script>\n</div>\n");
    return html.toString();
  }

  @Override
  public String toString() {
    String text = "the law of one of 256 levels, for every centre and 20 scales";
    return title.isEmpty() ? text : title + ": " + text;
  }
}
