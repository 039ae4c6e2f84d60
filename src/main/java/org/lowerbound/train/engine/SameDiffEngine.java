package org.lowerbound.train.engine;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The plain engine: SameDiff's own operations and derivatives, one after the other ({@link Plan}).
 */
final class SameDiffEngine implements Engine {

  /** Compiled plans kept: training, validation and their last batches, and a few of a watcher's. */
  private static final int PLANS = 8;

  private final Computation model;
  private final INDArray flatGradients;
  private final Map<String, INDArray> gradients = new LinkedHashMap<>();
  private final Map<String, Plan> plans = new LinkedHashMap<>(8, 0.75f, true);
  private SameDiff differentiated;
  private Plan last;
  private final INDArray m;
  private final INDArray v;
  private int updates;

  SameDiffEngine(Computation model) {
    this.model = model;
    flatGradients = Nd4j.create(model.flat().dataType(), model.flat().length());
    m = Nd4j.zeros(model.flat().dataType(), model.flat().length());
    v = Nd4j.zeros(model.flat().dataType(), model.flat().length());
    long at = 0;
    for (Map.Entry<String, INDArray> parameter : model.parameters().entrySet()) {
      long length = parameter.getValue().length();
      gradients.put(
          parameter.getKey(),
          flatGradients
              .get(NDArrayIndex.interval(at, at + length))
              .reshape('c', parameter.getValue().shape()));
      at += length;
    }
  }

  @Override
  public Map<String, INDArray> forward(Map<String, INDArray> feed, Collection<String> outputs) {
    Plan plan = execute("forward " + outputs, model.sameDiff(), feed, outputs);
    Map<String, INDArray> values = new LinkedHashMap<>();
    for (String output : outputs) {
      values.put(output, plan.value(output).dup());
    }
    return values;
  }

  @Override
  public double[] differentiate(Map<String, INDArray> feed, double decay) {
    if (differentiated == null) {
      differentiated = gradientFunction();
    }
    Set<String> outputs = new LinkedHashSet<>(model.terms());
    for (String name : model.parameters().keySet()) {
      SDVariable gradient = model.sameDiff().getVariable(name).getGradient();
      if (gradient != null) {
        outputs.add(gradient.name());
      }
    }
    last = execute("differentiate", differentiated, feed, outputs);
    gradients.forEach(
        (name, place) -> {
          SDVariable gradient = model.sameDiff().getVariable(name).getGradient();
          // The loss may not depend on this parameter.
          INDArray value = gradient == null ? null : last.value(gradient.name());
          if (value != null && value.length() != place.length()) {
            throw new IllegalArgumentException(
                "SameDiff's derivative by '"
                    + name
                    + "' has the shape "
                    + Arrays.toString(value.shape())
                    + " where the parameter has "
                    + Arrays.toString(place.shape())
                    + ": it is wrong where minimum or maximum spread an argument. Give both"
                    + " arguments the same shape.");
          }
          place.assign(value == null ? Nd4j.scalar(0.0) : value);
        });
    List<String> terms = model.terms();
    double[] values = new double[terms.size() + 1];
    for (int i = 0; i < terms.size(); i++) {
      INDArray value = last.value(terms.get(i));
      Engine.requireScalar(terms.get(i), value.shape());
      values[i] = value.getDouble(0);
    }
    INDArray slope = penalised(decay);
    values[terms.size()] = Math.sqrt(Nd4j.getBlasWrapper().dot(slope, slope));
    return values;
  }

  /** g + λθ; g itself where λ is 0. */
  private INDArray penalised(double decay) {
    if (decay == 0) {
      return flatGradients;
    }
    INDArray sum = flatGradients.dup();
    Nd4j.getBlasWrapper().axpy(Double.valueOf(decay), model.flat(), sum);
    return sum;
  }

  @Override
  public Map<String, INDArray> gradients() {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    gradients.forEach((name, gradient) -> copies.put(name, gradient.dup()));
    return copies;
  }

  @Override
  public void update(double scale, double rate, double decay) {
    updates++;
    INDArray slope = penalised(decay).mul(scale);
    m.muli(BETA1).addi(slope.mul(1 - BETA1));
    v.muli(BETA2).addi(slope.muli(slope).muli(1 - BETA2));
    INDArray root = Transforms.sqrt(v, true).divi(Math.sqrt(1 - Math.pow(BETA2, updates)));
    INDArray step = m.div(root.addi(EPSILON)).muli(rate / (1 - Math.pow(BETA1, updates)));
    model.flat().subi(step);
  }

  @Override
  public Moments moments() {
    return new Moments(m.toDoubleVector(), v.toDoubleVector(), updates);
  }

  @Override
  public void moments(Moments state) {
    updates = state == null ? 0 : state.updates();
    m.assign(state == null ? Nd4j.scalar(0.0) : Nd4j.createFromArray(state.m()));
    v.assign(state == null ? Nd4j.scalar(0.0) : Nd4j.createFromArray(state.v()));
  }

  @Override
  public String firstNotFinite() {
    return last.firstNotFinite();
  }

  @Override
  public void publish() {
    // The parameters are nowhere else.
  }

  @Override
  public String description() {
    return "SameDiff's own operations";
  }

  private Plan execute(
      String what, SameDiff function, Map<String, INDArray> feed, Collection<String> outputs) {
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
    plan = new Plan(function, model.parameters(), model.lasting(), feed, outputs);
    plans.put(key.toString(), plan);
    return plan;
  }

  /**
   * SameDiff's derivative of the graph. Building it prints a line an operation to standard output;
   * those lines, and only those, are dropped.
   */
  private SameDiff gradientFunction() {
    Engines.requireDerivatives(model.sameDiff(), model.terms());
    synchronized (SameDiffEngine.class) {
      PrintStream out = System.out;
      System.setOut(new WithoutBuilderLines(out));
      try {
        model.sameDiff().setLossVariables(model.loss());
        model.sameDiff().createGradFunction();
      } finally {
        System.setOut(out);
      }
    }
    return model.sameDiff().getFunction("grad");
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

  @Override
  public void close() {
    plans.values().forEach(Plan::close);
    plans.clear();
  }
}
