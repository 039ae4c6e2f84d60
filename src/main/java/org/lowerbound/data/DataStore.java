package org.lowerbound.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the files of data sets: in the folder that {@code LOWERBOUND_DATA} names, else in the cache
 * ({@code $XDG_CACHE_HOME/lowerbound}, else {@code ~/.cache/lowerbound}), else on the network.
 *
 * <p>A file is used only if its length and checksum are those of the data set. {@code
 * LOWERBOUND_OFFLINE=1} keeps it from the network.
 */
final class DataStore {

  /** Where a file was found. */
  enum Place {
    FOLDER("the folder in LOWERBOUND_DATA"),
    CACHE("the cache"),
    DOWNLOAD("the network, now in the cache");

    private final String words;

    Place(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** A file that is here, and whole. */
  record Found(DataFile file, Path path, Place place, String md5) {}

  private static final DataStore SYSTEM = fromEnvironment(System.getenv());

  private final Path folder;
  private final Path cache;

  DataStore(Path folder, Path cache) {
    this.folder = folder;
    this.cache = cache;
  }

  /** The store that the environment variables describe. */
  static DataStore system() {
    return SYSTEM;
  }

  static DataStore fromEnvironment(Map<String, String> environment) {
    String folder = environment.getOrDefault("LOWERBOUND_DATA", "");
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base =
        caches.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(caches);
    return new DataStore(folder.isBlank() ? null : Path.of(folder), base.resolve("lowerbound"));
  }

  /** The file, if it is in the folder, in the cache or can be downloaded. */
  Optional<Found> find(DataFile file) {
    Optional<Found> here = here(file);
    return here;
  }

  /**
   * The file, if it is in the folder or in the cache.
   *
   * @throws DataException if a file of that name is in the folder but is another or damaged
   */
  Optional<Found> here(DataFile file) {
    if (folder != null) {
      for (String path : file.paths()) {
        Path candidate = folder.resolve(path);
        if (Files.isRegularFile(candidate)) {
          return Optional.of(new Found(file, candidate, Place.FOLDER, verified(file, candidate)));
        }
      }
    }
    Path candidate = cache.resolve(file.path());
    if (Files.isRegularFile(candidate)) {
      return Optional.of(new Found(file, candidate, Place.CACHE, verified(file, candidate)));
    }
    return Optional.empty();
  }

  /** The checksum of a file that is as it should be. */
  static String verified(DataFile file, Path path) {
    try {
      long bytes = Files.size(path);
      if (file.bytes() >= 0 && bytes != file.bytes()) {
        throw new DataException(
            DataException.Reason.WRONG_CHECKSUM,
            "The file "
                + path
                + " has "
                + bytes
                + " bytes; expected "
                + file.bytes()
                + ". It is cut off or another file: delete it and fetch it again.");
      }
      String md5 = DataIo.md5(path);
      if (!file.md5().isEmpty() && !md5.equals(file.md5())) {
        throw new DataException(
            DataException.Reason.WRONG_CHECKSUM,
            "The file "
                + path
                + " has the MD5 checksum "
                + md5
                + "; expected "
                + file.md5()
                + ". It is damaged or another file: delete it and fetch it again.");
      }
      return md5;
    } catch (IOException e) {
      throw DataIo.failure(path, e);
    }
  }
}
