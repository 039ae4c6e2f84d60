package org.lowerbound.train;

import java.util.HashMap;
import java.util.Map;
import org.lowerbound.data.BinaryRows;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A model small enough to be solved by hand: independent bits, logit a_d each, loss the mean
 * negative log-likelihood. Its optimum is a_d = log(mean_d / (1 − mean_d)). A noise input of weight
 * zero lets tests see what random numbers a step is given.
 */
final class Regression implements Model {

  final Graph graph;
  double lastNoise;
  Runnable atEachStep = () -> {};
  double poison = 1;

  Regression(int dimensions, DataType type) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", type, -1, dimensions);
    SDVariable poison = sd.placeHolder("poison", type);
    SDVariable a = sd.var("a", Nd4j.zeros(type, dimensions));
    SDVariable scaled = sd.math.log("scaled", poison);
    SDVariable likelihood = x.mul(a).sub(sd.math.log1p(sd.math.exp(a))).sum("logp", 1);
    likelihood.mean().neg("fit");
    sd.getVariable("fit").add("loss", scaled);
    graph = Graph.of(sd, "loss", "fit");
  }

  static BinaryRows rows(int count, int dimensions) {
    byte[][] bits = new byte[count][dimensions];
    for (int i = 0; i < count; i++) {
      for (int d = 0; d < dimensions; d++) {
        bits[i][d] = (byte) (i % (d + 2) == 0 ? 1 : 0);
      }
    }
    return BinaryRows.of("rows", bits);
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Map<String, INDArray> feed(Batch batch) {
    lastNoise = batch.random().nextDouble();
    if (batch.training()) {
      atEachStep.run();
    }
    Map<String, INDArray> feed = new HashMap<>();
    feed.put("x", batch.x());
    feed.put("poison", Nd4j.scalar(graph.flatParameters().dataType(), poison));
    return feed;
  }
}
