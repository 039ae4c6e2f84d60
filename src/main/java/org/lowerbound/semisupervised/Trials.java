package org.lowerbound.semisupervised;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.lowerbound.Lowerbound;
import org.lowerbound.Size;
import org.lowerbound.claims.Results;

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

  /** Runs what is not there yet. */
  void run(Sizes sizes, Results results, String device) {
    Study study =
        switch (data) {
          case "mnist" -> Study.mnist(sizes);
          case "strokes" -> Study.strokes(sizes);
          default -> Study.cifar(sizes);
        };
    System.out.println(study);
    List<DoubleSupplier> runs = new ArrayList<>();
    for (int n : labels) {
      for (long seed : seeds) {
        for (Method method : methods) {
          runs.add(() -> cell(study, method, n, seed, results, device));
        }
      }
    }
    Method.together(runs, jobs);
  }

  private static double cell(
      Study study, Method method, int n, long seed, Results results, String device) {
    String name = study.pool().name();
    String metric = "test accuracy; N = " + n;
    synchronized (results) {
      if (results.has(name, method.label(), metric, seed)) {
        System.out.println(method + ", N = " + n + ", seed " + seed + ": already recorded");
        return 0;
      }
    }
    long start = System.nanoTime();
    double accuracy = method.accuracy(study, n, seed);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    synchronized (results) {
      results.record(
          name, method.label(), metric, accuracy, paper(method, n), seed, device, took.toSeconds());
    }
    System.out.printf(
        Locale.ROOT,
        "%s, N = %d, seed %d: %.4f (%d s)%n",
        method,
        n,
        seed,
        accuracy,
        took.toSeconds());
    return accuracy;
  }

  /** Published accuracies on MNIST with what they refer to. */
  private static String paper(Method method, int n) {
    return switch (method) {
      case M2_FULL ->
          n == 100
              ? ".932 (Pyro); .880 (Kingma et al.)"
              : n == 1000 ? ".949 (Pyro); .964 (Kingma et al.)" : "";
      case M2_NO_ALPHA -> n == 100 ? ".225 (Pyro)" : n == 1000 ? ".756 (Pyro)" : "";
      case NETWORK -> n == 100 ? ".771 (Pyro)" : n == 1000 ? ".886 (Pyro)" : "";
      case M1_M2 -> n == 100 ? ".967 (Kingma et al.)" : n == 1000 ? ".976 (Kingma et al.)" : "";
      case CONVOLUTIONAL -> n == 100 ? ".262 (Keng)" : "";
      case M1_GAUSSIAN -> n == 100 ? ".628 (Keng)" : n == 1000 ? ".906 (Keng)" : "";
      case PCA_GAUSSIAN -> n == 100 ? ".692 (Keng)" : n == 1000 ? ".891 (Keng)" : "";
      default -> "";
    };
  }

  /** The command. */
  public static void main(String[] arguments) {
    try {
      Trials trials = of(arguments);
      System.out.println(trials.cells() + " cells");
      trials.run(
          Sizes.of(Size.current()), Results.of("06-semi-supervised"), Lowerbound.setUp().device());
      System.exit(0);
    } catch (IllegalArgumentException e) {
      System.out.println(e.getMessage());
      System.exit(2);
    }
  }
}
