package org.lowerbound.train;

import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rows of a data set as arrays. */
final class Rows {

  private Rows() {}

  /** The rows in the model's data type, {@code [rows, features]}. */
  static INDArray draw(Model model, Examples data, int[] rows, RandomGenerator random) {
    return draw(data, rows, random).castTo(model.graph().flatParameters().dataType());
  }

  /** The rows in single precision, {@code [rows, features]}. */
  static INDArray draw(Examples data, int[] rows, RandomGenerator random) {
    int features = data.features();
    if ((long) rows.length * features > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "A batch of "
              + rows.length
              + " rows with "
              + features
              + " numbers each has more than 2³¹ numbers; take a smaller batch.");
    }
    float[] values = new float[rows.length * features];
    for (int i = 0; i < rows.length; i++) {
      data.draw(rows[i], random, values, i * features);
    }
    return Nd4j.create(values, new long[] {rows.length, features}, 'c');
  }
}
