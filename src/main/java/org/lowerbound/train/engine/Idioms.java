package org.lowerbound.train.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Groups of operations that libtorch has as one, with a derivative that is one as well: most of a
 * small model's time goes into passing over memory once more. What is within a group is left out
 * only where nothing else reads it.
 *
 * <ul>
 *   <li>{@code x W + b}, with a vector b;
 *   <li>{@code log(1 + eᵃ)}, as {@link org.lowerbound.train.Layers#softplus} writes it;
 *   <li>{@code x a − log(1 + eᵃ)}, the logarithm of a Bernoulli law with log-odds a.
 * </ul>
 */
final class Idioms {

  static final String AFFINE = "x W + b";
  static final String SOFTPLUS = "softplus";
  static final String BERNOULLI = "x a - softplus(a)";

  /** The meanings of what is no operation of SameDiff's. */
  static final Map<String, Operations.Row> ROWS = Map.of(AFFINE, affine(), BERNOULLI, bernoulli());

  private final SameDiff graph;
  private final Collection<String> wanted;

  /**
   * @param wanted the outputs, which stay as they are
   */
  Idioms(SameDiff graph, Collection<String> wanted) {
    this.graph = graph;
    this.wanted = wanted;
  }

  private static Operations.Row affine() {
    return node ->
        in -> {
          boolean matrices = in[0].dim() == 2 && in[1].dim() == 2;
          Tensor sum =
              matrices ? torch.addmm(in[2], in[0], in[1]) : torch.matmul(in[0], in[1]).add(in[2]);
          return new Tensor[] {sum};
        };
  }

  private static Operations.Row bernoulli() {
    TensorOptional none = new TensorOptional();
    long each = torch.Reduction.None.value;
    Scalar one = new Scalar(1.0);
    Scalar linear = new Scalar(40.0);
    return node ->
        in -> {
          boolean alike = Arrays.equals(in[0].shape(), in[1].shape());
          Tensor logp =
              alike
                  ? torch.binary_cross_entropy_with_logits(in[1], in[0], none, none, each).neg()
                  : in[0].mul(in[1]).sub(torch.softplus(in[1], one, linear));
          return new Tensor[] {logp};
        };
  }

  /** The group that ends in this operation, or the operation itself. */
  Node of(Node node) {
    List<String> read = null;
    String name = null;
    if (node.op().equals("subtract")) {
      name = BERNOULLI;
      read = bernoulli(node);
    } else if (node.op().equals("add")) {
      name = SOFTPLUS;
      read = softplus(node);
      if (read == null) {
        name = AFFINE;
        read = affine(node);
      }
    }
    return read == null ? node : new Node(graph, name, node.function(), read, node.outputs());
  }

  /** The node that writes a variable, if it is this operation and only {@code readers} read it. */
  private Node inner(String variable, String op, int readers) {
    Node node = Node.of(graph, variable);
    if (node == null || !node.op().equals(op) || wanted.contains(variable)) {
      return null;
    }
    List<String> all = graph.getVariables().get(variable).getInputsForOp();
    return all != null && all.size() == readers ? node : null;
  }

  private List<String> affine(Node sum) {
    Node product = inner(sum.inputs().get(0), "matmul", 1);
    String bias = sum.inputs().get(1);
    long[] shape = graph.getVariable(bias).getShape();
    boolean vector = shape != null && shape.length == 1 && graph.getVariable(bias).getArr() != null;
    if (product == null || !vector || !plain(product)) {
      return null;
    }
    List<String> read = new ArrayList<>(product.inputs());
    read.add(bias);
    return read;
  }

  /** Whether neither factor is turned, nor the product scaled. */
  private static boolean plain(Node product) {
    return product.real(0) == 1
        && Arrays.stream(product.integers()).allMatch(turned -> turned == 0);
  }

  /** {@code (a + |a|)/2 + log(1 + e^−|a|)}: its a. */
  private List<String> softplus(Node sum) {
    Node half = inner(sum.inputs().get(0), "mul_scalar", 1);
    Node log = inner(sum.inputs().get(1), "log1p", 1);
    if (half == null || log == null || half.scalar() != 0.5) {
      return null;
    }
    Node both = inner(half.inputs().get(0), "add", 1);
    Node exp = inner(log.inputs().get(0), "exp", 1);
    Node negative = exp == null ? null : inner(exp.inputs().get(0), "neg", 1);
    Node size = negative == null ? null : inner(negative.inputs().get(0), "abs", 2);
    if (both == null || size == null) {
      return null;
    }
    String a = size.inputs().get(0);
    boolean same = both.inputs().equals(List.of(a, size.outputs().get(0)));
    return same ? List.of(a) : null;
  }

  /** {@code x a − softplus(a)}: its x and a. */
  private List<String> bernoulli(Node difference) {
    Node product = inner(difference.inputs().get(0), "multiply", 1);
    Node last = inner(difference.inputs().get(1), "add", 1);
    List<String> softplus = last == null ? null : softplus(last);
    if (product == null || softplus == null) {
      return null;
    }
    boolean same = product.inputs().get(1).equals(softplus.get(0));
    return same ? product.inputs() : null;
  }
}
