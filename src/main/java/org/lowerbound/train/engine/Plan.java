package org.lowerbound.train.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.RandomOp;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;
import org.nd4j.linalg.api.ops.random.BaseRandomOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph compiled for one set of outputs and one set of input shapes: the operations in the order
 * of execution, each with its arrays bound, so that a step is a plain loop over native calls.
 *
 * <p>SameDiff's own session resolves names, infers shapes and allocates arrays anew in every step,
 * which costs about as much as the operations of a small model. Shapes do not change between the
 * steps of a training run, so this class does that work once. Its arrays are its own: nothing is
 * allocated in {@link #run}, and {@link #close} returns all native memory at once.
 */
final class Plan implements AutoCloseable {

  /**
   * Operations whose result depends on the shape of the input only, hence is constant in a plan.
   */
  private static final Set<String> SHAPE_ONLY =
      Set.of(
          "shape_of", "shapes_of", "size", "size_at", "rank", "zeros_as", "ones_as", "zeroslike");

  /** Something that is done once a run. */
  interface Step {
    void execute();

    /** Returns the native memory of what is not an array. */
    default void close() {}
  }

  /**
   * An operation of ND4J with its arrays bound.
   *
   * @param arguments names of the variables it reads
   * @param results names of the variables it writes
   * @param inputs how many of the arguments are arrays of the context; the others are axes
   */
  record Call(
      String name,
      DifferentialFunction op,
      OpContext context,
      String[] arguments,
      String[] results,
      int inputs)
      implements Step {
    @Override
    public void execute() {
      if (op instanceof CustomOp custom) {
        Nd4j.exec(custom, context);
      } else {
        Op legacy = (Op) op;
        // A reduction over an axis of length 1 is a copy, and looks for its arrays in the
        // operation.
        legacy.setX(context.getInputArray(0));
        legacy.setZ(context.getOutputArray(0));
        Nd4j.getExecutioner().exec(legacy, context);
        // SameDiff hashes its operations, arrays included, which must not outlive this plan there.
        op.clearArrays();
      }
    }

    @Override
    public void close() {
      context.purge();
    }
  }

  private final SameDiff graph;
  private final Map<String, INDArray> parameters;
  private final Collection<String> outputs;
  private final List<Call> calls = new ArrayList<>();
  private final List<Call> constantCalls = new ArrayList<>();
  private List<Step> steps;
  private final Map<String, String> aliases = new HashMap<>();
  private final Map<String, INDArray> values = new HashMap<>();
  private final Map<String, INDArray> inputs = new HashMap<>();
  private final Map<String, INDArray> destinations;
  private final Set<String> copied = new LinkedHashSet<>();
  private final List<INDArray> owned = new ArrayList<>();

  /**
   * Compiles the part of {@code graph} that {@code outputs} need, and runs it once.
   *
   * @param graph a graph without loops or conditions
   * @param parameters arrays to use in place of the graph's own variables, by name
   * @param feed a value for every placeholder; their shapes are those of every later {@link #run}
   * @param destinations arrays that receive an output, by name (the gradients' places)
   * @param outputs the variables wanted
   */
  Plan(
      SameDiff graph,
      Map<String, INDArray> parameters,
      Map<String, INDArray> feed,
      Map<String, INDArray> destinations,
      Collection<String> outputs) {
    this(graph, parameters, feed, destinations, outputs, true);
  }

  private Plan(
      SameDiff graph,
      Map<String, INDArray> parameters,
      Map<String, INDArray> feed,
      Map<String, INDArray> destinations,
      Collection<String> outputs,
      boolean fused) {
    this.graph = graph;
    this.parameters = parameters;
    this.destinations = destinations;
    this.outputs = outputs;
    Set<String> constant = new HashSet<>();
    for (String name : order(graph, outputs, constant, parameters, feed)) {
      compile(graph, graph.getOps().get(name), constant);
    }
    for (String output : outputs) {
      INDArray to = destinations.get(output);
      if (to != null && values.get(output) != to) {
        copied.add(output);
        to.assign(values.get(output));
      }
    }
    steps = new ArrayList<>(calls);
    if (fused && HostFloats.available()) {
      fuse(constant);
    }
  }

  /** Replaces the steps by fewer and faster ones, and returns the arrays that they do not need. */
  private void fuse(Set<String> constant) {
    Fusion.Result fusion = Fusion.of(calls, values, aliases, constant, outputs);
    steps = fusion.steps();
    Set<Object> used = new HashSet<>(fusion.used());
    for (String name : outputs) {
      used.add(HostFloats.identity(values.get(name)));
    }
    for (String name : constant) {
      used.add(HostFloats.identity(values.get(name)));
    }
    for (INDArray input : inputs.values()) {
      used.add(HostFloats.identity(input));
    }
    Set<Step> kept = new HashSet<>(steps);
    calls.stream().filter(call -> !kept.contains(call)).forEach(Call::close);
    calls.clear();
    owned.removeIf(
        array -> {
          boolean unused = array.closeable() && !used.contains(HostFloats.identity(array));
          if (unused) {
            array.close();
          }
          return unused;
        });
    owned.addAll(fusion.made());
    // The compiled steps round differently: the first run must not differ from the others.
    execute();
  }

  /** Binds constants, parameters and inputs, and sorts the needed operations topologically. */
  private List<String> order(
      SameDiff graph,
      Collection<String> outputs,
      Set<String> constant,
      Map<String, INDArray> parameters,
      Map<String, INDArray> feed) {
    List<String> sorted = new ArrayList<>();
    Set<String> done = new HashSet<>();
    ArrayDeque<String> stack = new ArrayDeque<>(outputs);
    while (!stack.isEmpty()) {
      String name = stack.peek();
      if (values.containsKey(name)) {
        stack.pop();
        continue;
      }
      SDVariable variable = graph.getVariable(name);
      if (variable == null) {
        throw new IllegalArgumentException("The graph has no variable '" + name + "'.");
      }
      VariableType type = variable.getVariableType();
      if (type != VariableType.ARRAY) {
        values.put(name, leaf(variable, parameters, feed));
        // A variable that is no parameter is the 1 that SameDiff's gradient starts from.
        if (type == VariableType.CONSTANT
            || type == VariableType.VARIABLE && !parameters.containsKey(name)) {
          constant.add(name);
        }
        stack.pop();
        continue;
      }
      String op = graph.getVariables().get(name).getOutputOfOp();
      if (done.contains(op)) {
        stack.pop();
        continue;
      }
      String[] arguments = graph.getOps().get(op).getOp().argNames();
      boolean ready = true;
      for (String argument : arguments == null ? new String[0] : arguments) {
        String producer = graph.getVariables().get(argument).getOutputOfOp();
        if (!values.containsKey(argument) && !(producer != null && done.contains(producer))) {
          stack.push(argument);
          ready = false;
        }
      }
      if (ready) {
        done.add(op);
        sorted.add(op);
        stack.pop();
      }
    }
    return sorted;
  }

  private INDArray leaf(
      SDVariable variable, Map<String, INDArray> parameters, Map<String, INDArray> feed) {
    String name = variable.name();
    if (variable.isPlaceHolder()) {
      INDArray given = feed.get(name);
      if (given == null) {
        throw new IllegalArgumentException(
            "No value was fed for the placeholder '" + name + "'; fed: " + feed.keySet() + ".");
      }
      INDArray bound = own(Nd4j.createUninitialized(variable.dataType(), given.shape()));
      bound.assign(given);
      inputs.put(name, bound);
      return bound;
    }
    INDArray parameter = parameters.get(name);
    return parameter != null ? parameter : variable.getArr();
  }

  private void compile(SameDiff graph, SameDiffOp node, Set<String> constant) {
    DifferentialFunction op = node.getOp();
    String[] names = op.argNames() == null ? new String[0] : op.argNames();
    INDArray[] arguments = new INDArray[names.length];
    for (int i = 0; i < names.length; i++) {
      arguments[i] = values.get(names[i]);
    }
    String[] results = op.outputVariablesNames();
    boolean isConstant =
        SHAPE_ONLY.contains(op.opName()) || constant.containsAll(Arrays.asList(names));
    if (isConstant) {
      constant.addAll(Arrays.asList(results));
    }
    if (op instanceof BaseRandomOp || op instanceof RandomOp || op.opName().startsWith("random")) {
      throw new IllegalArgumentException(
          "The graph draws random numbers ("
              + node.getName()
              + "); draw them in Model.feed from Batch.random() and feed them as a placeholder.");
    }
    if (op instanceof Identity) {
      values.put(results[0], arguments[0]);
      aliases.put(results[0], names[0]);
      return;
    }
    OpContext context = Nd4j.getExecutioner().buildContext();
    if (op instanceof DynamicCustomOp custom) {
      bindCustom(graph, custom, context, arguments, results);
    } else if (op instanceof Op legacy) {
      bindLegacy(legacy, op, context, arguments, results);
    } else {
      throw new IllegalArgumentException(
          "The operation '"
              + op.opName()
              + "' ("
              + node.getName()
              + ") cannot be compiled: only graphs without loops, conditions and tensor lists are"
              + " run.");
    }
    Call call = new Call(node.getName(), op, context, names, results, context.numInputArguments());
    call.execute();
    (isConstant ? constantCalls : calls).add(call);
  }

  private void bindCustom(
      SameDiff graph,
      DynamicCustomOp op,
      OpContext context,
      INDArray[] arguments,
      String[] results) {
    context.setArgs(arguments, integers(op, arguments), op.dArgs(), op.tArgs(), op.bArgs());
    List<LongShapeDescriptor> shapes = op.calculateOutputShape(context);
    if (shapes == null || shapes.size() != results.length) {
      throw new IllegalArgumentException(
          "The shapes of the results of '" + op.getOwnName() + "' could not be inferred.");
    }
    for (int i = 0; i < results.length; i++) {
      DataType type = graph.getVariable(results[i]).dataType();
      context.setOutputArray(i, result(results[i], shapes.get(i).asDataType(type)));
    }
  }

  /**
   * The integer arguments of an operation. A strided convolution with the padding "same" that is
   * the same on all sides is given that padding in numbers: for "same", ND4J does not use oneDNN,
   * and is up to nine times slower.
   */
  private static long[] integers(DynamicCustomOp op, INDArray[] arguments) {
    long[] integers = op.iArgs().clone();
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

  private void bindLegacy(
      Op op,
      DifferentialFunction function,
      OpContext context,
      INDArray[] arguments,
      String[] results) {
    boolean axisArgument =
        op instanceof ReduceOp
            && ((ReduceOp) op).getOpType() != Op.Type.REDUCE3
            && arguments.length == 2;
    if (axisArgument) {
      function.setDimensions(arguments[1].toIntVector());
    } else if (op instanceof ScalarOp scalar && arguments.length == 2) {
      scalar.setScalar(arguments[1]);
    }
    if (arguments.length > 0) {
      context.setInputArray(0, arguments[0]);
    }
    if (arguments.length == 2 && !axisArgument) {
      context.setInputArray(1, arguments[1]);
    }
    LongShapeDescriptor shape = function.calculateOutputShape(context).get(0);
    context.setOutputArray(0, result(results[0], shape));
  }

  private INDArray result(String name, LongShapeDescriptor shape) {
    INDArray destination = destinations.get(name);
    if (destination != null && Arrays.equals(destination.shape(), shape.getShape())) {
      values.put(name, destination);
      return destination;
    }
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

  /**
   * Runs the compiled operations on new inputs. An array fed again by identity is taken as
   * unchanged and not copied, so that large inputs that stay (masks) cost nothing.
   */
  void run(Map<String, INDArray> feed) {
    for (Map.Entry<String, INDArray> input : inputs.entrySet()) {
      INDArray given = feed.get(input.getKey());
      if (given == null) {
        throw new IllegalArgumentException(
            "No value was fed for the placeholder '" + input.getKey() + "'.");
      }
      // Always: the array may have been changed in place since it was fed last.
      input.getValue().assign(given);
    }
    execute();
  }

  private void execute() {
    for (Step step : steps) {
      step.execute();
    }
    for (String name : copied) {
      destinations.get(name).assign(values.get(name));
    }
  }

  /** The array that holds an output after {@link #run}; overwritten by the next run. */
  INDArray value(String name) {
    return values.get(name);
  }

  /**
   * The name of the first operation whose result is not finite, although its inputs are, for a
   * message that says where a NaN began; empty when all results are finite. The inputs are those of
   * the last run.
   */
  String firstNotFinite() {
    // The fused steps do not keep what lies between: run the graph once more as it is written.
    try (Plan plain = new Plan(graph, parameters, inputs, Map.of(), outputs, false)) {
      for (Call call : plain.calls) {
        for (String result : call.results()) {
          INDArray array = plain.values.get(result);
          if (array.dataType().isFPType() && !array.isEmpty() && !finite(array)) {
            return "'" + result + "' (operation " + call.op().opName() + ")";
          }
        }
      }
    }
    return "";
  }

  static boolean finite(INDArray array) {
    return Double.isFinite(array.sumNumber().doubleValue())
        || (Double.isFinite(array.maxNumber().doubleValue())
            && Double.isFinite(array.minNumber().doubleValue()));
  }

  @Override
  public void close() {
    steps.forEach(Step::close);
    constantCalls.forEach(Step::close);
    steps.clear();
    constantCalls.clear();
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
