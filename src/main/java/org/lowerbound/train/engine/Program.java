package org.lowerbound.train.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/**
 * The part of a graph that some outputs need, as steps for libtorch in the order of execution. It
 * holds for every batch size.
 */
final class Program {

  /** A step: places of what it reads and writes in the array of tensors. */
  record Step(Node node, Operations.Meaning meaning, int[] reads, int[] writes) {}

  /** What is not computed: parameters, placeholders and constants. */
  private final Map<String, Integer> leaves = new LinkedHashMap<>();

  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Integer> places = new HashMap<>();

  /**
   * @throws Node.Unsupported if the table of operations lacks something
   */
  Program(SameDiff graph, Collection<String> outputs) {
    for (Node node : sorted(graph, outputs, this::leaf, new Idioms(graph, outputs)::of)) {
      int[] reads = node.inputs().stream().mapToInt(places::get).toArray();
      int[] writes = node.outputs().stream().mapToInt(this::place).toArray();
      try {
        steps.add(new Step(node, Operations.of(node), reads, writes));
      } catch (Node.Unsupported e) {
        throw new Node.Unsupported(e.getMessage() + " ('" + node.outputs().get(0) + "')");
      }
    }
  }

  private void leaf(String name) {
    leaves.put(name, place(name));
  }

  private int place(String name) {
    return places.computeIfAbsent(name, n -> places.size());
  }

  /** The operations that {@code outputs} need, each after those it depends on. */
  static List<Node> sorted(SameDiff graph, Collection<String> outputs, Consumer<String> leaf) {
    return sorted(graph, outputs, leaf, node -> node);
  }

  private static List<Node> sorted(
      SameDiff graph,
      Collection<String> outputs,
      Consumer<String> leaf,
      UnaryOperator<Node> instead) {
    List<Node> sorted = new ArrayList<>();
    Set<String> done = new HashSet<>();
    Set<String> open = new HashSet<>();
    ArrayDeque<String> stack = new ArrayDeque<>(outputs);
    while (!stack.isEmpty()) {
      String name = stack.peek();
      if (done.contains(name)) {
        stack.pop();
        continue;
      }
      SDVariable variable = graph.getVariable(name);
      if (variable == null) {
        throw new IllegalArgumentException("The graph has no variable '" + name + "'.");
      }
      if (variable.getVariableType() != VariableType.ARRAY) {
        leaf.accept(name);
        done.add(name);
        continue;
      }
      Node node = instead.apply(Node.of(graph, name));
      boolean ready = true;
      for (String input : node.inputs()) {
        if (!done.contains(input)) {
          if (open.contains(input)) {
            throw new IllegalArgumentException(
                "The variable '" + input + "' depends on itself: the graph has a loop.");
          }
          stack.push(input);
          ready = false;
        }
      }
      if (ready) {
        sorted.add(node);
        done.addAll(node.outputs());
        open.removeAll(node.outputs());
        stack.pop();
      } else {
        open.add(name);
      }
    }
    return sorted;
  }

  List<Step> steps() {
    return steps;
  }

  int placeOf(String name) {
    return places.get(name);
  }

  /** An array for {@link #run}, with the leaves in their places. */
  Tensor[] start(Function<String, Tensor> leaf) {
    Tensor[] tensors = new Tensor[places.size()];
    leaves.forEach((name, place) -> tensors[place] = leaf.apply(name));
    return tensors;
  }

  /** Runs all steps. */
  void run(Tensor[] tensors) {
    for (Step step : steps) {
      run(step, tensors);
    }
  }

  void run(Step step, Tensor[] tensors) {
    Tensor[] in = new Tensor[step.reads.length];
    for (int i = 0; i < in.length; i++) {
      in[i] = tensors[step.reads[i]];
    }
    Tensor[] out = step.meaning.of(in);
    for (int i = 0; i < step.writes.length; i++) {
      tensors[step.writes[i]] = out[i];
    }
  }
}
