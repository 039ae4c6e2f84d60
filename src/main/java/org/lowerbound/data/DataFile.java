package org.lowerbound.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One file of a data set as it is known to the world.
 *
 * @param path its path below the data folder and the cache
 * @param aliases other paths below the data folder where people keep it; each is looked for with
 *     and without {@code .gz}
 * @param bytes its length, or -1 if that is not known
 * @param md5 its official checksum, or empty if none is known
 * @param content the checksum of its unpacked bytes, or empty if none is known
 * @param check how a copy placed by hand, which may be packed otherwise, is recognised
 * @param unread other forms of the same data that cannot be read here: paths below the data folder,
 *     and what to say of each
 * @param mirrors addresses that serve exactly these bytes
 */
record DataFile(
    String path,
    List<String> aliases,
    long bytes,
    String md5,
    String content,
    Check check,
    Map<String, String> unread,
    List<String> mirrors) {

  /** How the content of a copy is compared. */
  enum Check {
    /** Its unpacked bytes. */
    BYTES,
    /** Its unpacked lines, whatever ends them. */
    LINES,
    /** Its values, by whoever reads it. */
    VALUES
  }

  static DataFile of(String path, long bytes, String md5, String... mirrors) {
    return new DataFile(
        path,
        List.of(),
        bytes,
        md5,
        path.endsWith(".gz") ? "" : md5,
        Check.BYTES,
        Map.of(),
        List.of(mirrors));
  }

  DataFile orAt(String... otherPaths) {
    return new DataFile(path, List.of(otherPaths), bytes, md5, content, check, unread, mirrors);
  }

  DataFile containing(String contentMd5) {
    return new DataFile(path, aliases, bytes, md5, contentMd5, check, unread, mirrors);
  }

  DataFile checkedBy(Check otherCheck) {
    return new DataFile(path, aliases, bytes, md5, content, otherCheck, unread, mirrors);
  }

  /** Adds forms that cannot be read, and what is needed instead. */
  DataFile butNot(String words, String... otherPaths) {
    Map<String, String> all = new LinkedHashMap<>(unread);
    for (String other : otherPaths) {
      all.put(other, words);
    }
    return new DataFile(path, aliases, bytes, md5, content, check, all, mirrors);
  }

  /** Whether the data set is kept as text. */
  boolean text() {
    return check == Check.LINES || path.matches(".*\\.(amat|csv|txt|data)(\\.gz)?");
  }

  /** The last part of the path. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** All paths below the data folder where the file may be. */
  List<String> paths() {
    List<String> named = new ArrayList<>();
    named.add(path);
    named.addAll(aliases);
    named.add(name());
    Set<String> paths = new LinkedHashSet<>(named);
    for (String each : named) {
      paths.add(each.endsWith(".gz") ? each.substring(0, each.length() - 3) : each + ".gz");
    }
    return List.copyOf(paths);
  }
}
