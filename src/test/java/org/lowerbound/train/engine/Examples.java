package org.lowerbound.train.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lowerbound.train.Layers;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.factory.Nd4j;

/** Graphs that use each operation of the table, by the operation's name and a variant. */
final class Examples {

  interface Example {
    /** The results of the operation. */
    SDVariable[] of(Trial t);
  }

  private interface Single {
    SDVariable of(Trial t);
  }

  private static final Map<String, Example> ALL = new LinkedHashMap<>();

  private Examples() {}

  static Map<String, Example> all() {
    return ALL;
  }

  /** Graphs that contain the groups of {@link Idioms}, with what broadcasts and is large. */
  static Map<String, Example> idioms() {
    Map<String, Example> all = new LinkedHashMap<>();
    all.put("affine", t -> one(t.w(4, 3).mmul(t.w(3, 2)).add(t.w(2))));
    all.put("affine, rank 3", t -> one(t.w(2, 4, 3).mmul(t.w(2, 3, 2)).add(t.w(2))));
    all.put("softplus", t -> one(Layers.softplus(t.sd, t.between(-60, 60, 3, 4))));
    all.put("Bernoulli", t -> one(bernoulli(t, t.w(3, 4), t.between(-5, 5, 3, 4))));
    all.put("Bernoulli, broadcast", t -> one(bernoulli(t, t.w(3, 1), t.w(3, 4))));
    return all;
  }

  private static SDVariable[] one(SDVariable result) {
    return new SDVariable[] {result};
  }

  private static SDVariable bernoulli(Trial t, SDVariable x, SDVariable a) {
    return x.mul(a).sub(Layers.softplus(t.sd, a));
  }

  private static void put(String name, Single example) {
    several(name, t -> new SDVariable[] {example.of(t)});
  }

  private static void several(String name, Example example) {
    if (ALL.put(name, example) != null) {
      throw new IllegalStateException("Two examples are called " + name);
    }
  }

  static {
    elementwise();
    pairs();
    scalars();
    reductions();
    products();
    shapes();
    selections();
    normalisations();
    convolutions();
    recurrent();
  }

