package org.lowerbound.data;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.common.config.ND4JClassLoading;

class BackendTest {
  private final ClassLoader before = ND4JClassLoading.getNd4jClassloader();

  @AfterEach
  void restore() {
    ND4JClassLoading.setNd4jClassloader(before);
  }

  /** As in a notebook: cells run on threads whose class loader knows the kernel alone. */
  @Test
  void aLoaderThatSeesNoBackendIsReplaced() {
    ND4JClassLoading.setNd4jClassloader(ClassLoader.getPlatformClassLoader());
    assertTrue(Backend.find());
    assertSame(Backend.class.getClassLoader(), ND4JClassLoading.getNd4jClassloader());
  }

  @Test
  void aChoiceThatWorksStays() {
    ClassLoader chosen = new ClassLoader(Backend.class.getClassLoader()) {};
    ND4JClassLoading.setNd4jClassloader(chosen);
    assertTrue(Backend.find());
    assertSame(chosen, ND4JClassLoading.getNd4jClassloader());
  }
}
