package org.lowerbound.train.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.linalg.api.ops.impl.summarystats.Variance;

/**
 * The table of operations: for each by SameDiff's name, what it means in libtorch. Its meaning in
 * SameDiff is SameDiff's own operation of that name, and {@code OperationsTest} has an example of
 * every row, on which both must agree with each other and with central differences.
 *
 * <p>What the chapters to come need of it: hierarchies and gates (chapters 11 and 12): products of
 * batches of matrices, {@code concat}, {@code split}, {@code sigmoid}, {@code softmax}; recurrent
 * networks (13, 14): {@code lstmLayer}, {@code gather} for embeddings, {@code log_softmax}, {@code
 * onehot}; the neural stack (16): {@code cumsum}, {@code minimum}, {@code maximum}, {@code
 * strided_slice}, {@code stack}, {@code unstack}; the neural Turing machine (17): {@code
 * cosinesimilarity}, {@code reduce_norm2}, {@code Pow}, a circular shift as a {@code concat} of two
 * {@code slice}s, {@code top_k}, {@code pad}.
 *
 * <p>A graph with an operation that is not here is carried out by the plain engine.
 */
final class Operations {

  /** What is done in a step: the tensors that are read to those that are written. */
  interface Meaning {
    Tensor[] of(Tensor[] in);
  }

  /** Reads the attributes of an operation, once. */
  interface Row {
    Meaning bind(Node node);
  }

  /** By name. Tests put wrong rows in here, to see that they are caught. */
  static final Map<String, Row> ROWS = new TreeMap<>();

  private static final ScalarTypeOptional SAME_TYPE = new ScalarTypeOptional();
  private static final TensorOptional NO_TENSOR = new TensorOptional();

  private Operations() {}

  /** The meaning of an operation. */
  static Meaning of(Node node) {
    Row row = ROWS.getOrDefault(node.op(), Idioms.ROWS.get(node.op()));
    if (row == null) {
      throw new Node.Unsupported("the operation '" + node.op() + "'");
    }
    return row.bind(node);
  }

  private static void row(String name, Row row) {
    if (ROWS.put(name, row) != null) {
      throw new IllegalStateException("Two rows for " + name);
    }
  }

  private static Meaning one(Function<Tensor[], Tensor> result) {
    return in -> new Tensor[] {result.apply(in)};
  }

  /** An operation with one result, whose attributes {@code bind} reads. */
  private static void single(String name, Function<Node, Function<Tensor[], Tensor>> bind) {
    row(name, node -> one(bind.apply(node)));
  }

  private static void unary(String name, UnaryOperator<Tensor> f) {
    row(name, node -> one(in -> f.apply(in[0])));
  }

  private static void binary(String name, BinaryOperator<Tensor> f) {
    row(name, node -> one(in -> f.apply(in[0], in[1])));
  }

  private interface WithScalar {
    Tensor apply(Tensor x, Scalar number);
  }

  private static void scalar(String name, WithScalar f) {
    single(
        name,
        node -> {
          Scalar number = new Scalar(node.scalar());
          return in -> f.apply(in[0], number);
        });
  }

  private interface OverAxes {
    Tensor apply(Tensor x, long[] axes, boolean keep);
  }

  /** A reduction over axes; over all of them where none is named. */
  private static void reduction(String name, OverAxes f) {
    single(
        name,
        node -> {
          long[] axes = node.axes();
          boolean keep = node.keeps();
          return in -> f.apply(in[0], axesOf(in[0], axes), keep);
        });
  }

  private static long[] axesOf(Tensor x, long[] axes) {
    return axes.length > 0 ? axes : LongStream.range(0, x.dim()).toArray();
  }

  /** A reduction of two arrays. */
  private static void distance(String name, OverAxes f, BinaryOperator<Tensor> pair) {
    single(
        name,
        node -> {
          long[] axes = node.axes();
          boolean keep = node.keeps();
          return in -> {
            Tensor both = pair.apply(in[0], in[1]);
            return f.apply(both, axesOf(both, axes), keep);
          };
        });
  }

  static {
    elementwise();
    reductions();
    products();
    shapes();
    selections();
    normalisations();
    convolutions();
    recurrent();
  }

  private static Tensor sum(Tensor x, long[] axes, boolean keep) {
    return x.sum(axes, keep, SAME_TYPE);
  }

  private static Tensor times(Tensor x, double factor) {
    return x.mul(new Scalar(factor));
  }