  private static void elementwise() {
    put("identity", t -> t.sd.identity(t.w(3, 4)));
    put("tanh", t -> t.sd.math.tanh(t.w(3, 4)));
    put("sigmoid", t -> t.sd.nn.sigmoid(t.w(3, 4)));
    put("exp", t -> t.sd.math.exp(t.w(3, 4)));
    put("expm1", t -> t.sd.math.expm1(t.w(3, 4)));
    put("log", t -> t.sd.math.log(t.between(0.2, 2, 3, 4)));
    put("log1p", t -> t.sd.math.log1p(t.between(-0.5, 2, 3, 4)));
    put("neg", t -> t.w(3, 4).neg());
    put("abs", t -> t.sd.math.abs(t.w(3, 4)));
    put("sign", t -> signed(t, t.sd.math.sign(t.w(3, 4))));
    put("square", t -> t.sd.math.square(t.w(3, 4)));
    put("cube", t -> t.sd.math.cube(t.w(3, 4)));
    put("sqrt", t -> t.sd.math.sqrt(t.between(0.2, 2, 3, 4)));
    put("rsqrt", t -> t.sd.math.rsqrt(t.between(0.2, 2, 3, 4)));
    put("Reciprocal", t -> t.sd.math.reciprocal(t.between(0.2, 2, 3, 4)));
    put("erf", t -> t.sd.math.erf(t.w(3, 4)));
    put("erfc", t -> t.sd.math.erfc(t.w(3, 4)));
    put("sin", t -> t.sd.math.sin(t.w(3, 4)));
    put("cos", t -> t.sd.math.cos(t.w(3, 4)));
    put("tan", t -> t.sd.math.tan(t.between(-1, 1, 3, 4)));
    put("asin", t -> t.sd.math.asin(t.between(-0.8, 0.8, 3, 4)));
    put("acos", t -> t.sd.math.acos(t.between(-0.8, 0.8, 3, 4)));
    put("atan", t -> t.sd.math.atan(t.w(3, 4)));
    put("sinh", t -> t.sd.math.sinh(t.w(3, 4)));
    put("cosh", t -> t.sd.math.cosh(t.w(3, 4)));
    put("asinh", t -> t.sd.math.asinh(t.w(3, 4)));
    put("acosh", t -> t.sd.math.acosh(t.between(1.2, 3, 3, 4)));
    put("atanh", t -> t.sd.math.atanh(t.between(-0.8, 0.8, 3, 4)));
    put("floor", t -> signed(t, t.sd.math.floor(t.w(3, 4))));
    put("ceil", t -> signed(t, t.sd.math.ceil(t.w(3, 4))));
    put("isfinite", t -> signed(t, t.sd.math.isFinite(t.sd.math.log(t.w(3, 4)))));
    put("isnan", t -> signed(t, t.sd.math.isNaN(t.sd.math.log(t.w(3, 4)))));
    put("isinf", t -> signed(t, t.sd.math.isInfinite(t.w(3, 4))));
    put("softplus", t -> t.sd.nn.softplus(t.w(3, 4)));
    put("softplus, large", t -> t.sd.nn.softplus(t.between(-60, 60, 3, 4)));
    put("softsign", t -> t.sd.nn.softsign(t.w(3, 4)));
    put("logsigmoid", t -> t.sd.nn.logSigmoid(t.w(3, 4)));
    put("selu", t -> t.sd.nn.selu(t.w(3, 4)));
    put("swish", t -> t.sd.nn.swish(t.w(3, 4)));
    put("gelu", t -> t.sd.nn.gelu(t.w(3, 4)));
    put("hardtanh", t -> t.sd.nn.hardTanh(t.w(3, 4)));
    put("hard_sigmoid", t -> t.sd.nn.hardSigmoid(t.between(-4, 4, 3, 4)));
    put("crelu", t -> t.sd.nn.cReLU(t.w(3, 4)));
    put("relu", t -> t.sd.nn.relu(t.w(3, 4), 0));
    put("relu6", t -> t.sd.nn.relu6(t.between(-3, 9, 3, 4), 0));
    put("leakyrelu", t -> t.sd.nn.leakyRelu(t.w(3, 4), 0.1));
    put("step", t -> signed(t, t.sd.math.step(t.w(3, 4), 0.2)));
    put("elu", t -> t.sd.nn.elu(t.w(3, 4)));
    put("ClipByValue", t -> t.sd.math.clipByValue(t.w(3, 4), -0.5, 0.7));
    put("cast", t -> t.w(3, 4).castTo(DataType.INT32).castTo(t.type).mul(t.w(3, 4)));
  }

  /** A result without a derivative, times a parameter, so that there is something to learn. */
  private static SDVariable signed(Trial t, SDVariable result) {
    long[] shape = t.sd.output(t.feed, result.name()).get(result.name()).shape();
    SDVariable real = result.dataType() == t.type ? result : result.castTo(t.type);
    return real.mul(t.w(shape));
  }

