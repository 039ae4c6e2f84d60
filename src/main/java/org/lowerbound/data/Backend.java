package org.lowerbound.data;

import org.nd4j.common.config.ND4JClassLoading;

/**
 * Where ND4J looks for its backend: beside this library, if the thread's own class loader does not
 * see one.
 *
 * <p>ND4J asks the context class loader of the thread that uses it first. In a notebook into which
 * the library was brought by {@code %maven} that is the kernel's, which does not know the library's
 * jars, and ND4J ends with "no backend available". A class that uses ND4J before any model of this
 * library calls {@link #find} when it is loaded; {@link org.lowerbound.Lowerbound#setUp} does so
 * for a notebook that uses ND4J by itself.
 */
public final class Backend {
  private static final String SERVICE = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

  private Backend() {}

  /**
   * Makes sure of it, and leaves a choice alone that works.
   *
   * @return whether there is a backend to be found
   */
  public static boolean find() {
    ClassLoader chosen = ND4JClassLoading.getNd4jClassloader();
    if (chosen != null && chosen.getResource(SERVICE) != null) {
      return true;
    }
    ClassLoader own = Backend.class.getClassLoader();
    ND4JClassLoading.setNd4jClassloader(own);
    return own.getResource(SERVICE) != null;
  }
}
