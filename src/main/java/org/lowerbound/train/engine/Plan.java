package org.lowerbound.train.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.impl.summarystats.Variance;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph compiled for one set of outputs and one set of input shapes: the operations in the order
 * of execution, each with its arrays bound, so that a step is a plain loop over native calls.
 *
 * <p>SameDiff's own session resolves names, infers shapes and allocates arrays anew in every step.
 * Shapes do not change between the steps of a training run, so this class does that work once. Its
 * arrays are its own: nothing is allocated in {@link #run}, and {@link #close} returns all native
 * memory at once. Every operation runs in every step, also those that depend on constants alone,
 * which may have been changed in place.
 */
final class Plan implements AutoCloseable {

  /** An operation of ND4J with its arrays bound. */
  private record Call(Node node, OpContext context) {
    void execute() {
      if (node.function() instanceof CustomOp custom) {
        Nd4j.exec(custom, context);
        return;
      }
      Op legacy = (Op) node.function();
      // A reduction over an axis of length 1 is a copy, and looks for its arrays in the operation.
      legacy.setX(context.getInputArray(0));
      legacy.setZ(context.getOutputArray(0));
      if (legacy instanceof Variance variance) {
        // With a context, ND4J forgets whether the variance is corrected for its bias.
        Nd4j.getExecutioner().exec(variance);
      } else {
        Nd4j.getExecutioner().exec(legacy, context);
      }
      // SameDiff hashes its operations, arrays included, which must not outlive this plan there.
      node.function().clearArrays();
    }
  }

  private final SameDiff graph;
  private final Map<String, INDArray> parameters;
  private final Set<String> lasting;
  private final List<Call> calls = new ArrayList<>();
  private final Map<String, INDArray> values = new HashMap<>();
  private final Map<String, INDArray> inputs = new HashMap<>();
  private final Map<String, INDArray> lastFed = new HashMap<>();
  private final List<INDArray> owned = new ArrayList<>();

  /**
   * Compiles the part of {@code graph} that {@code outputs} need, and runs it once.
   *
   * @param parameters arrays to use in place of the graph's own variables, by name
   * @param lasting placeholders whose array, fed again, is taken as unchanged
   * @param feed a value for every placeholder; their shapes are those of every later {@link #run}
   */
  Plan(
      SameDiff graph,
      Map<String, INDArray> parameters,
      Set<String> lasting,
      Map<String, INDArray> feed,
      Collection<String> outputs) {
    this.graph = graph;
    this.parameters = parameters;
    this.lasting = lasting;
    try {
      List<Node> nodes = Program.sorted(graph, outputs, name -> values.put(name, leaf(name, feed)));
      nodes.forEach(this::compile);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private INDArray leaf(String name, Map<String, INDArray> feed) {
    SDVariable variable = graph.getVariable(name);
    if (!variable.isPlaceHolder()) {
      INDArray parameter = parameters.get(name);
      return parameter != null ? parameter : variable.getArr();
    }
    INDArray given = Engine.fed(name, feed);
    INDArray bound = own(Nd4j.createUninitialized(variable.dataType(), given.shape()));
    bound.assign(given);
    inputs.put(name, bound);
    lastFed.put(name, given);
    return bound;
  }

  private void compile(Node node) {
    DifferentialFunction op = node.function();
    INDArray[] arguments = node.inputs().stream().map(values::get).toArray(INDArray[]::new);
    if (node.op().equals("identity")) {
      values.put(node.outputs().get(0), arguments[0]);
      return;
    }
    OpContext context = Nd4j.getExecutioner().buildContext();
    if (op instanceof DynamicCustomOp custom) {
      bindCustom(custom, node, context, arguments);
    } else if (op instanceof Op legacy) {
      bindLegacy(legacy, node, context, arguments);
    } else {
      throw new IllegalArgumentException(
          "The operation '"
              + op.opName()
              + "' ('"
              + node.outputs().get(0)
              + "') cannot be carried out: only graphs without loops, conditions and lists of"
              + " tensors are run.");
    }
    Call call = new Call(node, context);
    calls.add(call);
    call.execute();
  }

  /** Derivatives that SameDiff gets wrong where an argument is spread over the other. */
  private static void requireRight(Node node, INDArray[] arguments) {
    boolean wrong =
        switch (node.op()) {
          case "maximum_bp", "minimum_bp" -> !arguments[0].equalShapes(arguments[1]);
          case "divide_bp" -> arguments[1].length() == 1 && arguments[0].length() > 1;
          default -> false;
        };
    if (wrong) {
      throw new IllegalArgumentException(
          "SameDiff's derivative of '"
              + node.op().replace("_bp", "")
              + "' with arguments of the shapes "
              + Arrays.toString(arguments[0].shape())
              + " and "
              + Arrays.toString(arguments[1].shape())
              + " is wrong ('"
              + node.outputs().get(0)
              + "'). Give both the same shape, or multiply by the reciprocal.");
    }
  }

  private void bindCustom(DynamicCustomOp op, Node node, OpContext context, INDArray[] arguments) {
    requireRight(node, arguments);
    context.setArgs(arguments, integers(op, arguments), op.dArgs(), op.tArgs(), op.bArgs());
    List<LongShapeDescriptor> shapes = op.calculateOutputShape(context);
    if (shapes == null || shapes.size() != node.outputs().size()) {
      throw new IllegalArgumentException(
          "The shapes of the results of '" + op.getOwnName() + "' could not be inferred.");
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      DataType type = node.type(i);
      context.setOutputArray(i, result(node.outputs().get(i), shapes.get(i).asDataType(type)));
    }
  }

  /**
   * The integer arguments of an operation. A strided convolution with the padding "same" that is
   * the same on all sides is given that padding in numbers: for "same", ND4J does not use oneDNN,
   * and is up to nine times slower. SameDiff writes those of top_k in the wrong order.
   */
  private static long[] integers(DynamicCustomOp op, INDArray[] arguments) {
    long[] integers = op.iArgs().clone();
    if (op.opName().equals("top_k")) {
      return new long[] {integers[1], integers[0]};
    }
    boolean convolution = op.opName().matches("(de)?conv2d(_bp)?");
    if (!convolution || integers.length < 10 || integers[8] != 1 || integers[9] != 0) {
      return integers;
    }
    for (int side = 0; side < 2; side++) {
      long kernel = arguments[1].size(side);
      long stride = integers[2 + side];
      boolean down = op.opName().startsWith("conv");
      if (integers[6 + side] != 1
          || kernel < stride
          || (kernel - stride) % 2 != 0
          || down && arguments[0].size(2 + side) % stride != 0
          || integers.length > 10 && integers[10] != 0) {
        return op.iArgs();
      }
      integers[4 + side] = (kernel - stride) / 2;
    }
    integers[8] = 0;
    return integers;
  }

  private void bindLegacy(Op op, Node node, OpContext context, INDArray[] arguments) {
    boolean axisArgument =
        op instanceof ReduceOp reduce
            && reduce.getOpType() != Op.Type.REDUCE3
            && arguments.length == 2;
    if (op instanceof BaseReduceOp reduction) {
      long rank = arguments[0].rank();
      long[] axes = axisArgument ? arguments[1].toLongVector() : node.axes();
      if (axes.length > 0) {
        // SameDiff takes the shape of its result from a negative axis as it stands.
        int[] positive = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
          positive[i] = (int) Math.floorMod(axes[i], rank);
        }
        reduction.setDimensions(positive);
      }
    } else if (op instanceof ScalarOp scalar && arguments.length == 2) {
      scalar.setScalar(arguments[1]);
    }
    if (arguments.length > 0) {
      context.setInputArray(0, arguments[0]);
    }
    if (arguments.length == 2 && !axisArgument) {
      context.setInputArray(1, arguments[1]);
    }
    LongShapeDescriptor shape = node.function().calculateOutputShape(context).get(0);
    context.setOutputArray(0, result(node.outputs().get(0), shape));
  }

  private INDArray result(String name, LongShapeDescriptor shape) {
    INDArray array =
        own(
            shape.isEmpty()
                ? Nd4j.create(shape)
                : Nd4j.createUninitializedDetached(shape.dataType(), shape.getShape()));
    values.put(name, array);
    return array;
  }

  private INDArray own(INDArray array) {
    owned.add(array);
    return array;
  }

  /** Runs the compiled operations on new inputs. */
  void run(Map<String, INDArray> feed) {
    for (Map.Entry<String, INDArray> input : inputs.entrySet()) {
      INDArray given = Engine.fed(input.getKey(), feed);
      if (given != lastFed.put(input.getKey(), given) || !lasting.contains(input.getKey())) {
        input.getValue().assign(given);
      }
    }
    calls.forEach(Call::execute);
  }

  /** The array that holds an output after {@link #run}; overwritten by the next run. */
  INDArray value(String name) {
    return values.get(name);
  }

  /** The first operation of the last run whose result is not finite; empty when all are. */
  String firstNotFinite() {
    for (Call call : calls) {
      for (String result : call.node.outputs()) {
        INDArray array = values.get(result);
        if (array.dataType().isFPType() && !array.isEmpty() && !finite(array)) {
          return "'" + result + "' (operation " + call.node.op() + ")";
        }
      }
    }
    return "";
  }

  /** One by one: ND4J's largest and smallest elements pass over NaN. */
  private static boolean finite(INDArray array) {
    return Arrays.stream(array.ravel().toDoubleVector()).allMatch(Double::isFinite);
  }

  @Override
  public void close() {
    calls.forEach(call -> call.context.purge());
    calls.clear();
    values.clear();
    for (INDArray array : owned) {
      if (array.closeable()) {
        array.close();
      }
    }
    owned.clear();
  }
}
