package org.lowerbound.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A drawing of a computation: boxes on a grid of columns and rows, arrows between them. What is
 * observed is shaded, what is random is round, what enters the loss is framed in colour.
 */
public final class Diagram {

  /** What a box stands for. */
  public enum Kind {
    /** Data. */
    OBSERVED,
    /** Something computed. */
    COMPUTED,
    /** A random draw. */
    RANDOM,
    /** A term of the loss. */
    LOSS
  }

  private static final int WIDE = 128;
  private static final int HIGH = 54;
  private static final int COLUMN = 154;
  private static final int ROW = 84;
  private static final int MARGIN = 14;
  private static final int TITLE = 34;

  private record Box(Kind kind, double column, double row, String[] lines) {
    double x() {
      return MARGIN + WIDE / 2.0 + column * COLUMN;
    }

    double y() {
      return TITLE + HIGH / 2.0 + row * ROW;
    }
  }

  private record Arrow(Box from, Box to) {}

  private final String title;
  private final Map<String, Box> boxes = new LinkedHashMap<>();
  private final List<Arrow> arrows = new ArrayList<>();

  private Diagram(String title) {
    this.title = title;
  }

  /** An empty drawing. */
  public static Diagram titled(String title) {
    return new Diagram(title);
  }

  /**
   * Adds a box.
   *
   * @param name by which arrows find it; also its first line
   * @param column its place, from 0 at the left
   * @param row its place, from 0 at the top
   * @param more further lines, such as a shape
   * @return this
   * @throws IllegalArgumentException if there is a box of this name
   */
  public Diagram box(Kind kind, String name, double column, double row, String... more) {
    String[] lines = new String[more.length + 1];
    lines[0] = name;
    System.arraycopy(more, 0, lines, 1, more.length);
    if (boxes.putIfAbsent(name, new Box(kind, column, row, lines)) != null) {
      throw new IllegalArgumentException("There is a box '" + name + "' already.");
    }
    return this;
  }

  /**
   * Adds arrows along a chain of boxes.
   *
   * @return this
   * @throws IllegalArgumentException if a box does not exist
   */
  public Diagram arrows(String... chain) {
    for (int i = 1; i < chain.length; i++) {
      arrows.add(new Arrow(find(chain[i - 1]), find(chain[i])));
    }
    return this;
  }

  private Box find(String name) {
    Box box = boxes.get(name);
    if (box == null) {
      throw new IllegalArgumentException(
          "There is no box '" + name + "'; the boxes are " + boxes.keySet() + ".");
    }
    return box;
  }

  /** The picture. */
  public BufferedImage image() {
    Pictures.requireFonts();
    double columns = 0;
    double rows = 0;
    for (Box box : boxes.values()) {
      columns = Math.max(columns, box.column);
      rows = Math.max(rows, box.row);
    }
    BufferedImage image =
        Pictures.blank(
            (int) (2 * MARGIN + WIDE + columns * COLUMN),
            (int) (TITLE + MARGIN + HIGH + rows * ROW));
    Graphics2D graphics = image.createGraphics();
    Pictures.smooth(graphics);
    graphics.setColor(Style.INK);
    graphics.setFont(Style.bold(16));
    Pictures.text(graphics, title, MARGIN, 20);
    arrows.forEach(arrow -> draw(graphics, arrow));
    boxes.values().forEach(box -> draw(graphics, box));
    graphics.dispose();
    return image;
  }

  private static void draw(Graphics2D graphics, Box box) {
    double corner = box.kind == Kind.RANDOM ? HIGH : 8;
    RoundRectangle2D frame =
        new RoundRectangle2D.Double(
            box.x() - WIDE / 2.0, box.y() - HIGH / 2.0, WIDE, HIGH, corner, corner);
    graphics.setColor(box.kind == Kind.OBSERVED ? new Color(0xDDDDDD) : Color.WHITE);
    graphics.fill(frame);
    boolean loss = box.kind == Kind.LOSS;
    graphics.setColor(
        loss ? Style.PALETTE[1] : box.kind == Kind.RANDOM ? Style.PALETTE[0] : Style.FRAME);
    graphics.setStroke(new BasicStroke(loss || box.kind == Kind.RANDOM ? 2.2f : 1.4f));
    graphics.draw(frame);
    graphics.setColor(Style.INK);
    double baseline = box.y() + 5 - (box.lines.length - 1) * 8.5;
    for (int i = 0; i < box.lines.length; i++) {
      graphics.setFont(i == 0 ? Style.bold(14) : Style.text(13));
      Pictures.centred(graphics, box.lines[i], box.x(), baseline + 17 * i);
    }
  }

  private static void draw(Graphics2D graphics, Arrow arrow) {
    double dx = arrow.to.x() - arrow.from.x();
    double dy = arrow.to.y() - arrow.from.y();
    // From edge to edge along the line between the centres.
    double leave = edge(dx, dy, 1);
    double arrive = 1 - edge(dx, dy, 4);
    double x0 = arrow.from.x() + leave * dx;
    double y0 = arrow.from.y() + leave * dy;
    double x1 = arrow.from.x() + arrive * dx;
    double y1 = arrow.from.y() + arrive * dy;
    graphics.setColor(Style.FRAME);
    graphics.setStroke(new BasicStroke(1.6f));
    graphics.draw(new Line2D.Double(x0, y0, x1, y1));
    double length = Math.hypot(dx, dy);
    double ux = dx / length;
    double uy = dy / length;
    Path2D head = new Path2D.Double();
    head.moveTo(x1 + 3 * ux, y1 + 3 * uy);
    head.lineTo(x1 - 8 * ux - 4.5 * uy, y1 - 8 * uy + 4.5 * ux);
    head.lineTo(x1 - 8 * ux + 4.5 * uy, y1 - 8 * uy - 4.5 * ux);
    head.closePath();
    graphics.fill(head);
  }

  /** The part of the way from a centre at which the frame, and a gap, are left behind. */
  private static double edge(double dx, double dy, double gap) {
    double byWidth = dx == 0 ? 1 : (WIDE / 2.0 + gap) / Math.abs(dx);
    double byHeight = dy == 0 ? 1 : (HIGH / 2.0 + gap) / Math.abs(dy);
    return Math.min(byWidth, byHeight);
  }

  @Override
  public String toString() {
    return "Diagram " + title + ", " + boxes.size() + " boxes";
  }
}
