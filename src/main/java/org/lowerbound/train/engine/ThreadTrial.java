package org.lowerbound.train.engine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Finds how many OpenMP threads this machine should use: set-up runs it once, in some seconds, and
 * the kernel is started with what it prints.
 *
 * <p>A step of a dense autoencoder, 784–400–784 with 100 rows, is timed with 1, 2, 4, … threads in
 * turn, several times. More threads are chosen only where they are worth {@link #WORTH}: on a
 * machine that others use as well a thread that waits for another costs more than it brings.
 */
final class ThreadTrial {

  /** What twice as many threads must gain. */
  static final double WORTH = 1.25;

  private static final int ROUNDS = 5;
  private static final long TURN = 150_000_000;

  private ThreadTrial() {}

  /** Prints one number; 1 where libtorch does not run. */
  public static void main(String[] words) {
    int cores = Runtime.getRuntime().availableProcessors();
    System.out.println(Libtorch.present() && Libtorch.start() ? measured(cores) : 1);
    System.exit(0);
  }

  private static int measured(int cores) {
    int[] counts = candidates(cores);
    double[][] rates = new double[counts.length][ROUNDS];
    try (Engine engine = new TorchEngine(autoencoder())) {
      Map<String, INDArray> feed = Map.of("x", Nd4j.rand(DataType.FLOAT, 100, 784));
      engine.moments(null);
      run(engine, feed, 2 * TURN);
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < counts.length; i++) {
          Libtorch.useThreads(counts[i]);
          run(engine, feed, TURN / 5);
          rates[i][round] = run(engine, feed, TURN);
        }
      }
    }
    return chosen(counts, rates);
  }

  /** 1, 2, 4, … up to the number of cores. */
  static int[] candidates(int cores) {
    int count = 32 - Integer.numberOfLeadingZeros(Math.max(1, Math.min(cores, 16)));
    int[] counts = new int[count];
    Arrays.setAll(counts, i -> 1 << i);
    return counts;
  }

  /**
   * The number of threads from which on twice as many are not worth it, by the medians.
   *
   * @param rates steps a second, {@code [counts, rounds]}
   */
  static int chosen(int[] counts, double[][] rates) {
    int best = 0;
    for (int i = 1; i < counts.length && median(rates[i]) > WORTH * median(rates[best]); i++) {
      best = i;
    }
    return counts[best];
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Steps a second for so many nanoseconds. */
  private static double run(Engine engine, Map<String, INDArray> feed, long nanoseconds) {
    long start = System.nanoTime();
    int steps = 0;
    while (System.nanoTime() - start < nanoseconds) {
      engine.differentiate(feed, 0);
      engine.update(1, 1e-3, 0);
      steps++;
    }
    return steps * 1e9 / (System.nanoTime() - start);
  }

  private static Engine.Computation autoencoder() {
    SameDiff sd = SameDiff.create();
    INDArray flat = Nd4j.zeros(DataType.FLOAT, 2 * 784 * 400);
    Random random = new Random(1);
    for (long i = 0; i < flat.length(); i++) {
      flat.putScalar(i, 0.05 * random.nextGaussian());
    }
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    parameters.put("W", part(flat, 0, 784, 400));
    parameters.put("V", part(flat, 784 * 400, 400, 784));
    parameters.forEach(sd::var);
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 784);
    SDVariable hidden = sd.math.tanh(x.mmul(sd.getVariable("W")));
    SDVariable difference = hidden.mmul(sd.getVariable("V")).sub(x);
    difference.mul(difference).mean("loss");
    return new Engine.Computation(sd, "loss", List.of("loss"), parameters, flat, Set.of());
  }

  private static INDArray part(INDArray flat, int from, int rows, int columns) {
    return flat.get(NDArrayIndex.interval(from, from + rows * columns)).reshape(rows, columns);
  }
}