  private static void elementwise() {
    unary("identity", x -> x);
    unary("tanh", torch::tanh);
    unary("sigmoid", torch::sigmoid);
    unary("exp", torch::exp);
    unary("expm1", torch::expm1);
    unary("log", torch::log);
    unary("log1p", torch::log1p);
    unary("neg", torch::neg);
    unary("abs", torch::abs);
    unary("sign", torch::sign);
    unary("square", torch::square);
    unary("cube", x -> x.mul(x).mul(x));
    unary("sqrt", torch::sqrt);
    unary("rsqrt", torch::rsqrt);
    unary("Reciprocal", torch::reciprocal);
    unary("erf", torch::erf);
    unary("erfc", torch::erfc);
    unary("sin", torch::sin);
    unary("cos", torch::cos);
    unary("tan", torch::tan);
    unary("asin", torch::asin);
    unary("acos", torch::acos);
    unary("atan", torch::atan);
    unary("sinh", torch::sinh);
    unary("cosh", torch::cosh);
    unary("asinh", torch::asinh);
    unary("acosh", torch::acosh);
    unary("atanh", torch::atanh);
    unary("floor", torch::floor);
    unary("ceil", torch::ceil);
    unary("isfinite", torch::isfinite);
    unary("isnan", torch::isnan);
    unary("isinf", torch::isinf);
    // Above 40, log(1 + eˣ) is x in either precision.
    single(
        "softplus",
        node -> {
          Scalar one = new Scalar(1.0);
          Scalar linear = new Scalar(40.0);
          return in -> torch.softplus(in[0], one, linear);
        });
    unary("softsign", x -> x.div(x.abs().add(new Scalar(1.0))));
    unary("logsigmoid", torch::log_sigmoid);
    unary("selu", torch::selu);
    unary("swish", torch::silu);
    // SameDiff's gelu is the approximation x σ(1.702 x); its other one, with tanh, has x³ wrong.
    unary("gelu", x -> x.mul(torch.sigmoid(times(x, 1.702))));
    unary("hardtanh", torch::hardtanh);
    unary(
        "hard_sigmoid",
        x ->
            times(x, 0.2)
                .add(new Scalar(0.5))
                .clamp_min(new Scalar(0.0))
                .clamp_max(new Scalar(1.0)));
    unary("crelu", x -> cat(-1, x.relu(), x.neg().relu()));
    single(
        "relu",
        node -> {
          node.require(node.scalar() == 0, "relu with another threshold than 0");
          return in -> in[0].relu();
        });
    single(
        "relu6",
        node -> {
          node.require(node.scalar() == 0, "relu6 with another threshold than 0");
          return in -> torch.relu6(in[0]);
        });
    scalar("leakyrelu", torch::leaky_relu);
    scalar("step", (x, cut) -> x.gt(cut).to(x.scalar_type()));
    single(
        "elu",
        node -> {
          Scalar alpha = new Scalar(node.real(0));
          Scalar one = new Scalar(1.0);
          return in -> torch.elu(in[0], alpha, one, one);
        });
    single(
        "ClipByValue",
        node -> {
          Scalar low = new Scalar(node.real(0));
          Scalar high = new Scalar(node.real(1));
          return in -> in[0].clamp_min(low).clamp_max(high);
        });
    single(
        "cast",
        node -> {
          torch.ScalarType type = Tensors.type(node.type(0));
          return in -> in[0].to(type);
        });

    binary("add", Tensor::add);
    binary("subtract", Tensor::sub);
    binary("multiply", Tensor::mul);
    binary("divide", Tensor::div);
    binary("reversesubtract", torch::rsub);
    binary("reversedivide", (x, y) -> y.div(x));
    binary("squaredsubtract", (x, y) -> x.sub(y).square());
    binary("maximum", torch::maximum);
    binary("minimum", torch::minimum);
    binary("Pow", Tensor::pow);
    binary("tf_atan2", torch::atan2);
    binary("floordiv", (x, y) -> x.div(y).floor());
    binary("greater", Tensor::gt);
    binary("greater_equal", Tensor::ge);
    binary("less", Tensor::lt);
    binary("less_equal", Tensor::le);
    binary("equals", Tensor::eq);
    binary("not_equals", Tensor::ne);
    binary("and", torch::logical_and);
    binary("or", torch::logical_or);
    binary("xor", torch::logical_xor);
    row("mergeadd", node -> one(in -> Arrays.stream(in).reduce(Tensor::add).orElseThrow()));
    row("mergemax", node -> one(in -> Arrays.stream(in).reduce(torch::maximum).orElseThrow()));
    row(
        "mergeavg",
        node ->
            one(in -> times(Arrays.stream(in).reduce(Tensor::add).orElseThrow(), 1.0 / in.length)));

    scalar("add_scalar", Tensor::add);
    scalar("sub_scalar", Tensor::sub);
    scalar("mul_scalar", Tensor::mul);
    scalar("div_scalar", Tensor::div);
    scalar("rsub_scalar", torch::rsub);
    scalar("rdiv_scalar", (x, number) -> x.reciprocal().mul(number));
    scalar("max_scalar", Tensor::clamp_min);
    scalar("scalar_min", Tensor::clamp_max);
    scalar("pow", Tensor::pow);
    scalar("fmod_scalar", torch::fmod);
    scalar("greaterthan_scalar", Tensor::gt);
    scalar("greaterthanorequal_scalar", Tensor::ge);
    scalar("lessthan_scalar", Tensor::lt);
    scalar("lessthanorequal_scalar", Tensor::le);
    scalar("equals_scalar", Tensor::eq);
    scalar("notequals_scalar", Tensor::ne);
    single(
        "log_x",
        node -> {
          Scalar base = new Scalar(Math.log(node.scalar()));
          return in -> in[0].log().div(base);
        });
  }

