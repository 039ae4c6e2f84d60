package org.lowerbound.data;

import java.nio.file.Path;
import java.util.Map;
import org.lowerbound.Size;

/**
 * The folder in which the library keeps what it may throw away and make again: {@code
 * $XDG_CACHE_HOME/lowerbound}, else {@code ~/.cache/lowerbound}. Downloaded data and the
 * checkpoints of full-size runs lie there.
 */
public final class Cache {

  private Cache() {}

  /** The folder; it need not exist yet. */
  public static Path folder() {
    return folder(System.getenv());
  }

  static Path folder(Map<String, String> environment) {
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base =
        caches.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(caches);
    return base.resolve("lowerbound");
  }

  /**
   * Where a run of training saves its state, so that the same command continues after a kill.
   *
   * @param size quick runs take seconds and save nothing
   * @param chapter for instance {@code "07-made"}
   * @param run name of the run within the chapter, and of the file
   * @return the file, or null at quick size, as {@code Training.checkpoint} takes it
   */
  public static Path checkpoint(Size size, String chapter, String run) {
    return size == Size.QUICK
        ? null
        : folder().resolve("checkpoints").resolve(chapter).resolve(run + ".checkpoint");
  }
}
