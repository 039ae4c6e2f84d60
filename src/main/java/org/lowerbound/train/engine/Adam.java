package org.lowerbound.train.engine;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) on one flat vector of parameters: m ← β₁m + (1−β₁)g, v ←
 * β₂v + (1−β₂)g², θ ← θ − α·m̂/(√v̂ + ε), with β₁ = 0.9, β₂ = 0.999, ε = 1e−8.
 *
 * <p>In single precision in main memory this is one pass over the four vectors, in blocks that stay
 * in the cache and loops that the JVM turns into vector instructions; elsewhere (double precision,
 * a GPU) it is ND4J's own update, which takes about four times as long.
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

  /** Of each thread. */
  private final float[][][] blocks;

  Adam(INDArray parameters) {
    m = Nd4j.zeros(parameters.dataType(), parameters.length());
    v = Nd4j.zeros(parameters.dataType(), parameters.length());
    int threads = parameters.length() < 100_000 ? 1 : Crew.SIZE;
    blocks = new float[threads][4][HostFloats.BLOCK];
  }

  /** The Euclidean norm. */
  static double norm(INDArray gradient) {
    return Math.sqrt(Nd4j.getBlasWrapper().dot(gradient, gradient));
  }

  /**
   * One step along {@code scale} times the gradient; {@code gradient} may be overwritten.
   *
   * @param scale the factor of clipping, 1 for none
   */
  void step(INDArray parameters, INDArray gradient, double scale, double learningRate) {
    if (parameters.dataType() == DataType.FLOAT && HostFloats.available()) {
      updates++;
      blockwise(parameters, gradient, (float) scale, learningRate);
      return;
    }
    if (scale != 1) {
      gradient.muli(scale);
    }
    Nd4j.exec(new AdamUpdater(gradient, v, m, learningRate, BETA1, BETA2, EPSILON, updates));
    parameters.subi(gradient);
    updates++;
  }

  private void blockwise(INDArray parameters, INDArray gradient, float scale, double rate) {
    FloatBuffer[] vectors = {
      HostFloats.of(parameters), HostFloats.of(gradient), HostFloats.of(m), HostFloats.of(v)
    };
    // α·m̂/(√v̂ + ε) with both corrections in two factors of the step.
    float first = (float) (rate / (1 - Math.pow(BETA1, updates)));
    float second = (float) (1 / Math.sqrt(1 - Math.pow(BETA2, updates)));
    int length = vectors[0].capacity();
    int parts = blocks.length;
    if (parts == 1) {
      range(vectors, blocks[0], 0, length, scale, first, second);
      return;
    }
    int part = (length / parts / HostFloats.BLOCK + 1) * HostFloats.BLOCK;
    Crew.share(
        parts,
        i ->
            range(
                vectors,
                blocks[i],
                i * part,
                Math.min(length, (i + 1) * part),
                scale,
                first,
                second));
  }

  private static void range(
      FloatBuffer[] vectors,
      float[][] block,
      int begin,
      int end,
      float scale,
      float first,
      float second) {
    for (int from = begin; from < end; from += HostFloats.BLOCK) {
      int n = Math.min(HostFloats.BLOCK, end - from);
      for (int i = 0; i < 4; i++) {
        vectors[i].get(from, block[i], 0, n);
      }
      update(block[0], block[1], block[2], block[3], n, scale, first, second);
      vectors[0].put(from, block[0], 0, n);
      vectors[2].put(from, block[2], 0, n);
      vectors[3].put(from, block[3], 0, n);
    }
  }

  private static void update(
      float[] theta,
      float[] g,
      float[] m,
      float[] v,
      int n,
      float scale,
      float first,
      float second) {
    float epsilon = (float) EPSILON;
    float beta1 = (float) BETA1;
    float beta2 = (float) BETA2;
    float rest1 = (float) (1 - BETA1);
    float rest2 = (float) (1 - BETA2);
    for (int i = 0; i < n; i++) {
      float slope = scale * g[i];
      float mean = beta1 * m[i] + rest1 * slope;
      float square = beta2 * v[i] + rest2 * slope * slope;
      m[i] = mean;
      v[i] = square;
      theta[i] -= first * mean / ((float) Math.sqrt(square) * second + epsilon);
    }
  }
}