  private static void reductions() {
    reduction("reduce_sum", Operations::sum);
    reduction("reduce_mean", (x, axes, keep) -> x.mean(axes, keep, SAME_TYPE));
    reduction("reduce_max", (x, axes, keep) -> x.amax(axes, keep));
    reduction("reduce_min", (x, axes, keep) -> x.amin(axes, keep));
    reduction("reduce_prod", Operations::product);
    reduction("reduce_norm1", (x, axes, keep) -> sum(x.abs(), axes, keep));
    reduction("asum", (x, axes, keep) -> sum(x.abs(), axes, keep));
    reduction("amean", (x, axes, keep) -> x.abs().mean(axes, keep, SAME_TYPE));
    reduction("amax", (x, axes, keep) -> x.abs().amax(axes, keep));
    reduction("amin", (x, axes, keep) -> x.abs().amin(axes, keep));
    reduction("reduce_normmax", (x, axes, keep) -> x.abs().amax(axes, keep));
    reduction("reduce_sqnorm", (x, axes, keep) -> sum(x.square(), axes, keep));
    ScalarOptional two = new ScalarOptional(new Scalar(2.0));
    reduction("reduce_norm2", (x, axes, keep) -> torch.norm(x, two, axes, keep));
    reduction("entropy", (x, axes, keep) -> sum(x.mul(x.log()), axes, keep).neg());
    reduction("any", (x, axes, keep) -> torch.any(x, axes, keep));
    reduction("all", (x, axes, keep) -> torch.all(x, axes, keep));
    reduction(
        "countNonZero",
        (x, axes, keep) -> sum(x.ne(new Scalar(0.0)).to(torch.ScalarType.Long), axes, keep));
    single(
        "var", node -> spread(node, (x, axes) -> torch.var(x, axes, unbiased(node), kept(node))));
    single(
        "std", node -> spread(node, (x, axes) -> torch.std(x, axes, unbiased(node), kept(node))));
    distance("dot", Operations::sum, Tensor::mul);
    distance("manhattan", Operations::sum, (x, y) -> x.sub(y).abs());
    distance("euclidean", (x, axes, keep) -> torch.norm(x, two, axes, keep), Tensor::sub);
    single(
        "cosinesimilarity",
        node -> {
          long[] named = node.axes();
          boolean keep = node.keeps();
          return in -> {
            long[] axes = axesOf(in[0], named);
            return sum(in[0].mul(in[1]), axes, keep)
                .div(torch.norm(in[0], two, axes, keep))
                .div(torch.norm(in[1], two, axes, keep));
          };
        });
    single(
        "reduce_logsumexp",
        node -> {
          long[] axes = node.axes();
          boolean keep = node.real(0) != 0;
          return in -> torch.logsumexp(in[0], axesOf(in[0], axes), keep);
        });
    row(
        "moments",
        node -> {
          long[] named = node.integers();
          boolean keep = node.flag(0);
          return in -> {
            long[] axes = axesOf(in[0], named);
            return new Tensor[] {
              in[0].mean(axes, keep, SAME_TYPE), torch.var(in[0], axes, false, keep)
            };
          };
        });
    single(
        "argmax",
        node -> in -> torch.argmax(in[0], new LongOptional(node.integer(0)), node.flag(0)));
    single(
        "argmin",
        node -> in -> torch.argmin(in[0], new LongOptional(node.integer(0)), node.flag(0)));
    single(
        "cumsum",
        node ->
            cumulative(
                node,
                (x, axis) -> {
                  Tensor sums = torch.cumsum(x, axis);
                  return node.integer(0) != 0 ? sums.sub(x) : sums;
                }));
    single(
        "cumprod",
        node -> {
          node.require(node.integer(0) == 0, "a cumulative product without its own element");
          return cumulative(node, torch::cumprod);
        });
  }

