package org.lowerbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OptionsTest {

  private static final List<String> NAMES = List.of("--seed", "--size");

  @Test
  void valuesAreReadOrTakenFromElsewhere() {
    Options options = Options.of(NAMES, "--seed", "3, 4", "--size", "quick,FULL");
    assertEquals(List.of(3L, 4L), options.whole("--seed", "1"));
    assertEquals(List.of(Size.QUICK, Size.FULL), options.members("--size", Size.class));
    Options none = Options.of(NAMES);
    assertEquals(List.of(1L), none.whole("--seed", "1"));
    assertEquals(List.of(Size.values()), none.members("--size", Size.class));
    assertEquals("svhn", none.oneOf("--size", "svhn", "street"));
  }

  @Test
  void mistakesAreNamed() {
    said("--speed", () -> Options.of(NAMES, "--speed", "1"));
    said("--seed", () -> Options.of(NAMES, "--seed"));
    said("twice", () -> Options.of(NAMES, "--seed", "1", "--seed", "2"));
    said("0", () -> Options.of(NAMES, "--seed", "0").whole("--seed", "1"));
    said("1,x", () -> Options.of(NAMES, "--seed", "1,x").whole("--seed", "1"));
    said("QUICK", () -> Options.of(NAMES, "--size", "huge").members("--size", Size.class));
    said("street", () -> Options.of(NAMES, "--size", "huge").oneOf("--size", "svhn", "street"));
  }

  private static void said(String word, Supplier<?> call) {
    String message = assertThrows(IllegalArgumentException.class, call::get).getMessage();
    assertTrue(message.contains(word), message);
  }
}
