package org.lowerbound.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Something that can be trained: a graph, and how a batch of data becomes the graph's inputs.
 *
 * <p>A model describes and never executes: {@link Trainer} is the one place that runs graphs.
 */
public interface Model {

  /** The computation; the same object at every call. */
  Graph graph();

  /**
   * A value for every placeholder of the graph, for one batch.
   *
   * <p>Noise is drawn here, from {@link Batch#random()}, and fed as a placeholder; the graph holds
   * no random operation. An array returned again by identity is taken as unchanged.
   */
  Map<String, INDArray> feed(Batch batch);
}
