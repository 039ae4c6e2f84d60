package org.lowerbound.data;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of M1 on MNIST that the authors of the semi-supervised paper of 2014 trained and
 * published (dpkingma/nips14-ssl, {@code mnist_z_x_50-500-500_longrun}, MIT licence): 784 pixels,
 * two hidden layers of 500 with softplus, 50 latents.
 *
 * <p>Arrays of {@code encoder.npz}: {@code w0 [500, 784]}, {@code b0}, {@code w1 [500, 500]},
 * {@code b1}, {@code mean_w [50, 500]}, {@code mean_b}, {@code logvar_w}, {@code logvar_b}; of
 * {@code decoder.npz}: {@code w0 [500, 50]}, {@code b0}, {@code w1}, {@code b1}, {@code out_w [784,
 * 500]}, {@code out_b}. Vectors are columns: h = softplus(W x + b).
 */
public final class KingmaM1 {

  private KingmaM1() {}

  /**
   * All arrays, their names prefixed with {@code "encoder."} or {@code "decoder."}; empty where the
   * files are not: there is nothing built in that could stand for them.
   *
   * @throws DataException if a file of that name is here but damaged or another
   */
  public static Optional<Map<String, NumericArray>> arrays() {
    return arrays(DataStore.system());
  }

  static Optional<Map<String, NumericArray>> arrays(DataStore store) {
    Map<String, NumericArray> all = new LinkedHashMap<>();
    for (DataFile file : Catalogue.KINGMA_M1) {
      Optional<DataStore.Found> found = store.here(file);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      String part = file.name().contains("encoder") ? "encoder." : "decoder.";
      NumPyFile.arrays(found.get().path()).forEach((name, array) -> all.put(part + name, array));
    }
    return Optional.of(all);
  }
}
