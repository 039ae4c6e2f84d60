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
   * A value for every placeholder of the graph, for one batch: a function of the batch alone.
   *
   * <p>Noise is drawn here, from {@link Batch#random()}, and fed as a placeholder; the graph holds
   * no random operation. Labels are those of the batch, {@link Batch#oneHot}. An array returned
   * again by identity is taken as unchanged.
   */
  Map<String, INDArray> feed(Batch batch);

  /**
   * The number of members of an ensemble that shares its parameters; 1 for most models. Training
   * takes them in turn, one a step; a validation value is the mean over all members.
   */
  default int members() {
    return 1;
  }
}
