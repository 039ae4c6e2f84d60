package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PicturesTest {

  /**
   * What the JVM says the first time: recorded with OpenJDK 17 on Ubuntu 24.04 without
   * libharfbuzz0b.
   */
  private static final String WITHOUT_HARFBUZZ =
      "/usr/lib/jvm/java-17-openjdk-amd64/lib/libfontmanager.so: libharfbuzz.so.0: cannot open"
          + " shared object file: No such file or directory";

  private static final String INSTALL =
      "apt-get install fontconfig fonts-dejavu-core libfreetype6 libharfbuzz0b";

  @Test
  void aMissingLibraryIsNamed() {
    Throwable first = new UnsatisfiedLinkError(WITHOUT_HARFBUZZ);
    IllegalStateException said = Pictures.noFonts(first);
    assertSame(first, said.getCause());
    assertTrue(said.getMessage().startsWith("Java lacks libharfbuzz.so.0, "), said.getMessage());
    assertTrue(said.getMessage().endsWith(INSTALL), said.getMessage());
  }

  /**
   * From the second figure on the JVM only says that a class cannot be used, and names the first
   * error as its cause.
   */
  @Test
  void andAtTheNextFigureToo() {
    Throwable later =
        new NoClassDefFoundError("Could not initialize class sun.font.SunFontManager");
    later.initCause(
        new ExceptionInInitializerError(
            "Exception java.lang.UnsatisfiedLinkError: "
                + WITHOUT_HARFBUZZ
                + " [in thread \"main\"]"));
    assertEquals(
        Pictures.noFonts(new UnsatisfiedLinkError(WITHOUT_HARFBUZZ)).getMessage(),
        Pictures.noFonts(later).getMessage());
  }

  /**
   * What OpenJDK throws where there is a fontconfig and no font; its message may be none at all.
   */
  @Test
  void whereNoLibraryIsMissingItIsTheFont() {
    for (String message :
        new String[] {"Fontconfig head is null, check your fonts or fonts configuration", null}) {
      String said = Pictures.noFonts(new RuntimeException(message)).getMessage();
      assertTrue(said.startsWith("Java finds no font on this machine, "), said);
      assertTrue(said.endsWith(INSTALL), said);
    }
  }
}
