package org.lowerbound;

import java.util.Locale;

/**
 * How much work a chapter does: {@code LOWERBOUND_SIZE=quick} (the default; every chapter within
 * two minutes on two processor cores) or {@code full} (the sizes of the papers).
 */
public enum Size {
  QUICK,
  FULL;

  /**
   * The size named by the environment variable {@code LOWERBOUND_SIZE}; quick where it is not set.
   *
   * @throws IllegalArgumentException where it names neither size
   */
  public static Size current() {
    return parse(System.getenv("LOWERBOUND_SIZE"));
  }

  static Size parse(String name) {
    if (name == null || name.isBlank()) {
      return QUICK;
    }
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "quick" -> QUICK;
      case "full" -> FULL;
      default ->
          throw new IllegalArgumentException(
              "LOWERBOUND_SIZE must be quick or full, was \""
                  + name
                  + "\"; set it before the kernel starts");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
