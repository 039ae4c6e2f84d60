package org.lowerbound.train.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Graphs drawn at random, in both precisions: libtorch against SameDiff's own session, the plain
 * engine, and slopes along random directions. And deliberate defects in the table of operations,
 * each of which must be caught.
 */
class RandomGraphTest {

  private static final int OPERATIONS = 12;

  @BeforeAll
  static void libtorch() {
    assumeTrue(Libtorch.present(), "there is no build of libtorch for this platform");
    assertTrue(Libtorch.start(), Libtorch::failure);
  }

  /** All examples of all operations, in a random order, a few to a graph, built on one another. */
  private static List<List<String>> graphs(long seed) {
    List<String> names = new ArrayList<>(Examples.all().keySet());
    Collections.shuffle(names, new Random(seed));
    List<List<String>> graphs = new ArrayList<>();
    for (int from = 0; from < names.size(); from += OPERATIONS) {
      graphs.add(names.subList(from, Math.min(names.size(), from + OPERATIONS)));
    }
    return graphs;
  }

  private static Trial chained(DataType type, List<String> names, long seed) {
    Trial trial = new Trial(type, seed);
    trial.chain();
    List<SDVariable> all = new ArrayList<>();
    for (String name : names) {
      for (SDVariable result : Examples.all().get(name).of(trial)) {
        trial.share(result);
        all.add(result);
      }
    }
    return trial.loss(all.toArray(SDVariable[]::new));
  }

  /** What is wrong with the engine on a graph; empty if nothing is. */
  private static String fault(Trial exact, Trial single, boolean session) {
    Engine.Computation model = exact.computation();
    try (Engine torch = new TorchEngine(model);
        Engine plain = new SameDiffEngine(model);
        Engine rounded = new TorchEngine(single.computation())) {
      double value = torch.differentiate(exact.feed, 0)[0];
      double size = Math.max(1, Math.abs(value));
      Map<String, INDArray> slopes = torch.gradients();
      double plainValue = plain.forward(exact.feed, List.of("loss")).get("loss").getDouble(0);
      if (!(Math.abs(plainValue - value) <= 1e-6 * size)) {
        return "value " + value + ", by the plain engine " + plainValue;
      }
      if (session && !(Math.abs(exact.scalarByItself() - value) <= 1e-6 * size)) {
        return "value " + value + ", by SameDiff " + exact.scalarByItself();
      }
      // With a step of 1e-6 the difference is good to some 1e-10 of what is added up, and to the
      // second derivative's change.
      double error = Trial.directionalError(torch, model, exact.feed);
      if (!(error < 1e-6)) {
        return "slopes differ by " + error;
      }
      double roundedValue = rounded.differentiate(single.feed, 0)[0];
      if (!(Math.abs(roundedValue - value) <= 1e-4 * size)) {
        return "value " + value + ", in single precision " + roundedValue;
      }
      double difference = Trial.difference(slopes, rounded.gradients());
      if (!(difference < 2e-3)) {
        return "gradients in single precision differ by " + difference;
      }
      try {
        plain.differentiate(exact.feed, 0);
      } catch (IllegalArgumentException e) {
        // Some operation has no derivative in SameDiff, or a wrong one for these shapes.
        return "";
      }
      difference = Trial.difference(slopes, plain.gradients());
      return difference < 1e-6 ? "" : "gradients of the plain engine differ by " + difference;
    }
  }

  private static boolean comparable(List<String> names) {
    // Negative axes that are kept: SameDiff's session has the wrong shape.
    return names.stream().noneMatch(name -> name.contains(", negative"));
  }

  @Test
  void graphsOfAllOperationsBuiltOnOneAnother() {
    for (long seed = 1; seed <= 2; seed++) {
      for (List<String> names : graphs(seed)) {
        // A variance without correction is refused by the plain engine, even forwards.
        List<String> chosen = names.stream().filter(n -> !n.equals("var, biased")).toList();
        Trial exact = chained(DataType.DOUBLE, chosen, seed);
        Trial single = chained(DataType.FLOAT, chosen, seed);
        assertEquals("", fault(exact, single, comparable(chosen)), chosen.toString());
      }
    }
  }