  private static void pairs() {
    put("add", t -> t.w(3, 4).add(t.input(3, 4)).add(t.w(4)).add(t.w(3, 1)).add(t.w(1)));
    put("subtract", t -> t.w(4).sub(t.input(3, 4)).sub(t.w(3, 1)));
    put("multiply", t -> t.w(3, 4).mul(t.input(3, 4)).mul(t.w(4)).mul(t.w(3, 1)).mul(t.w(1)));
    put("divide", t -> t.w(3, 4).div(t.between(0.5, 2, 3, 4)));
    put("divide, spread", t -> t.w(3, 4).div(t.between(0.5, 2, 4)));
    put("reversesubtract", t -> t.w(3, 4).rsub(t.w(3, 4)));
    put("reversedivide", t -> t.between(0.5, 2, 3, 4).rdiv(t.w(3, 4)));
    put("squaredsubtract", t -> t.sd.math.squaredDifference(t.w(3, 4), t.w(4)));
    put("maximum", t -> t.sd.math.max(t.w(3, 4), t.w(3, 4)));
    put("minimum", t -> t.sd.math.min(t.w(3, 4), t.w(3, 4)));
    put("Pow", t -> t.sd.math.pow(t.between(0.5, 2, 3, 4), t.w(3, 4)));
    put("tf_atan2", t -> t.sd.math.atan2(t.between(0.3, 2, 3, 4), t.between(0.3, 2, 3, 4)));
    put("floordiv", t -> signed(t, t.sd.math.floorDiv(t.between(1, 9, 3, 4), t.input(3, 4))));
    put("greater", t -> signed(t, t.w(3, 4).gt(t.input(3, 4))));
    put("greater_equal", t -> signed(t, t.w(3, 4).gte(t.input(3, 4))));
    put("less", t -> signed(t, t.w(3, 4).lt(t.input(3, 4))));
    put("less_equal", t -> signed(t, t.w(3, 4).lte(t.input(3, 4))));
    put("equals", t -> signed(t, t.sd.math.sign(t.w(3, 4)).eq(t.sd.math.sign(t.input(3, 4)))));
    put("not_equals", t -> signed(t, t.sd.math.sign(t.w(3, 4)).neq(t.sd.math.sign(t.w(3, 4)))));
    put("and", t -> signed(t, t.sd.math.and(t.w(3, 4).gt(0), t.input(3, 4).gt(0))));
    put("or", t -> signed(t, t.sd.math.or(t.w(3, 4).gt(0), t.input(3, 4).gt(0))));
    put("xor", t -> signed(t, t.sd.math.xor(t.w(3, 4).gt(0), t.input(3, 4).gt(0))));
    put("mergeadd", t -> t.sd.math.mergeAdd(t.w(3, 4), t.input(3, 4), t.w(3, 4)));
    put("mergemax", t -> t.sd.math.mergeMax(t.w(3, 4), t.input(3, 4), t.w(3, 4)));
    put("mergeavg", t -> t.sd.math.mergeAvg(t.w(3, 4), t.input(3, 4), t.w(3, 4)));
  }

  private static void scalars() {
    put("add_scalar", t -> t.w(3, 4).add(2));
    put("sub_scalar", t -> t.w(3, 4).sub(2));
    put("mul_scalar", t -> t.w(3, 4).mul(2.5));
    put("div_scalar", t -> t.w(3, 4).div(2.5));
    put("rsub_scalar", t -> t.w(3, 4).rsub(2));
    put("rdiv_scalar", t -> t.between(0.5, 2, 3, 4).rdiv(2));
    put("max_scalar", t -> t.sd.scalarMax(t.w(3, 4), 0.2));
    put("scalar_min", t -> t.sd.scalarMin(t.w(3, 4), 0.2));
    put("pow", t -> t.sd.math.pow(t.between(0.5, 2, 3, 4), 3.5));
    put("fmod_scalar", t -> signed(t, t.sd.math.floorMod(t.between(1, 9, 3, 4), 2)));
    put("log_x", t -> t.sd.math.log(t.between(0.5, 2, 3, 4), 2));
    put("greaterthan_scalar", t -> signed(t, t.w(3, 4).gt(0.1)));
    put("greaterthanorequal_scalar", t -> signed(t, t.w(3, 4).gte(0.1)));
    put("lessthan_scalar", t -> signed(t, t.w(3, 4).lt(0.1)));
    put("lessthanorequal_scalar", t -> signed(t, t.w(3, 4).lte(0.1)));
    put("equals_scalar", t -> signed(t, t.sd.math.sign(t.w(3, 4)).eq(1)));
    put("notequals_scalar", t -> signed(t, t.sd.math.sign(t.w(3, 4)).neq(1)));
  }

  private interface Reduction {
    SDVariable of(Trial t, SDVariable x, boolean keep, int... axes);
  }

  /** Every way of naming axes: none, one, several, negative, kept or not, of rank 2 to 4. */
  private static void reduction(String name, Reduction r) {
    put(name, t -> r.of(t, t.w(3, 4), false, 1));
    put(name + ", all", t -> r.of(t, t.w(3, 4), false));
    put(name + ", kept", t -> r.of(t, t.w(3, 4), true, 0));
    put(name + ", negative and kept", t -> r.of(t, t.w(2, 3, 4), true, -1));
    put(name + ", negative of rank 4", t -> r.of(t, t.w(2, 3, 2, 2), true, -2));
    put(name + ", several", t -> r.of(t, t.w(2, 3, 4), false, 0, -1));
  }

