package org.lowerbound.train;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Automatic derivatives against central differences, (L(θ + h) − L(θ − h)) / 2h, for every
 * parameter of a model. Some operations of SameDiff return wrong gradients without an error, so a
 * new model is checked before it is believed.
 *
 * <p>The error of one derivative is |automatic − difference| / max(1, |automatic|, |difference|).
 * In double precision with h = 1e−5 the difference itself is good to about 1e−9.
 */
public final class GradientCheck {

  private static final double H = 1e-5;

  private final Map<String, Double> errors;

  private GradientCheck(Map<String, Double> errors) {
    this.errors = errors;
  }

  /**
   * Checks the gradient of the loss for one feed.
   *
   * @param model a model in double precision, with at most a few thousand parameters: each costs
   *     two evaluations
   * @throws IllegalArgumentException if the model is not in double precision
   */
  public static GradientCheck of(Model model, Map<String, INDArray> feed) {
    Graph graph = model.graph();
    if (graph.flatParameters().dataType() != DataType.DOUBLE) {
      throw new IllegalArgumentException(
          "Central differences need double precision; this model is in "
              + graph.flatParameters().dataType()
              + ".");
    }
    Map<String, INDArray> automatic = Trainer.gradients(model, feed);
    Map<String, Double> errors = new LinkedHashMap<>();
    for (String name : graph.parameterNames()) {
      INDArray parameter = graph.parameter(name);
      double largest = 0;
      for (long i = 0; i < parameter.length(); i++) {
        double value = parameter.getDouble(i);
        double above;
        double below;
        try {
          parameter.putScalar(i, value + H);
          above = loss(model, feed);
          parameter.putScalar(i, value - H);
          below = loss(model, feed);
        } finally {
          // Also when the stop button ends the check.
          parameter.putScalar(i, value);
        }
        double difference = (above - below) / (2 * H);
        double derivative = automatic.get(name).getDouble(i);
        double scale = Math.max(1, Math.max(Math.abs(difference), Math.abs(derivative)));
        double error = Math.abs(derivative - difference) / scale;
        largest = error > largest || Double.isNaN(error) ? error : largest;
      }
      errors.put(name, largest);
    }
    return new GradientCheck(errors);
  }

  private static double loss(Model model, Map<String, INDArray> feed) {
    String name = model.graph().loss();
    return Trainer.evaluate(model, feed, name).get(name).getDouble(0);
  }

  /** The largest error of each parameter array. */
  public Map<String, Double> errors() {
    return Map.copyOf(errors);
  }

  /** The largest error of all; NaN if a derivative is not a number. */
  public double largestError() {
    double largest = 0;
    for (double error : errors.values()) {
      largest = error > largest || Double.isNaN(error) ? error : largest;
    }
    return largest;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("largest relative error of the gradient");
    errors.forEach(
        (name, error) -> text.append(String.format(Locale.ROOT, "%n  %-6s %.1e", name, error)));
    return text.toString();
  }
}
