package org.lowerbound.train.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.lowerbound.train.Graph;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A graph in one precision whose parameters and inputs are drawn from a seed: the same numbers in
 * both precisions. It ends in a scalar, 'loss', that weighs every element of the results.
 */
final class Trial {

  final SameDiff sd = SameDiff.create();
  final Map<String, INDArray> feed = new HashMap<>();
  final DataType type;
  private final SplittableRandom random;

  Trial(DataType type, long seed) {
    this.type = type;
    random = new SplittableRandom(seed);
  }

  INDArray draw(double low, double high, long... shape) {
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    for (long i = 0; i < array.length(); i++) {
      // Rounded to single precision, so that both precisions see the same numbers.
      array.putScalar(i, (float) random.nextDouble(low, high));
    }
    return array.castTo(type);
  }

  private int made;

  /** Results by shape, to build further on; null where each operation stands alone. */
  private Map<String, List<SDVariable>> results;

  /** From now on, {@link #w} and {@link #between} often build on what was {@link #share}d. */
  void chain() {
    results = new HashMap<>();
  }

  void share(SDVariable result) {
    if (result.dataType() == type) {
      String shape = Arrays.toString(result.eval(feed).shape());
      results.computeIfAbsent(shape, s -> new ArrayList<>()).add(result);
    }
  }

  /** A parameter with elements between −1.5 and 1.5; or an earlier result, moved there. */
  SDVariable w(long... shape) {
    return between(-1.5, 1.5, shape);
  }

  SDVariable between(double low, double high, long... shape) {
    List<SDVariable> same = results == null ? null : results.get(Arrays.toString(shape));
    if (same == null || random.nextInt(4) == 0) {
      return sd.var("w" + made++, draw(low, high, shape));
    }
    // A parameter goes in as well, so that no two elements are equal by construction.
    SDVariable result = same.get(random.nextInt(same.size()));
    SDVariable moved = result.mul(0.5).add(sd.var("w" + made++, draw(-1, 1, shape)));
    return sd.nn.sigmoid(moved).mul(high - low).add(low);
  }

  SDVariable input(long... shape) {
    String name = "x" + made++;
    feed.put(name, draw(-1.5, 1.5, shape));
    long[] open = shape.clone();
    if (open.length > 0) {
      open[0] = -1;
    }
    return sd.placeHolder(name, type, open);
  }

  SDVariable indices(int... values) {
    return sd.constant("i" + made++, Nd4j.createFromArray(values));
  }

  /** Ends the graph. */
  Trial loss(SDVariable... results) {
    SDVariable loss = null;
    for (SDVariable result : results) {
      SDVariable real = result.dataType() == type ? result : result.castTo(type);
      // Not by SameDiff's session, which is wrong where a negative axis is kept.
      long[] shape;
      try (Engine plain = new SameDiffEngine(computation())) {
        shape = plain.forward(feed, List.of(real.name())).get(real.name()).shape();
      }
      SDVariable weighted = real.mul(sd.constant("weights" + made++, draw(0.2, 1, shape))).sum();
      loss = loss == null ? weighted : loss.add(weighted);
    }
    loss.rename("loss");
    return this;
  }

  double scalarByItself() {
    return sd.output(feed, "loss").get("loss").getDouble(0);
  }

