package org.lowerbound.semisupervised;

import java.util.Arrays;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;
import libsvm.svm_parameter;
import libsvm.svm_problem;

/**
 * A support vector machine (Chang and Lin's LIBSVM): one against one, linear or with the kernel
 * exp(−γ‖x − x'‖²).
 */
public final class SupportVectors implements Classifier {

  private final svm_model model;
  private final int features;

  private SupportVectors(svm_model model, int features) {
    this.model = model;
    this.features = features;
  }

  /** A linear machine with cost C. */
  public static SupportVectors linear(float[][] x, int[] labels, double cost) {
    svm_parameter how = parameter(cost);
    how.kernel_type = svm_parameter.LINEAR;
    return fit(x, labels, how);
  }

  /** A machine with the Gaussian kernel of inverse width γ and cost C. */
  public static SupportVectors gaussian(float[][] x, int[] labels, double cost, double gamma) {
    if (!(gamma > 0)) {
      throw new IllegalArgumentException("γ must be positive, not " + gamma + ".");
    }
    svm_parameter how = parameter(cost);
    how.kernel_type = svm_parameter.RBF;
    how.gamma = gamma;
    return fit(x, labels, how);
  }

  private static svm_parameter parameter(double cost) {
    if (!(cost > 0)) {
      throw new IllegalArgumentException("The cost must be positive, not " + cost + ".");
    }
    svm_parameter how = new svm_parameter();
    how.svm_type = svm_parameter.C_SVC;
    how.C = cost;
    how.eps = 1e-3;
    how.cache_size = 100;
    how.shrinking = 1;
    return how;
  }

  private static SupportVectors fit(float[][] x, int[] labels, svm_parameter how) {
    if (x.length == 0 || x.length != labels.length) {
      throw new IllegalArgumentException(
          "Every row needs its label; there are "
              + x.length
              + " rows and "
              + labels.length
              + " labels.");
    }
    svm_problem problem = new svm_problem();
    problem.l = x.length;
    problem.x = Arrays.stream(x).map(SupportVectors::nodes).toArray(svm_node[][]::new);
    problem.y = Arrays.stream(labels).asDoubleStream().toArray();
    String complaint = svm.svm_check_parameter(problem, how);
    if (complaint != null) {
      throw new IllegalArgumentException("LIBSVM refuses: " + complaint);
    }
    svm.svm_set_print_string_function(text -> {});
    return new SupportVectors(svm.svm_train(problem, how), x[0].length);
  }

  private static svm_node[] nodes(float[] row) {
    svm_node[] nodes = new svm_node[row.length];
    for (int d = 0; d < row.length; d++) {
      nodes[d] = new svm_node();
      nodes[d].index = d + 1;
      nodes[d].value = row[d];
    }
    return nodes;
  }

  @Override
  public int[] classify(float[][] rows) {
    for (float[] row : rows) {
      if (row.length != features) {
        throw new IllegalArgumentException(
            "A row has " + row.length + " numbers; the machine was trained on " + features + ".");
      }
    }
    return Arrays.stream(rows)
        .parallel()
        .mapToInt(row -> (int) svm.svm_predict(model, nodes(row)))
        .toArray();
  }

  /** Number of support vectors. */
  public int supportVectors() {
    return model.l;
  }
}
