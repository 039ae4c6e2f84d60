package org.lowerbound.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.History;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The losses of the fixed steps of a model, one after the other: two devices, or two builds, that
 * train the same model print the same numbers but for rounding.
 */
final class Equality {

  private Equality() {}

  /** Prints {@code losses NAME LOSS…}, a loss before each of {@link Workload#STEPS} updates. */
  static void print(List<String> names) {
    for (String name : names) {
      StringBuilder line = new StringBuilder("losses ").append(name);
      for (double loss : losses(Workload.of(name))) {
        line.append(String.format(Locale.ROOT, " %.9g", loss));
      }
      System.out.println(line);
      System.out.flush();
    }
  }

  static double[] losses(Workload load) {
    Model model =
        new Model() {
          @Override
          public Graph graph() {
            return load.model().graph();
          }

          @Override
          public Map<String, INDArray> feed(Batch batch) {
            return load.feeds().get((int) batch.step() % Workload.STEPS);
          }
        };
    History history =
        Trainer.minimise(model, Training.steps(Workload.STEPS).learningRate(1e-3).quiet());
    return history.column("train " + load.model().graph().loss());
  }
}