  private static void reductions() {
    reduction("reduce_sum", (t, x, keep, axes) -> x.sum(keep, axes));
    reduction("reduce_mean", (t, x, keep, axes) -> x.mean(keep, axes));
    reduction("reduce_max", (t, x, keep, axes) -> x.max(keep, axes));
    reduction("reduce_min", (t, x, keep, axes) -> x.min(keep, axes));
    reduction("reduce_prod", (t, x, keep, axes) -> x.prod(keep, axes));
    reduction("reduce_norm1", (t, x, keep, axes) -> x.norm1(keep, axes));
    reduction("reduce_norm2", (t, x, keep, axes) -> x.norm2(keep, axes));
    reduction("reduce_normmax", (t, x, keep, axes) -> x.normmax(keep, axes));
    reduction("reduce_sqnorm", (t, x, keep, axes) -> t.sd.squaredNorm(x, keep, axes));
    put("asum", t -> signed(t, t.sd.math.asum(t.w(3, 4), 1)));
    put("amean", t -> signed(t, t.sd.math.reduceAmean(t.w(3, 4), 1)));
    put("amax", t -> signed(t, t.sd.math.reduceAMax(t.w(3, 4), 1)));
    put("amin", t -> signed(t, t.sd.math.reduceAmin(t.w(3, 4), 1)));
    put("entropy", t -> t.sd.math.entropy(t.between(0.1, 1, 3, 4), 1));
    put("any", t -> signed(t, t.sd.any(t.w(3, 4).gt(0.5), 1)));
    put("all", t -> signed(t, t.sd.all(t.w(3, 4).gt(-1), 1)));
    put("countNonZero", t -> signed(t, t.sd.math.countNonZero(t.sd.nn.relu(t.w(3, 4), 0), 1)));
    reduction("var", (t, x, keep, axes) -> t.sd.variance(x, true, keep, axes));
    put("var, biased", t -> t.sd.variance(t.w(3, 4), false, false, 1));
    reduction("std", (t, x, keep, axes) -> t.sd.standardDeviation(x, true, keep, axes));
    put("dot", t -> t.sd.dot(t.w(3, 4), t.w(3, 4), 1));
    put("manhattan", t -> t.sd.math.manhattanDistance(t.w(3, 4), t.w(3, 4), 1));
    put("euclidean", t -> t.sd.math.euclideanDistance(t.w(3, 4), t.w(3, 4), 1));
    put("cosinesimilarity", t -> t.sd.math.cosineSimilarity(t.w(3, 4), t.w(3, 4), 1));
    put("reduce_logsumexp", t -> t.sd.math.logSumExp(t.w(3, 4), 1));
    several("moments", t -> t.sd.math.moments(t.w(3, 4), new int[] {1}, false));
    put("argmax", t -> signed(t, t.sd.argmax(t.w(3, 4), 1)));
    put("argmin", t -> signed(t, t.sd.argmin(t.w(3, 4), true, 1)));
    put("cumsum", t -> t.sd.cumsum(t.w(3, 4), 1));
    put("cumsum, backwards without itself", t -> t.sd.cumsum(t.w(3, 4), true, true, 0));
    put("cumprod", t -> t.sd.cumprod(t.w(3, 4), 1));
    put("reduce_mean, axis as a constant", t -> t.sd.mean(t.w(3, 4), t.indices(1)));
  }

