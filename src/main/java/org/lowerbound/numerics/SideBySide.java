package org.lowerbound.numerics;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Independent computations at the same time, such as the trainings of several models, each on a
 * core of its own where there are several. What comes out is what comes out one after the other:
 * nothing is shared, and every model draws from its own seed.
 */
public final class SideBySide {

  private SideBySide() {}

  /**
   * Runs the tasks 0 … n − 1, as many at a time as there are processors for the threads that an
   * operation may use (LOWERBOUND_THREADS, or OMP_NUM_THREADS), and returns when all have ended.
   * The stop button reaches every task.
   *
   * @param n how many
   * @param task is given its number; writes its results to places of its own
   * @throws CancellationException if the stop button was pressed: no result is whole
   * @throws RuntimeException what the first task in order that failed has thrown, when all have
   *     ended
   */
  public static void run(int n, IntConsumer task) {
    run(n, Math.max(1, Runtime.getRuntime().availableProcessors() / threadsOfOne()), task);
  }

  /**
   * Runs the tasks, so many at a time.
   *
   * @param places how many at a time
   * @see #run(int, IntConsumer)
   */
  public static void run(int n, int places, IntConsumer task) {
    Checks.atLeast(0, "tasks", n);
    Checks.atLeast(1, "tasks at a time", places);
    StopButton.poll();
    if (n == 0) {
      return;
    }
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.min(n, places),
            work -> {
              Thread thread = new Thread(work, "side by side");
              thread.setContextClassLoader(loader);
              thread.setDaemon(true);
              return thread;
            });
    try {
      for (Future<Void> ended : pool.invokeAll(tasks(n, task))) {
        ended.get();
      }
    } catch (InterruptedException stopped) {
      // The tasks have been told. They end after the step at hand, and nothing may run on behind.
      pool.shutdownNow();
      awaitEnd(pool);
      Thread.currentThread().interrupt();
      StopButton.poll();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    } finally {
      pool.shutdownNow();
    }
  }

  private static List<Callable<Void>> tasks(int n, IntConsumer task) {
    return IntStream.range(0, n)
        .<Callable<Void>>mapToObj(
            i ->
                () -> {
                  task.accept(i);
                  return null;
                })
        .toList();
  }

  private static void awaitEnd(ExecutorService pool) {
    try {
      while (!pool.awaitTermination(1, TimeUnit.SECONDS)) {
        // A step takes less; whoever presses the button again does not wait any longer.
      }
    } catch (InterruptedException again) {
      Thread.currentThread().interrupt();
    }
  }

  private static int threadsOfOne() {
    for (String name : new String[] {"LOWERBOUND_THREADS", "OMP_NUM_THREADS"}) {
      String value = System.getenv(name);
      if (value != null && value.strip().matches("[1-9]\\d{0,3}")) {
        return Integer.parseInt(value.strip());
      }
    }
    return 1;
  }
}
