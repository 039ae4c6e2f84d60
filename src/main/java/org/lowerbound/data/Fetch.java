package org.lowerbound.data;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Downloads data sets ahead of time and lists what is here: {@code ./environment/lab --fetch all}
 * or {@code --fetch NAME…}, and {@code --data}.
 */
public final class Fetch {

  private static final String USAGE =
      "Name data sets to fetch, or all, or list to see what is here. Data sets: "
          + String.join(", ", Catalogue.ALL.keySet());

  private Fetch() {}

  /**
   * Takes {@code list}, or names of data sets, after {@code fetch} or without; ends with status 0
   * if all went well, 1 if a file could not be had, 2 if the arguments are wrong.
   */
  public static void main(String[] arguments) {
    System.exit(run(DataStore.system(), System.out, arguments));
  }

  static int run(DataStore store, PrintStream out, String... arguments) {
    if (arguments.length == 1 && arguments[0].equals("list")) {
      out.println(store.describe());
      Catalogue.ALL.forEach((name, files) -> list(store, out, name, files));
      return 0;
    }
    int first = arguments.length > 0 && arguments[0].equals("fetch") ? 1 : 0;
    if (arguments.length == first) {
      out.println(USAGE + ".");
      return 2;
    }
    Set<String> names = new LinkedHashSet<>();
    for (String name : Arrays.copyOfRange(arguments, first, arguments.length)) {
      if (name.equals("all")) {
        names.addAll(Catalogue.ALL.keySet());
        // 1.3 GB that no chapter needs; fetched when asked for by name.
        names.remove("svhn-extra");
      } else if (Catalogue.ALL.containsKey(name)) {
        names.add(name);
      } else {
        out.println("There is no data set " + name + ". " + USAGE + ".");
        return 2;
      }
    }
    out.println(store.describe());
    List<String> failures = new ArrayList<>();
    for (String name : names) {
      List<DataFile> files = Catalogue.ALL.get(name);
      boolean whole = Catalogue.ANY_OF.contains(name) && has(store, files.get(0));
      for (DataFile file : files) {
        if (whole || file.mirrors().isEmpty()) {
          continue;
        }
        try {
          store.find(file);
        } catch (DataException e) {
          failures.add(e.getMessage());
        }
      }
      list(store, out, name, files);
    }
    failures.forEach(out::println);
    return failures.isEmpty() ? 0 : 1;
  }

  private static boolean has(DataStore store, DataFile file) {
    try {
      return store.here(file).isPresent();
    } catch (DataException e) {
      return false;
    }
  }

  private static void list(DataStore store, PrintStream out, String name, List<DataFile> files) {
    out.println(name);
    for (DataFile file : files) {
      // Other forms of data that are listed already are worth a line only if they are here.
      if (Catalogue.ANY_OF.contains(name) && file.mirrors().isEmpty() && !has(store, file)) {
        continue;
      }
      String line;
      try {
        Optional<DataStore.Found> found = store.here(file);
        line =
            found
                .map(
                    f ->
                        f.path()
                            + "  md5 "
                            + f.md5()
                            + (file.md5().isEmpty() ? "" : " as expected"))
                .orElse(
                    file.name()
                        + "  not here"
                        + (file.mirrors().isEmpty()
                            ? "; no mirror is known, place it by hand"
                            : ""));
      } catch (DataException e) {
        line = file.name() + "  " + e.getMessage();
      }
      out.println("  " + line);
    }
  }
}