  private static void products() {
    put("matmul", t -> t.input(3, 4).mmul(t.w(4, 5)));
    put("matmul, transposed", t -> t.sd.mmul(t.input(4, 3), t.w(5, 4), true, true, false));
    put("matmul, of batches", t -> t.input(2, 3, 4).mmul(t.w(2, 4, 5)));
    put(
        "matmul, of batches, transposed",
        t -> t.sd.mmul(t.w(2, 3, 4), t.w(2, 5, 4), false, true, false));
    put("tensordot", t -> t.sd.tensorMmul(t.w(3, 4), t.w(4, 5), new int[] {1}, new int[] {0}));
    put("xw_plus_b", t -> t.sd.nn.linear(t.input(3, 4), t.w(4, 5), t.w(5)));
    put("relu_layer", t -> t.sd.nn.reluLayer(t.input(3, 4), t.w(4, 5), t.w(5)));
    put("biasadd", t -> t.sd.nn.biasAdd(t.input(2, 3, 2, 2), t.w(3), true));
    put("biasadd, last", t -> t.sd.nn.biasAdd(t.input(2, 3), t.w(3), false));
    put(
        "matrix_inverse",
        t ->
            t.sd.math.matrixInverse(
                t.w(3, 3).mul(0.2).add(t.sd.constant(Nd4j.eye(3).castTo(t.type)))));
    put(
        "cholesky",
        t -> {
          SDVariable a = t.w(3, 3);
          return t.sd.linalg.cholesky(
              t.sd.mmul(a, a, false, true, false).add(t.sd.constant(Nd4j.eye(3).castTo(t.type))));
        });
    put("diag", t -> t.sd.math.diag(t.w(3)));
    put("diag_part", t -> t.sd.math.diagPart(t.w(3, 3)));
    put("trace", t -> t.sd.math.trace(t.w(3, 3)));
  }

  private static void shapes() {
    put("reshape", t -> t.w(3, 4).reshape(-1, 2, 2));
    put("reshape, by a constant", t -> t.w(3, 4).reshape(t.indices(2, 6)));
    put("permute", t -> t.w(2, 3, 4).permute(2, 0, 1));
    put("transpose", t -> t.sd.transpose(t.w(3, 4)));
    put("expand_dims", t -> t.sd.expandDims(t.w(3, 4), 1));
    put("squeeze", t -> t.sd.squeeze(t.w(3, 1, 4), 1));
    put("tile", t -> t.sd.tile(t.w(3, 4), 2, 3));
    put("concat", t -> t.sd.concat(1, t.w(3, 4), t.input(3, 2), t.w(3, 1)));
    put("stack", t -> t.sd.stack(1, t.w(3, 4), t.input(3, 4)));
    several("unstack", t -> t.sd.unstack(t.w(3, 4), 0, 3));
    several("split", t -> t.sd.split(t.w(3, 4), 2, 1));
    several("split_v", t -> t.sd.splitV(t.w(3, 4), t.indices(1, 3), 2, 1));
    put("slice", t -> t.sd.slice(t.w(3, 4), new int[] {0, 1}, 2, 2));
    put("slice, to the end", t -> t.sd.slice(t.w(3, 4), new int[] {1, 1}, -1, 2));
    put(
        "a circular shift",
        t -> {
          SDVariable x = t.w(3, 4);
          return t.sd.concat(
              1, t.sd.slice(x, new int[] {0, 3}, 3, 1), t.sd.slice(x, new int[] {0, 0}, 3, 3));
        });
    put(
        "strided_slice",
        t -> t.sd.stridedSlice(t.w(3, 4), new long[] {0, 1}, new long[] {3, 4}, 2, 1));
    put("strided_slice, a row", t -> t.w(3, 4).get(SDIndex.point(1), SDIndex.interval(0, 2)));
    put("strided_slice, all", t -> t.w(3, 4).get(SDIndex.all(), SDIndex.point(-1)));
    put("pad", t -> t.sd.nn.pad(t.w(3, 4), matrix(t, new int[][] {{1, 1}, {0, 2}}), 0.5));
    put("reverse", t -> t.sd.reverse(t.w(3, 4), 1));
    put("flatten", t -> t.sd.flatten(t.w(3, 4), t.w(2)));
    put("zeroslike", t -> t.sd.zerosLike(t.w(3, 4)).add(t.w(3, 4)));
    put("ones_as", t -> t.sd.onesLike(t.w(3, 4)).mul(t.w(3, 4)));
    put("assign", t -> t.sd.assign(t.input(3, 4), t.w(3, 4)));
    put("shape_of", t -> signed(t, t.sd.shape(t.input(3, 4))));
    put("size", t -> signed(t, t.sd.size(t.input(3, 4))));
    put("size_at", t -> signed(t, t.sd.sizeAt(t.input(3, 4), 0)));
    put("eye", t -> signed(t, t.sd.math.eye(3)));
    put("range", t -> signed(t, t.sd.range(0, 5, 1, t.type)));
    put("lin_space", t -> signed(t, t.sd.linspace(t.type, 0, 1, 5)));
  }

