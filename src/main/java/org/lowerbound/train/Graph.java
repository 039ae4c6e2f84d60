package org.lowerbound.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.lowerbound.data.Backend;
import org.lowerbound.train.engine.Engine;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A model's computation as {@link Trainer} runs it: a SameDiff graph, the scalar that is minimised,
 * the scalars that are reported, and the parameters.
 *
 * <p>All parameters lie in one flat array. The graph's own variables only describe their names,
 * shapes and initial values: the current values are those of {@link #parameter}.
 *
 * <p>A graph owns native memory: {@link #close} returns it at once; a graph that is dropped is
 * returned when the JVM collects it.
 */
public final class Graph implements AutoCloseable {
  static {
    Backend.find();
  }

  private final SameDiff sameDiff;
  private final String loss;
  private final List<String> terms;
  private final Map<String, INDArray> parameters = new LinkedHashMap<>();
  private final Map<Path, Fingerprint.Lineage> lineages = new HashMap<>();
  private final INDArray flatParameters;
  private final Set<String> lasting = new HashSet<>();
  private Engine engine;
  private boolean training;

  /** Graphs made since dropped ones were last collected. */
  private static final AtomicInteger MADE = new AtomicInteger();

  private Graph(SameDiff sameDiff, String loss, List<String> terms) {
    MADE.incrementAndGet();
    this.sameDiff = sameDiff;
    this.loss = loss;
    this.terms = terms;
    List<SDVariable> variables = new ArrayList<>();
    long length = 0;
    DataType type = null;
    for (SDVariable variable : sameDiff.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE) {
        if (type != null && type != variable.dataType()) {
          throw new IllegalArgumentException(
              "All parameters must have one data type; '"
                  + variable.name()
                  + "' is "
                  + variable.dataType()
                  + ", the others are "
                  + type
                  + ".");
        }
        type = variable.dataType();
        variables.add(variable);
        length += variable.getArr().length();
      }
    }
    if (variables.isEmpty()) {
      throw new IllegalArgumentException(
          "The graph has no parameters: declare them with sameDiff.var(name, initialValues).");
    }
    flatParameters = Nd4j.create(type, length);
    long at = 0;
    for (SDVariable variable : variables) {
      INDArray initial = variable.getArr();
      long[] shape = initial.shape();
      INDArray view = view(flatParameters, at, initial.length(), shape);
      view.assign(initial);
      parameters.put(variable.name(), view);
      at += initial.length();
    }
  }

  /**
   * A graph that is ready to be trained.
   *
   * @param sameDiff the graph; its variables (not its constants) are the parameters
   * @param loss name of the scalar to minimise: the mean over the examples of the batch
   * @param terms names of further scalars to report, each a mean over the batch
   * @throws IllegalArgumentException if there is no such variable, there are no parameters, or an
   *     operation cannot be carried out, by name
   */
  public static Graph of(SameDiff sameDiff, String loss, String... terms) {
    Set<String> reported = new LinkedHashSet<>();
    reported.add(loss);
    Collections.addAll(reported, terms);
    for (String name : reported) {
      if (!sameDiff.hasVariable(name)) {
        throw new IllegalArgumentException("The graph has no variable '" + name + "'.");
      }
    }
    Engine.check(sameDiff, reported);
    return new Graph(sameDiff, loss, List.copyOf(reported));
  }

  private static INDArray view(INDArray flat, long from, long length, long[] shape) {
    return flat.get(NDArrayIndex.interval(from, from + length)).reshape('c', shape);
  }

  /**
   * The description of the computation, its variables with their current values. Run it through
   * {@link Trainer} only, and save a model by {@link ModelFile}: training does not go on in this
   * object, so that what it holds is as old as the last call of this method.
   */
  public synchronized SameDiff sameDiff() {
    parameters
        .keySet()
        .forEach(name -> sameDiff.getVariable(name).getArr().assign(parameter(name)));
    return sameDiff;
  }

  /** The description, whatever values its variables have. */
  SameDiff described() {
    return sameDiff;
  }

  /** Where the parameters came from, by the file of the run's checkpoint. */
  Map<Path, Fingerprint.Lineage> lineages() {
    return lineages;
  }

  /** Name of the scalar that training minimises. */
  public String loss() {
    return loss;
  }

  /** Names of the scalars that are reported; the first is the loss. */
  public List<String> terms() {
    return terms;
  }

  /** Names of the parameters, in the order of the flat array. */
  public Set<String> parameterNames() {
    return Collections.unmodifiableSet(parameters.keySet());
  }

  /**
   * The current value of a parameter: a view, so writing to it changes the model.
   *
   * @throws IllegalArgumentException if there is no such parameter
   */
  public INDArray parameter(String name) {
    if (engine != null) {
      engine.publish();
    }
    INDArray value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "There is no parameter '" + name + "'; the parameters are " + parameters.keySet() + ".");
    }
    return value;
  }

  /** Number of real numbers that are learned. */
  public long parameterCount() {
    return flatParameters.length();
  }

  /** All parameters as one vector, a view. */
  INDArray flatParameters() {
    if (engine != null) {
      engine.publish();
    }
    return flatParameters;
  }

  /** What carries out this graph. */
  Engine engine() {
    if (engine == null) {
      engine =
          Engine.of(
              new Engine.Computation(sameDiff, loss, terms, parameters, flatParameters, lasting));
    }
    return engine;
  }

  /**
   * Names placeholders whose array, fed again by identity, is taken as unchanged, so that large
   * inputs that stay (masks) need not be copied in each step. An array fed for any other
   * placeholder may be changed in place between two runs.
   *
   * @return this graph
   * @throws IllegalArgumentException if there is no such placeholder
   */
  public Graph lasting(String... placeholders) {
    for (String name : placeholders) {
      if (!sameDiff.hasVariable(name) || !sameDiff.getVariable(name).isPlaceHolder()) {
        throw new IllegalArgumentException("The graph has no placeholder '" + name + "'.");
      }
      lasting.add(name);
    }
    return this;
  }

  /**
   * Returns the native memory of graphs that are no longer reachable. The Java heap that they take
   * is small, so that the JVM alone would let their native arrays pile up when a cell is run again
   * and again.
   */
  static void collectDropped() {
    if (MADE.getAndSet(0) > 0) {
      System.gc();
    }
  }

  /**
   * Says that a run of training begins or ends; between the two, {@link #close} leaves the engine
   * its state, so that a watcher may evaluate the model.
   *
   * @throws IllegalStateException if a run begins within another
   */
  void training(boolean begins) {
    if (begins && training) {
      throw new IllegalStateException(
          "This model is being trained: what is called during the run, a watcher or the model's"
              + " feed, cannot train it too. Evaluate it there, or train a copy.");
    }
    training = begins;
  }

  /** Returns the memory that running the graph took; the parameters stay usable. */
  @Override
  public void close() {
    if (engine != null && !training) {
      engine.close();
    }
  }
}