  Engine.Computation computation() {
    Map<String, INDArray> initial = new LinkedHashMap<>();
    for (SDVariable variable : sd.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE) {
        initial.put(variable.name(), variable.getArr());
      }
    }
    return computation(sd, "loss", List.of("loss"), initial);
  }

  /** A model's computation on a copy of its parameters. */
  static Engine.Computation computation(Graph graph) {
    Map<String, INDArray> initial = new LinkedHashMap<>();
    graph.parameterNames().forEach(name -> initial.put(name, graph.parameter(name)));
    return computation(graph.sameDiff(), graph.loss(), graph.terms(), initial);
  }

  static Engine.Computation computation(
      SameDiff sd, String loss, List<String> terms, Map<String, INDArray> initial) {
    long length = initial.values().stream().mapToLong(INDArray::length).sum();
    INDArray flat = Nd4j.create(initial.values().iterator().next().dataType(), length);
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    long at = 0;
    for (Map.Entry<String, INDArray> entry : initial.entrySet()) {
      long end = at + entry.getValue().length();
      INDArray view =
          flat.get(NDArrayIndex.interval(at, end)).reshape('c', entry.getValue().shape());
      view.assign(entry.getValue());
      parameters.put(entry.getKey(), view);
      at = end;
    }
    return new Engine.Computation(sd, loss, terms, parameters, flat, Set.of());
  }

  /** The largest relative error of an engine's gradient against central differences. */
  static double centralError(Engine engine, Engine.Computation model, Map<String, INDArray> feed) {
    double step = 1e-5;
    engine.differentiate(feed, 0);
    Map<String, INDArray> gradients = engine.gradients();
    double largest = 0;
    for (Map.Entry<String, INDArray> parameter : model.parameters().entrySet()) {
      INDArray values = parameter.getValue();
      for (long i = 0; i < values.length(); i++) {
        double value = values.getDouble(i);
        values.putScalar(i, value + step);
        double above = engine.forward(feed, List.of("loss")).get("loss").getDouble(0);
        values.putScalar(i, value - step);
        double below = engine.forward(feed, List.of("loss")).get("loss").getDouble(0);
        values.putScalar(i, value);
        double slope = gradients.get(parameter.getKey()).getDouble(i);
        double error = Math.abs(slope - (above - below) / (2 * step));
        error /= Math.max(1, Math.abs(slope));
        largest = error > largest || Double.isNaN(error) ? error : largest;
      }
    }
    return largest;
  }

  /**
   * The error of the slope along some random directions, relative to the sum of the sizes of what
   * is added up in it.
   */
  static double directionalError(
      Engine engine, Engine.Computation model, Map<String, INDArray> feed) {
    double step = 1e-6;
    SplittableRandom random = new SplittableRandom(7);
    engine.differentiate(feed, 0);
    INDArray start = model.flat().dup();
    List<INDArray> slopes = new ArrayList<>();
    engine.gradients().values().forEach(g -> slopes.add(g.ravel()));
    INDArray slope = Nd4j.concat(0, slopes.toArray(INDArray[]::new));
    double largest = 0;
    for (int i = 0; i < 4; i++) {
      double[] signs = random.doubles(start.length(), -1, 1).toArray();
      INDArray direction = Nd4j.createFromArray(signs);
      double[] values = new double[2];
      for (int side = 0; side < 2; side++) {
        model.flat().assign(start.add(direction.mul(side == 0 ? step : -step)));
        values[side] = engine.forward(feed, List.of("loss")).get("loss").getDouble(0);
      }
      INDArray terms = slope.mul(direction);
      double along = terms.sumNumber().doubleValue();
      double size = Math.max(1, terms.norm1Number().doubleValue());
      double error = Math.abs(along - (values[0] - values[1]) / (2 * step)) / size;
      largest = error > largest || Double.isNaN(error) ? error : largest;
    }
    model.flat().assign(start);
    return largest;
  }

  /** The largest difference of two sets of gradients, relative to each array's largest value. */
  static double difference(Map<String, INDArray> expected, Map<String, INDArray> actual) {
    double largest = 0;
    for (Map.Entry<String, INDArray> entry : expected.entrySet()) {
      double[] a = entry.getValue().ravel().toDoubleVector();
      double[] b = actual.get(entry.getKey()).ravel().toDoubleVector();
      double scale = 1e-3;
      for (double x : a) {
        scale = Math.max(scale, Math.abs(x));
      }
      for (int i = 0; i < a.length; i++) {
        double error = Math.abs(a[i] - b[i]) / scale;
        largest = error > largest || Double.isNaN(error) ? error : largest;
      }
    }
    return largest;
  }
}
