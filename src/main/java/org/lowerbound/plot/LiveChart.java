package org.lowerbound.plot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.knowm.xchart.XYChart;

/**
 * A chart of loss terms that a training run redraws in place on the connected page.
 *
 * <p>The first {@link #refresh()} shows it, later ones replace it, at most twice a second. Without
 * a page it draws nothing until {@link #chart()} is asked for.
 */
public final class LiveChart {

  private static final long PAUSE_NANOSECONDS = 500_000_000L;

  private record Curve(List<Double> x, List<Double> y) {}

  private final String title;
  private final String yLabel;
  private final Map<String, Curve> curves = new LinkedHashMap<>();
  private String id;
  private Display.Page shownOn;
  private long drawnAt;
  private boolean stale;

  private LiveChart(String title, String yLabel) {
    this.title = title;
    this.yLabel = yLabel;
  }

  /** An empty chart over the epoch. */
  public static LiveChart of(String title, String yLabel) {
    return new LiveChart(
        Objects.requireNonNull(title, "title"), Objects.requireNonNull(yLabel, "yLabel"));
  }

  /**
   * Adds a point to the named curve; one that is not finite leaves a gap, and the chart says so.
   */
  public synchronized LiveChart add(String series, double x, double y) {
    Curve curve =
        curves.computeIfAbsent(series, s -> new Curve(new ArrayList<>(), new ArrayList<>()));
    curve.x.add(x);
    curve.y.add(y);
    stale = true;
    return this;
  }

  /** Redraws on the connected page, unless it did so less than half a second ago. */
  public synchronized void refresh() {
    if (id == null || System.nanoTime() - drawnAt >= PAUSE_NANOSECONDS) {
      draw();
    }
  }

  /** Redraws whatever is new: the last call of a run. */
  public synchronized void finish() {
    draw();
  }

  private void draw() {
    Display.Page page = Display.page().orElse(null);
    if (page == null || !stale || curves.isEmpty()) {
      return;
    }
    Object picture = Charts.image(chart());
    if (id == null || page != shownOn) {
      id = page.show(picture);
      shownOn = page;
    } else {
      page.update(id, picture);
    }
    stale = false;
    drawnAt = System.nanoTime();
  }

  /** The chart of all points so far. */
  public synchronized XYChart chart() {
    XYChart chart = Charts.lines(title, "epoch", yLabel);
    curves.forEach((name, curve) -> chart.addSeries(name, curve.x, curve.y));
    return chart;
  }

  @Override
  public String toString() {
    return title;
  }
}
