package org.lowerbound.train.engine;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lowerbound.plot.Numbers;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Carries out the computation of one model: values, derivatives, and the update of the parameters.
 *
 * <p>Internal: {@link org.lowerbound.train.Trainer} is the only caller, and the only class that
 * needs to know that there is more than one engine. An engine is used by one thread at a time.
 *
 * <p>The update is Adam (Kingma and Ba 2015, algorithm 1) on the gradient h of the loss with its
 * penalty: h = s·(g + λθ), m ← β₁m + (1−β₁)h, v ← β₂v + (1−β₂)h², θ ← θ − α·m̂/(√v̂ + ε), with β₁ =
 * 0.9, β₂ = 0.999, ε = 1e−8, where s is the factor of clipping.
 */
public interface Engine extends AutoCloseable {

  /** β₁, the share of the old mean of the gradients that stays in a step. */
  double BETA1 = 0.9;

  /** β₂, the same of the mean of their squares. */
  double BETA2 = 0.999;

  /** ε, which bounds a step where the squares are 0. */
  double EPSILON = 1e-8;

  /**
   * What an engine carries out.
   *
   * @param sameDiff the graph
   * @param loss name of the scalar that is minimised
   * @param terms names of the scalars that are reported; the first is the loss
   * @param parameters the current values by name: views into {@code flat}, in its order
   * @param flat all parameters, one after the other
   * @param lasting placeholders whose array, fed again by identity, is taken as unchanged
   */
  record Computation(
      SameDiff sameDiff,
      String loss,
      List<String> terms,
      Map<String, INDArray> parameters,
      INDArray flat,
      Set<String> lasting) {}

  /**
   * Adam's state.
   *
   * @param m means of the gradients
   * @param v means of their squares
   * @param updates steps made so far
   */
  record Moments(double[] m, double[] v, int updates) {
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  /**
   * The engine for a computation: libtorch where there is a build of it for this platform and its
   * table has the operations that the reported terms need, else SameDiff. {@code LOWERBOUND_ENGINE}
   * (torch or samediff) decides otherwise.
   */
  static Engine of(Computation computation) {
    return Engines.of(computation);
  }

  /**
   * Refuses a graph that no engine carries out, by the name of the operation: loops and conditions,
   * random numbers, shapes that depend on values, and what SameDiff is known to do wrongly.
   *
   * @throws IllegalArgumentException saying what to write in its place
   */
  static void check(SameDiff graph, Collection<String> outputs) {
    Engines.check(graph, outputs);
  }

  /**
   * Values of variables for one feed.
   *
   * @return a copy of each, by name and in the order of {@code outputs}
   */
  Map<String, INDArray> forward(Map<String, INDArray> feed, Collection<String> outputs);

  /**
   * The reported terms, and the derivative of the loss by each parameter, which stays in the engine
   * until the next call.
   *
   * @param decay λ of the penalty λ/2·‖θ‖², which is in the norm and not in the terms
   * @return the terms in their order, then ‖g + λθ‖
   */
  double[] differentiate(Map<String, INDArray> feed, double decay);

  /** Copies of the gradients, without the penalty's, that {@link #differentiate} left, by name. */
  Map<String, INDArray> gradients();

  /**
   * One step of Adam along the gradients that {@link #differentiate} left; they are only read.
   *
   * @param scale s, the factor of clipping; 1 for none
   * @param rate α
   * @param decay λ
   */
  void update(double scale, double rate, double decay);

  /** Adam's state, for a checkpoint. */
  Moments moments();

  /** Sets Adam's state; null for that of a new run. */
  void moments(Moments state);

  /**
   * Where the first value that is not finite arose, for a message: the last feed of {@link
   * #differentiate} is computed once more, an operation at a time.
   *
   * @return for instance {@code 'scaled' (operation log)}; empty if all values are finite
   */
  String firstNotFinite();

  /** Brings the parameters' arrays up to date, where they are computed with elsewhere. */
  void publish();

  /** What runs, for the reader: for instance {@code libtorch 2.7.1 on the CPU, 1 thread}. */
  String description();

  /** The array that is fed for a placeholder, or a sentence. */
  static INDArray fed(String placeholder, Map<String, INDArray> feed) {
    INDArray given = feed.get(placeholder);
    if (given == null) {
      throw new IllegalArgumentException(
          "No value was fed for the placeholder '"
              + placeholder
              + "'; fed: "
              + feed.keySet()
              + ".");
    }
    return given;
  }

  /** Refuses a term that is not one number. */
  static void requireScalar(String term, long[] shape) {
    if (Arrays.stream(shape).reduce(1, (a, b) -> a * b) != 1) {
      throw new IllegalArgumentException(
          "The term '"
              + term
              + "' must be one number, the mean over the batch; its shape is "
              + Arrays.toString(shape)
              + ".");
    }
  }

  /** Returns the memory of all but the parameters; the engine may be used again. */
  @Override
  void close();
}
