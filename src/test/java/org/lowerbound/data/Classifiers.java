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
}