  private interface AlongAxis {
    Tensor apply(Tensor x, long axis);
  }

  private interface AlongAxes {
    Tensor apply(Tensor x, long[] axes);
  }

  private static Function<Tensor[], Tensor> cumulative(Node node, AlongAxis f) {
    node.require(node.integers().length == 3, "a cumulative sum over several axes");
    long axis = node.integer(2);
    if (node.integer(1) == 0) {
      return in -> f.apply(in[0], axis);
    }
    return in -> f.apply(in[0].flip(axis), axis).flip(axis);
  }

  private static Function<Tensor[], Tensor> spread(Node node, AlongAxes f) {
    long[] axes = node.axes();
    return in -> f.apply(in[0], axesOf(in[0], axes));
  }

  private static boolean unbiased(Node node) {
    return ((Variance) node.function()).isBiasCorrected();
  }

  private static boolean kept(Node node) {
    return node.keeps();
  }

  private static Tensor product(Tensor x, long[] axes, boolean keep) {
    long rank = x.dim();
    long[] sorted = Arrays.stream(axes).map(a -> Math.floorMod(a, rank)).sorted().toArray();
    Tensor result = x;
    for (int i = sorted.length - 1; i >= 0; i--) {
      result = torch.prod(result, sorted[i], keep, SAME_TYPE);
    }
    return result;
  }

  private static void products() {
    single(
        "matmul",
        node -> {
          long[] transposed = Arrays.copyOf(node.integers(), 3);
          double alpha = node.real(0);
          return in -> {
            Tensor a = transposed[0] == 1 ? in[0].transpose(-2, -1) : in[0];
            Tensor b = transposed[1] == 1 ? in[1].transpose(-2, -1) : in[1];
            Tensor product = torch.matmul(a, b);
            product = transposed[2] == 1 ? product.transpose(-2, -1) : product;
            return alpha == 1 ? product : times(product, alpha);
          };
        });
    single(
        "tensordot",
        node -> {
          long[] i = node.integers();
          long[] left = Arrays.copyOfRange(i, 1, 1 + (int) i[0]);
          long[] right = Arrays.copyOfRange(i, 2 + (int) i[0], i.length);
          node.require(
              !node.flag(0) && !node.flag(1) && !node.flag(2), "a transposed tensor product");
          return in -> torch.tensordot(in[0], in[1], left, right);
        });
    row("xw_plus_b", node -> one(in -> torch.addmm(in[2], in[0], in[1])));
    row("relu_layer", node -> one(in -> torch.addmm(in[2], in[0], in[1]).relu()));
    single(
        "biasadd",
        node -> {
          boolean channelsFirst = node.flag(0);
          return in -> {
            if (!channelsFirst) {
              return in[0].add(in[1]);
            }
            long[] shape = new long[(int) in[0].dim()];
            Arrays.fill(shape, 1);
            shape[1] = -1;
            return in[0].add(in[1].reshape(shape));
          };
        });
    unary("matrix_inverse", torch::linalg_inv);
    unary("cholesky", torch::linalg_cholesky);
    unary("diag", torch::diag);
    unary("diag_part", Tensor::diagonal);
    unary("trace", torch::trace);
  }

  private static Tensor cat(long axis, Tensor... parts) {
    return torch.cat(new TensorVector(parts), axis);
  }

  private static long[] integersOrConstant(Node node) {
    return node.inputs().size() > 1 ? node.constant(1) : node.integers();
  }

  private static Tensor[] array(TensorVector vector) {
    return vector.get();
  }

