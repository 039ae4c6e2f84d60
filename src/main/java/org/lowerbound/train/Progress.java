package org.lowerbound.train;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lowerbound.plot.Display;
import org.lowerbound.plot.LiveChart;

/**
 * What a run shows while it runs: on a notebook's page one line updated in place (and a chart, if
 * asked for), elsewhere one line an epoch. The line that stays on the page holds no times, so that
 * the same run leaves the same page.
 */
final class Progress {

  private static final long REFRESH_NANOS = 250_000_000L;

  /** Without a page, at most about so many lines a run. */
  private static final int LINES = 40;

  private final Training how;
  private final String loss;
  private final Optional<LiveChart> chart;
  private String line;
  private long last;
  private double firstSeconds = Double.NaN;
  private double firstPlace;
  private String lastEpoch = "";

  private Progress(Training how, String loss) {
    this.how = how;
    this.loss = loss;
    this.chart =
        how.chart() && Display.page().isPresent()
            ? Optional.of(LiveChart.of("Training", loss))
            : Optional.empty();
  }

  static Progress of(Training how, String loss) {
    return new Progress(how, loss);
  }

  void step(int epoch, int seen, int size, double mean, double seconds) {
    if (!how.progress() || Display.page().isEmpty()) {
      return;
    }
    double place = epoch - 1 + (size == 0 ? 1 : seen / (double) size);
    if (Double.isNaN(firstSeconds)) {
      firstSeconds = seconds;
      firstPlace = place;
    }
    long now = System.nanoTime();
    if (line != null && now - last < REFRESH_NANOS) {
      return;
    }
    last = now;
    double perEpoch = (seconds - firstSeconds) / Math.max(1e-9, place - firstPlace);
    String left =
        place > firstPlace
            ? ", at most " + duration(perEpoch * (how.epochs() - place)) + " left"
            : "";
    String speed =
        size > 0 && place > firstPlace
            ? String.format(Locale.ROOT, ", %.0f examples/s", size / perEpoch)
            : "";
    show(
        String.format(
            Locale.ROOT,
            "epoch %d of %d%s: %s %.4f%s%s%s",
            epoch,
            how.epochs(),
            size > 0 ? String.format(Locale.ROOT, ", %d of %d", seen, size) : "",
            loss,
            mean,
            speed,
            left,
            lastEpoch.isEmpty() ? "" : "   [" + lastEpoch + "]"));
  }

  void epoch(int epoch, List<String> columns, double[] row, double seconds) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < columns.size() - 1; i++) {
      text.append(i == 0 ? "" : ", ")
          .append(columns.get(i))
          .append(String.format(Locale.ROOT, " %.4f", row[i]));
    }
    lastEpoch = text.toString();
    chart.ifPresent(
        live -> {
          for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).equals("train " + loss) || columns.get(i).equals("valid " + loss)) {
              live.add(columns.get(i), epoch, row[i]);
            }
          }
          live.refresh();
        });
    if (how.progress() && Display.page().isEmpty()) {
      int every = Math.max(1, how.epochs() / LINES);
      if (epoch % every == 0 || epoch == how.epochs()) {
        System.out.printf(
            Locale.ROOT,
            "epoch %d of %d: %s (%s)%n",
            epoch,
            how.epochs(),
            lastEpoch,
            duration(seconds));
      }
    }
  }

  void end(History history) {
    chart.ifPresent(LiveChart::finish);
    if (how.progress() && Display.page().isPresent()) {
      show(history.toString());
    }
  }

  private void show(String text) {
    if (line == null) {
      line = Display.show(text);
    } else {
      Display.update(line, text);
    }
  }

  private static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 60
        ? s + " s"
        : s < 3600
            ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
            : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s / 60 % 60);
  }
}
