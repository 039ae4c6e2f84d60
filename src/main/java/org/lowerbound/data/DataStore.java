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
    String other = unread(file);
    return new DataException(
        DataException.Reason.NOT_FOUND,
        (other.isEmpty() ? "" : "In the folder in LOWERBOUND_DATA " + other + ". ")
            + file.name()
            + " is neither in the folder in LOWERBOUND_DATA nor in the cache, "
            + why
            + ". "
            + Download.byHand(file, cached(file)),
        (other.isEmpty() ? "" : "in the folder in LOWERBOUND_DATA " + other + "; ")
            + file.name()
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
    DataException wrong = null;
    for (String path : file.paths()) {
      Path candidate = folder.resolve(path);
      if (Files.isRegularFile(candidate)) {
        try {
          return Optional.of(found(file, candidate, Place.FOLDER));
        } catch (DataException e) {
          // A good copy under another name may follow.
          wrong = wrong == null ? e : wrong;
        }
      }
    }
    if (wrong != null) {
      throw wrong;
    }
    return Optional.empty();
  }

  private Optional<Found> inCache(DataFile file) {
    Path candidate = cached(file);
    return Files.isRegularFile(candidate)
        ? Optional.of(found(file, candidate, Place.CACHE))
        : Optional.empty();
  }

  private static Found found(DataFile file, Path path, Place place) {
    return new Found(file, path, place, verified(file, path, place));
  }

  /** What the folder has of the data in forms that cannot be read here; empty if nothing. */
  private String unread(DataFile file) {
    if (folder == null) {
      return "";
    }
    return file.unread().entrySet().stream()
        .filter(other -> Files.exists(folder.resolve(other.getKey())))
        .findFirst()
        .map(other -> other.getKey() + " is there, " + other.getValue())
        .orElse("");
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

  /**
   * The checksum of a file that is as it should be. One of the reader's own may be packed, or its
   * lines may end, otherwise than the official one: then its content counts.
   */
  static String verified(DataFile file, Path path, Place place) {
    try {
      long bytes = Files.size(path);
      boolean whole = file.bytes() < 0 || bytes == file.bytes();
      String md5 = DataIo.md5(path);
      if (whole && (file.md5().isEmpty() || md5.equals(file.md5()))) {
        return md5;
      }
      if (place == Place.FOLDER) {
        if (file.check() == DataFile.Check.VALUES) {
          return md5;
        }
        Optional<DataIo.Content> content = content(file, path);
        if (content.isPresent() && same(file, content.get())) {
          return content.get().md5() + " (content)";
        }
      }
      throw new DataException(
          DataException.Reason.WRONG_CHECKSUM,
          "The file " + path + wrong(file, path, bytes, md5) + remedy(place));
    } catch (IOException e) {
      throw DataIo.unreadable(path, e);
    }
  }

  /** What the file holds, unless it cannot even be unpacked. */
  private static Optional<DataIo.Content> content(DataFile file, Path path) {
    try {
      return Optional.of(DataIo.content(path, file.check() == DataFile.Check.LINES));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean same(DataFile file, DataIo.Content content) {
    if (!file.content().isEmpty()) {
      return content.md5().equals(file.content());
    }
    // Without any checksum the length decides, and then the format.
    return file.md5().isEmpty() && content.bytes() == file.bytes();
  }

  private static String wrong(DataFile file, Path path, long bytes, String md5) {
    boolean length = file.bytes() >= 0 && bytes != file.bytes();
    String expected =
        (length ? file.bytes() + " bytes" : "")
            + (length && !file.md5().isEmpty() ? " and " : "")
            + (length || file.md5().isEmpty() ? "" : "the MD5 checksum ")
            + (length && !file.md5().isEmpty() ? "the MD5 checksum " : "")
            + file.md5();
    FileKind official =
        file.path().endsWith(".mat")
            ? FileKind.MATLAB_5
            : file.text() ? FileKind.TEXT : FileKind.IDX;
    Optional<FileKind> kind = FileKind.of(path).filter(k -> k != official && k != FileKind.TAR);
    return kind.map(k -> " is " + k.words() + ". Expected: ")
            .orElse(
                (length ? " has " + bytes + " bytes" : " has the MD5 checksum " + md5)
                    + "; expected ")
        + expected
        + ". "
        + (kind.isPresent() ? "" : "It is damaged, cut off or another file. ");
  }

  private static String remedy(Place place) {
    return place == Place.CACHE
        ? "Delete it and fetch it again."
        : "Put the right file in its place, or take this one out of the folder in LOWERBOUND_DATA.";
  }
}
