package org.lowerbound.semisupervised;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.lowerbound.Lowerbound;
import org.lowerbound.Options;
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
