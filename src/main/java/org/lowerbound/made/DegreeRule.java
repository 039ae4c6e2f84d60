package org.lowerbound.made;

import java.util.random.RandomGenerator;

/**
 * How a hidden unit gets its degree m(k), the number of variables it may see.
 *
 * <p>A unit of degree m sees the first m variables of the ordering and feeds the outputs that come
 * after them, so a degree must lie between 1 and D − 1: at 0 a unit would see nothing, at D it
 * would feed nothing.
 */
public enum DegreeRule {

  /**
   * Uniform between the smallest degree of the layer below and D − 1 (Germain et al. 2015, 4.2).
   */
  UNIFORM,

  /** Evenly spread over the same range; no chance in it. */
  EVEN,

  /**
   * Faulty: uniform up to the layer's <em>width</em> minus 2, as in a widely read notebook (B.
   * Keng, "Autoregressive Autoencoders", 2017). Wide layers get degrees far above D − 1, whose
   * units reach no output. The network stays autoregressive, so that a test of its Jacobian passes;
   * here it is the exhibit of chapter 07's section on liveness.
   */
  UP_TO_WIDTH;

  int degree(int unit, int width, int lowest, int dimensions, RandomGenerator random) {
    int highest = dimensions - 1;
    return switch (this) {
      case UNIFORM -> random.nextInt(lowest, highest + 1);
      case EVEN -> lowest + (int) ((long) unit * (highest - lowest + 1) / width);
      case UP_TO_WIDTH -> random.nextInt(lowest, Math.max(lowest, width - 2) + 1);
    };
  }
}
