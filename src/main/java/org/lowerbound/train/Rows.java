package org.lowerbound.train;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rows of a data set as arrays. */
final class Rows {

  private Rows() {}

  /**
   * The rows in the model's data type, {@code [rows, features]}, each of them checked against the
   * model's support.
   */
  static INDArray draw(Model model, Examples data, int[] rows, RandomGenerator random) {
    model.support().checkWidth(data);
    float[] values = values(data, rows, random);
    int features = data.features();
    for (int i = 0; i < rows.length; i++) {
      model.support().check(data.name(), rows[i], values, i * features, features);
    }
    return Nd4j.create(values, new long[] {rows.length, features}, 'c')
        .castTo(model.graph().flatParameters().dataType());
  }

  /** The rows in single precision, {@code [rows, features]}, unchecked. */
  static INDArray draw(Examples data, int[] rows, RandomGenerator random) {
    return Nd4j.create(values(data, rows, random), new long[] {rows.length, data.features()}, 'c');
  }

  private static float[] values(Examples data, int[] rows, RandomGenerator random) {
    int features = data.features();
    float[] values = new float[Checks.length(rows.length, features)];
    for (int i = 0; i < rows.length; i++) {
      data.draw(rows[i], random, values, i * features);
    }
    return values;
  }

  /** The indices {@code from} (inclusive) to {@code to} (exclusive). */
  static int[] range(int from, int to) {
    int[] rows = new int[to - from];
    Arrays.setAll(rows, i -> from + i);
    return rows;
  }
}
