package org.lowerbound.variations;

import org.knowm.xchart.XYChart;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Charts;

/** How fast an error falls with the step: the exponent p in {@code error ≈ C h^p}. */
public final class Convergence {
  private Convergence() {}

  /**
   * p, the slope of the least-squares line through {@code (ln h, ln error)}.
   *
   * @param steps the steps h, at least two different ones, all positive
   * @param errors the errors, all positive
   */
  public static double order(double[] steps, double[] errors) {
    if (steps.length != errors.length || steps.length < 2) {
      throw new IllegalArgumentException(
          "An order needs at least two steps and as many errors; got "
              + steps.length
              + " and "
              + errors.length);
    }
    double meanH = 0;
    double meanE = 0;
    for (int i = 0; i < steps.length; i++) {
      StopButton.poll();
      if (!(steps[i] > 0) || !(errors[i] > 0)) {
        throw new IllegalArgumentException(
            "Steps and errors must be positive; number "
                + i
                + " is "
                + steps[i]
                + ", "
                + errors[i]
                + ". An error of 0 has no logarithm: it means the method is exact here");
      }
      meanH += Math.log(steps[i]) / steps.length;
      meanE += Math.log(errors[i]) / steps.length;
    }
    double above = 0;
    double below = 0;
    for (int i = 0; i < steps.length; i++) {
      StopButton.poll();
      double h = Math.log(steps[i]) - meanH;
      above += h * (Math.log(errors[i]) - meanE);
      below += h * h;
    }
    if (below == 0) {
      throw new IllegalArgumentException("All steps are equal; an order needs different ones");
    }
    return above / below;
  }

  /**
   * A chart on logarithmic axes: the errors as dots, and the line of slope {@code order} through
   * the first of them.
   *
   * @param name what the dots are called
   */
  public static XYChart chart(
      String title,
      String stepLabel,
      String errorLabel,
      String name,
      double[] steps,
      double[] errors,
      int order) {
    XYChart chart = Charts.logY(Charts.logX(Charts.lines(title, stepLabel, errorLabel)));
    double[] line = new double[steps.length];
    for (int i = 0; i < line.length; i++) {
      line[i] = errors[0] * Math.pow(steps[i] / steps[0], order);
    }
    chart.addSeries("slope " + order, steps, line);
    Charts.addPoints(chart, name, steps, errors);
    return chart;
  }
}
