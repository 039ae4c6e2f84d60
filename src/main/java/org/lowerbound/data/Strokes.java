package org.lowerbound.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Digits as pen strokes: templates, their random deformation, and the drawing of a line of given
 * width into a grey picture. No font is involved.
 *
 * <p>A template is a list of strokes in the unit square, x to the right and y downwards; a stroke
 * is a Catmull–Rom curve through its points. Sharp corners are where one stroke ends and the next
 * begins.
 */
final class Strokes {

  /** Points that a curve is cut into between two of its control points. */
  private static final int STEPS = 4;

  /** For each digit the ways to write it; the earlier ones are more frequent. */
  private static final double[][][][] TEMPLATES = {
    { // 0
      {{.58, .02, .28, .08, .08, .40, .12, .78, .42, .98, .76, .86, .92, .50, .80, .14, .52, .03}},
      {{.50, .00, .22, .20, .14, .56, .30, .92, .58, .98, .80, .70, .80, .30, .60, .05, .40, .04}},
      {{.72, .10, .46, .02, .16, .22, .08, .62, .30, .95, .66, .92, .90, .60, .86, .22, .62, .06}},
    },
    { // 1
      {{.50, .00, .50, .34, .50, .67, .50, 1.0}},
      {{.54, .00, .52, .34, .48, .67, .46, 1.0}},
      {{.30, .24, .44, .14, .56, .00}, {.56, .00, .55, .34, .53, .67, .52, 1.0}},
      {
        {.32, .22, .44, .13, .54, .00},
        {.54, .00, .53, .50, .52, .98},
        {.26, .98, .52, .98, .78, .97}
      },
    },
    { // 2
      {
        {.10, .26, .28, .04, .62, .02, .82, .24, .66, .54, .34, .80, .08, .97},
        {.08, .97, .36, .95, .66, .96, .94, .94}
      },
      {
        {
          .12, .22, .34, .02, .66, .06, .76, .30, .56, .62, .26, .90, .08, .90, .16, .74, .40, .80,
          .66, .94, .94, .92
        }
      },
      {
        {.16, .18, .42, .00, .72, .10, .78, .36, .52, .68, .14, .94},
        {.14, .94, .42, .84, .66, .92, .92, .98}
      },
    },
    { // 3
      {
        {.12, .12, .38, .00, .72, .06, .78, .26, .60, .42, .34, .48},
        {.34, .48, .66, .50, .88, .68, .78, .92, .44, 1.0, .08, .90}
      },
      {
        {.14, .06, .48, .04, .82, .03},
        {.82, .03, .62, .22, .40, .40},
        {.40, .40, .70, .44, .88, .66, .74, .92, .42, 1.0, .10, .90}
      },
      {
        {
          .16, .10, .48, .00, .76, .14, .66, .36, .42, .47, .50, .50, .78, .58, .84, .80, .56, .98,
          .10, .92
        }
      },
    },
    { // 4
      {
        {.20, .02, .14, .28, .10, .52},
        {.10, .52, .50, .53, .92, .48},
        {.74, .04, .70, .50, .66, 1.0}
      },
      {
        {.66, .00, .38, .34, .06, .66},
        {.06, .66, .50, .66, .96, .64},
        {.66, .00, .66, .50, .64, 1.0}
      },
      {
        {.24, .00, .14, .26, .18, .46, .44, .52, .70, .44, .78, .10},
        {.80, .02, .74, .50, .70, 1.0}
      },
    },
    { // 5
      {
        {.86, .03, .56, .04, .26, .05},
        {.26, .05, .24, .22, .20, .44},
        {.20, .44, .50, .36, .82, .50, .84, .78, .56, .98, .10, .94}
      },
      {{.82, .02, .52, .05, .28, .14, .24, .36, .46, .44, .74, .56, .80, .80, .52, .98, .12, .90}},
      {
        {.30, .04, .26, .24, .22, .44},
        {.22, .44, .54, .38, .80, .56, .76, .86, .44, 1.0, .12, .90},
        {.30, .05, .58, .04, .92, .00}
      },
    },
    { // 6
      {
        {
          .72, .02, .42, .18, .18, .50, .14, .80, .38, .99, .70, .92, .80, .70, .60, .54, .34, .60,
          .18, .78
        }
      },
      {{.52, .00, .30, .28, .18, .62, .26, .92, .54, .99, .76, .82, .66, .60, .42, .58, .24, .76}},
      {
        {
          .84, .10, .56, .04, .26, .30, .10, .66, .28, .96, .62, .98, .84, .78, .70, .56, .38, .58,
          .16, .74
        }
      },
    },
    { // 7
      {{.08, .08, .46, .06, .88, .04}, {.88, .04, .66, .36, .50, .68, .40, 1.0}},
      {
        {.08, .10, .46, .06, .86, .05},
        {.86, .05, .64, .38, .46, 1.0},
        {.28, .52, .54, .50, .82, .47}
      },
      {{.10, .20, .12, .08, .46, .06, .84, .06, .72, .34, .54, .64, .48, 1.0}},
    },
    { // 8
      {
        {
          .76, .14, .50, .00, .22, .14, .30, .36, .54, .50, .78, .70, .70, .94, .42, 1.0, .18, .84,
          .30, .60, .56, .44, .78, .24, .70, .08
        }
      },
      {
        {.50, .46, .24, .30, .28, .06, .56, .00, .78, .16, .72, .38, .48, .47},
        {.48, .47, .16, .66, .22, .92, .52, 1.0, .82, .86, .78, .62, .50, .46}
      },
      {
        {
          .60, .02, .32, .06, .26, .28, .52, .46, .76, .66, .72, .90, .44, .99, .20, .86, .26, .64,
          .52, .46, .74, .28, .72, .08, .52, .02
        }
      },
    },
    { // 9
      {
        {.82, .18, .58, .02, .26, .10, .14, .34, .34, .52, .64, .42, .82, .18},
        {.82, .18, .80, .46, .74, .74, .70, 1.0}
      },
      {
        {.78, .16, .54, .00, .24, .12, .18, .36, .42, .48, .70, .34, .80, .12},
        {.80, .12, .82, .46, .72, .80, .46, .98, .20, .92}
      },
      {
        {
          .74, .30, .68, .08, .40, .04, .20, .22, .30, .44, .58, .42, .76, .16, .74, .50, .62, .78,
          .48, 1.0
        }
      },
    },
  };