  private static SDVariable matrix(Trial t, int[][] values) {
    return t.sd.constant(Nd4j.createFromArray(values));
  }

  private static void selections() {
    put("Where", t -> t.sd.where(t.w(3, 4), t.input(3, 4), t.input(3, 4).gt(0)));
    put("gather", t -> t.sd.gather(t.w(3, 4), t.indices(2, 0, 2, 2), 0));
    put("gather, columns", t -> t.sd.gather(t.w(3, 4), t.indices(3, 1), 1));
    put(
        "gather, a matrix",
        t -> t.sd.gather(t.w(3, 4), matrix(t, new int[][] {{2, 0}, {2, 2}}), 0));
    put(
        "gather_nd",
        t -> t.sd.gatherNd(t.w(3, 4), matrix(t, new int[][] {{0, 1}, {2, 2}, {0, 1}})));
    put("gather_nd, rows", t -> t.sd.gatherNd(t.w(3, 4), matrix(t, new int[][] {{2}, {2}})));
    put("scatter_add", t -> t.sd.scatterAdd(t.w(3, 4), t.indices(0, 2, 2), t.w(3, 4)));
    put("segment_sum", t -> t.sd.segmentSum(t.w(3, 4), t.indices(0, 0, 1)));
    put("unsorted_segment_sum", t -> t.sd.unsortedSegmentSum(t.w(3, 4), t.indices(1, 0, 1), 2));
    put("onehot", t -> signed(t, t.sd.oneHot(t.indices(0, 2, 2), 4)));
    put("onehot, first", t -> signed(t, t.sd.oneHot(t.indices(0, 2), 3, 0, 2, -1, t.type)));
    put("top_k", t -> t.sd.nn.topK(t.w(3, 4), 1, true)[0]);
  }

  private static void normalisations() {
    put("softmax", t -> t.sd.nn.softmax(t.w(3, 4), 1));
    put("softmax, first axis", t -> t.sd.nn.softmax(t.w(3, 4), 0));
    put("log_softmax", t -> t.sd.nn.logSoftmax(t.w(3, 4)));
    put("log_softmax, axis", t -> t.sd.nn.logSoftmax(t.w(3, 4), 0));
    put("standardize", t -> t.sd.math.standardize(t.w(3, 4), 1));
    put("layer_norm", t -> t.sd.nn.layerNorm(t.w(3, 4), t.w(4), t.w(4), true, 1));
    put("layer_norm, no offset", t -> t.sd.nn.layerNorm(t.w(3, 4), t.w(4), true, 1));
    put(
        "batchnorm",
        t ->
            t.sd.nn.batchNorm(
                t.input(2, 3, 2, 2), t.w(3), t.between(0.5, 2, 3), t.w(3), t.w(3), 1e-3, 1));
  }

  private static Conv2DConfig conv(int kernel, int stride, int padding, PaddingMode mode) {
    return Conv2DConfig.builder()
        .kH(kernel)
        .kW(kernel)
        .sH(stride)
        .sW(stride)
        .pH(padding)
        .pW(padding)
        .paddingMode(mode)
        .build();
  }

  private static DeConv2DConfig deconv(int kernel, int stride, int padding, boolean same) {
    return DeConv2DConfig.builder()
        .kH(kernel)
        .kW(kernel)
        .sH(stride)
        .sW(stride)
        .pH(padding)
        .pW(padding)
        .isSameMode(same)
        .build();
  }

