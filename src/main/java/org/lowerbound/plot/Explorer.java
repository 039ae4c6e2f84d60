package org.lowerbound.plot;

import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Something to play with: a few parameters, each with a list of values, and panels that show what
 * the library computed for every combination of them.
 *
 * <p>All states are computed beforehand and travel in the HTML, so that neither a server nor the
 * network is needed and the page still works years later. A parameter is set by a slider or a list
 * of choices, which the keyboard, a finger and a screen reader know, and where a panel has a {@link
 * Panel#handle handle} by dragging that. A sentence says the state in words. Where no script may
 * run (a notebook that is not trusted yet, GitHub), pictures of the first state stand in its place.
 *
 * <pre>
 * Explorer die = Explorer.of("A die and its mean").parameter("mean", means, 25)
 *     .says(p -> "λ = " + lambda(p[0]));
 * die.panel("distribution", "face", "probability", 0.5, 6.5, 0, 1)
 *     .bars("p", faces, p -> probabilities(p[0]));
 * </pre>
 */
public final class Explorer implements Html {

  private static final int MOST_STATES = 20_000;
  private static final int MOST_CHARACTERS = 900_000;
  // One character a grey level, from black to white; none of them means anything to JSON or HTML.
  private static final String GREYS =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
  private static final char UNKNOWN = '.';

  private record Parameter(
      String name, double[] values, String[] texts, boolean named, int start) {}

  private record Series(
      String kind, String name, int colour, boolean dashed, double[] x, Values values) {}

  private record Handle(int[] parameters, Function<double[], double[]> place) {}

  /** What a series is made of in a state: a list of coordinate lists. */
  private interface Values {
    double[][] at(double[] state);
  }

  private final String title;
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Panel> panels = new ArrayList<>();
  private Function<double[], String> says = state -> "";

  private Explorer(String title) {
    this.title = title;
  }

  /** An explorer without parameters and panels yet. */
  public static Explorer of(String title) {
    return new Explorer(Objects.requireNonNull(title, "title"));
  }

  /**
   * A parameter with numbers, set by a slider.
   *
   * @param values rising; functions of the state find the chosen one at this parameter's place
   * @param start the index of the value to start with
   */
  public Explorer parameter(String name, double[] values, int start) {
    String[] texts = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      // Steps of 0.1 leave 0.30000000000000004.
      texts[i] = Numbers.significant(Math.rint(values[i] * 1e9) / 1e9, 4).replace('-', '−');
    }
    return parameter(new Parameter(name, values.clone(), texts, false, start));
  }

  /** A parameter with names, set from a list; functions of the state find the index of the name. */
  public Explorer choice(String name, String... names) {
    double[] indices = new double[names.length];
    Arrays.setAll(indices, i -> i);
    return parameter(new Parameter(name, indices, names.clone(), true, 0));
  }

  private Explorer parameter(Parameter parameter) {
    if (parameter.values.length == 0
        || parameter.start < 0
        || parameter.start >= parameter.values.length) {
      throw new IllegalArgumentException(
          "parameter "
              + parameter.name
              + " has "
              + parameter.values.length
              + " values and cannot start with number "
              + parameter.start);
    }
    parameters.add(parameter);
    if (states() > MOST_STATES) {
      throw new IllegalArgumentException(
          "with " + parameter.name + " there are " + states() + " states, at most " + MOST_STATES);
    }
    return this;
  }

  /** A sentence for every state: what there is to see, in words and numbers. */
  public Explorer says(Function<double[], String> sentence) {
    this.says = Objects.requireNonNull(sentence, "sentence");
    return this;
  }

  /**
   * A plot with fixed axes.
   *
   * @param left the value at the left end of the x axis, then at its right end, at the bottom of
   *     the y axis and at its top
   */
  public Panel panel(
      String name, String x, String y, double left, double right, double bottom, double top) {
    if (!(left < right) || !(bottom < top)) {
      throw new IllegalArgumentException(
          "panel " + name + " needs axes that rise, from left to right and from bottom to top");
    }
    Panel panel = new Panel(name, x, y, new double[] {left, right, bottom, top});
    panels.add(panel);
    return panel;
  }

  /** A panel without axes for grey pictures; see {@link Panel#cells}. */
  public Panel picture(String name) {
    Panel panel = new Panel(name, "", "", new double[] {0, 1, 0, 1});
    panels.add(panel);
    return panel;
  }

  /** One plot of an {@link Explorer}. Functions get the values of all parameters, in order. */
  public final class Panel {
    private final String name;
    private final String xName;
    private final String yName;
    private final double[] box;
    private final List<Series> series = new ArrayList<>();
    private final List<Handle> handles = new ArrayList<>();
    private boolean square;

    private Panel(String name, String xName, String yName, double[] box) {
      this.name = name;
      this.xName = xName;
      this.yName = yName;
      this.box = box;
    }

    /** A curve over fixed abscissae; a NaN leaves a gap. */
    public Panel line(String label, double[] x, Function<double[], double[]> y) {
      return add("line", label, x, state -> new double[][] {y.apply(state)});
    }

    /** A curve whose abscissae change too: {@code {xs, ys}}. */
    public Panel curve(String label, Function<double[], double[][]> xy) {
      return add("line", label, null, xy::apply);
    }

    /** Dots: {@code {xs, ys}}. */
    public Panel points(String label, Function<double[], double[][]> xy) {
      return add("points", label, null, xy::apply);
    }

    /** Bars from 0 at fixed abscissae. */
    public Panel bars(String label, double[] x, Function<double[], double[]> heights) {
      return add("bars", label, x, state -> new double[][] {heights.apply(state)});
    }

    /** Straight pieces, each {@code {x1, y1, x2, y2}}. */
    public Panel segments(String label, Function<double[], double[][]> pieces) {
      return add(
          "segments",
          label,
          null,
          state -> {
            double[][] all = pieces.apply(state);
            double[] x = new double[2 * all.length];
            double[] y = new double[2 * all.length];
            for (int i = 0; i < all.length; i++) {
              x[2 * i] = all[i][0];
              y[2 * i] = all[i][1];
              x[2 * i + 1] = all[i][2];
              y[2 * i + 1] = all[i][3];
            }
            return new double[][] {x, y};
          });
    }

    /**
     * A picture of cells, {@code [rows][columns]} from the top, 0 black to 1 white; NaN, which is
     * not known yet, is drawn in a colour of its own. It fills the panel.
     */
    public Panel cells(String label, Function<double[], double[][]> brightness) {
      return add("cells", label, null, brightness::apply);
    }

    private Panel add(String kind, String label, double[] x, Values values) {
      series.add(new Series(kind, label, series.size(), false, x, values));
      return this;
    }

    /** The last series in another colour of the palette: the same colour, the same meaning. */
    public Panel colour(int palette) {
      Series last = series.remove(series.size() - 1);
      series.add(new Series(last.kind, last.name, palette, last.dashed, last.x, last.values));
      return this;
    }

    /** The last series as a broken line. */
    public Panel dashed() {
      Series last = series.remove(series.size() - 1);
      series.add(new Series(last.kind, last.name, last.colour, true, last.x, last.values));
      return this;
    }

    /** The same scale along both axes. */
    public Panel square() {
      square = true;
      return this;
    }

    /**
     * A dot to drag.
     *
     * @param place where it is in a state, {@code {x, y}}
     * @param of the indices of the parameters (one or two) that dragging it sets
     */
    public Panel handle(Function<double[], double[]> place, int... of) {
      if (of.length == 0 || of.length > 2) {
        throw new IllegalArgumentException("a handle sets one parameter or two, not " + of.length);
      }
      handles.add(new Handle(of.clone(), place));
      return this;
    }

    /** Back to the explorer, to end a cell with it. */
    public Explorer explorer() {
      return Explorer.this;
    }
  }

  private int states() {
    return parameters.stream().mapToInt(p -> p.values.length).reduce(1, Math::multiplyExact);
  }

  /** The values of all parameters in a state; the last parameter changes fastest. */
  private double[] state(int number) {
    double[] state = new double[parameters.size()];
    int rest = number;
    for (int k = state.length - 1; k >= 0; k--) {
      double[] values = parameters.get(k).values;
      state[k] = values[rest % values.length];
      rest /= values.length;
    }
    return state;
  }

  private double[] start() {
    return parameters.stream().mapToDouble(p -> p.values[p.start]).toArray();
  }

  @Override
  public String toHtml() {
    if (parameters.isEmpty() || panels.isEmpty()) {
      throw new IllegalStateException("an explorer needs a parameter and a panel");
    }
    StringBuilder html = new StringBuilder(100_000);
    html.append("<div class=\"lowerbound-play\" data-lm-suppress-shortcuts=\"true\">\n<style>\n")
        .append(Fragments.resource("play.css"))
        .append("</style>\n<p><b>")
        .append(Html.escape(title))
        .append("</b></p>\n<div class=\"lbp-still\">")
        .append(Charts.row(panels.stream().map(this::still).toArray()).toHtml())
        .append("<p>")
        .append(Html.escape(says.apply(start())))
        .append("</p></div>\n<noscript><p>Run the cell, or allow the page its scripts, to play.")
        .append("</p></noscript>\n<script type=\"application/json\" class=\"lbp-data\">")
        .append(data())
        .append("</script>\n<script>\n")
        .append(Fragments.resource("play.js"))
        .append("</script>\n</div>\n");
    if (html.length() > MOST_CHARACTERS) {
      throw new IllegalStateException(
          "the explorer \""
              + title
              + "\" takes "
              + html.length()
              + " characters, at most "
              + MOST_CHARACTERS
              + "; give it fewer states or shorter curves");
    }
    return html.toString();
  }

  private StringBuilder data() {
    StringBuilder json = new StringBuilder("{\"parameters\":[");
    for (int k = 0; k < parameters.size(); k++) {
      Parameter p = parameters.get(k);
      json.append(k == 0 ? "{" : ",{").append("\"name\":").append(Fragments.quoted(p.name));
      json.append(",\"named\":").append(p.named).append(",\"start\":").append(p.start);
      json.append(",\"texts\":[");
      for (int i = 0; i < p.texts.length; i++) {
        json.append(i == 0 ? "" : ",").append(Fragments.quoted(p.texts[i]));
      }
      json.append("]}");
    }
    json.append("],\"says\":");
    table(json, state -> Fragments.quoted(says.apply(state)));
    json.append(",\"panels\":[");
    for (int i = 0; i < panels.size(); i++) {
      json.append(i == 0 ? "" : ",");
      panel(json, panels.get(i));
    }
    return json.append("]}");
  }

  private void panel(StringBuilder json, Panel panel) {
    json.append("{\"name\":").append(Fragments.quoted(panel.name));
    json.append(",\"x\":").append(Fragments.quoted(panel.xName));
    json.append(",\"y\":").append(Fragments.quoted(panel.yName));
    json.append(",\"square\":").append(panel.square).append(",\"box\":");
    numbers(json, panel.box);
    json.append(",\"series\":[");
    for (int s = 0; s < panel.series.size(); s++) {
      Series series = panel.series.get(s);
      int colour = Style.PALETTE[series.colour % Style.PALETTE.length].getRGB() & 0xFFFFFF;
      json.append(s == 0 ? "{" : ",{").append("\"kind\":\"").append(series.kind);
      json.append("\",\"name\":").append(Fragments.quoted(series.name));
      json.append(String.format(Locale.ROOT, ",\"colour\":\"#%06X\"", colour));
      json.append(",\"dashed\":").append(series.dashed).append(",\"x\":");
      if (series.x == null) {
        json.append("null");
      } else {
        numbers(json, series.x);
      }
      json.append(",\"data\":");
      table(json, state -> encoded(panel, series, state));
      json.append('}');
    }
    json.append("],\"handles\":[");
    for (int h = 0; h < panel.handles.size(); h++) {
      Handle handle = panel.handles.get(h);
      for (int k : handle.parameters) {
        Objects.checkIndex(k, parameters.size());
      }
      json.append(h == 0 ? "{" : ",{").append("\"of\":").append(Arrays.toString(handle.parameters));
      json.append(",\"at\":");
      table(json, state -> numbers(new StringBuilder(), handle.place.apply(state)).toString());
      json.append('}');
    }
    json.append("]}");
  }

  private static String encoded(Panel panel, Series series, double[] state) {
    double[][] values = series.values.at(state);
    StringBuilder text = new StringBuilder();
    if (series.kind.equals("cells")) {
      text.append('"');
      for (double[] row : values) {
        text.append(text.length() == 1 ? "" : "/");
        for (double value : row) {
          int grey = (int) Math.round(Math.max(0, Math.min(1, value)) * (GREYS.length() - 1));
          text.append(Double.isNaN(value) ? UNKNOWN : GREYS.charAt(grey));
        }
      }
      return text.append('"').toString();
    }
    int length = series.x == null ? values[0].length : series.x.length;
    for (double[] list : values) {
      if (list.length != length) {
        throw new IllegalArgumentException(
            "\""
                + series.name
                + "\" of panel \""
                + panel.name
                + "\" has "
                + list.length
                + " values where "
                + length
                + " are needed, in the state "
                + Arrays.toString(state));
      }
    }
    text.append('[');
    for (int i = 0; i < values.length; i++) {
      numbers(text.append(i == 0 ? "" : ","), values[i]);
    }
    return text.append(']').toString();
  }

  /** The values of all states, each different one once: its list, and for every state its index. */
  private void table(StringBuilder json, Function<double[], String> of) {
    Map<String, Integer> different = new LinkedHashMap<>();
    StringBuilder indices = new StringBuilder();
    for (int number = 0; number < states(); number++) {
      int index = different.computeIfAbsent(of.apply(state(number)), v -> different.size());
      indices.append(number == 0 ? "" : ",").append(index);
    }
    json.append("{\"values\":[").append(String.join(",", different.keySet())).append(']');
    if (different.size() < states()) {
      json.append(",\"of\":[").append(indices).append(']');
    }
    json.append('}');
  }

  private static StringBuilder numbers(StringBuilder json, double[] values) {
    json.append('[');
    for (int i = 0; i < values.length; i++) {
      boolean finite = Double.isFinite(values[i]);
      json.append(i == 0 ? "" : ",").append(finite ? Numbers.significant(values[i], 4) : "null");
    }
    return json.append(']');
  }

  /** A panel in the first state, for where no script runs. */
  private Object still(Panel panel) {
    double[] state = start();
    if (panel.series.stream().anyMatch(s -> s.kind.equals("cells"))) {
      double[][] rows = panel.series.get(0).values.at(state);
      float[][] picture = new float[1][rows.length * rows[0].length];
      for (int i = 0; i < picture[0].length; i++) {
        double value = rows[i / rows[0].length][i % rows[0].length];
        picture[0][i] = Double.isNaN(value) ? 0.5f : (float) Math.max(0, Math.min(1, value));
      }
      int scale = Math.max(1, 280 / Math.max(rows.length, rows[0].length));
      return ImageGrid.of(picture, rows.length, rows[0].length).scale(scale).title(panel.name);
    }
    XYChart chart = Charts.lines(panel.name, panel.xName, panel.yName);
    chart.getStyler().setXAxisMin(panel.box[0]).setXAxisMax(panel.box[1]);
    chart.getStyler().setYAxisMin(panel.box[2]).setYAxisMax(panel.box[3]);
    for (Series series : panel.series) {
      double[][] values = series.values.at(state);
      double[] x = series.x == null ? values[0] : series.x;
      double[] y = values[values.length - 1];
      boolean points = series.kind.equals("points");
      for (int i = 0; i < x.length; ) {
        // Bars and pieces are drawn one by one; the legend names the first.
        int end =
            series.kind.equals("bars") ? i + 1 : series.kind.equals("segments") ? i + 2 : x.length;
        double[] some = Arrays.copyOfRange(x, i, end);
        double[] heights = Arrays.copyOfRange(y, i, end);
        if (series.kind.equals("bars")) {
          some = new double[] {some[0], some[0]};
          heights = new double[] {0, heights[0]};
        }
        XYSeries part =
            chart.addSeries(i == 0 ? series.name : series.name + " " + i, some, heights);
        part.setLineColor(Style.PALETTE[series.colour % Style.PALETTE.length]);
        part.setMarkerColor(Style.PALETTE[series.colour % Style.PALETTE.length]);
        part.setShowInLegend(i == 0);
        part.setMarker(points ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        if (points) {
          part.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        } else if (series.kind.equals("bars")) {
          part.setLineStyle(new BasicStroke(24f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
        }
        i = end;
      }
    }
    return chart;
  }

  @Override
  public String toString() {
    String said = parameters.isEmpty() ? "" : says.apply(start());
    return said.isEmpty() ? title : title + ": " + said;
  }
}
