package org.lowerbound.train.engine;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.RandomOp;
import org.nd4j.linalg.api.ops.impl.summarystats.Variance;
import org.nd4j.linalg.api.ops.random.BaseRandomOp;

/** Which engine carries out a computation, and what none of them does. */
final class Engines {

  /** Loops, conditions and lists of tensors. */
  private static final Set<String> CONTROL =
      Set.of(
          "switch",
          "merge",
          "enter",
          "exit",
          "next_iteration",
          "loop_cond",
          "while",
          "if",
          "invoke",
          "create_list");

  /** Operations whose result has a shape that depends on values. */
  private static final Set<String> OPEN =
      Set.of(
          "unique",
          "unique_with_counts",
          "dynamic_partition",
          "dynamic_stitch",
          "listdiff",
          "boolean_mask",
          "choose",
          "non_max_suppression");

  /** Of these SameDiff's derivative does not carry the factor that comes from outside. */
  private static final String LOSS = ".*(_loss|_loss_with_logits|_cross_entropy.*|pairwssqerr.*)";

  /** Operations that end the JVM when SameDiff carries them out. */
  private static final Set<String> FATAL = Set.of("batched_gemm", "repeat");

  /**
   * Operations of which SameDiff has no derivative, or a wrong one: {@code OperationsTest} keeps
   * this list true.
   */
  static final Set<String> WITHOUT_DERIVATIVE =
      Set.of(
          "Where",
          "batchnorm",
          "cholesky",
          "cumprod",
          "cumsum",
          "flatten",
          "gather",
          "gather_nd",
          "matrix_inverse",
          "reduce_logsumexp",
          "split_v",
          "tensordot",
          "top_k");

  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private Engines() {}

  static Engine of(Engine.Computation computation) {
    String wanted = wanted();
    if (wanted.equals("samediff")) {
      return new SameDiffEngine(computation);
    }
    String why;
    if (!Libtorch.present()) {
      why = "there is no build of libtorch for this platform";
    } else if (!Libtorch.start()) {
      why = Libtorch.failure();
    } else {
      try {
        return new TorchEngine(computation);
      } catch (Node.Unsupported e) {
        why = "libtorch's table has not " + e.getMessage();
      }
    }
    requireDerivatives(computation.sameDiff(), computation.terms());
    if (wanted.equals("torch")) {
      throw new IllegalStateException(
          "LOWERBOUND_ENGINE is torch, but " + why + ". Unset it to use the plain engine.");
    }
    if (SAID.add(why)) {
      System.out.println("Runs on the plain engine, several times slower: " + why + ".");
    }
    return new SameDiffEngine(computation);
  }

  /** Which engine is asked for: auto, torch or samediff. */
  private static String wanted() {
    String value = System.getProperty("lowerbound.engine", System.getenv("LOWERBOUND_ENGINE"));
    String wanted = value == null || value.isBlank() ? "auto" : value.strip();
    wanted = wanted.toLowerCase(Locale.ROOT);
    if (!Set.of("auto", "torch", "samediff").contains(wanted)) {
      throw new IllegalArgumentException(
          "LOWERBOUND_ENGINE is '" + value + "'; it is auto, torch or samediff.");
    }
    return wanted;
  }

  /** Refuses, by name, what no engine does. */
  static void check(SameDiff graph, Collection<String> outputs) {
    for (Node node : Program.sorted(graph, outputs, leaf -> {})) {
      DifferentialFunction op = node.function();
      String name = node.op();
      if (CONTROL.contains(name) || name.startsWith("tensorarray")) {
        throw refused(
            node,
            "loops, conditions and lists of tensors are not run. Write the steps"
                + " one after the other, or as an operation on the whole array");
      }
      if (op instanceof BaseRandomOp || op instanceof RandomOp || name.startsWith("random")) {
        throw refused(
            node,
            "the graph must not draw random numbers. Draw them in Model.feed from"
                + " Batch.random() and feed them as a placeholder");
      }
      if (OPEN.contains(name) || name.equals("Where") && node.inputs().size() == 1) {
        throw refused(
            node,
            "the shape of its result depends on values, which is not run. Keep all"
                + " elements and weigh them with 0 and 1");
      }
      if (name.matches(LOSS)) {
        throw refused(
            node,
            "SameDiff's derivative of its loss functions is wrong unless they are"
                + " the whole loss. Write the loss from sums, products and logarithms");
      }
      if (FATAL.contains(name)) {
        throw refused(
            node,
            "SameDiff crashes with this operation. Use mmul on arrays of rank 3 for"
                + " batched products, tile or concat for repetition");
      }
    }
    if (!Libtorch.present()) {
      requireDerivatives(graph, outputs);
    }
  }

  /** Refuses, by name, what SameDiff cannot differentiate. */
  static void requireDerivatives(SameDiff graph, Collection<String> outputs) {
    for (Node node : Program.sorted(graph, outputs, leaf -> {})) {
      boolean axis = node.op().equals("log_softmax") && node.integers().length > 0;
      boolean biased = node.function() instanceof Variance spread && !spread.isBiasCorrected();
      if (WITHOUT_DERIVATIVE.contains(node.op()) || axis || biased) {
        throw refused(
            node,
            "SameDiff has no right derivative of it"
                + (axis ? " over a named axis" : biased ? " without the correction for bias" : "")
                + ", and libtorch, which has, does not run here. Write it from other operations");
      }
    }
  }

  private static IllegalArgumentException refused(Node node, String why) {
    return new IllegalArgumentException(
        "The operation '" + node.op() + "' ('" + node.outputs().get(0) + "'): " + why + ".");
  }
}
