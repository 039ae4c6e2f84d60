package org.lowerbound.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Plain classifiers by which the difficulty of built-in data is measured. */
final class Classifiers {

  private Classifiers() {}

  /** Test accuracy of multinomial logistic regression, batches of 100, a rate falling to 0. */
  static double softmaxRegression(ImageData train, ImageData test, int epochs, double rate) {
    int d = train.features();
    int classes = train.classes();
    float[] w = new float[(d + 1) * classes];
    float[] gradient = new float[w.length];
    float[] x = new float[d];
    SplittableRandom random = new SplittableRandom(1);
    int steps = epochs * train.size() / 100;
    for (int step = 0; step < steps; step++) {
      Arrays.fill(gradient, 0);
      for (int i = 0; i < 100; i++) {
        int row = random.nextInt(train.size());
        train.draw(row, random, x, 0);
        float[] p = softmax(w, x, classes);
        p[train.label(row)] -= 1;
        for (int c = 0; c < classes; c++) {
          float share = p[c] / 100;
          int at = c * (d + 1);
          for (int j = 0; j < d; j++) {
            gradient[at + j] += share * x[j];
          }
          gradient[at + d] += share;
        }
      }
      float size = (float) (rate * (1 - (double) step / steps));
      for (int j = 0; j < w.length; j++) {
        w[j] -= size * gradient[j];
      }
    }
    int right = 0;
    for (int i = 0; i < test.size(); i++) {
      test.draw(i, random, x, 0);
      float[] p = softmax(w, x, classes);
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = p[c] > p[best] ? c : best;
      }
      right += best == test.label(i) ? 1 : 0;
    }
    return (double) right / test.size();
  }

  private static float[] softmax(float[] w, float[] x, int classes) {
    int d = x.length;
    float[] z = new float[classes];
    float largest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      int at = c * (d + 1);
      float s = w[at + d];
      for (int j = 0; j < d; j++) {
        s += w[at + j] * x[j];
      }
      z[c] = s;
      largest = Math.max(largest, s);
    }
    float total = 0;
    for (int c = 0; c < classes; c++) {
      z[c] = (float) Math.exp(z[c] - largest);
      total += z[c];
    }
    for (int c = 0; c < classes; c++) {
      z[c] /= total;
    }
    return z;
  }

  /**
   * Test accuracy of a small convolutional network: 5×5 to 8 channels, ReLU, 2×2 maximum, 5×5 to 16
   * channels, ReLU, 2×2 maximum, softmax; Adam with rate 0.002 falling to 0, batches of 50, seed 1.
   */
  static double smallCnn(ImageData train, ImageData test, int epochs) {
    Cnn net = new Cnn(train.channels(), train.height(), 8, 16, train.classes());
    SplittableRandom random = new SplittableRandom(1);
    float[] x = new float[train.features()];
    int steps = epochs * train.size() / 50;
    for (int step = 1; step <= steps; step++) {
      for (int i = 0; i < 50; i++) {
        int row = random.nextInt(train.size());
        train.draw(row, random, x, 0);
        net.gradient(x, train.label(row));
      }
      net.step(step, .002f * (1 - (float) step / steps), 50);
    }
    int right = 0;
    for (int i = 0; i < test.size(); i++) {
      test.draw(i, random, x, 0);
      right += net.predict(x) == test.label(i) ? 1 : 0;
    }
    return (double) right / test.size();
  }

  /** The network of {@link #smallCnn}, one image at a time. */
  private static final class Cnn {
    private final Convolution first;
    private final Convolution second;
    private final int classes;
    private final float[] w;
    private final float[] g;
    private final Adam adam;

    Cnn(int channels, int side, int one, int two, int classes) {
      SplittableRandom random = new SplittableRandom(1);
      first = new Convolution(channels, side, one, random);
      second = new Convolution(one, first.pooled, two, random);
      this.classes = classes;
      int inputs = second.out.length;
      w = new float[classes * (inputs + 1)];
      g = new float[w.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
      }
      adam = new Adam(w.length);
    }

    private float[] forward(float[] x) {
      second.forward(first.forward(x));
      return softmax(w, second.out, classes);
    }

    int predict(float[] x) {
      float[] p = forward(x);
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = p[c] > p[best] ? c : best;
      }
      return best;
    }

    void gradient(float[] x, int label) {
      float[] p = forward(x);
      p[label] -= 1;
      int d = second.out.length;
      float[] back = new float[d];
      for (int c = 0; c < classes; c++) {
        int at = c * (d + 1);
        for (int j = 0; j < d; j++) {
          g[at + j] += p[c] * second.out[j];
          back[j] += p[c] * w[at + j];
        }
        g[at + d] += p[c];
      }
      first.backward(x, second.backward(first.out, back, true), false);
    }

    void step(int t, float rate, int batch) {
      adam.step(w, g, t, rate, batch);
      first.adam.step(first.w, first.g, t, rate, batch);
      second.adam.step(second.w, second.g, t, rate, batch);
    }
  }

  /** 5×5 convolution, ReLU, 2×2 maximum. */
  private static final class Convolution {
    private final int in;
    private final int side;
    private final int channels;
    private final int size;
    final int pooled;
    final float[] w;
    final float[] g;
    final float[] out;
    private final int[] chosen;
    private final float[] map;
    final Adam adam;

    Convolution(int in, int side, int channels, SplittableRandom random) {
      this.in = in;
      this.side = side;
      this.channels = channels;
      size = side - 4;
      pooled = size / 2;
      w = new float[channels * (in * 25 + 1)];
      g = new float[w.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = (float) (random.nextGaussian() * Math.sqrt(2.0 / (in * 25)));
      }
      out = new float[channels * pooled * pooled];
      chosen = new int[out.length];
      map = new float[size * size];
      adam = new Adam(w.length);
    }

    float[] forward(float[] x) {
      for (int k = 0; k < channels; k++) {
        int base = k * (in * 25 + 1);
        Arrays.fill(map, w[base + in * 25]);
        for (int c = 0; c < in; c++) {
          for (int tap = 0; tap < 25; tap++) {
            float weight = w[base + c * 25 + tap];
            int from = c * side * side + tap / 5 * side + tap % 5;
            for (int row = 0; row < size; row++) {
              int a = row * size;
              int b = from + row * side;
              for (int column = 0; column < size; column++) {
                map[a + column] += weight * x[b + column];
              }
            }
          }
        }
        for (int row = 0; row < pooled; row++) {
          for (int column = 0; column < pooled; column++) {
            int best = -1;
            float most = 0;
            for (int q = 0; q < 4; q++) {
              int at = (2 * row + q / 2) * size + 2 * column + q % 2;
              if (map[at] > most) {
                most = map[at];
                best = at;
              }
            }
            int at = (k * pooled + row) * pooled + column;
            out[at] = most;
            chosen[at] = best;
          }
        }
      }
      return out;
    }

    float[] backward(float[] x, float[] back, boolean further) {
      float[] before = further ? new float[x.length] : null;
      for (int k = 0; k < channels; k++) {
        int base = k * (in * 25 + 1);
        for (int p = 0; p < pooled * pooled; p++) {
          int at = chosen[k * pooled * pooled + p];
          float b = back[k * pooled * pooled + p];
          if (at < 0 || b == 0) {
            continue;
          }
          g[base + in * 25] += b;
          int corner = at / size * side + at % size;
          for (int c = 0; c < in; c++) {
            for (int row = 0; row < 5; row++) {
              int from = c * side * side + corner + row * side;
              int to = base + c * 25 + row * 5;
              for (int column = 0; column < 5; column++) {
                g[to + column] += b * x[from + column];
                if (further) {
                  before[from + column] += b * w[to + column];
                }
              }
            }
          }
        }
      }
      return before;
    }
  }

  private static final class Adam {
    private final float[] mean;
    private final float[] square;

    Adam(int size) {
      mean = new float[size];
      square = new float[size];
    }

    void step(float[] w, float[] g, int t, float rate, int batch) {
      float size = (float) (rate * Math.sqrt(1 - Math.pow(.999, t)) / (1 - Math.pow(.9, t)));
      for (int i = 0; i < w.length; i++) {
        float gradient = g[i] / batch;
        mean[i] = .9f * mean[i] + .1f * gradient;
        square[i] = .999f * square[i] + .001f * gradient * gradient;
        w[i] -= size * mean[i] / ((float) Math.sqrt(square[i]) + 1e-8f);
        g[i] = 0;
      }
    }
  }

  /** Prints the numbers that stand in the Javadoc of the built-in digits. */
  public static void main(String[] arguments) {
    for (String name : arguments) {
      ImageData train;
      ImageData test;
      switch (name) {
        case "stroke" -> {
          train = StrokeDigits.train().materialised();
          test = StrokeDigits.test().materialised();
        }
        case "street" -> {
          train = StreetDigits.train().materialised();
          test = StreetDigits.test().materialised();
        }
        default -> {
          train = Mnist.train();
          test = Mnist.test();
        }
      }
      System.out.printf(
          "%s: softmax regression %.4f%n", name, softmaxRegression(train, test, 4, .3));
      System.out.printf("%s: small CNN %.4f%n", name, smallCnn(train, test, 2));
    }
  }
}