  /** How freely a digit is written. */
  record Hand(
      double jitter, double wave, double slantMean, double slant, double turn, double aspect) {
    static final Hand FREE = new Hand(.034, .072, .12, .27, .12, .20);
    static final Hand PRINTED = new Hand(.008, .010, .02, .10, .08, .14);
  }

  private float[] x = new float[512];
  private float[] y = new float[512];
  private boolean[] starts = new boolean[512];
  private int points;

  /** Writes a digit anew; afterwards its points lie in a box about the origin. */
  void write(int digit, Hand hand, SplittableRandom random) {
    double[][][] ways = TEMPLATES[digit];
    double choice = random.nextDouble();
    double[][] way = ways[(int) (ways.length * choice * Math.sqrt(choice))];
    double wave = hand.wave();
    double[] field = new double[16];
    for (int i = 0; i < field.length; i++) {
      field[i] = random.nextDouble() * 2 * Math.PI;
    }
    double turn = hand.turn() * random.nextGaussian();
    double slant = hand.slantMean() + hand.slant() * random.nextGaussian();
    double width = .78 * Math.exp(hand.aspect() * random.nextGaussian());
    double cos = Math.cos(turn);
    double sin = Math.sin(turn);
    points = 0;
    double lastX = 0;
    double lastY = 0;
    double[] moved = new double[64];
    for (double[] stroke : way) {
      int n = stroke.length / 2;
      for (int i = 0; i < n; i++) {
        double px = stroke[2 * i] + hand.jitter() * random.nextGaussian();
        double py = stroke[2 * i + 1] + hand.jitter() * random.nextGaussian();
        // A stroke that begins where the last one ended stays joined to it.
        if (i == 0 && points > 0 && joined(way, stroke)) {
          px = lastX;
          py = lastY;
        }
        moved[2 * i] = px;
        moved[2 * i + 1] = py;
      }
      lastX = moved[2 * n - 2];
      lastY = moved[2 * n - 1];
      curve(moved, n);
    }
    for (int k = 1; k < field.length; k += 2) {
      field[k] = Math.cos(field[k]);
    }
    for (int i = 0; i < points; i++) {
      double px = x[i] - .5;
      double py = y[i] - .5;
      double dx = 0;
      double dy = 0;
      // A smooth displacement of the plane: the elastic distortion.
      for (int k = 0; k < 4; k++) {
        double fx = (k & 1) == 0 ? 3.1 : 5.3;
        double fy = (k & 2) == 0 ? 2.7 : 4.9;
        double scale = wave / (k == 0 ? 1 : 2);
        dx += scale * Math.sin(fx * px + field[4 * k] + fy * py * field[4 * k + 1]);
        dy += scale * Math.sin(fy * py + field[4 * k + 2] + fx * px * field[4 * k + 3]);
      }
      px = width * (px + dx) - slant * (py + dy);
      py = py + dy;
      x[i] = (float) (cos * px - sin * py);
      y[i] = (float) (sin * px + cos * py);
    }
  }

  private static boolean joined(double[][] way, double[] stroke) {
    for (int i = 1; i < way.length; i++) {
      if (way[i] == stroke) {
        double[] before = way[i - 1];
        return before[before.length - 2] == stroke[0] && before[before.length - 1] == stroke[1];
      }
    }
    return false;
  }