  private static void shapes() {
    single(
        "reshape",
        node -> {
          long[] i = integersOrConstant(node);
          // SameDiff writes the order of the elements ('c' is −99) in front.
          node.require(i.length == 0 || i[0] != -102, "a reshape in column-major order");
          long[] shape = i.length > 0 && i[0] == -99 ? Arrays.copyOfRange(i, 1, i.length) : i;
          return in -> in[0].reshape(shape);
        });
    single(
        "permute",
        node -> {
          long[] axes = integersOrConstant(node);
          return in -> in[0].permute(axes);
        });
    unary(
        "transpose",
        x -> x.permute(LongStream.range(0, x.dim()).map(i -> x.dim() - 1 - i).toArray()));
    single("expand_dims", node -> in -> in[0].unsqueeze(node.integer(0)));
    single("squeeze", node -> in -> in[0].squeeze(node.integers()));
    single(
        "tile",
        node -> {
          long[] repeats = integersOrConstant(node);
          return in -> in[0].repeat(repeats);
        });
    single("concat", node -> in -> cat(node.integer(0), in));
    single("stack", node -> in -> torch.stack(new TensorVector(in), node.integer(0)));
    row("unstack", node -> in -> array(in[0].unbind(node.integer(0))));
    row(
        "split",
        node -> {
          long parts = node.integer(0);
          long axis = node.integers().length > 1 ? node.integer(1) : 0;
          node.require(node.inputs().size() == 1, "a split whose axis is computed");
          return in -> array(torch.split(in[0], in[0].size(axis) / parts, axis));
        });
    row(
        "split_v",
        node -> {
          long[] sizes = node.constant(1);
          return in -> array(torch.split(in[0], sizes, node.integer(0)));
        });
    single(
        "slice",
        node -> {
          node.require(node.inputs().size() == 1, "a slice whose place is computed");
          long[] i = node.integers();
          int rank = i.length / 2;
          return in -> {
            Tensor part = in[0];
            for (int axis = 0; axis < rank; axis++) {
              long size = i[rank + axis] < 0 ? part.size(axis) - i[axis] : i[rank + axis];
              part = part.narrow(axis, i[axis], size);
            }
            return part;
          };
        });
    single("strided_slice", Operations::stridedSlice);
    single(
        "pad",
        node -> {
          node.require(node.integer(0) == 0, "padding by reflection");
          long[] given = node.constant(1);
          Scalar value = new Scalar(node.real(0));
          long[] padding = new long[given.length];
          for (int i = 0; i < given.length; i += 2) {
            // libtorch counts from the last axis.
            padding[given.length - 2 - i] = given[i];
            padding[given.length - 1 - i] = given[i + 1];
          }
          return in -> torch.constant_pad_nd(in[0], padding, value);
        });
    single("reverse", node -> in -> in[0].flip(node.integers()));
    row(
        "flatten",
        node ->
            one(in -> cat(0, Arrays.stream(in).map(x -> x.reshape(-1)).toArray(Tensor[]::new))));
    unary("zeroslike", torch::zeros_like);
    unary("ones_as", torch::ones_like);
    binary("assign", (x, y) -> y.expand_as(x));
    unary("shape_of", x -> torch.tensor(x.shape()));
    unary("size", x -> torch.tensor(x.numel()));
    single("size_at", node -> in -> torch.tensor(in[0].size(node.integer(0))));
    for (String constant : new String[] {"eye", "range", "lin_space"}) {
      single(
          constant,
          node -> {
            Tensor value = Tensors.copy(node.value());
            return in -> value;
          });
    }
  }

  /** Integers: masks of begin, ellipsis, end, new axes and dropped axes, then the three vectors. */
  private static Function<Tensor[], Tensor> stridedSlice(Node node) {
    long[] i = node.integers();
    node.require(node.inputs().size() == 1, "a slice whose place is computed");
    node.require(i[1] == 0 && i[3] == 0, "a slice with an ellipsis or a new axis");
    int rank = (i.length - 5) / 3;
    for (int axis = 0; axis < rank; axis++) {
      node.require(i[5 + 2 * rank + axis] > 0, "a slice backwards");
    }
    return in -> {
      Tensor part = in[0];
      for (int axis = rank - 1; axis >= 0; axis--) {
        long size = part.size(axis);
        long begin = i[5 + axis] < 0 ? i[5 + axis] + size : i[5 + axis];
        long end = i[5 + rank + axis] < 0 ? i[5 + rank + axis] + size : i[5 + rank + axis];
        if ((i[4] >> axis & 1) == 1) {
          part = part.select(axis, begin);
          continue;
        }
        begin = (i[0] >> axis & 1) == 1 ? 0 : begin;
        end = (i[2] >> axis & 1) == 1 ? size : Math.min(size, end);
        part =
            part.slice(
                axis, new LongOptional(begin), new LongOptional(end), i[5 + 2 * rank + axis]);
      }
      return part;
    };
  }

