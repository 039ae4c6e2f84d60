package org.lowerbound.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Cifar10;
import org.lowerbound.data.Examples;
import org.lowerbound.data.Mnist;
import org.lowerbound.data.StreetDigits;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.made.DegreeRule;
import org.lowerbound.made.Made;
import org.lowerbound.made.Masks;
import org.lowerbound.made.Ordering;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Objective;
import org.lowerbound.vae.Scale;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One model of the benchmark with its initial weights and its batches, which are drawn beforehand
 * and taken in turn: the same numbers for all frameworks.
 *
 * @param name for instance {@code "vae"}
 * @param batch examples in a step
 * @param model what is trained
 * @param feeds the inputs of each step, by placeholder
 */
record Workload(String name, int batch, Model model, List<Map<String, INDArray>> feeds) {

  /** Those that are timed, but for the recurrent one, which is DL4J's. */
  static final List<String> NAMES = List.of("vae", "made-500", "made-1000x2", "conv-vae", "m2");

  /** Further models of the course, which are compared between devices and not timed. */
  static final List<String> MORE =
      List.of("vae-scale", "vae-logistic", "vae-weighted", "made-dropout", "linear");

  /** Different batches; the fixed number of steps after which losses are compared. */
  static final int STEPS = 50;

  private static final int BATCH = 100;
  private static final long SEED = 20;

  /** Builds a workload by name. */
  static Workload of(String name) {
    return switch (name) {
      case "vae" -> vae(name, Vae.create(VaeShape.dense(784, 20, 400), 1), digits(), 0);
      case "made-500" -> made(name, 500);
      case "made-1000x2" -> made(name, 1000, 1000);
      case "conv-vae" ->
          vae(
              name,
              Vae.create(
                  VaeShape.convolutional(new int[] {3, 32, 32}, 32, 128, 32, 64)
                      .likelihood(Likelihood.gaussian(Scale.fixed(0.5))),
                  1),
              pictures(),
              0);
      case "m2" -> m2(name);
      case "vae-scale" -> vae(name, small(Likelihood.gaussian(Scale.predicted(0.05))), digits(), 0);
      case "vae-logistic" ->
          vae(name, small(Likelihood.discretisedLogistic(Scale.shared(0.2), 256)), digits(), 0);
      case "vae-weighted" ->
          vae(
              name,
              small(Likelihood.bernoulli()).objective(Objective.importanceWeighted(5)),
              digits(),
              0.5);
      case "made-dropout" -> made(name, Made.Shape.of(784, 200).dropout(0.3));
      case "linear" ->
          vae(
              name,
              Vae.create(
                  VaeShape.linear(784, 20).likelihood(Likelihood.gaussian(Scale.shared(1))), 1),
              digits(),
              0);
      case "lstm" -> new Workload(name, Recurrent.BATCH, Recurrent.create(), Recurrent.feeds());
      default -> throw new IllegalArgumentException("There is no workload '" + name + "'.");
    };
  }

  private static Vae small(Likelihood likelihood) {
    return Vae.create(VaeShape.dense(784, 10, 100).likelihood(likelihood), 1);
  }

  private static boolean real() {
    return System.getenv("LOWERBOUND_DATA") != null;
  }

  private static Examples digits() {
    return real() ? Mnist.train() : StrokeDigits.train();
  }

  private static Examples pictures() {
    return real() ? Cifar10.train() : StreetDigits.train();
  }

  /** Some rows, taken from the start; bits where {@code threshold} is above 0. */
  private static INDArray rows(Examples data, int step, double threshold) {
    float[] values = new float[BATCH * data.features()];
    RandomGenerator random = Trainer.random(SEED, step);
    for (int i = 0; i < BATCH; i++) {
      data.draw(step * BATCH + i, random, values, i * data.features());
    }
    for (int i = 0; threshold > 0 && i < values.length; i++) {
      values[i] = values[i] > threshold ? 1 : 0;
    }
    return Nd4j.create(values, new long[] {BATCH, data.features()}, 'c');
  }

  private static Batch batch(INDArray x, int step) {
    return Batch.of(x, Trainer.random(SEED, step, 1)).inTraining(1, step);
  }

