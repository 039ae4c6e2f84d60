package org.lowerbound.train;

import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one step sees.
 *
 * @param x the examples, {@code [batch, features]} of the graph's data type; null in {@link
 *     Trainer#minimise}, which has no data
 * @param rows index of each example in its data set, for labels and the like; empty without data
 * @param random the source of all noise of this step: it follows from the seed, the epoch and the
 *     step, so that a resumed run draws the same noise as an uninterrupted one
 * @param training false when a validation value is computed: no dropout, fixed noise
 * @param epoch the epoch, from 1
 * @param step the step since the beginning, from 0; for warm-up schedules inside a model
 */
public record Batch(
    INDArray x, int[] rows, RandomGenerator random, boolean training, int epoch, long step) {

  /** Number of examples; 0 without data. */
  public int size() {
    return rows.length;
  }
}
