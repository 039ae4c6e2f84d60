package org.lowerbound.meanfield;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.plot.Charts;

/** The drawings of chapter 03 that take more than a line or two. */
public final class MeanFieldFigures {
  private MeanFieldFigures() {}

  /**
   * Contours of the exact posterior of {@code (μ, τ)} and of its mean-field approximation: where
   * the log density lies ½, 2 and 4.5 nats below its highest value (1, 2 and 3 standard deviations
   * of a normal distribution).
   */
  public static XYChart contours(String title, NormalGamma exact, NormalGammaFactors q) {
    XYChart chart = Charts.lines(title, "mean μ", "precision τ");
    for (double drop : new double[] {0.5, 2, 4.5}) {
      // For a given τ both log densities are parabolas in μ: the contour's two branches are its
      // roots.
      contour(
          chart,
          "exact",
          drop,
          exact.mean(),
          tau -> exact.logDensity(exact.mean(), tau),
          tau -> 1 / (exact.kappa() * tau),
          (exact.shape() - 0.5) / exact.rate(),
          0);
      contour(
          chart,
          "mean field",
          drop,
          q.mean(),
          tau -> q.logDensity(q.mean(), tau),
          tau -> q.variance(),
          (q.shape() - 1) / q.rate(),
          1);
    }
    return chart;
  }

  private static void contour(
      XYChart chart,
      String name,
      double drop,
      double centre,
      DoubleUnaryOperator ridge,
      DoubleUnaryOperator variance,
      double mode,
      int colour) {
    double level = ridge.applyAsDouble(mode) - drop;
    double low = edge(ridge, level, mode, 1e-9 * mode);
    double high = edge(ridge, level, mode, 50 * mode);
    int points = 200;
    double[] mu = new double[2 * points + 1];
    double[] tau = new double[2 * points + 1];
    for (int i = 0; i <= 2 * points; i++) {
      double angle = Math.PI * i / points;
      tau[i] = 0.5 * (low + high) - 0.5 * (high - low) * Math.cos(angle);
      double above = Math.max(0, ridge.applyAsDouble(tau[i]) - level);
      double width = Math.sqrt(2 * above * variance.applyAsDouble(tau[i]));
      mu[i] = centre + (i <= points ? width : -width);
    }
    XYSeries series = chart.addSeries(name + " " + drop, mu, tau);
    series.setLabel(name);
    series.setShowInLegend(drop == 0.5);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(Charts.palette()[colour]);
  }

  /** Where a function that falls away from {@code from} crosses the level, by bisection. */
  private static double edge(DoubleUnaryOperator f, double level, double from, double to) {
    double inside = from;
    double outside = to;
    for (int i = 0; i < 80; i++) {
      double middle = 0.5 * (inside + outside);
      if (f.applyAsDouble(middle) >= level) {
        inside = middle;
      } else {
        outside = middle;
      }
    }
    return inside;
  }

  /**
   * {@code log [½ N(u | d, s²) + ½ N(u | −d, s²)]}: a density with two equal peaks at {@code ±d}.
   */
  public static double logTwoPeaks(double u, double distance, double deviation) {
    double right = -0.5 * Math.pow((u - distance) / deviation, 2);
    double left = -0.5 * Math.pow((u + distance) / deviation, 2);
    return LogSumExp.of(right, left) - Math.log(2 * deviation * Math.sqrt(2 * Math.PI));
  }

  /**
   * Data in the plane, every point in the mixture of its components' colours by its
   * responsibilities, and for every component with at least one row the ellipse of two standard
   * deviations.
   *
   * @param x shape {@code [N, 2]}
   */
  public static XYChart responsibilities(
      String title, String xLabel, String yLabel, double[][] x, VariationalMixture q) {
    Color[] palette = Charts.palette();
    double[][] r = q.responsibilities();
    Map<Color, List<double[]>> points = new LinkedHashMap<>();
    for (int n = 0; n < x.length; n++) {
      double red = 0;
      double green = 0;
      double blue = 0;
      for (int k = 0; k < r[n].length; k++) {
        // Eighths of a responsibility: a few dozen colours at most, each one series of the chart.
        double share = Math.round(8 * r[n][k]) / 8.0;
        Color colour = palette[k % palette.length];
        red += share * colour.getRed();
        green += share * colour.getGreen();
        blue += share * colour.getBlue();
      }
      Color mixed = new Color(bounded(red), bounded(green), bounded(blue));
      points.computeIfAbsent(mixed, colour -> new ArrayList<>()).add(x[n]);
    }
    XYChart chart = Charts.points(title, xLabel, yLabel);
    points.forEach(
        (colour, rows) -> {
          XYSeries series =
              chart.addSeries(
                  "points " + colour.getRGB(),
                  rows.stream().mapToDouble(row -> row[0]).toArray(),
                  rows.stream().mapToDouble(row -> row[1]).toArray());
          series.setMarker(SeriesMarkers.CIRCLE);
          series.setMarkerColor(colour);
        });
    double[] counts = q.counts();
    for (int k = 0; k < counts.length; k++) {
      if (counts[k] >= 1) {
        double[][] curve =
            Gaussians.ellipse(q.component(k).mean(), q.component(k).covariance(), 2, 80);
        XYSeries series = chart.addSeries("component " + k, curve[0], curve[1]);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(palette[k % palette.length].darker());
        series.setLineStyle(new BasicStroke(2.6f));
      }
    }
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setMarkerSize(7);
    return chart;
  }

  private static int bounded(double channel) {
    return (int) Math.max(0, Math.min(255, Math.round(channel)));
  }
}