  private static Pooling2DConfig pool(PaddingMode mode) {
    return Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).paddingMode(mode).build();
  }

  private static void convolutions() {
    put(
        "conv2d",
        t ->
            t.sd.cnn.conv2d(
                t.w(2, 2, 6, 6), t.w(4, 4, 2, 3), t.w(3), conv(4, 2, 0, PaddingMode.SAME)));
    put(
        "conv2d, padded unevenly",
        t -> t.sd.cnn.conv2d(t.w(2, 2, 6, 6), t.w(3, 3, 2, 3), conv(3, 2, 0, PaddingMode.SAME)));
    put(
        "conv2d, padded by numbers",
        t ->
            t.sd.cnn.conv2d(
                t.w(2, 2, 6, 6), t.w(3, 3, 2, 3), t.w(3), conv(3, 1, 1, PaddingMode.VALID)));
    put(
        "conv2d, channels last",
        t ->
            t.sd.cnn.conv2d(
                t.w(2, 6, 6, 2),
                t.w(3, 3, 2, 3),
                Conv2DConfig.builder()
                    .kH(3)
                    .kW(3)
                    .paddingMode(PaddingMode.VALID)
                    .dataFormat("NHWC")
                    .build()));
    put(
        "depthwise_conv2d",
        t ->
            t.sd.cnn.depthWiseConv2d(
                t.w(2, 2, 5, 5), t.w(3, 3, 2, 2), conv(3, 1, 0, PaddingMode.VALID)));
    put(
        "deconv2d",
        t -> t.sd.cnn.deconv2d(t.w(2, 3, 3, 3), t.w(4, 4, 2, 3), t.w(2), deconv(4, 2, 0, true)));
    put(
        "deconv2d, cut unevenly",
        t -> t.sd.cnn.deconv2d(t.w(2, 3, 3, 3), t.w(3, 3, 2, 3), deconv(3, 2, 0, true)));
    put(
        "deconv2d, padded by numbers",
        t -> t.sd.cnn.deconv2d(t.w(2, 3, 3, 3), t.w(3, 3, 2, 3), deconv(3, 2, 1, false)));
    put(
        "conv1d",
        t ->
            t.sd.cnn.conv1d(
                t.w(2, 3, 6),
                t.w(3, 3, 2),
                Conv1DConfig.builder().k(3).s(1).p(1).paddingMode(PaddingMode.VALID).build()));
    put("maxpool2d", t -> t.sd.cnn.maxPooling2d(t.w(2, 2, 4, 4), pool(PaddingMode.VALID)));
    put("maxpool2d, same", t -> t.sd.cnn.maxPooling2d(t.w(2, 2, 4, 4), pool(PaddingMode.SAME)));
    put("avgpool2d", t -> t.sd.cnn.avgPooling2d(t.w(2, 2, 4, 4), pool(PaddingMode.VALID)));
    put("upsampling2d", t -> t.sd.cnn.upsampling2d(t.w(2, 2, 2, 3), 2, 3, true));
  }

  private static SDVariable[] lstm(Trial t, LSTMDataFormat format, boolean biased, long... shape) {
    SDVariable weights = t.w(3, 8);
    SDVariable recurrent = t.w(2, 8);
    SDVariable bias = biased ? t.w(8) : null;
    return t.sd.rnn.lstmLayer(
        t.w(shape),
        LSTMLayerWeights.builder().weights(weights).rWeights(recurrent).bias(bias).build(),
        LSTMLayerConfig.builder()
            .lstmdataformat(format)
            .directionMode(LSTMDirectionMode.FWD)
            .gateAct(LSTMActivations.SIGMOID)
            .cellAct(LSTMActivations.TANH)
            .outAct(LSTMActivations.TANH)
            .retFullSequence(true)
            .retLastC(true)
            .retLastH(true)
            .build());
  }

  private static void recurrent() {
    several("lstmLayer", t -> lstm(t, LSTMDataFormat.NTS, true, 2, 5, 3));
    several("lstmLayer, time first", t -> lstm(t, LSTMDataFormat.TNS, true, 5, 2, 3));
    several("lstmLayer, time last", t -> lstm(t, LSTMDataFormat.NST, true, 2, 3, 5));
    several("lstmLayer, no bias", t -> lstm(t, LSTMDataFormat.NTS, false, 2, 5, 3));
  }
}
