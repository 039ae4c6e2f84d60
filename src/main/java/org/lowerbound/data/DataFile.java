package org.lowerbound.data;

import java.util.ArrayList;
import java.util.List;

/**
 * One file of a data set as it is known to the world.
 *
 * @param path its path below the data folder and the cache
 * @param aliases other paths below the data folder where people keep it
 * @param bytes its length, or -1 if that is not known
 * @param md5 its official checksum, or empty if none is known
 * @param mirrors addresses that serve exactly these bytes
 */
record DataFile(String path, List<String> aliases, long bytes, String md5, List<String> mirrors) {

  static DataFile of(String path, long bytes, String md5, String... mirrors) {
    return new DataFile(path, List.of(), bytes, md5, List.of(mirrors));
  }

  DataFile orAt(String... otherPaths) {
    return new DataFile(path, List.of(otherPaths), bytes, md5, mirrors);
  }

  /** The last part of the path. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** All paths below the data folder where the file may be. */
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    paths.add(path);
    paths.addAll(aliases);
    if (!path.equals(name())) {
      paths.add(name());
    }
    return paths;
  }
}