  private static void selections() {
    row(
        "Where",
        node -> {
          node.require(node.inputs().size() == 3, "where without values");
          return one(in -> torch.where(in[0].to(torch.ScalarType.Bool), in[1], in[2]));
        });
    single(
        "gather",
        node -> {
          long axis = node.integers().length == 0 ? 0 : node.integer(0);
          return in -> {
            Tensor indices = in[1].to(torch.ScalarType.Long);
            Tensor rows = in[0].index_select(axis, indices.reshape(-1));
            if (indices.dim() == 1) {
              return rows;
            }
            long[] from = in[0].shape();
            int at = Math.floorMod(axis, from.length);
            LongStream shape =
                LongStream.concat(
                    Arrays.stream(from, 0, at),
                    LongStream.concat(
                        Arrays.stream(indices.shape()), Arrays.stream(from, at + 1, from.length)));
            return rows.reshape(shape.toArray());
          };
        });
    row(
        "gather_nd",
        node ->
            one(
                in -> {
                  Tensor indices = in[1].to(torch.ScalarType.Long);
                  long[] from = in[0].shape();
                  long[] at = indices.shape();
                  int depth = (int) at[at.length - 1];
                  Tensor flat = indices.select(-1, 0);
                  for (int i = 1; i < depth; i++) {
                    flat = flat.mul(new Scalar(from[i])).add(indices.select(-1, i));
                  }
                  LongStream rest = Arrays.stream(from, depth, from.length);
                  Tensor rows = in[0].reshape(prepend(-1, rest)).index_select(0, flat.reshape(-1));
                  return rows.reshape(
                      LongStream.concat(
                              Arrays.stream(at, 0, at.length - 1),
                              Arrays.stream(from, depth, from.length))
                          .toArray());
                }));
    row(
        "scatter_add",
        node -> one(in -> in[0].index_add(0, in[1].to(torch.ScalarType.Long).reshape(-1), in[2])));
    row(
        "unsorted_segment_sum",
        node -> {
          node.require(node.inputs().size() == 2, "a number of segments that is computed");
          return one(in -> segments(in[0], in[1], node.integer(0)));
        });
    single(
        "segment_sum",
        node -> {
          long count = 1 + Arrays.stream(node.constant(1)).max().orElse(-1);
          return in -> segments(in[0], in[1], count);
        });
    single(
        "onehot",
        node -> {
          long axis = node.integer(0);
          long depth = node.integer(1);
          Scalar spread = new Scalar(node.real(0) - node.real(1));
          Scalar off = new Scalar(node.real(1));
          torch.ScalarType type = Tensors.type(node.type(0));
          return in -> {
            Tensor hot = torch.one_hot(in[0].to(torch.ScalarType.Long), depth).to(type);
            hot = hot.mul(spread).add(off);
            return axis == -1 ? hot : hot.movedim(-1, axis);
          };
        });
    row(
        "top_k",
        node -> {
          long k = node.integer(1);
          boolean sorted = node.integer(0) != 0;
          return in -> {
            T_TensorTensor_T top = torch.topk(in[0], k, -1, true, sorted);
            return new Tensor[] {top.get0(), top.get1().to(torch.ScalarType.Int)};
          };
        });
  }

  private static Tensor segments(Tensor x, Tensor ids, long count) {
    long[] shape = x.shape();
    shape[0] = count;
    Tensor zeros = x.new_zeros(shape);
    return zeros.index_add(0, ids.to(torch.ScalarType.Long), x);
  }

  private static long[] prepend(long first, LongStream rest) {
    return LongStream.concat(LongStream.of(first), rest).toArray();
  }

  private static void normalisations() {
    single("softmax", node -> in -> torch.softmax(in[0], node.integer(0)));
    single(
        "log_softmax",
        node -> {
          long axis = node.integers().length == 0 ? -1 : node.integer(0);
          return in -> torch.log_softmax(in[0], axis);
        });
    single("standardize", node -> in -> standardised(in[0], node.integers()));
    single(
        "layer_norm",
        node -> {
          long[] axes = node.integers();
          return in -> {
            int axis = node.flag(0) ? 1 : (int) in[0].dim() - 1;
            long[] shape = new long[(int) in[0].dim()];
            Arrays.fill(shape, 1);
            shape[axis] = -1;
            Tensor y = standardised(in[0], axes).mul(in[1].reshape(shape));
            return in.length > 2 ? y.add(in[2].reshape(shape)) : y;
          };
        });
    // x, mean, variance, then gain and offset where they are applied.
    single(
        "batchnorm",
        node -> {
          int axis = (int) node.integer(2);
          Scalar epsilon = new Scalar(node.real(0));
          return in -> {
            long[] shape = new long[(int) in[0].dim()];
            Arrays.fill(shape, 1);
            shape[axis] = -1;
            Tensor y = in[0].sub(in[1].reshape(shape));
            y = y.mul(in[2].reshape(shape).add(epsilon).rsqrt());
            int next = 3;
            y = node.integer(0) == 1 ? y.mul(in[next++].reshape(shape)) : y;
            return node.integer(1) == 1 ? y.add(in[next].reshape(shape)) : y;
          };
        });
  }

