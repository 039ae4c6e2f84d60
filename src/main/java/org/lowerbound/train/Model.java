package org.lowerbound.train;

import java.util.Map;
import org.lowerbound.data.Backend;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Something that can be trained: a graph, and how a batch of data becomes the graph's inputs.
 *
 * <p>A model describes and never executes: {@link Trainer} is the one place that runs graphs.
 */
public interface Model {

  /** Whether ND4J has a backend: every model sees to it when its class is loaded. */
  boolean BACKEND = Backend.find();

  /** The computation; the same object at every call. */
  Graph graph();

  /**
   * A value for every placeholder of the graph, for one batch: a function of the batch alone.
   *
   * <p>Noise is drawn here, from {@link Batch#random()}, and fed as a placeholder; the graph holds
   * no random operation. Labels are those of the batch, {@link Batch#oneHot}. The trainer may ask
   * for the feed of a batch that no step follows. An array may be changed in place before the next
   * feed, unless {@link Graph#lasting} names its placeholder.
   */
  Map<String, INDArray> feed(Batch batch);

  /** The rows that the model can explain; others are refused before training and evaluation. */
  default Support support() {
    return Support.any();
  }

  /**
   * What the parameters' values do not say: sizes, likelihood, masks, as text by name. A file of
   * weights ({@link ModelFile}) is loaded into a model of the same description only, and a
   * checkpoint continued.
   */
  default Map<String, String> description() {
    return Map.of();
  }

  /**
   * The number of members of an ensemble that shares its parameters; 1 for most models. Training
   * takes them in turn, one a step; a validation value is the mean over all members.
   */
  default int members() {
    return 1;
  }
}
