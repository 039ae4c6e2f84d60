package org.lowerbound.semisupervised;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;

/**
 * Rows of a data set with their classes: the few (x, y) of semi-supervised learning, or the many of
 * a test. Rows are drawn from the set they come from, so that pixels which are binarised anew at
 * every use, or features that are drawn from their posterior, are so here too.
 */
public final class Labelled implements Examples {

  private final Examples from;
  private final int[] rows;
  private final int[] labels;
  private final int classes;

  private Labelled(Examples from, int[] rows, int[] labels, int classes) {
    this.from = from;
    this.rows = rows;
    this.labels = labels;
    this.classes = classes;
  }

  /**
   * Some rows of a set with their classes.
   *
   * @param from where the rows are drawn
   * @param rows which
   * @param labels the class of each, 0 to {@code classes − 1}
   * @throws IllegalArgumentException if the arrays do not fit together
   */
  public static Labelled of(Examples from, int[] rows, int[] labels, int classes) {
    if (rows.length != labels.length) {
      throw new IllegalArgumentException(
          "Every row needs its label; there are "
              + rows.length
              + " rows and "
              + labels.length
              + " labels.");
    }
    if (rows.length == 0) {
      throw new IllegalArgumentException("There are no labelled rows.");
    }
    if (classes < 2) {
      throw new IllegalArgumentException("There must be at least 2 classes, not " + classes + ".");
    }
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || rows[i] >= from.size()) {
        throw new IllegalArgumentException(
            from.name() + " has " + from.size() + " rows; row " + rows[i] + " was asked for.");
      }
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "Label " + labels[i] + " of row " + rows[i] + " is not in 0 to " + (classes - 1) + ".");
      }
    }
    return new Labelled(from, rows.clone(), labels.clone(), classes);
  }

  /**
   * Some rows of a set, with the labels that pictures have at the same places.
   *
   * @param from where the rows are drawn, for instance the pictures as bits or their features
   * @param pictures the same rows, with labels
   */
  public static Labelled of(Examples from, ImageData pictures, int... rows) {
    if (from.size() != pictures.size()) {
      throw new IllegalArgumentException(
          from.name()
              + " has "
              + from.size()
              + " rows and "
              + pictures.name()
              + " "
              + pictures.size()
              + "; the labels would not belong to the rows.");
    }
    return of(from, rows, Arrays.stream(rows).map(pictures::label).toArray(), pictures.classes());
  }

  /** All pictures with their labels. */
  public static Labelled of(ImageData pictures) {
    int[] all = new int[pictures.size()];
    Arrays.setAll(all, i -> i);
    return of(pictures, pictures, all);
  }

  /** The same rows with other labels, for instance noisy ones. */
  public Labelled relabelled(int... newLabels) {
    return of(from, rows, newLabels, classes);
  }

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public int[] shape() {
    return from.shape();
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    from.draw(rows[row], random, into, at);
  }

  @Override
  public Provenance provenance() {
    return from.provenance();
  }

  @Override
  public boolean labelled() {
    return true;
  }

  /** The class of one row. */
  @Override
  public int label(int row) {
    return labels[row];
  }

  /** All classes; a copy. */
  public int[] labels() {
    return labels.clone();
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Number of rows of each class. */
  public int[] counts() {
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }

  /** The part of {@code predicted} that are the right classes. */
  public double accuracy(int... predicted) {
    if (predicted.length != labels.length) {
      throw new IllegalArgumentException(
          predicted.length + " predictions for " + labels.length + " rows.");
    }
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += predicted[i] == labels[i] ? 1 : 0;
    }
    return right / (double) labels.length;
  }

  @Override
  public String toString() {
    return name() + ": " + rows.length + " labelled rows, " + classes + " classes";
  }
}