  private static Tensor standardised(Tensor x, long[] axes) {
    Tensor centred = x.sub(x.mean(axes, true, SAME_TYPE));
    return centred.div(centred.square().mean(axes, true, SAME_TYPE).sqrt());
  }

  /** Padding of one side so that the result has ⌈size / stride⌉ places: before and after. */
  private static long[] same(long size, long kernel, long stride, long dilation) {
    long places = (size + stride - 1) / stride;
    long all = Math.max(0, (places - 1) * stride + (kernel - 1) * dilation + 1 - size);
    return new long[] {all / 2, all - all / 2};
  }

  private static TensorOptional bias(Tensor[] in) {
    return in.length > 2 ? new TensorOptional(in[2]) : NO_TENSOR;
  }

  private static Tensor channelsFirst(Tensor x, boolean last) {
    return last ? x.permute(0, 3, 1, 2) : x;
  }

  private static Tensor channelsLast(Tensor x, boolean last) {
    return last ? x.permute(0, 2, 3, 1) : x;
  }

  /**
   * Integers of convolutions: kernel, stride, padding, dilation (two each), mode of padding,
   * channels last, and layout of the weights. Weights are [height, width, in, out].
   */
  private static void convolutions() {
    single("conv2d", node -> convolution(node, false));
    single("depthwise_conv2d", node -> convolution(node, true));
    single("deconv2d", Operations::deconvolution);
    single(
        "conv1d",
        node -> {
          long[] i = node.integers();
          node.require(i[4] == 0 && i[5] == 0, "conv1d with padding 'same' or channels last");
          long[] stride = {i[1]};
          long[] padding = {i[2]};
          long[] dilation = {i[3]};
          return in ->
              torch.conv1d(in[0], in[1].permute(2, 1, 0), bias(in), stride, padding, dilation, 1);
        });
    single(
        "maxpool2d",
        node -> pooling(node, (x, k, s, p, d) -> torch.max_pool2d(x, k, s, p, d, false)));
    single(
        "avgpool2d",
        node -> {
          long[] i = node.integers();
          node.require(i[6] == 1 && i[7] == 1, "a dilated mean");
          boolean counted = i[9] == 1;
          return pooling(
              node,
              (x, k, s, p, d) -> torch.avg_pool2d(x, k, s, p, false, counted, new LongOptional()));
        });
    single(
        "upsampling2d",
        node -> {
          node.require(node.integer(2) == 1, "upsampling with channels last");
          return in ->
              torch.upsample_nearest2d(
                  in[0],
                  new long[] {in[0].size(2) * node.integer(0), in[0].size(3) * node.integer(1)},
                  new DoubleOptional(),
                  new DoubleOptional());
        });
  }

  private static Function<Tensor[], Tensor> convolution(Node node, boolean byChannel) {
    long[] i = node.integers();
    node.require(i.length < 11 || i[10] == 0, "another layout of the weights");
    node.require(i[8] != 2, "causal padding");
    boolean same = i[8] == 1;
    boolean last = i[9] == 1;
    long[] stride = {i[2], i[3]};
    long[] dilation = {i[6], i[7]};
    Scalar zero = new Scalar(0.0);
    return in -> {
      Tensor x = channelsFirst(in[0], last);
      Tensor weights = in[1].permute(3, 2, 0, 1);
      long groups = 1;
      if (byChannel) {
        groups = in[1].size(2);
        weights = in[1].permute(2, 3, 0, 1).reshape(-1, 1, i[0], i[1]);
      }
      long[] padding = {i[4], i[5]};
      if (same) {
        long[] down = same(x.size(2), i[0], i[2], i[6]);
        long[] across = same(x.size(3), i[1], i[3], i[7]);
        padding = new long[] {down[0], across[0]};
        if (down[0] != down[1] || across[0] != across[1]) {
          x = torch.constant_pad_nd(x, new long[] {across[0], across[1], down[0], down[1]}, zero);
          padding = new long[2];
        }
      }
      return channelsLast(
          torch.conv2d(x, weights, bias(in), stride, padding, dilation, groups), last);
    };
  }

