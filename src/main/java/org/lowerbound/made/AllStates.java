package org.lowerbound.made;

import java.util.random.RandomGenerator;
import org.lowerbound.data.Examples;
import org.lowerbound.data.Provenance;

/**
 * All 2^D binary vectors of length D, in counting order with the last variable changing fastest:
 * the sample space itself, over which the probabilities of a model can be added up.
 */
public final class AllStates implements Examples {

  /** More would take longer than anybody waits: 2^22 forward passes. */
  private static final int LARGEST = 22;

  private final int dimensions;

  private AllStates(int dimensions) {
    this.dimensions = dimensions;
  }

  /**
   * The sample space of D binary variables.
   *
   * @throws IllegalArgumentException unless 1 ≤ D ≤ 22
   */
  public static AllStates of(int dimensions) {
    if (dimensions < 1 || dimensions > LARGEST) {
      throw new IllegalArgumentException(
          "All states can be listed for 1 to " + LARGEST + " variables, not " + dimensions + ".");
    }
    return new AllStates(dimensions);
  }

  @Override
  public int size() {
    return 1 << dimensions;
  }

  @Override
  public int[] shape() {
    return new int[] {dimensions};
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    for (int d = 0; d < dimensions; d++) {
      into[at + d] = row >>> (dimensions - 1 - d) & 1;
    }
  }

  @Override
  public String name() {
    return "all " + size() + " states of " + dimensions + " bits";
  }

  @Override
  public Provenance provenance() {
    return Provenance.builtIn(name(), "enumerated");
  }
}
