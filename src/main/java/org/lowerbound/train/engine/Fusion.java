package org.lowerbound.train.engine;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lowerbound.train.engine.Kernel.Code;
import org.lowerbound.train.engine.Kernel.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Makes the steps of a plan fewer and faster without changing what they compute, but for rounding:
 *
 * <ul>
 *   <li>gradients that nobody asked for (those of inputs and of noise) are not computed: SameDiff's
 *       gradient of a product is one operation with two results, here it is two operations;
 *   <li>results that are plain copies of another (the gradients of a sum) become that other;
 *   <li>the same operation on the same arguments is done once;
 *   <li>elementwise operations that follow each other become one {@link Kernel}.
 * </ul>
 *
 * <p>Only for single precision in main memory. What is not known here stays as it is.
 */
final class Fusion {

  /** Longest row that a kernel takes as one block. */
  private static final int LONGEST_ROW = 16384;

  /** A value read by a node. */
  private record Argument(String name, Layout layout) {}

  /** Makes a step that is neither elementwise nor ND4J's, given the arrays it reads and writes. */
  private interface Builder {
    Plan.Step build(List<INDArray> arguments, List<INDArray> results);
  }

  /**
   * One operation: elementwise (code), made here (builder), or an unchanged step (call).
   *
   * @param size numbers in the full arrays of an elementwise operation
   * @param width numbers in its rows; 0 if it does not depend on rows
   */
  private record Node(
      Code code,
      Builder builder,
      Plan.Call call,
      List<Argument> arguments,
      List<String> results,
      double c,
      int size,
      int width) {

    boolean reduces() {
      return code == Code.ROW_SUM || code == Code.COLUMN_SUM;
    }
  }

  private final Map<String, INDArray> values;
  private final Set<String> constant;
  private final Collection<String> outputs;

  /** Names that stand for another value. */
  private final Map<String, String> same = new HashMap<>();

  /** Arrays all of whose numbers are this constant. */
  private final Map<String, Double> uniform = new HashMap<>();

  private final Map<List<Object>, String> known = new HashMap<>();
  private final Map<String, int[]> shapes = new HashMap<>();
  private List<Node> nodes = new ArrayList<>();
  private int fresh;

  /** Arrays that the fused plan reads or writes beside those of its inputs and outputs. */
  private final Set<Object> used = new HashSet<>();

  private final List<INDArray> made = new ArrayList<>();

  private Fusion(
      Map<String, INDArray> values,
      Map<String, String> aliases,
      Set<String> constant,
      Collection<String> outputs) {
    this.values = values;
    this.constant = constant;
    this.outputs = outputs;
    same.putAll(aliases);
  }

  /** What {@link #of} returns: the steps, and the arrays made for them. */
  record Result(List<Plan.Step> steps, List<INDArray> made, Set<Object> used) {}

  /**
   * Rewrites the steps of a plan.
   *
   * @param calls the steps as SameDiff has them, in the order of execution
   * @param values the array of every variable, by name
   * @param aliases variables that share the array of another
   * @param constant variables that do not change between runs
   * @param outputs the variables wanted
   */
  static Result of(
      List<Plan.Call> calls,
      Map<String, INDArray> values,
      Map<String, String> aliases,
      Set<String> constant,
      Collection<String> outputs) {
    Fusion fusion = new Fusion(values, aliases, constant, outputs);
    for (Plan.Call call : calls) {
      fusion.lower(call);
    }
    fusion.deliver();
    fusion.prune();
    return new Result(fusion.schedule(), fusion.made, fusion.used);
  }

  // ---- Names ----

  private String canonical(String name) {
    String other = same.get(name);
    return other == null ? name : canonical(other);
  }

  /** The constant that fills an array, or null. */
  private Double constantOf(String name) {
    String canonical = canonical(name);
    Double known = uniform.get(canonical);
    if (known == null && constant.contains(canonical)) {
      INDArray array = values.get(canonical);
      if (HostFloats.shows(array)) {
        double low = array.minNumber().doubleValue();
        if (low == array.maxNumber().doubleValue()) {
          uniform.put(canonical, low);
          return low;
        }
      }
    }
    return known;
  }

  // ---- Lowering ----