  /** A graph over a batch: spreads arguments, shares results, looks at them in other shapes. */
  private static Trial overBatch(DataType type, long seed) {
    Trial t = new Trial(type, seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<SDVariable> rows = new ArrayList<>();
    rows.add(t.input(3, 4));
    rows.add(t.input(3, 4).mul(t.w(4)));
    for (int i = 0; i < 14; i++) {
      SDVariable a = rows.get(random.nextInt(rows.size()));
      SDVariable b = rows.get(random.nextInt(rows.size()));
      rows.add(
          switch (random.nextInt(20)) {
            case 0 -> t.sd.math.tanh(a.mmul(t.w(4, 4)).add(t.w(4)));
            case 1 -> a.add(b);
            case 2 -> a.sub(t.w(1)).mul(t.w(4));
            case 3 -> a.sub(b.mean(true, 1));
            case 4 -> a.mul(t.sd.nn.sigmoid(b)).mul(0.7);
            case 5 -> t.sd.identity(a).add(a);
            case 6 -> t.sd.transpose(t.sd.transpose(a).mul(t.w(4, 1)));
            case 7 -> t.sd.math.sin(a.reshape(-1, 2, 2).permute(0, 2, 1).reshape(-1, 4));
            case 8 -> a.reshape(-1, 2, 2).mmul(b.reshape(-1, 2, 2)).mul(0.3).reshape(-1, 4);
            case 9 -> t.sd.nn.softmax(a, -1);
            case 10 -> a.div(t.sd.math.square(b).add(1));
            case 11 -> t.sd.concat(1, columns(t, a, 2, 4), columns(t, b, 0, 2));
            case 12 -> a.sub(a.reshape(-1, 2, 2).sum(true, -1).mean(true, -2).reshape(-1, 1));
            case 13 -> t.sd.math.exp(a.mul(0.2)).sub(b.max(true, -1));
            case 14 -> t.sd.nn.softplus(a).sub(t.sd.math.log1p(t.sd.math.square(b)));
            case 15 -> t.sd.math.clipByValue(a, -0.8, 0.8).rsub(1);
            case 16 -> t.sd.tile(a, 2, 1).reshape(2, -1, 4).mean(0).add(b);
            case 17 -> a.mul(b.gt(0.1).castTo(type)).add(b);
            case 18 -> t.sd.math.max(a, b.sub(0.3)).sub(t.sd.math.min(a, t.w(4)));
            default ->
                t.sd.nn.relu(a, 0).add(t.sd.standardDeviation(a, true, true, 1).mul(0.1).add(b));
          });
      if (random.nextInt(5) == 0) {
        rows.add(t.sd.nn.logSoftmax(rows.get(rows.size() - 1)).mul(0.3));
      }
    }
    SDVariable last = rows.get(rows.size() - 1);
    for (SDVariable row : rows) {
      last = last.add(row.mul(0.1));
    }
    SDVariable total = last.mul(t.w(4)).sum(1).mean();
    // Constant in the batch, and linear in its size.
    total.add(t.w(3).sum()).add(t.w(1).add(rows.get(0)).sum()).sum().rename("loss");
    return t;
  }

  private static SDVariable columns(Trial t, SDVariable x, long from, long to) {
    return t.sd.stridedSlice(
        x, new long[] {0, from}, new long[] {0, to}, new long[] {1, 1}, 1, 1, 0, 0, 0);
  }

  @Test
  void graphsOverABatchOfEitherSize() {
    for (long seed = 1; seed <= 25; seed++) {
      Trial exact = overBatch(DataType.DOUBLE, seed);
      Trial single = overBatch(DataType.FLOAT, seed);
      for (int rows : new int[] {3, 5, 3}) {
        for (String name : exact.feed.keySet()) {
          INDArray next = exact.draw(-1.5, 1.5, rows, 4);
          exact.feed.put(name, next);
          single.feed.put(name, next.castTo(DataType.FLOAT));
        }
        assertEquals("", fault(exact, single, true), "seed " + seed + ", rows " + rows);
      }
    }
  }

  /** Wrong rows: what each gets wrong is easily got wrong, and most have the right shape. */
  private static Map<String, Operations.Row> defects() {
    Map<String, Operations.Row> wrong = new LinkedHashMap<>();
    wrong.put("tanh", node -> in -> one(torch.tanh(in[0].detach())));
    wrong.put(
        "reduce_mean",
        node ->
            in ->
                one(
                    in[0].mean(
                        positive(in[0], node),
                        node.keeps(),
                        new org.bytedeco.pytorch.ScalarTypeOptional())));
    wrong.put("matmul", node -> in -> one(torch.matmul(in[0], in[1])));
    wrong.put("softmax", node -> in -> one(torch.softmax(in[0], -1)));
    wrong.put(
        "gather",
        node ->
            in -> {
              Tensor[] right = GATHER.bind(node).of(new Tensor[] {in[0], sorted(in[1])});
              return right;
            });
    wrong.put(
        "slice",
        node ->
            in -> {
              long[] i = node.integers();
              Tensor part = in[0];
              for (int axis = 0; axis < i.length / 2; axis++) {
                long size =
                    i[i.length / 2 + axis] < 0 ? part.size(axis) - i[axis] : i[i.length / 2 + axis];
                part = part.narrow(axis, 0, size);
              }
              return one(part);
            });
    wrong.put("maximum", node -> in -> one(torch.where(in[0].gt(in[1]), in[0], in[1].detach())));
    wrong.put(
        "concat",
        node ->
            in ->
                one(
                    torch.cat(
                        new org.bytedeco.pytorch.TensorVector(reversed(in)), node.integer(0))));
    wrong.put(
        "lstmLayer",
        node ->
            in -> {
              Tensor[] swapped = in.clone();
              swapped[1] = in[1].flip(1);
              return LSTM.bind(node).of(swapped);
            });
    wrong.put(
        "conv2d",
        node ->
            in -> {
              Tensor[] turned = in.clone();
              turned[1] = in[1].transpose(0, 1);
              return CONV.bind(node).of(turned);
            });
    wrong.put("cumsum", node -> in -> one(torch.cumsum(in[0], node.integer(2))));
    wrong.put(
        "argmax", node -> in -> one(torch.argmin(in[0], new LongOptional(node.integer(0)), false)));
    return wrong;
  }

  private static final Operations.Row GATHER = Operations.ROWS.get("gather");
  private static final Operations.Row LSTM = Operations.ROWS.get("lstmLayer");
  private static final Operations.Row CONV = Operations.ROWS.get("conv2d");

  private static Tensor[] one(Tensor result) {
    return new Tensor[] {result};
  }

  private static Tensor[] reversed(Tensor[] in) {
    Tensor[] all = in.clone();
    Collections.reverse(Arrays.asList(all));
    return all;
  }

  private static Tensor sorted(Tensor indices) {
    return indices.flip(0);
  }

  private static long[] positive(Tensor x, Node node) {
    long[] axes = node.axes();
    return Arrays.stream(axes.length == 0 ? new long[] {0} : axes).map(Math::abs).toArray();
  }

  @Test
  void everyDeliberateDefectIsCaught() {
    Map<String, Operations.Row> defects = defects();
    assertTrue(defects.size() >= 8);
    defects.forEach(
        (name, defect) -> {
          Operations.Row right = Operations.ROWS.put(name, defect);
          try {
            assertFalse(passes(name), "a wrong '" + name + "' is not caught");
          } finally {
            Operations.ROWS.put(name, right);
          }
        });
  }

  /** Whether all random graphs that hold an operation are without fault. */
  private static boolean passes(String operation) {
    for (List<String> names : graphs(1)) {
      List<String> chosen = names.stream().filter(n -> !n.equals("var, biased")).toList();
      if (chosen.stream().noneMatch(name -> name.split(",")[0].equals(operation))) {
        continue;
      }
      Trial exact = chained(DataType.DOUBLE, chosen, 1);
      try {
        if (!fault(exact, chained(DataType.FLOAT, chosen, 1), comparable(chosen)).isEmpty()) {
          return false;
        }
      } catch (RuntimeException e) {
        return false;
      }
    }
    return true;
  }
}
