package org.lowerbound.train;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) on one flat vector of parameters: m ← β₁m + (1−β₁)g, v ←
 * β₂v + (1−β₂)g², θ ← θ − α·m̂/(√v̂ + ε), with β₁ = 0.9, β₂ = 0.999, ε = 1e−8.
 */
final class Adam {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  /** First and second moments, of the length of the parameters. */
  final INDArray m;

  final INDArray v;

  /** Updates made so far; the exponent of the bias correction is one more. */
  int updates;

  Adam(INDArray parameters) {
    m = Nd4j.zeros(parameters.dataType(), parameters.length());
    v = Nd4j.zeros(parameters.dataType(), parameters.length());
  }

  /** One step; {@code gradient} is overwritten with the update. */
  void step(INDArray parameters, INDArray gradient, double learningRate) {
    Nd4j.exec(new AdamUpdater(gradient, v, m, learningRate, BETA1, BETA2, EPSILON, updates));
    parameters.subi(gradient);
    updates++;
  }
}
