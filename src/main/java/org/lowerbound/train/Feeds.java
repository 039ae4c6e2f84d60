package org.lowerbound.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is fed to a graph, checked before native code sees it. */
final class Feeds {

  private Feeds() {}

  /**
   * @throws IllegalArgumentException if an array is fed for a name that the graph lacks, or has
   *     another shape or data type than its placeholder
   */
  static void check(Graph graph, Map<String, INDArray> feed) {
    SameDiff sd = graph.described();
    for (Map.Entry<String, INDArray> fed : feed.entrySet()) {
      String name = fed.getKey();
      INDArray value = fed.getValue();
      if (!sd.hasVariable(name)) {
        throw new IllegalArgumentException(
            "The graph has no placeholder '" + name + "'; it has " + placeholders(sd) + ".");
      }
      if (value == null) {
        throw new IllegalArgumentException("The placeholder '" + name + "' was fed null.");
      }
      SDVariable variable = sd.getVariable(name);
      if (!variable.isPlaceHolder()) {
        continue;
      }
      long[] shape = variable.placeholderShape();
      if (shape != null && !fits(shape, value.shape())) {
        throw new IllegalArgumentException(
            "The placeholder '"
                + name
                + "' takes an array of shape "
                + Arrays.toString(shape).replace("-1", "any")
                + ", but was fed "
                + Arrays.toString(value.shape())
                + ".");
      }
      if (variable.dataType() != value.dataType()) {
        throw new IllegalArgumentException(
            "The placeholder '"
                + name
                + "' is "
                + variable.dataType()
                + ", but was fed "
                + value.dataType()
                + ": give castTo(DataType."
                + variable.dataType()
                + ").");
      }
    }
  }

  private static boolean fits(long[] declared, long[] fed) {
    boolean fits = declared.length == fed.length;
    for (int i = 0; fits && i < declared.length; i++) {
      fits = declared[i] < 0 || declared[i] == fed[i];
    }
    return fits;
  }

  private static List<String> placeholders(SameDiff sd) {
    List<String> names = new ArrayList<>();
    for (SDVariable variable : sd.variables()) {
      if (variable.isPlaceHolder()) {
        names.add(variable.name());
      }
    }
    Collections.sort(names);
    return names;
  }

  /**
   * Which input holds a value that is not finite.
   *
   * @return for instance {@code "the input 'x' was fed NaN in row 3"}; empty if none
   */
  static String firstNotFinite(Map<String, INDArray> feed) {
    for (Map.Entry<String, INDArray> fed : feed.entrySet()) {
      if (!fed.getValue().isR()) {
        continue;
      }
      double[] values = fed.getValue().dup('c').data().asDouble();
      long rows = fed.getValue().rank() == 0 ? 1 : fed.getValue().size(0);
      for (int i = 0; i < values.length; i++) {
        if (!Double.isFinite(values[i])) {
          return "the input '"
              + fed.getKey()
              + "' was fed "
              + values[i]
              + (rows > 1 ? " in row " + i / (values.length / rows) + " of the batch" : "");
        }
      }
    }
    return "";
  }
}
