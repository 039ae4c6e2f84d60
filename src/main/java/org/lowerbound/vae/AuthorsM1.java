package org.lowerbound.vae;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.lowerbound.data.DataException;
import org.lowerbound.data.KingmaM1;
import org.lowerbound.data.NumericArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The M1 of the 2014 paper's authors in our {@link Vae}: an independent oracle. Their arrays are
 * transposed, since they have columns where we have rows.
 */
public final class AuthorsM1 {

  private AuthorsM1() {}

  /** The architecture: 784-500-500 with softplus, 50 latents, bits. */
  public static VaeShape shape() {
    return VaeShape.dense(784, 50, 500, 500).activation(Activation.SOFTPLUS);
  }

  /**
   * The trained model, or nothing where its files are not at hand.
   *
   * @throws DataException if the files are damaged
   */
  public static Optional<Vae> load() {
    return KingmaM1.arrays().map(AuthorsM1::of);
  }

  static Vae of(Map<String, NumericArray> arrays) {
    Vae vae = Vae.create(shape(), 1);
    for (String part : new String[] {"encoder", "decoder"}) {
      for (int l = 1; l <= 2; l++) {
        set(vae, part + ".W" + l, arrays, part + ".w" + (l - 1));
        set(vae, part + ".b" + l, arrays, part + ".b" + (l - 1));
      }
    }
    for (String head : new String[] {"mean", "logvar"}) {
      set(vae, "encoder.W" + head, arrays, "encoder." + head + "_w");
      set(vae, "encoder.b" + head, arrays, "encoder." + head + "_b");
    }
    set(vae, "decoder.Wout", arrays, "decoder.out_w");
    set(vae, "decoder.bout", arrays, "decoder.out_b");
    return vae;
  }

  private static void set(Vae vae, String ours, Map<String, NumericArray> arrays, String theirs) {
    NumericArray array = arrays.get(theirs);
    INDArray to = vae.graph().parameter(ours);
    if (array == null || array.size() != to.length()) {
      throw new IllegalArgumentException(
          "The authors' weights lack "
              + theirs
              + " with "
              + to.length()
              + " numbers"
              + (array == null ? "" : "; it has the shape " + Arrays.toString(array.shape()))
              + ".");
    }
    INDArray value = array.toNd4j(DataType.FLOAT);
    to.assign(to.rank() == 2 ? value.transpose() : value.reshape(to.shape()));
  }
}
