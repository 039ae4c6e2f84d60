package org.lowerbound.train;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Backend;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.train.engine.Engine;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The one place that executes a model, to train it and to evaluate it.
 *
 * <p>Training minimises the model's loss by Adam on mini-batches. What makes a run repeatable: the
 * order of the examples and all noise follow from the seed, the epoch and the step alone. What
 * makes it safe: a loss or gradient that is not finite stops the run before it reaches the
 * parameters, an interrupt (Jupyter's stop button) ends it after the step at hand, and a checkpoint
 * continues a killed run to the same result.
 */
public final class Trainer {
  static {
    Backend.find();
  }

  /** Rows in one run of a validation at most. */
  private static final int CHUNK = 200;

  /** Numbers in the input of one run of an evaluation, which bounds its memory. */
  private static final int EVALUATED = 200_000;

  /** Nanoseconds that a checkpoint after every epoch may take. */
  private static final long NEGLIGIBLE = 50_000_000;

  private Trainer() {}

  /**
   * Trains on {@code train}; with validation data, the model ends with the parameters of the epoch
   * that was best on them.
   *
   * @param model what to train; its parameters are changed in place
   * @param train rows of {@code [features]}, handed to the model as {@code [batch, features]}
   * @param valid rows to choose the epoch by, or null
   * @param how the settings
   * @return the loss terms by epoch
   * @throws IllegalArgumentException if there are no examples, or the model does not take them: by
   *     their width or their values, see {@link Model#support}
   * @throws TrainingDiverged if a loss, a gradient or a validation value is not finite
   * @throws IllegalStateException if the checkpoint does not fit this model and these settings
   */
  public static History fit(Model model, Examples train, Examples valid, Training how) {
    if (train == null || train.size() == 0) {
      throw new IllegalArgumentException("There are no training examples.");
    }
    if (valid != null && valid.size() == 0) {
      throw new IllegalArgumentException(
          "There are no validation examples (give null to train without).");
    }
    if (valid != null && valid.features() != train.features()) {
      throw new IllegalArgumentException(
          "The training examples have "
              + train.features()
              + " features and the validation examples "
              + valid.features()
              + ".");
    }
    model.support().check(train);
    if (valid != null) {
      model.support().check(valid);
    }
    return new Run(model, train, valid, how).run();
  }

  /**
   * Minimises a loss that needs no data, such as a discretised functional: every epoch is one step
   * along the full gradient.
   *
   * @see #fit
   */
  public static History minimise(Model model, Training how) {
    return new Run(model, null, null, how).run();
  }

  /**
   * Runs the model forward.
   *
   * @param feed a value for every placeholder that the outputs need; copied, so that an array may
   *     be changed in place and fed again (but see {@link Graph#lasting})
   * @param outputs names of variables of the graph
   * @return a copy of each output, by name
   * @throws IllegalArgumentException if the graph lacks a name, or an array does not fit its
   *     placeholder
   * @throws java.util.concurrent.CancellationException if the stop button was pressed
   */
  public static Map<String, INDArray> evaluate(
      Model model, Map<String, INDArray> feed, String... outputs) {
    Graph graph = model.graph();
    synchronized (graph) {
      return forward(graph, feed, List.of(outputs));
    }
  }

  /**
   * One number for each row of a data set.
   *
   * @param output name of a variable of shape {@code [batch]}
   * @return {@code [rows]}, in the order of the data
   */
  public static double[] evaluateEach(Model model, Examples data, String output) {
    return evaluateEach(model, data, output, 0);
  }

  /**
   * One number for each row of a data set, from one member of an ensemble.
   *
   * @param output name of a variable of shape {@code [batch]}
   * @param member from 0 to {@link Model#members()} − 1
   * @return {@code [rows]}, in the order of the data
   */
  public static double[] evaluateEach(Model model, Examples data, String output, int member) {
    if (member < 0 || member >= model.members()) {
      throw new IllegalArgumentException(
          "There is no member " + member + "; the members are 0 to " + (model.members() - 1) + ".");
    }
    Graph graph = model.graph();
    double[] all = new double[data.size()];
    int chunk = Math.max(100, Math.min(4000, EVALUATED / Math.max(1, data.features())));
    synchronized (graph) {
      try {
        for (int from = 0; from < data.size(); from += chunk) {
          int[] rows = Rows.range(from, Math.min(data.size(), from + chunk));
          Batch batch = Batch.of(model, data, rows, random(0, 0, from)).member(member);
          double[] values =
              forward(graph, model.feed(batch), List.of(output)).get(output).toDoubleVector();
          if (values.length != rows.length) {
            throw new IllegalArgumentException(
                "The variable '"
                    + output
                    + "' must have one value an example, [batch]; it has "
                    + values.length
                    + " for "
                    + rows.length
                    + " examples.");
          }
          System.arraycopy(values, 0, all, from, values.length);
        }
      } finally {
        graph.close();
      }
    }
    return all;
  }

  /** Values for one feed, checked before and after; the one way to the engine's. */
  private static Map<String, INDArray> forward(
      Graph graph, Map<String, INDArray> feed, List<String> outputs) {
    StopButton.poll();
    for (String output : outputs) {
      if (!graph.described().hasVariable(output)) {
        throw new IllegalArgumentException("The graph has no variable '" + output + "'.");
      }
    }
    Feeds.check(graph, feed);
    return graph.engine().forward(feed, outputs);
  }

  /**
   * The mean of each reported term over a data set, without dropout and with noise that follows
   * from {@code seed}. Of an ensemble, the mean over all members as well.
   */
  public static Map<String, Double> evaluate(Model model, Examples data, long seed) {
    Graph graph = model.graph();
    synchronized (graph) {
      try {
        double[] means = means(model, data, seed, CHUNK);
        Map<String, Double> named = new LinkedHashMap<>();
        for (int i = 0; i < means.length; i++) {
          named.put(graph.terms().get(i), means[i]);
        }
        return named;
      } finally {
        graph.close();
      }
    }
  }

  /**
   * The derivative of the loss by each parameter.
   *
   * @return a copy of each gradient, by the parameter's name and of its shape
   */
  public static Map<String, INDArray> gradients(Model model, Map<String, INDArray> feed) {
    Graph graph = model.graph();
    synchronized (graph) {
      Feeds.check(graph, feed);
      graph.engine().differentiate(feed, 0);
      return graph.engine().gradients();
    }
  }

  /**
   * The source of randomness for one place in a run: streams of different places are independent.
   */
  public static RandomGenerator random(long seed, long... place) {
    long mixed = mix(seed + 0x9e3779b97f4a7c15L);
    for (long p : place) {
      mixed = mix(mixed * 0x9e3779b97f4a7c15L + p + 1);
    }
    return new SplittableRandom(mixed);
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014): a bijection that scatters bits. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private static double[] means(Model model, Examples data, long seed, int chunk) {
    Graph graph = model.graph();
    if (data.size() == 0) {
      throw new IllegalArgumentException("There are no rows in " + data.name() + " to evaluate.");
    }
    double[] sums = new double[graph.terms().size()];
    for (int from = 0; from < data.size(); from += chunk) {
      int[] rows = Rows.range(from, Math.min(data.size(), from + chunk));
      for (int member = 0; member < model.members(); member++) {
        // Every member sees the same rows and the same noise.
        Batch batch = Batch.of(model, data, rows, random(seed, -1, from)).member(member);
        Map<String, INDArray> values = forward(graph, model.feed(batch), graph.terms());
        for (int i = 0; i < sums.length; i++) {
          sums[i] += values.get(graph.terms().get(i)).getDouble(0) * rows.length;
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= (double) data.size() * model.members();
    }
    return sums;
  }

  /** One run of training: what changes from epoch to epoch. */
  private static final class Run {
    private final Model model;
    private final Graph graph;
    private final Examples train;
    private final Examples valid;
    private final Training how;
    private final Engine engine;
    private final List<String> columns = new ArrayList<>();
    private List<double[]> rows = new ArrayList<>();
    private final Progress progress;
    private double[] best = {};
    private int bestRow = -1;
    private int epoch;
    private long step;
    private double secondsBefore;
    private Map<String, String> start = Map.of();
    private Map<String, String> fingerprint = Map.of();
    private Map<String, INDArray> fed = Map.of();
    private boolean finished;
    private boolean interrupted;
    private long saved;
    private long saving;

    Run(Model model, Examples train, Examples valid, Training how) {
      this.model = model;
      this.graph = model.graph();
      this.train = train;
      this.valid = valid;
      this.how = how;
      this.engine = graph.engine();
      for (String part : valid == null ? List.of("train ") : List.of("train ", "valid ")) {
        for (String term : graph.terms()) {
          columns.add(part + term);
        }
      }
      columns.add("gradient norm");
      this.progress = Progress.of(how, graph.loss());
    }

    History run() {
      synchronized (graph) {
        graph.training(true);
        Graph.collectDropped();
        try {
          return trained();
        } finally {
          graph.training(false);
          graph.close();
        }
      }
    }

    private History trained() {
      engine.moments(null);
      rehearse();
      resume();
      long began = System.nanoTime();
      try {
        while (!finished && !interrupted) {
          double[] row = epoch(began);
          if (row != null) {
            close(row, began);
          }
        }
      } catch (CancellationException stopped) {
        // The stop button, met in a validation, in the model's feed or in the watcher.
        if (!Thread.interrupted()) {
          throw stopped;
        }
        interrupted = true;
      } finally {
        engine.publish();
        takeBest();
        if (how.checkpoint() != null) {
          Fingerprint.Lineage.left(graph, how.checkpoint(), start);
        }
      }
      History history =
          new History(
              graph.loss(),
              columns,
              rows,
              Math.max(bestRow, 0),
              model.members(),
              interrupted,
              seconds(began));
      progress.end(history);
      if (interrupted) {
        // The rest of the cell must stop too.
        Thread.currentThread().interrupt();
      }
      return history;
    }

    /** The parameters of the best epoch, if there is one. */
    private void takeBest() {
      if (best.length > 0) {
        graph.flatParameters().assign(Nd4j.create(best).castTo(graph.flatParameters().dataType()));
      }
    }

    /** Computes the reported terms of two rows, so that what does not fit is said at once. */
    private void rehearse() {
      int[] two = train == null ? new int[0] : Rows.range(0, Math.min(2, train.size()));
      RandomGenerator random = random(how.seed(), 0);
      INDArray x = train == null ? null : Rows.draw(model, train, two, random);
      Map<String, INDArray> feed = model.feed(new Batch(x, train, two, 0, random, false, 0, 0));
      Feeds.check(graph, feed);
      engine
          .forward(feed, graph.terms())
          .forEach(
              (term, value) -> {
                if (value.length() != 1) {
                  throw new IllegalArgumentException(
                      "The term '"
                          + term
                          + "' must be a scalar, such as a mean over the batch; of "
                          + two.length
                          + " rows it has the shape "
                          + Arrays.toString(value.shape())
                          + ".");
                }
              });
    }

    /** Runs one epoch; null if it was interrupted. */
    private double[] epoch(long start) {
      int number = epoch + 1;
      RandomGenerator shuffle = random(how.seed(), number, -1);
      int[] order = train == null ? new int[0] : Rows.range(0, train.size());
      for (int i = order.length - 1; i > 0; i--) {
        int j = shuffle.nextInt(i + 1);
        int swap = order[i];
        order[i] = order[j];
        order[j] = swap;
      }
      double rate = how.learningRate() * how.schedule().factor(number, how.epochs());
      double[] sums = new double[graph.terms().size() + 1];
      int seen = 0;
      int from = 0;
      do {
        int[] batchRows =
            Arrays.copyOfRange(order, from, Math.min(order.length, from + how.batchSize()));
        int weight = Math.max(1, batchRows.length);
        double[] terms = step(batchRows, number, rate);
        for (int i = 0; i < sums.length; i++) {
          sums[i] += terms[i] * weight;
        }
        seen += weight;
        from += how.batchSize();
        step++;
        if (Thread.interrupted()) {
          interrupted = true;
          return null;
        }
        progress.step(
            number, Math.min(from, order.length), order.length, sums[0] / seen, seconds(start));
      } while (from < order.length);
      double[] row = new double[columns.size()];
      for (int i = 0; i < graph.terms().size(); i++) {
        row[i] = sums[i] / seen;
      }
      row[row.length - 1] = sums[sums.length - 1] / seen;
      if (valid != null) {
        double[] means = means(model, valid, how.seed(), Math.min(CHUNK, how.batchSize()));
        for (int i = 0; i < means.length; i++) {
          if (!Double.isFinite(means[i])) {
            throw new TrainingDiverged(
                "In epoch "
                    + number
                    + ", the term '"
                    + graph.terms().get(i)
                    + "' of the validation data is "
                    + means[i]
                    + ". "
                    + left("at the end of this epoch"));
          }
        }
        System.arraycopy(means, 0, row, graph.terms().size(), means.length);
      }
      return row;
    }

    /** One update; returns the terms and the gradient's norm. */
    private double[] step(int[] batchRows, int number, double rate) {
      RandomGenerator random = random(how.seed(), number, step);
      INDArray x = train == null ? null : Rows.draw(train, batchRows, random);
      if (x != null) {
        x = x.castTo(graph.flatParameters().dataType());
      }
      int member = (int) (step % model.members());
      Batch batch = new Batch(x, train, batchRows, member, random, true, number, step);
      fed = model.feed(batch);
      Feeds.check(graph, fed);
      double[] terms = engine.differentiate(fed, how.weightDecay());
      guard(terms, number);
      double norm = terms[terms.length - 1];
      double scale = how.clip() > 0 && norm > how.clip() ? how.clip() / norm : 1;
      engine.update(scale, rate, how.weightDecay());
      return terms;
    }

    /** Stops before a value that is not finite reaches the parameters. */
    private void guard(double[] terms, int number) {
      String what = null;
      for (int i = 0; i < terms.length && what == null; i++) {
        if (!Double.isFinite(terms[i])) {
          what =
              i < graph.terms().size() ? "the term '" + graph.terms().get(i) + "'" : "the gradient";
        }
      }
      if (what == null) {
        return;
      }
      String place =
          "In epoch " + number + ", step " + step + ", " + what + " is not a finite number";
      String input = Feeds.firstNotFinite(fed);
      if (!input.isEmpty()) {
        throw new TrainingDiverged(place + ": " + input + ". " + left("before this step"));
      }
      String origin = engine.firstNotFinite();
      throw new TrainingDiverged(
          place
              + ". "
              + (origin.isEmpty() ? "" : "It began in " + origin + ". ")
              + left("before this step")
              + " A smaller learning rate, clipping the gradient or bounding that operation's input"
              + " are the usual remedies.");
    }

    /** What a run that ends by an error leaves in the model. */
    private String left(String otherwise) {
      return best.length > 0
          ? "The parameters are those of epoch " + (bestRow + 1) + ", the best so far."
          : "The parameters are those " + otherwise + ".";
    }

    /** Books an epoch that has ended. */
    private void close(double[] row, long start) {
      epoch++;
      rows.add(row);
      String monitored = valid == null ? "train " + graph.loss() : "valid " + graph.loss();
      int index = columns.indexOf(monitored);
      boolean better = bestRow < 0 || row[index] < rows.get(bestRow)[index];
      if (valid == null) {
        bestRow = rows.size() - 1;
      } else if (better) {
        bestRow = rows.size() - 1;
        best = Checkpoint.copy(graph.flatParameters());
      }
      boolean tired =
          valid != null && how.patience() > 0 && rows.size() - 1 - bestRow >= how.patience();
      finished = epoch >= how.epochs() || tired;
      if (how.checkpoint() != null && due()) {
        long began = System.nanoTime();
        save(start);
        saved = System.nanoTime();
        saving = saved - began;
      }
      progress.epoch(epoch, columns, row, seconds(start));
      if (how.watcher() != null) {
        how.watcher().accept(epoch);
      }
    }

    /** A state that takes long to write is written less often: a tenth of the time goes there. */
    private boolean due() {
      return finished || saving < NEGLIGIBLE || System.nanoTime() - saved > 10 * saving;
    }

    private double seconds(long start) {
      return secondsBefore + (System.nanoTime() - start) * 1e-9;
    }

    private void save(long start) {
      Checkpoint state = new Checkpoint(fingerprint);
      state.epoch = epoch;
      state.step = step;
      state.bestRow = bestRow;
      state.seconds = seconds(start);
      state.finished = finished;
      state.columns = columns;
      state.rows = rows;
      Engine.Moments moments = engine.moments();
      state.updates = moments.updates();
      state.parameters = Checkpoint.copy(graph.flatParameters());
      state.best = best;
      state.m = moments.m();
      state.v = moments.v();
      state.write(how.checkpoint());
    }

    private void resume() {
      if (how.checkpoint() == null) {
        return;
      }
      start = Fingerprint.Lineage.start(graph, how.checkpoint());
      fingerprint = Fingerprint.of(model, train, valid, how, start);
      if (!Files.exists(how.checkpoint())) {
        return;
      }
      Checkpoint state = Checkpoint.read(how.checkpoint(), fingerprint);
      epoch = state.epoch;
      step = state.step;
      bestRow = state.bestRow;
      secondsBefore = state.seconds;
      rows = state.rows;
      best = state.best;
      DataType type = graph.flatParameters().dataType();
      graph.flatParameters().assign(Nd4j.create(state.parameters).castTo(type));
      engine.moments(new Engine.Moments(state.m, state.v, state.updates));
      finished = state.finished && !prolonged(state) || epoch >= how.epochs();
    }

    /** A run that ended at its last epoch may be continued with more epochs. */
    private boolean prolonged(Checkpoint state) {
      boolean tired =
          valid != null && how.patience() > 0 && state.rows.size() - 1 - bestRow >= how.patience();
      return !tired && epoch < how.epochs();
    }
  }
}
