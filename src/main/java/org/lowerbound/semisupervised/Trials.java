package org.lowerbound.semisupervised;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import org.lowerbound.Lowerbound;
import org.lowerbound.Size;
import org.lowerbound.claims.Results;
import org.lowerbound.train.TrainingDiverged;

/**
 * The full table of chapter 06: methods × numbers of labels × seeds. A finished cell is written to
 * the results at once, one that was interrupted continues from its checkpoint, and one that is
 * there is skipped; so the command is simply given again.
 *
 * <pre>  Trials --labels 100,1000 --seeds 5 --methods M2_FULL,M1_M2 --data mnist --jobs 2</pre>
 */
public final class Trials {

  private static final List<String> OPTIONS =
      List.of("--labels", "--seed", "--seeds", "--methods", "--data", "--jobs");

  private final List<Integer> labels;
  private final List<Long> seeds;
  private final List<Method> methods;
  private final String data;
  private final int jobs;

  private Trials(Map<String, String> options) {
    this.labels =
        whole(options.getOrDefault("--labels", "100")).stream().map(Long::intValue).toList();
    this.methods =
        options.containsKey("--methods")
            ? Arrays.stream(options.get("--methods").split(",")).map(Trials::method).toList()
            : Method.all();
    this.data = options.getOrDefault("--data", "mnist");
    this.jobs = whole(options.getOrDefault("--jobs", "1")).get(0).intValue();
    if (options.containsKey("--seed")) {
      this.seeds = whole(options.get("--seed"));
    } else {
      List<Long> all = new ArrayList<>();
      for (long s = 1; s <= whole(options.getOrDefault("--seeds", "1")).get(0); s++) {
        all.add(s);
      }
      this.seeds = all;
    }
    if (!List.of("mnist", "strokes", "cifar").contains(data)) {
      throw new IllegalArgumentException("--data is mnist, strokes or cifar, not " + data + ".");
    }
    if (jobs < 1 || jobs > Runtime.getRuntime().availableProcessors()) {
      throw new IllegalArgumentException(
          "--jobs is from 1 to "
              + Runtime.getRuntime().availableProcessors()
              + ", the cores of this machine, not "
              + jobs
              + ".");
    }
  }

  private static List<Long> whole(String numbers) {
    try {
      List<Long> all =
          Arrays.stream(numbers.split(",")).map(n -> Long.parseLong(n.strip())).toList();
      if (all.stream().anyMatch(n -> n < 1)) {
        throw new NumberFormatException();
      }
      return all;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Expected positive whole numbers with commas between them, not " + numbers + ".");
    }
  }

  private static Method method(String name) {
    try {
      return Method.valueOf(name.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "There is no method "
              + name
              + "; the methods are "
              + Method.all().stream().map(Enum::name).toList()
              + ".");
    }
  }

  /** Reads the options. */
  static Trials of(String... arguments) {
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!OPTIONS.contains(arguments[i]) || i + 1 == arguments.length) {
        throw new IllegalArgumentException(
            arguments[i] + " is no option with a value; the options are " + OPTIONS + ".");
      }
      options.put(arguments[i], arguments[i + 1]);
    }
    return new Trials(options);
  }

  /** Number of cells of the table that is asked for. */
  int cells() {
    return labels.size() * seeds.size() * methods.size();
  }

  /** Runs what is not there yet; says how many cells failed, each with its reason. */
  int run(Sizes sizes, Results results, String device) {
    Study study =
        switch (data) {
          case "mnist" -> Study.mnist(sizes);
          case "strokes" -> Study.strokes(sizes);
          default -> Study.cifar(sizes);
        };
    System.out.println(study);
    List<Cell> missing = new ArrayList<>();
    for (int n : labels) {
      for (long seed : seeds) {
        for (Method method : methods) {
          Cell cell = new Cell(study, method, n, seed);
          if (cell.recorded(results)) {
            System.out.println(cell + ": already recorded");
          } else {
            missing.add(cell);
          }
        }
      }
    }
    choose(study, missing, results, device);
    double[] failed =
        Method.together(
            missing.stream()
                .<DoubleSupplier>map(cell -> () -> cell.run(results, device) ? 0 : 1)
                .toList(),
            jobs);
    return (int) Arrays.stream(failed).sum();
  }

  /** The weights α that the missing cells will ask for, their candidates side by side. */
  private void choose(Study study, List<Cell> missing, Results results, String device) {
    Map<Method, TreeSet<Integer>> wanted = new EnumMap<>(Method.class);
    for (Cell cell : missing) {
      Method whose = cell.method == Method.M2_DRAWN ? Method.M2_FULL : cell.method;
      if (whose == Method.M2_FULL || whose == Method.M1_M2) {
        wanted.computeIfAbsent(whose, m -> new TreeSet<>()).add(cell.n);
      }
    }
    List<DoubleSupplier> candidates = new ArrayList<>();
    wanted.forEach(
        (method, counts) -> {
          for (int n : counts) {
            for (double alpha : study.sizes().alphas()) {
              candidates.add(
                  () -> {
                    method.trained(study, n, 1, alpha);
                    return 0;
                  });
            }
          }
        });
    Method.together(candidates, jobs);
    wanted.forEach(
        (method, counts) -> {
          for (int n : counts) {
            Method.Alpha alpha = method.alpha(study, n);
            System.out.println(method + ", N = " + n + ": " + alpha);
            results.record(
                study.pool().name(),
                method.label(),
                "alpha; N = " + n + "; chosen by " + alpha.labels() + " validation labels",
                alpha.best(),
                "",
                1,
                device,
                0);
          }
        });
  }

  /** One number of the table. */
  private record Cell(Study study, Method method, int n, long seed) {

    private String metric() {
      return "test accuracy; N = " + n;
    }

    boolean recorded(Results results) {
      return results.has(study.pool().name(), method.label(), metric(), seed);
    }

    /** Whether it could be computed; a run that fails says why and leaves the others alone. */
    boolean run(Results results, String device) {
      long start = System.nanoTime();
      double accuracy;
      try {
        accuracy = method.accuracy(study, n, seed);
      } catch (TrainingDiverged | IllegalArgumentException | IllegalStateException e) {
        System.out.println(this + " failed: " + e.getMessage());
        return false;
      }
      long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
      String name = study.pool().name();
      String published = name.startsWith("CIFAR") ? method.onCifar(n) : method.onMnist(n);
      synchronized (results) {
        results.record(name, method.label(), metric(), accuracy, published, seed, device, seconds);
      }
      System.out.printf(Locale.ROOT, "%s: %.4f (%d s)%n", this, accuracy, seconds);
      return true;
    }

    @Override
    public String toString() {
      return method + ", N = " + n + ", seed " + seed;
    }
  }

  /** The command. */
  public static void main(String[] arguments) {
    try {
      Trials trials = of(arguments);
      System.out.println(trials.cells() + " cells");
      int failed =
          trials.run(
              Sizes.of(Size.current()),
              Results.of("06-semi-supervised"),
              Lowerbound.setUp().device());
      if (failed > 0) {
        System.out.println(failed + " cells failed; the same command tries them again.");
      }
      System.exit(failed == 0 ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.out.println(e.getMessage());
      System.exit(2);
    }
  }
}
