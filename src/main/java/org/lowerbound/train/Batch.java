package org.lowerbound.train;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Backend;
import org.lowerbound.data.Examples;
import org.lowerbound.plot.Numbers;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What one step sees. It carries its data set, so that a model finds the labels of exactly these
 * rows, whether they are training or validation rows: {@link #labels} and {@link #oneHot}.
 *
 * <p>For semi-supervised learning, rows may come with labels and without in one batch ({@link
 * org.lowerbound.data.PartlyLabelled}), or a model that is trained on unlabelled rows takes
 * labelled ones along in each step ({@link #draw}).
 *
 * @param x the examples, {@code [batch, features]} of the graph's data type; null in {@link
 *     Trainer#minimise}, which has no data
 * @param data the set that the rows index; null without data, or for rows made on the page
 * @param rows index of each example in {@code data}; empty without data
 * @param member which member of an ensemble is asked, from 0 to {@link Model#members()} − 1
 * @param random the source of all noise of this step: it follows from the seed, the epoch and the
 *     step, so that a resumed run draws the same noise as an uninterrupted one
 * @param training false when a value is computed: no dropout, fixed noise
 * @param epoch the epoch, from 1; 0 outside training
 * @param step the step since the beginning, from 0; for warm-up schedules inside a model
 */
public record Batch(
    INDArray x,
    Examples data,
    int[] rows,
    int member,
    RandomGenerator random,
    boolean training,
    int epoch,
    long step) {
  static {
    Backend.find();
  }

  /**
   * Rows of a data set, for an evaluation.
   *
   * @param model the model that they are for, which determines the data type
   * @param rows indices of the rows
   * @throws IllegalArgumentException if the model does not take such rows
   */
  public static Batch of(Model model, Examples data, int[] rows, RandomGenerator random) {
    return new Batch(Rows.draw(model, data, rows, random), data, rows, 0, random, false, 0, 0);
  }

  /**
   * Rows made on the page, for an evaluation.
   *
   * @param x {@code [batch, features]}, of the model's data type
   */
  public static Batch of(INDArray x, RandomGenerator random) {
    int[] rows = new int[(int) x.size(0)];
    Arrays.setAll(rows, i -> i);
    return new Batch(x, null, rows, 0, random, false, 0, 0);
  }

  /** The same rows as a step of training sees them. */
  public Batch inTraining(int inEpoch, long atStep) {
    return new Batch(x, data, rows, member, random, true, inEpoch, atStep);
  }

  /** The same rows for another member of an ensemble. */
  public Batch member(int other) {
    return new Batch(x, data, rows, other, random, training, epoch, step);
  }

  /**
   * Rows of another data set beside these, drawn at random with replacement from {@link #random()}:
   * labelled examples beside unlabelled ones, for instance.
   *
   * @param other of the same number of features as a row of this batch
   * @param count how many
   */
  public Batch draw(Examples other, int count) {
    if (count < 1 || other.size() == 0) {
      throw new IllegalArgumentException(
          "From the "
              + other.size()
              + " rows of "
              + other.name()
              + ", "
              + count
              + " cannot be drawn.");
    }
    int[] drawn = new int[count];
    Arrays.setAll(drawn, i -> random.nextInt(other.size()));
    INDArray values = Rows.draw(other, drawn, random);
    return new Batch(
        x == null ? values : values.castTo(x.dataType()),
        other,
        drawn,
        member,
        random,
        training,
        epoch,
        step);
  }

  /** Number of examples; 0 without data. */
  public int size() {
    return rows.length;
  }

  /**
   * The label of each row, {@link Examples#UNLABELLED} where it is not known.
   *
   * @return {@code [batch]}
   * @throws IllegalStateException if the data have no labels
   */
  public int[] labels() {
    if (data == null) {
      throw new IllegalStateException(
          "These rows were made on the page, from no data set, and have no labels.");
    }
    int[] labels = new int[rows.length];
    Arrays.setAll(labels, i -> data.label(rows[i]));
    return labels;
  }

  /**
   * The labels as a model takes them: a row has a 1 at its label and 0 elsewhere; a row whose label
   * is not known has 0 everywhere, so that its sum says whether it is labelled.
   *
   * @param classes number of classes
   * @return {@code [batch, classes]}, of the data type of {@link #x}
   * @throws IllegalArgumentException if a label is not below {@code classes}
   */
  public INDArray oneHot(int classes) {
    int[] labels = labels();
    INDArray hot = Nd4j.zeros(x.dataType(), labels.length, classes);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] >= classes) {
        throw new IllegalArgumentException(
            "Row "
                + rows[i]
                + " of "
                + data.name()
                + " has the label "
                + labels[i]
                + "; the model has "
                + classes
                + " classes, 0 to "
                + (classes - 1)
                + ".");
      }
      if (labels[i] != Examples.UNLABELLED) {
        hot.putScalar(i, labels[i], 1);
      }
    }
    return hot;
  }

  /** The values with the digits that matter, long arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
