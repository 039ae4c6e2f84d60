package org.lowerbound.train;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.lowerbound.data.Examples;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * Everything that determines the result of a run, part by part, so that a checkpoint is continued
 * by the same run only and a refusal says what differs.
 *
 * <p>The parts are the model's description, the operations of its graph with their attributes, its
 * constants, its parameters at the start, what it feeds beside the data, the contents of the data,
 * and the settings. What is fed (masks, weights of the objective, noise, labels) is sampled: the
 * model is asked for the inputs of each member and of steps far apart, each with the first row of
 * the data. Contents are compared by checksum, CRC-32C: right for accidents, no defence against
 * intent.
 */
final class Fingerprint {

  /** Steps whose inputs are looked at: warm-ups and schedules show somewhere between. */
  private static final long[] STEPS = {0, 1, 10, 100, 1000, 10_000, 100_000};

  /** A description longer than this is compared by its checksum. */
  private static final int LONGEST = 200;

  private Fingerprint() {}

  static Map<String, String> of(
      Model model,
      Examples train,
      Examples valid,
      Training how,
      Map<String, String> initialParameters) {
    Graph graph = model.graph();
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("model", model.getClass().getSimpleName());
    model.description().forEach((key, value) -> parts.put(key, brief(value)));
    parts.put("reported terms", graph.terms().toString());
    parts.put("operations of the graph", operations(graph.described()));
    for (SDVariable variable : graph.described().variables()) {
      if (variable.getVariableType() == VariableType.CONSTANT) {
        parts.put("constant '" + variable.name() + "'", array(variable.getArr()));
      }
    }
    initialParameters.forEach(
        (name, sum) -> parts.put("parameter '" + name + "' at the start", sum));
    inputs(model, train, how, parts);
    data("training data", train, parts);
    data("validation data", valid, parts);
    parts.put("settings", how.fingerprint());
    return parts;
  }

  /** A checksum of each parameter. */
  static Map<String, String> parameters(Graph graph) {
    Map<String, String> sums = new LinkedHashMap<>();
    for (String name : graph.parameterNames()) {
      sums.put(name, array(graph.parameter(name)));
    }
    return sums;
  }

  /**
   * The parameters at the start of a run. A run that was stopped is continued in the same place
   * with a model that has moved on; as long as nothing but that run has changed it, its start
   * counts.
   *
   * @param start checksums at the run's first start
   * @param end checksums when it was left
   */
  record Lineage(Map<String, String> start, Map<String, String> end) {
    static Map<String, String> start(Graph graph, Path file) {
      Map<String, String> now = parameters(graph);
      Lineage known = graph.lineages().get(file.toAbsolutePath().normalize());
      return known != null && known.end.equals(now) ? known.start : now;
    }

    static void left(Graph graph, Path file, Map<String, String> start) {
      graph
          .lineages()
          .put(file.toAbsolutePath().normalize(), new Lineage(start, parameters(graph)));
    }
  }

  /** Sentences on what differs; none if nothing does. */
  static List<String> differences(Map<String, String> found, Map<String, String> expected) {
    Set<String> keys = new LinkedHashSet<>(expected.keySet());
    keys.addAll(found.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      String was = found.get(key);
      String is = expected.get(key);
      if (was == null || !was.equals(is)) {
        differences.add(
            key
                + " ("
                + (was == null ? "none" : was)
                + " in the file, "
                + (is == null ? "none" : is)
                + " now)");
      }
    }
    return differences;
  }

  private static void data(String what, Examples data, Map<String, String> parts) {
    if (data == null) {
      return;
    }
    parts.put(what, data.name() + ", " + data.size() + " rows of " + data.features());
    parts.put("contents of the " + what, hex(data.checksum()));
  }

