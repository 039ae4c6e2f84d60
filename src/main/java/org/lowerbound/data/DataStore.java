package org.lowerbound.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the files of data sets: in the folder that {@code LOWERBOUND_DATA} names, else in the cache
 * ({@code $XDG_CACHE_HOME/lowerbound}, else {@code ~/.cache/lowerbound}), else on the network.
 *
 * <p>A file is used only if its length and checksum are those of the data set, as far as {@link
 * Catalogue} knows them. {@code LOWERBOUND_OFFLINE=1} keeps it from the network.
 */
final class DataStore {

  /** Where a file was found. */
  enum Place {
    FOLDER("the folder in LOWERBOUND_DATA"),
    CACHE("the cache");

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
  private final Download download;
  private final Map<DataFile, DataException> failed = new ConcurrentHashMap<>();
  private volatile boolean probed;

  /**
   * A store.
   *
   * @param folder of data placed by hand, or null
   * @param cache of downloaded data; made when first needed
   * @param download the way to the network, or null to stay off it
   */
  DataStore(Path folder, Path cache, Download download) {
    this.folder = folder;
    this.cache = cache;
    this.download = download;
  }

  /** The store that the environment variables describe. */
  static DataStore system() {
    return SYSTEM;
  }

  static DataStore fromEnvironment(Map<String, String> environment) {
    String folder = environment.getOrDefault("LOWERBOUND_DATA", "");
    String offline = environment.getOrDefault("LOWERBOUND_OFFLINE", "");
    return new DataStore(
        folder.isBlank() ? null : Path.of(folder),
        Cache.folder(environment),
        List.of("", "0", "false").contains(offline)
            ? new Download(Download.Patience.USUAL, System.out, environment)
            : null);
  }

  /**
   * The file, from the folder, the cache or the network.
   *
   * @throws DataException with reason NOT_FOUND if it is not here and there is no network or no
   *     mirror, DOWNLOAD if all mirrors fail, INTERRUPTED if the reader stops it, WRONG_CHECKSUM if
   *     a file of its name is here but is damaged or another, STORAGE if the disk is full or a
   *     folder cannot be used
   */
  Found find(DataFile file) {
    Optional<Found> placed = inFolder(file);
    if (placed.isPresent()) {
      return placed.get();
    }
    DataException damaged = null;
    try {
      Optional<Found> cached = inCache(file);
      if (cached.isPresent()) {
        return cached.get();
      }
    } catch (DataException e) {
      // A damaged file of the cache is replaced if the network allows it.
      damaged = e;
    }
    DataException before = failed.get(file);
    if (before != null) {
      throw before;
    }
    try {
      if (download == null || file.mirrors().isEmpty() || !networked(file)) {
        if (Thread.currentThread().isInterrupted()) {
          throw Download.interrupted(file);
        }
        throw absent(file);
      }
      Path target = cached(file);
      return new Found(file, target, Place.CACHE, download.fetch(file, target));
    } catch (DataException e) {
      DataException answer = damaged != null && e.absent() ? damaged : e;
      if (e.reason() != DataException.Reason.INTERRUPTED) {
        failed.put(file, answer);
      }
      throw answer;
    }
  }

  private DataException absent(DataFile file) {
    String why =
        file.mirrors().isEmpty()
            ? "and no mirror of it is known"
            : download == null
                ? "and LOWERBOUND_OFFLINE is set"
                : "and none of its mirrors can be reached: " + String.join(", ", file.mirrors());
    return new DataException(
        DataException.Reason.NOT_FOUND,
        file.name()
            + " is neither in the folder in LOWERBOUND_DATA nor in the cache, "
            + why
            + ". "
            + Download.byHand(file, cached(file)),
        file.name()
            + " is not on this machine and "
            + (file.mirrors().isEmpty()
                ? "has no known mirror"
                : download == null ? "LOWERBOUND_OFFLINE is set" : "there is no network"));
  }

  private boolean networked(DataFile file) {
    if (!probed) {
      // All hosts at once, so that being without a network is found out in one wait.
      probed = true;
      download.reaches(Catalogue.mirrors());
    }
    return download.reaches(file.mirrors());
  }

  /**
   * The file, if it is in the folder in LOWERBOUND_DATA or in the cache.
   *
   * @throws DataException if the file that is there is damaged or another
   */
  Optional<Found> here(DataFile file) {
    Optional<Found> placed = inFolder(file);
    return placed.isPresent() ? placed : inCache(file);
  }

  private Optional<Found> inFolder(DataFile file) {
    if (folder == null) {
      return Optional.empty();
    }
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          DataException.Reason.STORAGE,
          "LOWERBOUND_DATA names " + folder + ", which is not a folder.");
    }
    for (String path : file.paths()) {
      Path candidate = folder.resolve(path);
      if (Files.isRegularFile(candidate)) {
        return Optional.of(new Found(file, candidate, Place.FOLDER, verified(file, candidate)));
      }
    }
    return Optional.empty();
  }

  private Optional<Found> inCache(DataFile file) {
    Path candidate = cached(file);
    return Files.isRegularFile(candidate)
        ? Optional.of(new Found(file, candidate, Place.CACHE, verified(file, candidate)))
        : Optional.empty();
  }

  /** Where this store looks, in one line. */
  String describe() {
    return "Data are looked for in "
        + (folder == null ? "" : folder + " (LOWERBOUND_DATA), then in ")
        + cache
        + (download == null ? "; LOWERBOUND_OFFLINE is set" : ", then on the network");
  }

  /** Where the cache keeps a file. */
  Path cached(DataFile file) {
    return cache.resolve(file.path());
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
