package org.lowerbound.train;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
 * <p>All parameters lie in one flat array, and so do their gradients, so that the optimiser's
 * update is one operation however many weight matrices a model has. The graph's own variables only
 * describe their names, shapes and initial values: the current values are those of {@link
 * #parameter}.
 *
 * <p>A graph owns native memory: {@link #close} returns it at once; a graph that is dropped is
 * returned when the JVM collects it.
 */
public final class Graph implements AutoCloseable {

  /** Compiled plans kept: training, validation and their last batches, and a few of a watcher's. */
  private static final int PLANS = 8;

  private final SameDiff sameDiff;
  private final String loss;
  private final List<String> terms;
  private final Map<String, INDArray> parameters = new LinkedHashMap<>();
  private final Map<String, INDArray> gradients = new LinkedHashMap<>();
  private final INDArray flatParameters;
  private final INDArray flatGradients;
  private final Map<String, Plan> plans = new LinkedHashMap<>(8, 0.75f, true);
  private SameDiff differentiated;

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
    flatGradients = Nd4j.create(type, length);
    long at = 0;
    for (SDVariable variable : variables) {
      INDArray initial = variable.getArr();
      long[] shape = initial.shape();
      INDArray view = view(flatParameters, at, initial.length(), shape);
      view.assign(initial);
      parameters.put(variable.name(), view);
      gradients.put(variable.name(), view(flatGradients, at, initial.length(), shape));
      at += initial.length();
    }
  }

  /**
   * A graph that is ready to be trained.
   *
   * @param sameDiff the graph; its variables (not its constants) are the parameters
   * @param loss name of the scalar to minimise: the mean over the examples of the batch
   * @param terms names of further scalars to report, each a mean over the batch
   * @throws IllegalArgumentException if there is no such variable or there are no parameters
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
    return new Graph(sameDiff, loss, List.copyOf(reported));
  }

  private static INDArray view(INDArray flat, long from, long length, long[] shape) {
    return flat.get(NDArrayIndex.interval(from, from + length)).reshape('c', shape);
  }

  /** The description of the computation. Run it through {@link Trainer} only. */
  public SameDiff sameDiff() {
    return sameDiff;
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
    return flatParameters;
  }

  /** The gradients that the last {@link #differentiate} left, as one vector, a view. */
  INDArray flatGradients() {
    return flatGradients;
  }

  /** The gradient of one parameter, a view into {@link #flatGradients}. */
  INDArray gradient(String name) {
    return gradients.get(name);
  }

  /** Runs forward: values of {@code outputs} for one feed, as arrays the next run overwrites. */
  Plan forward(Map<String, INDArray> feed, Collection<String> outputs) {
    return execute("forward " + outputs, sameDiff, feed, Map.of(), outputs);
  }

  /** Runs forward and backward: the reported terms, and the gradients in their flat array. */
  Plan differentiate(Map<String, INDArray> feed) {
    if (differentiated == null) {
      differentiated = gradientFunction();
    }
    Map<String, INDArray> destinations = new HashMap<>();
    Set<String> outputs = new LinkedHashSet<>(terms);
    for (String name : parameters.keySet()) {
      SDVariable gradient = sameDiff.getVariable(name).getGradient();
      if (gradient == null) {
        // The loss does not depend on this parameter: its gradient stays zero.
        continue;
      }
      destinations.put(gradient.name(), gradients.get(name));
      outputs.add(gradient.name());
    }
    return execute("differentiate", differentiated, feed, destinations, outputs);
  }

  private Plan execute(
      String what,
      SameDiff function,
      Map<String, INDArray> feed,
      Map<String, INDArray> destinations,
      Collection<String> outputs) {
    StringBuilder key = new StringBuilder(what);
    feed.keySet().stream()
        .sorted()
        .forEach(
            name -> key.append(' ').append(name).append(Arrays.toString(feed.get(name).shape())));
    Plan plan = plans.get(key.toString());
    if (plan != null) {
      plan.run(feed);
      return plan;
    }
    if (plans.size() >= PLANS) {
      Iterator<Plan> eldest = plans.values().iterator();
      eldest.next().close();
      eldest.remove();
    }
    plan = new Plan(function, parameters, feed, destinations, outputs);
    plans.put(key.toString(), plan);
    return plan;
  }

  /**
   * SameDiff's derivative of the graph. Building it prints a line an operation to standard output;
   * those lines, and only those, are dropped.
   */
  private SameDiff gradientFunction() {
    synchronized (Graph.class) {
      PrintStream out = System.out;
      System.setOut(new WithoutBuilderLines(out));
      try {
        sameDiff.setLossVariables(loss);
        sameDiff.createGradFunction();
      } finally {
        System.setOut(out);
      }
    }
    return sameDiff.getFunction("grad");
  }

  private static final class WithoutBuilderLines extends PrintStream {
    WithoutBuilderLines(OutputStream out) {
      super(out, true, StandardCharsets.UTF_8);
    }

    @Override
    public void println(String line) {
      if (line == null || !line.startsWith("Added differentiated op")) {
        super.println(line);
      }
    }
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

  /** Returns the native memory of the compiled plans; the parameters stay usable. */
  @Override
  public void close() {
    plans.values().forEach(Plan::close);
    plans.clear();
  }
}