  private static void inputs(Model model, Examples train, Training how, Map<String, String> parts) {
    int[] row = train == null ? new int[0] : new int[1];
    Map<String, CRC32C> sums = new LinkedHashMap<>();
    Map<String, Set<String>> shown = new LinkedHashMap<>();
    Map<String, Set<INDArray>> seen = new LinkedHashMap<>();
    Set<Long> steps = new LinkedHashSet<>();
    for (long step : STEPS) {
      steps.add(step);
    }
    for (int member = 0; member < model.members(); member++) {
      steps.add((long) member);
    }
    for (long step : steps) {
      RandomGenerator random = Trainer.random(how.seed(), 1, step);
      INDArray x = train == null ? null : Rows.draw(model, train, row, random);
      int member = (int) (step % model.members());
      Map<String, INDArray> feed =
          model.feed(new Batch(x, train, row, member, random, true, 1, step));
      for (String name : new TreeSet<>(feed.keySet())) {
        INDArray value = feed.get(name);
        if (value == x) {
          continue;
        }
        Set<INDArray> same =
            seen.computeIfAbsent(name, n -> Collections.newSetFromMap(new IdentityHashMap<>()));
        if (same.add(value)) {
          add(sums.computeIfAbsent(name, n -> new CRC32C()), value);
          shown
              .computeIfAbsent(name, n -> new LinkedHashSet<>())
              .add(value.length() == 1 ? "" + (float) value.getDouble(0) : "");
        }
      }
    }
    sums.forEach(
        (name, sum) -> {
          Set<String> values = shown.get(name);
          parts.put(
              "input '" + name + "'",
              hex(sum.getValue()) + (values.contains("") ? "" : ", values " + values));
        });
  }

  /** Each operation with its name, arguments and attributes. */
  private static String operations(SameDiff sd) {
    CRC32C sum = new CRC32C();
    for (SameDiffOp operation : sd.getOps().values()) {
      DifferentialFunction op = operation.getOp();
      StringBuilder text = new StringBuilder(operation.getName()).append(' ').append(op.opName());
      text.append(operation.getInputsToOp()).append(operation.getOutputsOfOp());
      if (op instanceof CustomOp custom) {
        text.append(Arrays.toString(custom.iArgs()))
            .append(Arrays.toString(custom.tArgs()))
            .append(Arrays.toString(custom.bArgs()))
            .append(Arrays.toString(custom.dArgs()));
      }
      if (op instanceof Op legacy) {
        text.append(Arrays.toString(legacy.extraArgs()));
      }
      if (op instanceof ScalarOp scalar && scalar.scalar() != null) {
        text.append(scalar.scalar());
      }
      if (op instanceof ReduceOp reduce) {
        text.append(Arrays.toString(op.getDimensions())).append(reduce.isKeepDims());
      }
      sum.update(text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }
    return sd.getOps().size() + " with checksum " + hex(sum.getValue());
  }

  private static String array(INDArray value) {
    CRC32C sum = new CRC32C();
    add(sum, value);
    return value.length() == 1
        ? "" + (float) value.getDouble(0)
        : Arrays.toString(value.shape()) + " " + hex(sum.getValue());
  }

  private static void add(CRC32C sum, INDArray value) {
    sum.update(
        (value.dataType() + Arrays.toString(value.shape())).getBytes(StandardCharsets.UTF_8));
    if (value.isEmpty()) {
      return;
    }
    INDArray rowMajor = value.dup('c');
    if (value.dataType() == DataType.FLOAT) {
      float[] values = rowMajor.data().asFloat();
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
      bytes.asFloatBuffer().put(values);
      sum.update(bytes);
    } else {
      double[] values = rowMajor.data().asDouble();
      ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
      bytes.asDoubleBuffer().put(values);
      sum.update(bytes);
    }
  }

  private static String brief(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return text.substring(0, LONGEST / 2) + "…, " + hex(sum.getValue());
  }

  private static String hex(long sum) {
    return String.format(Locale.ROOT, "%08x", sum);
  }
}