  private void lower(Plan.Call call) {
    if (!lowered(call)) {
      nodes.add(
          new Node(
              null,
              null,
              call,
              Arrays.stream(call.arguments()).map(n -> new Argument(n, Layout.FULL)).toList(),
              List.of(call.results()),
              0,
              0,
              0));
    }
  }

  private boolean lowered(Plan.Call call) {
    String[] in = call.arguments();
    String[] out = call.results();
    for (String name : in) {
      if (!HostFloats.shows(values.get(name)) && !isShape(call.op().opName(), name)) {
        return false;
      }
    }
    for (String name : out) {
      if (!HostFloats.shows(values.get(name))) {
        return false;
      }
    }
    String first = in.length > 0 ? in[0] : null;
    if (call.op() instanceof ScalarOp && in.length > 1 && constantOf(in[1]) == null) {
      return false;
    }
    double c = call.op() instanceof ScalarOp scalar ? scalar.scalar().getDouble(0) : 0;
    INDArray z = values.get(out[0]);
    switch (call.op().opName()) {
      case "reshape" -> {
        long[] integers = ((DynamicCustomOp) call.op()).iArgs();
        if (integers.length > 0 && integers[0] == -'f') {
          return false;
        }
        is(out[0], first);
      }
      case "tile" -> {
        return stack(Collections.nCopies(times(first, out[0]), first), out[0]);
      }
      case "tile_bp" -> {
        String slope = in[in.length - 1];
        return stackedSum(slope, out[0], times(out[0], slope));
      }
      case "concat" -> {
        return stack(List.of(in), out[0]);
      }
      case "concat_bp" -> {
        return out.length == in.length - 1 && unstack(in[in.length - 1], List.of(out));
      }
      case "matmul" -> {
        return !transposes(call)
            && rank2(in[0], in[1])
            && product(in[0], in[1], false, false, out[0]);
      }
      case "matmul_bp" -> {
        if (transposes(call) || !rank2(in[0], in[1], in[2])) {
          return false;
        }
        product(in[2], in[1], false, true, out[0]);
        product(in[0], in[2], true, false, out[1]);
      }
      case "add" -> {
        return binary(Code.ADD, in[0], in[1], out[0]);
      }
      case "subtract" -> {
        return binary(Code.SUBTRACT, in[0], in[1], out[0]);
      }
      case "multiply" -> {
        return binary(Code.MULTIPLY, in[0], in[1], out[0]);
      }
      case "divide" -> {
        return binary(Code.DIVIDE, in[0], in[1], out[0]);
      }
      case "maximum" -> {
        return binary(Code.MAXIMUM, in[0], in[1], out[0]);
      }
      case "minimum" -> {
        return binary(Code.MINIMUM, in[0], in[1], out[0]);
      }
      case "add_bp", "subtract_bp", "multiply_bp" -> {
        return gradientOfBinary(call.op().opName(), in, out);
      }
      case "add_scalar" -> constantOperation(Code.PLUS, first, c, out[0]);
      case "sub_scalar" -> constantOperation(Code.PLUS, first, -c, out[0]);
      case "mul_scalar" -> constantOperation(Code.TIMES, first, c, out[0]);
      case "div_scalar" -> constantOperation(Code.TIMES, first, 1 / c, out[0]);
      case "rsub_scalar" -> constantOperation(Code.FROM, first, c, out[0]);
      case "rdiv_scalar" -> constantOperation(Code.INTO, first, c, out[0]);
      case "relu" -> constantOperation(Code.AT_LEAST, first, c, out[0]);
      case "neg" -> constantOperation(Code.TIMES, first, -1, out[0]);
      case "Reciprocal" -> constantOperation(Code.INTO, first, 1, out[0]);
      case "square" -> is(out[0], emit(Code.MULTIPLY, 0, full(first), full(first)));
      case "_powderivative" -> {
        if (c != 2) {
          return false;
        }
        constantOperation(Code.TIMES, first, 2, out[0]);
      }
      case "abs" -> is(out[0], emit(Code.ABSOLUTE, 0, full(first)));
      case "sign" -> is(out[0], emit(Code.SIGN, 0, full(first)));
      case "sqrt" -> is(out[0], emit(Code.ROOT, 0, full(first)));
      case "exp" -> is(out[0], emit(Code.EXP, 0, full(first)));
      case "log" -> is(out[0], emit(Code.LOG, 0, full(first)));
      case "log1p" -> is(out[0], emit(Code.LOG1P, 0, full(first)));
      case "tanh" -> is(out[0], emit(Code.TANH, 0, full(first)));
      case "sigmoid" -> is(out[0], emit(Code.SIGMOID, 0, full(first)));
      case "thresholdedrelu_bp" -> {
        if (!sameSize(in[0], in[1])) {
          return false;
        }
        double cutoff = ((DynamicCustomOp) call.op()).tArgs()[0];
        // The rectified value is above 0 where the value is, and lies in memory anyway.
        String rectified =
            known.get(key(Code.AT_LEAST, cutoff, 0, List.of(full(canonical(first)))));
        String step = emit(Code.ABOVE, cutoff, full(rectified == null ? first : rectified));
        is(out[0], multiply(step, in[1]));
      }
      case "tanh_bp" -> {
        if (!sameSize(in[0], in[1])) {
          return false;
        }
        // g(1 − t²)
        String t = emit(Code.TANH, 0, full(first));
        String slope = emit(Code.FROM, 1, full(emit(Code.MULTIPLY, 0, full(t), full(t))));
        is(out[0], multiply(slope, in[1]));
      }
      case "sigmoid_bp" -> {
        if (!sameSize(in[0], in[1])) {
          return false;
        }
        // g·s(1 − s)
        String s = emit(Code.SIGMOID, 0, full(first));
        String rest = emit(Code.FROM, 1, full(s));
        is(out[0], multiply(emit(Code.MULTIPLY, 0, full(s), full(rest)), in[1]));
      }
      case "reduce_sum", "reduce_mean" -> {
        int width = reducedWidth(call, values.get(first), z);
        if (width == 0) {
          return false;
        }
        String sum = emit(width, Code.ROW_SUM, 0, full(first));
        if (call.op().opName().equals("reduce_mean")) {
          sum = emit(Code.TIMES, 1.0 / width, full(sum));
        }
        is(out[0], sum);
      }
      case "reduce_sum_bp", "reduce_mean_bp" -> {
        INDArray x = values.get(first);
        INDArray g = values.get(in[1]);
        int width = reducedWidth(call, x, g);
        if (width == 0 || in.length != 2) {
          return false;
        }
        double factor = call.op().opName().equals("reduce_mean_bp") ? 1.0 / width : 1;
        Double filled = constantOf(in[1]);
        if (filled != null) {
          is(out[0], filled(factor * filled, x));
        } else {
          String slope = in[1];
          if (factor != 1) {
            slope = emit(Code.TIMES, factor, full(slope));
          }
          Layout layout = g.length() == 1 ? Layout.SCALAR : Layout.COLUMN;
          String copy = "~" + fresh++;
          shapes.put(copy, new int[] {(int) x.length()});
          nodes.add(
              new Node(
                  Code.COPY,
                  null,
                  null,
                  List.of(new Argument(slope, layout)),
                  List.of(copy),
                  0,
                  (int) x.length(),
                  layout == Layout.COLUMN ? width : 0));
          is(out[0], copy);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Arguments that only carry a shape or an axis, as integers. */
  private boolean isShape(String op, String name) {
    return (op.startsWith("reduce_") || op.equals("reshape") || op.startsWith("tile"))
        && constant.contains(canonical(name));
  }

  private static boolean transposes(Plan.Call call) {
    return !(call.op() instanceof DynamicCustomOp op)
        || Arrays.stream(op.iArgs()).anyMatch(i -> i != 0)
        || Arrays.stream(op.tArgs()).anyMatch(t -> t != 0 && t != 1)
        || op.tArgs().length > 0;
  }

  private boolean rank2(String... names) {
    return Arrays.stream(names).allMatch(name -> values.get(name).rank() == 2);
  }

  private boolean sameSize(String a, String b) {
    return values.get(a).length() == values.get(b).length();
  }

  /** Numbers that are summed into one, if the last axes (or all) are summed; 0 if others. */
  private static int reducedWidth(Plan.Call call, INDArray x, INDArray sums) {
    long width = x.length() / sums.length();
    if (x.rank() == 0 || width > LONGEST_ROW) {
      return 0;
    }
    if (sums.length() > 1) {
      int[] axes =
          call.op() instanceof DynamicCustomOp op
              ? Arrays.stream(op.iArgs()).mapToInt(i -> (int) i).toArray()
              : call.op().getDimensions();
      if (axes == null || axes.length == 0) {
        return 0;
      }
      int[] sorted =
          Arrays.stream(axes).map(axis -> axis < 0 ? axis + x.rank() : axis).sorted().toArray();
      for (int i = 0; i < sorted.length; i++) {
        if (sorted[i] != x.rank() - sorted.length + i) {
          return 0;
        }
      }
    }
    return (int) width;
  }

  private boolean product(
      String x, String y, boolean transposeX, boolean transposeY, String result) {
    build(
        List.of(x, y),
        List.of(result),
        (arguments, results) -> {
          OpContext context = Nd4j.getExecutioner().buildContext();
          DynamicCustomOp op = DynamicCustomOp.builder("matmul").build();
          context.setInputArrays(arguments);
          context.setOutputArrays(results);
          context.setIArguments(transposeX ? 1 : 0, transposeY ? 1 : 0, 0);
          return new Plan.Call("product", op, context, new String[0], new String[0], 2);
        });
    return true;
  }

  private boolean build(List<String> arguments, List<String> results, Builder builder) {
    nodes.add(
        new Node(
            null, builder, null, arguments.stream().map(this::full).toList(), results, 0, 0, 0));
    return true;
  }

  /** Whether {@code parts}, one below the other, make {@code whole}. */
  private boolean stacked(List<String> parts, String whole) {
    INDArray all = values.get(whole);
    long rows = 0;
    for (String part : parts) {
      INDArray x = values.get(part);
      if (all.rank() == 0 || x.rank() != all.rank()) {
        return false;
      }
      for (int axis = 1; axis < x.rank(); axis++) {
        if (x.size(axis) != all.size(axis)) {
          return false;
        }
      }
      rows += x.size(0);
    }
    return rows == all.size(0);
  }

  /** The parts one below the other, copied; ND4J's own operations are up to 50 times slower. */
  private boolean stack(List<String> parts, String whole) {
    return stacked(parts, whole)
        && build(
            parts,
            List.of(whole),
            (arguments, results) -> {
              FloatBuffer to = HostFloats.of(results.get(0));
              List<FloatBuffer> from = arguments.stream().map(HostFloats::of).toList();
              return () -> {
                int at = 0;
                for (FloatBuffer part : from) {
                  to.put(at, part, 0, part.capacity());
                  at += part.capacity();
                }
              };
            });
  }

  private boolean unstack(String whole, List<String> parts) {
    return stacked(parts, whole)
        && build(
            List.of(whole),
            parts,
            (arguments, results) -> {
              FloatBuffer from = HostFloats.of(arguments.get(0));
              List<FloatBuffer> to = results.stream().map(HostFloats::of).toList();
              return () -> {
                int at = 0;
                for (FloatBuffer part : to) {
                  part.put(0, from, at, part.capacity());
                  at += part.capacity();
                }
              };
            });
  }

  /** The sum of k parts of one shape that lie one below the other. */
  private boolean stackedSum(String whole, String sum, int k) {
    return stacked(Collections.nCopies(k, sum), whole)
        && build(
            List.of(whole),
            List.of(sum),
            (arguments, results) -> {
              FloatBuffer from = HostFloats.of(arguments.get(0));
              FloatBuffer to = HostFloats.of(results.get(0));
              float[] total = new float[HostFloats.BLOCK];
              float[] part = new float[HostFloats.BLOCK];
              return () -> {
                int length = to.capacity();
                for (int at = 0; at < length; at += total.length) {
                  int n = Math.min(total.length, length - at);
                  from.get(at, total, 0, n);
                  for (int i = 1; i < k; i++) {
                    from.get(i * length + at, part, 0, n);
                    Vectors.add(total, total, part, n);
                  }
                  to.put(at, total, 0, n);
                }
              };
            });
  }

  private int times(String x, String whole) {
    return Math.toIntExact(values.get(whole).length() / values.get(x).length());
  }

  private Argument full(String name) {
    return new Argument(name, Layout.FULL);
  }

  private void is(String name, String value) {
    if (!name.equals(value)) {
      same.put(name, value);
    }
  }

  private int size(String name) {
    int[] shape = shapes.get(canonical(name));
    return shape != null ? shape[0] : (int) values.get(canonical(name)).length();
  }

  private String filled(double value, INDArray like) {
    String name = "~" + fresh++;
    shapes.put(name, new int[] {(int) like.length()});
    uniform.put(name, value);
    return name;
  }

  /** x∘c for a constant c. */
  private void constantOperation(Code code, String x, double c, String result) {
    is(result, emit(code, c, full(x)));
  }

  private String multiply(String x, String y) {
    Double a = constantOf(x);
    Double b = constantOf(y);
    if (b != null) {
      return emit(Code.TIMES, b, full(x));
    }
    if (a != null) {
      return emit(Code.TIMES, a, full(y));
    }
    return emit(Code.MULTIPLY, 0, full(x), full(y));
  }

  private String emit(Code code, double c, Argument... arguments) {
    return emit(0, code, c, arguments);
  }

  /** Adds an elementwise operation, unless its result is known, and returns the result's name. */
  private String emit(int width, Code code, double c, Argument... given) {
    List<Argument> arguments =
        Arrays.stream(given).map(a -> new Argument(canonical(a.name()), a.layout())).toList();
    String x = arguments.get(0).name();
    Double filled = arguments.size() == 1 ? constantOf(x) : null;
    if (filled != null && code != Code.ROW_SUM && code != Code.COLUMN_SUM) {
      Double value = evaluate(code, filled, c);
      if (value != null) {
        String name = "~" + fresh++;
        shapes.put(name, new int[] {size(x)});
        uniform.put(name, value);
        return name;
      }
    }
    if (code == Code.TIMES && c == 1 || code == Code.PLUS && c == 0) {
      return x;
    }
    List<Object> key = key(code, c, width, arguments);
    String earlier = known.get(key);
    if (earlier != null) {
      return earlier;
    }
    int size = 0;
    int row = width;
    for (Argument argument : arguments) {
      if (argument.layout() == Layout.FULL) {
        size = size(argument.name());
      }
    }
    for (Argument argument : arguments) {
      if (argument.layout() == Layout.ROW) {
        row = size(argument.name());
      } else if (argument.layout() == Layout.COLUMN) {
        row = size / size(argument.name());
      }
    }
    String name = "~" + fresh++;
    int length =
        switch (code) {
          case ROW_SUM -> size / row;
          case COLUMN_SUM -> row;
          default -> size;
        };
    shapes.put(name, new int[] {length});
    nodes.add(new Node(code, null, null, arguments, List.of(name), c, size, row));
    known.put(key, name);
    return name;
  }

  private static List<Object> key(Code code, double c, int width, List<Argument> arguments) {
    return List.of(code, c, width, arguments);
  }

  private static Double evaluate(Code code, double x, double c) {
    return switch (code) {
      case PLUS -> x + c;
      case TIMES -> x * c;
      case FROM -> c - x;
      case AT_LEAST -> Math.max(x, c);
      case AT_MOST -> Math.min(x, c);
      case EXP -> Math.exp(x);
      default -> null;
    };
  }

  /** How an argument spreads over a result of this shape; null if in none of the known ways. */
  private Layout layout(INDArray x, INDArray z) {
    if (x.length() == z.length()) {
      return Layout.FULL;
    }
    if (x.length() == 1) {
      return Layout.SCALAR;
    }
    if (z.rank() == 0 || z.size(-1) > LONGEST_ROW) {
      return null;
    }
    long width = z.size(-1);
    if (x.length() == width && x.size(-1) == width) {
      return Layout.ROW;
    }
    if (x.rank() == z.rank() && x.size(-1) == 1 && x.length() == z.length() / width) {
      return Layout.COLUMN;
    }
    return null;
  }

  private boolean binary(Code code, String x, String y, String result) {
    INDArray z = values.get(result);
    Layout layoutX = layout(values.get(x), z);
    Layout layoutY = layout(values.get(y), z);
    if (layoutX == null || layoutY == null) {
      return false;
    }
    Double a = constantOf(x);
    Double b = constantOf(y);
    if (b != null && layoutX == Layout.FULL) {
      switch (code) {
        case ADD -> constantOperation(Code.PLUS, x, b, result);
        case SUBTRACT -> constantOperation(Code.PLUS, x, -b, result);
        case MULTIPLY -> constantOperation(Code.TIMES, x, b, result);
        case DIVIDE -> constantOperation(Code.TIMES, x, 1 / b, result);
        case MAXIMUM -> constantOperation(Code.AT_LEAST, x, b, result);
        default -> constantOperation(Code.AT_MOST, x, b, result);
      }
      return true;
    }
    if (a != null && layoutY == Layout.FULL) {
      switch (code) {
        case ADD -> constantOperation(Code.PLUS, y, a, result);
        case SUBTRACT -> constantOperation(Code.FROM, y, a, result);
        case MULTIPLY -> constantOperation(Code.TIMES, y, a, result);
        case DIVIDE -> constantOperation(Code.INTO, y, a, result);
        case MAXIMUM -> constantOperation(Code.AT_LEAST, y, a, result);
        default -> constantOperation(Code.AT_MOST, y, a, result);
      }
      return true;
    }
    if (layoutX != Layout.FULL && layoutY != Layout.FULL) {
      return false;
    }
    is(result, emit(code, 0, new Argument(x, layoutX), new Argument(y, layoutY)));
    return true;
  }

  /** The gradients of x∘y, given that of the result; the result has the shape of the gradient. */
  private boolean gradientOfBinary(String op, String[] in, String[] out) {
    INDArray g = values.get(in[2]);
    Layout[] layouts = {layout(values.get(in[0]), g), layout(values.get(in[1]), g)};
    for (int i = 0; i < 2; i++) {
      if (layouts[i] == null
          || layouts[i] == Layout.COLUMN
          || layouts[i] == Layout.SCALAR
          || layouts[i] == Layout.ROW && g.rank() != 2) {
        return false;
      }
    }
    if (op.equals("multiply_bp") && (layouts[0] != Layout.FULL || layouts[1] != Layout.FULL)) {
      return false;
    }
    for (int i = 0; i < 2; i++) {
      String slope =
          switch (op) {
            case "add_bp" -> in[2];
            case "subtract_bp" -> i == 0 ? in[2] : emit(Code.TIMES, -1, full(in[2]));
            default -> multiply(in[1 - i], in[2]);
          };
      if (layouts[i] == Layout.ROW) {
        Double filled = constantOf(slope);
        int width = (int) g.size(-1);
        slope =
            filled != null
                ? filled(filled * (g.length() / width), values.get(in[i]))
                : emit(width, Code.COLUMN_SUM, 0, full(slope));
      }
      is(out[i], slope);
    }
    return true;
  }

  // ---- Outputs, pruning ----

  /** Where each value is stored, if it has to be. */
  private final Map<String, INDArray> places = new HashMap<>();

  /** Sees to it that every output is computed into the output's own array. */
  private void deliver() {
    for (String output : outputs) {
      String value = canonical(output);
      Double filled = constantOf(value);
      if (filled != null) {
        values.get(output).assign(filled);
      } else if (!value.equals(output)) {
        if (value.startsWith("~") && !places.containsKey(value)) {
          places.put(value, values.get(output));
        } else {
          nodes.add(
              new Node(
                  Code.COPY,
                  null,
                  null,
                  List.of(full(value)),
                  List.of(output),
                  0,
                  (int) values.get(output).length(),
                  0));
          // No longer another name of the value, but a copy of it.
          same.remove(output);
        }
      }
    }
  }

  private void prune() {
    Set<String> needed = new HashSet<>();
    for (String output : outputs) {
      needed.add(canonical(output));
    }
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.results().stream().noneMatch(needed::contains)) {
        continue;
      }
      for (Argument argument : node.arguments()) {
        needed.add(canonical(argument.name()));
      }
      kept.add(0, node);
    }
    nodes = kept;
  }

  // ---- Scheduling ----

  private List<Plan.Step> schedule() {
    Map<String, Node> producers = new HashMap<>();
    for (Node node : nodes) {
      for (String result : node.results()) {
        producers.put(result, node);
      }
    }
    List<Node> waiting = new ArrayList<>(nodes);
    Set<Node> done = Collections.newSetFromMap(new IdentityHashMap<>());
    List<List<Node>> groups = new ArrayList<>();
    while (!waiting.isEmpty()) {
      // Products first: the more is there, the more can be fused afterwards.
      boolean moved = false;
      for (Node node : List.copyOf(waiting)) {
        if (node.code() == null && ready(node, producers, done)) {
          groups.add(List.of(node));
          done.add(node);
          moved = true;
        }
      }
      waiting.removeIf(done::contains);
      if (moved || waiting.isEmpty()) {
        continue;
      }
      List<Node> group = gather(waiting, producers, done);
      groups.add(group);
      done.addAll(group);
      waiting.removeIf(done::contains);
    }
    return emitted(groups);
  }

  private boolean ready(Node node, Map<String, Node> producers, Set<Node> done) {
    for (Argument argument : node.arguments()) {
      Node producer = producers.get(canonical(argument.name()));
      if (producer != null && !done.contains(producer)) {
        return false;
      }
    }
    return true;
  }

  /** The largest group of elementwise operations of one size that can run now. */
  private List<Node> gather(List<Node> waiting, Map<String, Node> producers, Set<Node> done) {
    List<Node> group = new ArrayList<>();
    Set<Node> within = Collections.newSetFromMap(new IdentityHashMap<>());
    int size = 0;
    int width = 0;
    for (Node node : waiting) {
      if (node.code() == null
          || !group.isEmpty() && node.size() != size
          || node.width() != 0 && width != 0 && node.width() != width) {
        continue;
      }
      boolean ready = true;
      for (Argument argument : node.arguments()) {
        Node producer = producers.get(canonical(argument.name()));
        ready &=
            producer == null
                || done.contains(producer)
                || within.contains(producer)
                    && !producer.reduces()
                    && argument.layout() == Layout.FULL;
      }
      if (ready) {
        size = node.size();
        width = Math.max(width, node.width());
        group.add(node);
        within.add(node);
      }
    }
    if (group.isEmpty()) {
      throw new IllegalStateException("The fused plan has a cycle.");
    }
    return withoutWhatCanWait(group, waiting);
  }

  /**
   * Leaves out the operations whose results only later kernels read, and whose arguments lie in
   * memory anyway: done there, they cost no memory traffic. (The slope of an activation is one.)
   */
  private List<Node> withoutWhatCanWait(List<Node> group, List<Node> waiting) {
    Map<String, List<Node>> readers = new HashMap<>();
    for (Node node : waiting) {
      for (Argument argument : node.arguments()) {
        readers.computeIfAbsent(canonical(argument.name()), n -> new ArrayList<>()).add(node);
      }
    }
    Set<String> wanted = new HashSet<>();
    outputs.forEach(output -> wanted.add(canonical(output)));
    Set<Node> within = Collections.newSetFromMap(new IdentityHashMap<>());
    within.addAll(group);
    Map<String, Node> inside = new HashMap<>();
    group.forEach(node -> inside.put(node.results().get(0), node));
    List<Node> kept = new ArrayList<>();
    for (int i = group.size() - 1; i >= 0; i--) {
      Node node = group.get(i);
      String result = node.results().get(0);
      boolean waits =
          !node.reduces()
              && !wanted.contains(result)
              && readers.getOrDefault(result, List.of()).stream()
                  .allMatch(reader -> reader.code() != null && !within.contains(reader));
      waits = waits && recomputable(node, inside, wanted, readers);
      if (waits) {
        within.remove(node);
      } else {
        kept.add(0, node);
      }
    }
    return kept.isEmpty() ? group : kept;
  }

  /** Whether a later kernel can do this operation from what is stored after this one. */
  private boolean recomputable(
      Node node, Map<String, Node> inside, Set<String> wanted, Map<String, List<Node>> readers) {
    for (Argument argument : node.arguments()) {
      String name = canonical(argument.name());
      Node producer = inside.get(name);
      boolean stored =
          producer == null
              || wanted.contains(name)
              || readers.get(name).stream().anyMatch(reader -> reader.code() == null);
      boolean moves =
          !stored
              && !producer.reduces()
              && readers.get(name).size() == 1
              && recomputable(producer, inside, wanted, readers);
      if (!stored && !moves) {
        return false;
      }
    }
    return true;
  }

  private List<Plan.Step> emitted(List<List<Node>> groups) {
    Set<String> stored = new HashSet<>();
    Map<String, List<Node>> home = new HashMap<>();
    for (List<Node> group : groups) {
      for (Node node : group) {
        for (String result : node.results()) {
          home.put(result, group);
        }
      }
    }
    for (String output : outputs) {
      stored.add(canonical(output));
    }
    for (List<Node> group : groups) {
      for (Node node : group) {
        for (Argument argument : node.arguments()) {
          String name = canonical(argument.name());
          if (home.get(name) != group) {
            stored.add(name);
          }
        }
      }
    }
    // An original array of the right size serves as the place of a fused value.
    Map<String, INDArray> spare = new LinkedHashMap<>();
    for (String name : same.keySet()) {
      spare.putIfAbsent(canonical(name), values.get(name));
    }
    List<Plan.Step> steps = new ArrayList<>();
    for (List<Node> group : groups) {
      Node first = group.get(0);
      if (first.call() != null) {
        steps.add(rebound(first));
      } else if (first.builder() != null) {
        steps.add(built(first, spare));
      } else {
        steps.add(kernel(group, stored, spare));
      }
    }
    return steps;
  }

  private INDArray place(String name, Map<String, INDArray> spare) {
    String value = canonical(name);
    INDArray place = places.get(value);
    if (place == null) {
      Double filled = uniform.get(value);
      place = value.startsWith("~") ? null : values.get(value);
      if (place == null) {
        INDArray original = spare.get(value);
        if (original != null && original.length() == size(value)) {
          place = original;
        } else {
          place = Nd4j.createUninitializedDetached(DataType.FLOAT, size(value));
          made.add(place);
        }
      }
      if (filled != null && !constant.contains(value)) {
        place.assign(filled);
      }
      places.put(value, place);
    }
    used.add(HostFloats.identity(place));
    return place;
  }

  /** An unchanged step, reading its arguments from where they are now. */
  private Plan.Step rebound(Node node) {
    Plan.Call call = node.call();
    for (int i = 0; i < call.arguments().length; i++) {
      String name = call.arguments()[i];
      INDArray original = values.get(name);
      used.add(HostFloats.identity(original));
      if (!canonical(name).equals(name) && HostFloats.shows(original)) {
        INDArray place = place(name, Map.of(canonical(name), original));
        if (place != original && i < call.inputs()) {
          call.context().setInputArray(i, place.reshape('c', original.shape()));
        }
      }
    }
    for (String result : call.results()) {
      used.add(HostFloats.identity(values.get(result)));
    }
    return call;
  }

  private Plan.Step built(Node node, Map<String, INDArray> spare) {
    List<INDArray> arguments = new ArrayList<>();
    for (Argument argument : node.arguments()) {
      long[] shape = values.get(argument.name()).shape();
      arguments.add(place(argument.name(), spare).reshape('c', shape));
    }
    List<INDArray> results = node.results().stream().map(values::get).toList();
    results.forEach(result -> used.add(HostFloats.identity(result)));
    return node.builder().build(arguments, results);
  }

  private Plan.Step kernel(List<Node> group, Set<String> stored, Map<String, INDArray> spare) {
    int width = group.stream().mapToInt(Node::width).max().orElse(0);
    Kernel kernel = new Kernel(group.get(0).size(), width);
    Set<String> inside = new HashSet<>();
    for (Node node : group) {
      int[] registers = new int[2];
      for (int i = 0; i < node.arguments().size(); i++) {
        Argument argument = node.arguments().get(i);
        String name = canonical(argument.name());
        FloatBuffer memory = inside.contains(name) ? null : HostFloats.of(place(name, spare));
        registers[i] = kernel.argument(name, argument.layout(), memory);
      }
      String result = node.results().get(0);
      kernel.add(node.code(), result, registers[0], registers[1], node.c());
      inside.add(result);
      if (stored.contains(result)) {
        kernel.store(result, HostFloats.of(place(result, spare)));
      }
    }
    return kernel.ready();
  }
}