  /** Weights are [height, width, out, in]; 'same' gives stride times as many places. */
  private static Function<Tensor[], Tensor> deconvolution(Node node) {
    long[] i = node.integers();
    node.require(i.length < 11 || i[10] == 0, "another layout of the weights");
    boolean same = i[8] == 1;
    boolean last = i[9] == 1;
    long[] stride = {i[2], i[3]};
    long[] dilation = {i[6], i[7]};
    long[] cut = {(i[0] - 1) * i[6] + 1 - i[2], (i[1] - 1) * i[7] + 1 - i[3]};
    node.require(!same || cut[0] >= 0 && cut[1] >= 0, "a stride that is wider than the kernel");
    boolean even = same && cut[0] % 2 == 0 && cut[1] % 2 == 0;
    long[] padding = even ? new long[] {cut[0] / 2, cut[1] / 2} : new long[] {i[4], i[5]};
    long[] none = new long[2];
    return in -> {
      Tensor x = channelsFirst(in[0], last);
      Tensor y =
          torch.conv_transpose2d(
              x,
              in[1].permute(3, 2, 0, 1),
              bias(in),
              stride,
              same && !even ? none : padding,
              none,
              1,
              dilation);
      if (same && !even) {
        y = y.narrow(2, cut[0] / 2, x.size(2) * i[2]).narrow(3, cut[1] / 2, x.size(3) * i[3]);
      }
      return channelsLast(y, last);
    };
  }

  private interface Pooling {
    Tensor apply(Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation);
  }

  private static Function<Tensor[], Tensor> pooling(Node node, Pooling pool) {
    long[] i = node.integers();
    boolean last = i[10] == 1;
    return in -> {
      Tensor x = channelsFirst(in[0], last);
      long[] padding = {i[4], i[5]};
      if (i[8] == 1) {
        long[] down = same(x.size(2), i[0], i[2], i[6]);
        long[] across = same(x.size(3), i[1], i[3], i[7]);
        if (down[0] != down[1] || across[0] != across[1]) {
          throw new IllegalArgumentException(
              "'"
                  + node.outputs().get(0)
                  + "' ("
                  + node.op()
                  + ") needs a padding that is not the same on both sides of a "
                  + x.size(2)
                  + "×"
                  + x.size(3)
                  + " picture; choose a stride and kernel that divide it.");
        }
        padding = new long[] {down[0], across[0]};
      }
      Tensor y =
          pool.apply(
              x,
              new long[] {i[0], i[1]},
              new long[] {i[2], i[3]},
              padding,
              new long[] {i[6], i[7]});
      return channelsLast(y, last);
    };
  }

  /**
   * The LSTM layer: both have the gates in the order input, forget, candidate, output; SameDiff's
   * weights are [in, 4·units] and [units, 4·units].
   */
  private static void recurrent() {
    row(
        "lstmLayer",
        node -> {
          long[] i = node.integers();
          int format = (int) i[0];
          node.require(i[1] == 0, "an LSTM that also reads backwards");
          node.require(format <= 2, "an LSTM's input in the format T2NS");
          node.require(i[2] == 2 && i[3] == 0 && i[4] == 0, "an LSTM with other activations");
          node.require(node.real(0) == 0, "an LSTM that clips its cells");
          node.require(!node.flag(1), "an LSTM with sequences of several lengths");
          node.require(!node.flag(4), "an LSTM with peepholes");
          boolean biased = node.flag(0);
          boolean[] given = {node.flag(2), node.flag(3)};
          boolean[] wanted = {node.flag(5), node.flag(6), node.flag(7)};
          return in -> lstm(in, format, biased, given, wanted);
        });
  }

  private static Tensor[] lstm(
      Tensor[] in, int format, boolean biased, boolean[] given, boolean[] wanted) {
    // Time first, batch first, or batch, features, time.
    Tensor x = format == 2 ? in[0].permute(0, 2, 1) : in[0];
    boolean batchFirst = format > 0;
    long units = in[2].size(0);
    Tensor nothing = x.new_zeros(4 * units);
    int next = 3;
    Tensor bias = biased ? in[next++] : nothing;
    Tensor zero = x.new_zeros(1, x.size(batchFirst ? 0 : 1), units);
    Tensor h = given[0] ? in[next++].unsqueeze(0) : zero;
    Tensor c = given[1] ? in[next].unsqueeze(0) : zero;
    T_TensorTensorTensor_T result =
        torch.lstm(
            x,
            new TensorVector(h, c),
            new TensorVector(
                in[1].transpose(0, 1).contiguous(),
                in[2].transpose(0, 1).contiguous(),
                bias,
                nothing),
            true,
            1,
            0.0,
            true,
            false,
            batchFirst);
    Tensor sequence = format == 2 ? result.get0().permute(0, 2, 1) : result.get0();
    Tensor[] all = {sequence, result.get1().squeeze(0), result.get2().squeeze(0)};
    int count = 0;
    Tensor[] out = new Tensor[3];
    for (int k = 0; k < 3; k++) {
      if (wanted[k]) {
        out[count++] = all[k];
      }
    }
    return Arrays.copyOf(out, count);
  }
}
