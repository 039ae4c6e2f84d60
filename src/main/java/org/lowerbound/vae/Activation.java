package org.lowerbound.vae;

import org.lowerbound.train.Layers;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** The non-linearity of the hidden layers. */
public enum Activation {
  /** tanh(a): Kingma and Welling (2014), Burda et al. (2016). */
  TANH,
  /** max(a, 0). */
  RELU,
  /** log(1 + eᵃ): Kingma et al. (2014). */
  SOFTPLUS;

  /**
   * The non-linearity, element by element.
   *
   * @param a of any shape; the result has the same
   */
  public SDVariable of(SameDiff sd, SDVariable a) {
    return switch (this) {
      case TANH -> sd.math.tanh(a);
      case RELU -> sd.nn.relu(a, 0);
      case SOFTPLUS -> Layers.softplus(sd, a);
    };
  }
}