  /** Appends a Catmull–Rom curve through n points. */
  private void curve(double[] p, int n) {
    for (int i = 0; i + 1 < n; i++) {
      int before = Math.max(i - 1, 0);
      int after = Math.min(i + 2, n - 1);
      for (int s = i == 0 ? 0 : 1; s <= STEPS; s++) {
        double t = (double) s / STEPS;
        add(
            spline(p[2 * before], p[2 * i], p[2 * i + 2], p[2 * after], t),
            spline(p[2 * before + 1], p[2 * i + 1], p[2 * i + 3], p[2 * after + 1], t),
            i == 0 && s == 0);
      }
    }
  }

  private static double spline(double a, double b, double c, double d, double t) {
    return b + .5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }

  private void add(double px, double py, boolean start) {
    x[points] = (float) px;
    y[points] = (float) py;
    starts[points++] = start;
  }

  /** Scales the points so that the longer side of their box is {@code size}, about the origin. */
  void fit(double size) {
    float left = Float.MAX_VALUE;
    float right = -Float.MAX_VALUE;
    float top = Float.MAX_VALUE;
    float bottom = -Float.MAX_VALUE;
    for (int i = 0; i < points; i++) {
      left = Math.min(left, x[i]);
      right = Math.max(right, x[i]);
      top = Math.min(top, y[i]);
      bottom = Math.max(bottom, y[i]);
    }
    float scale = (float) (size / Math.max(right - left, bottom - top));
    for (int i = 0; i < points; i++) {
      x[i] = scale * (x[i] - (left + right) / 2);
      y[i] = scale * (y[i] - (top + bottom) / 2);
    }
  }

  /** Moves the points so that the middle of the ink lies at the origin. */
  void centre() {
    double ink = 0;
    double inkX = 0;
    double inkY = 0;
    for (int i = 1; i < points; i++) {
      if (!starts[i]) {
        double length = Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]);
        ink += length;
        inkX += length * (x[i] + x[i - 1]) / 2;
        inkY += length * (y[i] + y[i - 1]) / 2;
      }
    }
    for (int i = 0; i < points; i++) {
      x[i] -= (float) (inkX / ink);
      y[i] -= (float) (inkY / ink);
    }
  }

  /**
   * Draws the strokes with a round pen.
   *
   * @param ink coverage in [0, 1], {@code [height * width]}; raised where the pen passes
   * @param centreX where the origin lies
   * @param radius of the pen in pixels
   * @param soft width of the edge in pixels over which the ink fades
   */
  void draw(
      float[] ink,
      int height,
      int width,
      double centreX,
      double centreY,
      double radius,
      double soft) {
    float reach = (float) (radius + soft / 2);
    float far = reach * reach;
    // Squares of the distance to the nearest stroke; roots are taken once a pixel at the end.
    float[] nearest = new float[height * width];
    Arrays.fill(nearest, far);
    int top = height;
    int bottom = -1;
    for (int i = 1; i < points; i++) {
      if (starts[i]) {
        continue;
      }
      float ax = x[i - 1] + (float) centreX;
      float ay = y[i - 1] + (float) centreY;
      float ux = x[i] - x[i - 1];
      float uy = y[i] - y[i - 1];
      float length = ux * ux + uy * uy;
      float inverse = length > 0 ? 1 / length : 0;
      int x0 = Math.max(0, (int) Math.ceil(Math.min(ax, ax + ux) - reach));
      int x1 = Math.min(width - 1, (int) Math.floor(Math.max(ax, ax + ux) + reach));
      int y0 = Math.max(0, (int) Math.ceil(Math.min(ay, ay + uy) - reach));
      int y1 = Math.min(height - 1, (int) Math.floor(Math.max(ay, ay + uy) + reach));
      top = Math.min(top, y0);
      bottom = Math.max(bottom, y1);
      for (int row = y0; row <= y1; row++) {
        float vy = row - ay;
        for (int column = x0; column <= x1; column++) {
          float vx = column - ax;
          float t = (vx * ux + vy * uy) * inverse;
          t = t < 0 ? 0 : t > 1 ? 1 : t;
          float dx = vx - t * ux;
          float dy = vy - t * uy;
          float square = dx * dx + dy * dy;
          int at = row * width + column;
          if (square < nearest[at]) {
            nearest[at] = square;
          }
        }
      }
    }
    float scale = (float) (1 / soft);
    for (int at = Math.max(0, top) * width; at < (bottom + 1) * width; at++) {
      if (nearest[at] < far) {
        float cover = Math.min(1, (reach - (float) Math.sqrt(nearest[at])) * scale);
        ink[at] = Math.max(ink[at], cover);
      }
    }
  }
}