  private static Workload vae(String name, Vae vae, Examples data, double threshold) {
    List<Map<String, INDArray>> feeds = new ArrayList<>();
    INDArray beta = Nd4j.createFromArray(1f);
    for (int step = 0; step < STEPS; step++) {
      Map<String, INDArray> feed =
          new HashMap<>(vae.feed(batch(rows(data, step, threshold), step)));
      feed.put("beta", beta);
      feeds.add(feed);
    }
    return new Workload(name, BATCH, vae, feeds);
  }

  private static Workload made(String name, int... hidden) {
    return made(name, Made.Shape.of(784, hidden));
  }

  private static Workload made(String name, Made.Shape shape) {
    Masks masks = Masks.of(Ordering.natural(784), shape.hidden(), DegreeRule.EVEN, 1);
    Made made = Made.create(shape, List.of(masks), 1);
    Examples data = digits();
    List<Map<String, INDArray>> feeds = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      feeds.add(made.feed(batch(rows(data, step, 0.5), step)));
    }
    return new Workload(name, BATCH, made, feeds);
  }

  private static Workload m2(String name) {
    SemiSupervised model = SemiSupervised.create(784, 500, 50, 10, 1);
    Examples data = digits();
    int[] labels =
        data instanceof org.lowerbound.data.ImageData images
            ? images.labels()
            : new int[STEPS * BATCH];
    List<Map<String, INDArray>> feeds = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      int[] known = new int[BATCH];
      for (int i = 0; i < BATCH; i++) {
        known[i] =
            labels.length > STEPS * BATCH ? labels[(STEPS + step) * BATCH + i] : (step + i) % 10;
      }
      feeds.add(
          model.feed(
              rows(data, step, 0.5),
              rows(data, STEPS + step, 0.5),
              known,
              Trainer.random(SEED, step, 1)));
    }
    return new Workload(name, BATCH, model, feeds);
  }

  /**
   * Writes the initial weights and the batches as raw little-endian single-precision numbers, and a
   * list of them: {@code parameter NAME SHAPE…} or {@code feed NAME COUNT SHAPE…}, where a feed
   * that is the same in all steps has a count of 1.
   */
  void export(Path folder) throws IOException {
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    Graph graph = model.graph();
    for (String parameter : graph.parameterNames()) {
      parameters.put(parameter, graph.parameter(parameter));
    }
    export(folder, batch, parameters, feeds);
  }

  static void export(
      Path folder, int batch, Map<String, INDArray> parameters, List<Map<String, INDArray>> feeds)
      throws IOException {
    Files.createDirectories(folder);
    List<String> lines = new ArrayList<>();
    lines.add("batch " + batch);
    for (Map.Entry<String, INDArray> parameter : parameters.entrySet()) {
      lines.add(line("parameter " + parameter.getKey(), parameter.getValue()));
      Files.write(
          folder.resolve(parameter.getKey() + ".f32"), bytes(List.of(parameter.getValue())));
    }
    for (String input : new TreeMap<>(feeds.get(0)).keySet()) {
      boolean constant = feeds.get(0).get(input) == feeds.get(1).get(input);
      List<INDArray> values =
          feeds.stream().map(feed -> feed.get(input)).limit(constant ? 1 : feeds.size()).toList();
      lines.add(line("feed " + input + " " + values.size(), values.get(0)));
      Files.write(folder.resolve(input + ".f32"), bytes(values));
    }
    Files.write(folder.resolve("manifest.txt"), lines);
  }

  private static String line(String head, INDArray array) {
    StringBuilder line = new StringBuilder(head);
    Arrays.stream(array.shape()).forEach(side -> line.append(' ').append(side));
    return line.toString();
  }

  private static byte[] bytes(List<INDArray> arrays) {
    long length = arrays.stream().mapToLong(INDArray::length).sum();
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(4 * length));
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    for (INDArray array : arrays) {
      for (float value : array.dup('c').data().asFloat()) {
        buffer.putFloat(value);
      }
    }
    return buffer.array();
  }
}
