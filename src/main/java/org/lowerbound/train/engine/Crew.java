package org.lowerbound.train.engine;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * The threads that share what is done in Java: as many as OpenMP has, so that {@code
 * LOWERBOUND_THREADS} governs both. With one, the default, there is no other thread.
 */
final class Crew {

  /** Threads, the caller's among them. */
  static final int SIZE = size(System.getenv("OMP_NUM_THREADS"));

  private static final ExecutorService OTHERS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "lowerbound-trainer");
            thread.setDaemon(true);
            return thread;
          });

  private Crew() {}

  private static int size(String threads) {
    try {
      int asked = threads == null ? 1 : Integer.parseInt(threads.trim());
      return Math.max(1, Math.min(asked, Runtime.getRuntime().availableProcessors()));
    } catch (NumberFormatException e) {
      return 1;
    }
  }

  /** Does the parts 0 to {@code parts − 1} at once, the first itself, and waits for all. */
  static void share(int parts, IntConsumer part) {
    Future<?>[] others = new Future<?>[parts - 1];
    for (int i = 1; i < parts; i++) {
      int number = i;
      others[i - 1] = OTHERS.submit(() -> part.accept(number));
    }
    part.accept(0);
    boolean interrupted = false;
    for (Future<?> other : others) {
      while (true) {
        try {
          other.get();
          break;
        } catch (InterruptedException e) {
          // Half a step is of no use: the trainer stops after it.
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException("A part of the step failed.", e.getCause());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
