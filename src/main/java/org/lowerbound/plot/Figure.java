package org.lowerbound.plot;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Pictures that belong together: in rows on a wide page, below one another on a narrow one, each
 * with a text that says what it shows to those who do not see it.
 *
 * <p>The texts are made from the charts: title, axes, names of the curves. When a notebook is saved
 * they give way to the figure's caption, which says what to see.
 */
public final class Figure implements Html {

  /** A panel narrower than this is not worth having beside another one. */
  private static final int LEAST_WIDTH = 300;

  private record Panel(BufferedImage image, String text) {}

  private final List<List<Panel>> rows;

  private Figure(List<List<Panel>> rows) {
    this.rows = rows;
  }

  /** One picture: a chart, a {@link BufferedImage}, an {@link ImageGrid}, a {@link MatrixImage}. */
  static Figure of(Object picture) {
    return picture instanceof Figure figure ? figure : new Figure(List.of(List.of(panel(picture))));
  }

  static Figure row(Object... figures) {
    List<Panel> row = new ArrayList<>();
    for (Object figure : required(figures)) {
      Figure.of(figure).rows.forEach(row::addAll);
    }
    return new Figure(List.of(row));
  }

  static Figure column(Object... figures) {
    List<List<Panel>> rows = new ArrayList<>();
    for (Object figure : required(figures)) {
      rows.addAll(Figure.of(figure).rows);
    }
    return new Figure(rows);
  }

  private static Object[] required(Object[] figures) {
    if (figures.length == 0) {
      throw new IllegalArgumentException("name at least one figure");
    }
    return figures;
  }

  private static Panel panel(Object figure) {
    BufferedImage image =
        Display.picture(figure)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "a figure must be a chart, a BufferedImage, an ImageGrid, a MatrixImage or"
                            + " a Figure, was "
                            + (figure == null ? "null" : figure.getClass().getName())));
    return new Panel(image, Objects.requireNonNullElse(Display.described(figure), ""));
  }

  /** All pictures as one, as they stand on a wide page. */
  public BufferedImage image() {
    return Pictures.join(
        false,
        rows.stream()
            .map(row -> Pictures.join(true, row.stream().map(Panel::image).toList()))
            .toList());
  }

  /** The number of pictures. */
  public int panels() {
    return rows.stream().mapToInt(List::size).sum();
  }

  @Override
  public String toHtml() {
    StringBuilder html =
        new StringBuilder("<figure class=\"lowerbound-figure\" style=\"margin:0\">\n");
    for (List<Panel> row : rows) {
      html.append("<div style=\"display:flex;flex-wrap:wrap;gap:8px;align-items:center\">\n");
      for (Panel panel : row) {
        int width = panel.image().getWidth();
        html.append("<img alt=\"")
            .append(Html.escape(panel.text()))
            .append("\" style=\"height:auto;min-width:0;max-width:min(100%,")
            .append(width)
            .append("px);flex:")
            .append(width)
            .append(" 1 ")
            .append(Math.min(width, LEAST_WIDTH))
            .append("px\" src=\"")
            .append(Pictures.dataUri(panel.image()))
            .append("\">\n");
      }
      html.append("</div>\n");
    }
    return html.append("</figure>").toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (List<Panel> row : rows) {
      for (Panel panel : row) {
        text.append(text.isEmpty() ? "" : "\n").append(panel.text());
      }
    }
    return text.toString();
  }
}
