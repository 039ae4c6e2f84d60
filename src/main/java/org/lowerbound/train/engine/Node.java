package org.lowerbound.train.engine;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * An operation of a graph: its attributes, which do not change, and the names of what it reads and
 * writes.
 *
 * @param graph the graph that it is in
 * @param op its name in SameDiff's catalogue, for instance {@code "reduce_sum"}
 * @param function SameDiff's object
 * @param inputs the variables that it reads
 * @param outputs the variables that it writes
 */
record Node(
    SameDiff graph,
    String op,
    DifferentialFunction function,
    List<String> inputs,
    List<String> outputs) {

  /** What libtorch does not do for an operation, though it is in the table: "a padding of …". */
  static final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unsupported(String what) {
      super(what);
    }
  }

  static Node of(SameDiff graph, DifferentialFunction function) {
    String[] inputs = function.argNames();
    return new Node(
        graph,
        function.opName(),
        function,
        inputs == null ? List.of() : List.of(inputs),
        List.of(function.outputVariablesNames()));
  }

  /** The operation that computes a variable; null for parameters, constants and placeholders. */
  static Node of(SameDiff graph, String variable) {
    String producer = graph.getVariables().get(variable).getOutputOfOp();
    return producer == null ? null : of(graph, graph.getOps().get(producer).getOp());
  }

  void require(boolean supported, String otherwise) {
    if (!supported) {
      throw new Unsupported(otherwise);
    }
  }

  long[] integers() {
    return function instanceof CustomOp custom ? custom.iArgs() : new long[0];
  }

  long integer(int index) {
    return integers()[index];
  }

  double real(int index) {
    return ((CustomOp) function).tArgs()[index];
  }

  boolean flag(int index) {
    boolean[] flags = ((CustomOp) function).bArgs();
    return index < flags.length && flags[index];
  }

  /** The number of {@code x + number}. */
  double scalar() {
    require(inputs.size() == 1, "a scalar that is computed");
    return ((ScalarOp) function).scalar().getDouble(0);
  }

  /** The axes of a reduction; empty for all. */
  long[] axes() {
    int[] axes = function.getDimensions();
    if (inputs.size() == 2 && function instanceof BaseReduceOp && !readsTwoArrays()) {
      return constant(1);
    }
    boolean all = axes == null || axes.length == 0 || axes[0] == Integer.MAX_VALUE;
    return all ? new long[0] : Arrays.stream(axes).asLongStream().toArray();
  }

  private boolean readsTwoArrays() {
    return function instanceof org.nd4j.linalg.api.ops.impl.reduce3.BaseReduce3Op;
  }

  /** Whether reduced axes stay, with length 1. */
  boolean keeps() {
    return ((BaseReduceOp) function).isKeepDims();
  }

  /** The whole numbers in a constant that says how, not what: axes, sizes, paddings. */
  long[] constant(int input) {
    SDVariable variable = graph.getVariable(inputs.get(input));
    require(variable.isConstant(), "an attribute that is computed");
    return variable.getArr().ravel().toLongVector();
  }

  /** The value of a variable that depends on nothing. */
  INDArray value() {
    return graph.output(java.util.Map.of(), outputs.get(0)).get(outputs.get(0));
  }

  DataType type(int output) {
    return graph.getVariable(outputs.get(output)).dataType();
  }
}
