package org.lowerbound.semisupervised;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.lowerbound.Lowerbound;
import org.lowerbound.Options;
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

  private Trials(Options options) {
    this.labels = options.whole("--labels", "100").stream().map(Long::intValue).toList();
    this.methods = options.members("--methods", Method.class);
    this.data = options.oneOf("--data", "mnist", "strokes", "cifar");
    this.jobs = options.whole("--jobs", "1").get(0).intValue();
    long most = options.whole("--seeds", "1").get(0);
    String all = LongStream.rangeClosed(1, most).mapToObj(Long::toString).collect(joining(","));
    this.seeds = options.whole("--seed", all);
    int cores = Runtime.getRuntime().availableProcessors();
    if (jobs > cores) {
      throw new IllegalArgumentException(
          "--jobs is from 1 to " + cores + ", the cores of this machine, not " + jobs + ".");
    }
  }

  /** Reads the options. */
  static Trials of(String... words) {
    return new Trials(Options.of(OPTIONS, words));
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
