package org.lowerbound.train.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The fast engine: the graph's operations carried out by libtorch one by one ({@link Operations}),
 * its automatic derivatives, and its Adam that updates all parameters in one pass.
 *
 * <p>On the CPU the parameters' tensors lie over the model's own flat array, and fed arrays are not
 * copied. On a GPU the parameters are copied there before a run and back when they are asked for.
 */
@SuppressWarnings("try") // Scopes of pointers and guards act by being open.
final class TorchEngine implements Engine {

  private final Computation model;
  private final Map<List<String>, Program> programs = new HashMap<>();
  private final Program training;
  private final List<String> names;

  /** Over the model's arrays, and where they are computed with: the same on the CPU. */
  private final Tensor[] host;

  private final Tensor[] parameters;
  private boolean ahead;

  private Tensor[] gradients = {};
  private Adam adam;
  private Map<String, INDArray> lastFeed = Map.of();
  private final Map<String, INDArray> lastingArrays = new HashMap<>();
  private final Map<String, Tensor> lastingTensors = new HashMap<>();
  private SameDiffEngine plain;

  /**
   * @throws Node.Unsupported if the table of operations lacks something that the terms need
   */
  TorchEngine(Computation model) {
    this.model = model;
    training = new Program(model.sameDiff(), model.terms());
    names = List.copyOf(model.parameters().keySet());
    host = new Tensor[names.size()];
    parameters = new Tensor[names.size()];
    for (int i = 0; i < host.length; i++) {
      host[i] = Tensors.view(model.parameters().get(names.get(i)));
      parameters[i] = Libtorch.onCpu() ? host[i] : host[i].to(Libtorch.device(), type());
      parameters[i].set_requires_grad(true);
    }
  }

  private torch.ScalarType type() {
    return Tensors.type(model.flat().dataType());
  }

  @Override
  public Map<String, INDArray> forward(Map<String, INDArray> feed, Collection<String> outputs) {
    Program program;
    try {
      program =
          programs.computeIfAbsent(
              List.copyOf(outputs), names -> new Program(model.sameDiff(), names));
    } catch (Node.Unsupported e) {
      // The terms are in the table, this output is not.
      publish();
      plain = plain == null ? new SameDiffEngine(model) : plain;
      return plain.forward(feed, outputs);
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor[] tensors = start(program, feed);
      program.run(tensors);
      Map<String, INDArray> values = new LinkedHashMap<>();
      for (String output : outputs) {
        values.put(output, Tensors.array(tensors[program.placeOf(output)]));
      }
      return values;
    }
  }

  @Override
  public double[] differentiate(Map<String, INDArray> feed, double decay) {
    lastFeed = feed;
    release();
    try (PointerScope scope = new PointerScope()) {
      Tensor[] tensors = start(training, feed);
      training.run(tensors);
      Tensor loss = tensors[training.placeOf(model.loss())];
      Engine.requireScalar(model.loss(), loss.shape());
      gradients = new Tensor[names.size()];
      TensorVector slopes = slopes(loss, new TensorVector(parameters));
      for (int i = 0; i < gradients.length; i++) {
        // Convolutions return permuted gradients, and the fused Adam does not look at strides.
        boolean idle = slopes == null || !slopes.get(i).defined();
        Tensor g = idle ? torch.zeros_like(parameters[i]).detach() : slopes.get(i).contiguous();
        g.retainReference();
        gradients[i] = g;
      }
      return values(tensors, decay);
    }
  }

  /** Derivatives of the loss; null where it depends on none of the variables. */
  private static TensorVector slopes(Tensor loss, TensorVector variables) {
    if (!loss.requires_grad()) {
      return null;
    }
    BoolOptional released = new BoolOptional();
    return torch.grad(new TensorVector(loss), variables, new TensorVector(), released, false, true);
  }

  /** The terms and the norm, fetched from the device at once. */
  private double[] values(Tensor[] tensors, double decay) {
    int terms = model.terms().size();
    TensorVector all = new TensorVector();
    try (NoGradGuard guard = new NoGradGuard()) {
      for (String term : model.terms()) {
        Tensor value = tensors[training.placeOf(term)];
        Engine.requireScalar(term, value.shape());
        all.push_back(value.reshape());
      }
      Scalar lambda = new Scalar(decay);
      for (int i = 0; i < gradients.length; i++) {
        Tensor g = decay == 0 ? gradients[i] : gradients[i].add(parameters[i], lambda);
        all.push_back(torch.linalg_vector_norm(g));
      }
      double[] fetched = Tensors.numbers(torch.stack(all));
      double[] values = Arrays.copyOf(fetched, terms + 1);
      values[terms] =
          Math.sqrt(Arrays.stream(fetched, terms, fetched.length).map(n -> n * n).sum());
      return values;
    }
  }

  /** Places parameters, constants and what is fed. */
  private Tensor[] start(Program program, Map<String, INDArray> feed) {
    if (!Libtorch.onCpu() && !ahead) {
      try (NoGradGuard guard = new NoGradGuard()) {
        for (int i = 0; i < host.length; i++) {
          parameters[i].copy_(host[i]);
        }
      }
    }
    return program.start(
        name -> {
          int parameter = names.indexOf(name);
          if (parameter >= 0) {
            return parameters[parameter];
          }
          SDVariable variable = model.sameDiff().getVariable(name);
          boolean constant = !variable.isPlaceHolder();
          INDArray given = constant ? variable.getArr() : Engine.fed(name, feed);
          // A constant is copied to a GPU once; on the CPU its tensor is only a view.
          boolean lasting = constant ? !Libtorch.onCpu() : model.lasting().contains(name);
          if (!lasting) {
            return tensor(given.castTo(variable.dataType()));
          }
          if (lastingArrays.put(name, given) != given) {
            Tensor tensor = tensor(given.castTo(variable.dataType()));
            tensor.retainReference();
            Tensor old = lastingTensors.put(name, tensor);
            if (old != null) {
              old.releaseReference();
            }
          }
          return lastingTensors.get(name);
        });
  }

  private final List<INDArray> borrowed = new ArrayList<>();

  /** A tensor for this run; its array is held until the next. */
  private Tensor tensor(INDArray array) {
    INDArray dense = Tensors.dense(array);
    borrowed.add(dense);
    Tensor view = Tensors.view(dense);
    return Libtorch.onCpu() ? view : view.to(Libtorch.device(), Tensors.type(dense.dataType()));
  }

  @Override
  public Map<String, INDArray> gradients() {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    try (PointerScope scope = new PointerScope()) {
      for (int i = 0; i < names.size(); i++) {
        copies.put(names.get(i), Tensors.array(gradients[i]));
      }
    }
    return copies;
  }

  @Override
  public void update(double scale, double rate, double decay) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor[] slopes = gradients;
      if (scale != 1) {
        Scalar factor = new Scalar(scale);
        slopes = Arrays.stream(gradients).map(g -> g.mul(factor)).toArray(Tensor[]::new);
      }
      adam().step(slopes, rate, scale * decay);
      ahead = !Libtorch.onCpu();
    }
  }

  private Adam adam() {
    if (adam == null) {
      adam = new Adam(parameters);
    }
    return adam;
  }

  @Override
  public Moments moments() {
    try (PointerScope scope = new PointerScope()) {
      return new Moments(flat(adam().m), flat(adam().v), adam().updates);
    }
  }

  private static double[] flat(Tensor[] tensors) {
    TensorVector rows = new TensorVector();
    for (Tensor tensor : tensors) {
      rows.push_back(tensor.reshape(-1));
    }
    return Tensors.array(torch.cat(rows)).toDoubleVector();
  }

  @Override
  public void moments(Moments state) {
    adam = new Adam(parameters);
    if (state == null) {
      return;
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      adam.updates(state.updates());
      int at = 0;
      for (int i = 0; i < parameters.length; i++) {
        int end = at + (int) parameters[i].numel();
        set(adam.m[i], Arrays.copyOfRange(state.m(), at, end));
        set(adam.v[i], Arrays.copyOfRange(state.v(), at, end));
        at = end;
      }
    }
  }

  private static void set(Tensor tensor, double[] values) {
    INDArray array = Nd4j.createFromArray(values);
    tensor.copy_(Tensors.view(array).reshape(tensor.shape()));
  }

  @Override
  public String firstNotFinite() {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] tensors = start(training, lastFeed);
      List<Program.Step> differentiable = new ArrayList<>();
      TensorVector results = new TensorVector();
      for (Program.Step step : training.steps()) {
        training.run(step, tensors);
        for (int i = 0; i < step.writes().length; i++) {
          Tensor result = tensors[step.writes()[i]];
          if (!finite(result)) {
            return named(step.node(), i);
          }
          if (i == 0 && result.requires_grad()) {
            differentiable.add(step);
            results.push_back(result);
          }
        }
      }
      // Derivatives run backwards: the first that is not finite is the last in this order.
      for (Tensor parameter : parameters) {
        results.push_back(parameter);
      }
      TensorVector slopes = slopes(tensors[training.placeOf(model.loss())], results);
      for (int i = differentiable.size() - 1; i >= 0; i--) {
        if (slopes.get(i).defined() && !finite(slopes.get(i))) {
          return "the derivative by " + named(differentiable.get(i).node(), 0);
        }
      }
      for (int i = 0; i < parameters.length; i++) {
        Tensor slope = slopes.get(differentiable.size() + i);
        if (slope.defined() && !finite(slope)) {
          return "the derivative by the parameter '" + names.get(i) + "'";
        }
      }
      return "";
    }
  }

  private static String named(Node node, int result) {
    return "'" + node.outputs().get(result) + "' (operation " + node.op() + ")";
  }

  private static boolean finite(Tensor tensor) {
    return !tensor.is_floating_point() || torch.isfinite(tensor).all().item_bool();
  }

  @Override
  public void publish() {
    if (ahead) {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        for (int i = 0; i < host.length; i++) {
          host[i].copy_(parameters[i]);
        }
      }
      ahead = false;
    }
  }

  @Override
  public String description() {
    return Libtorch.description();
  }

  private void release() {
    for (Tensor gradient : gradients) {
      gradient.releaseReference();
    }
    gradients = new Tensor[0];
    borrowed.clear();
  }

  @Override
  public void close() {
    publish();
    release();
    adam = null;
    lastFeed = Map.of();
    lastingTensors.values().forEach(Tensor::releaseReference);
    lastingTensors.clear();
    lastingArrays.clear();
    programs.clear();
    if (plain != null) {
      plain.close();
    }
  }

  /** libtorch's fused Adam, which its bindings reach through the dispatcher only. */
  private static final class Adam {
    private static final OperatorHandle STEP =
        Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adam_", "");
    private static final Map<Integer, CompilationUnit> PACKS = new HashMap<>();

    final Tensor[] m;
    final Tensor[] v;
    int updates;
    private final Tensor count;
    private final Function pack;
    private final IValue parameters;
    private final IValue means;
    private final IValue squares;
    private final IValue counts;
    private final IValue none;

    Adam(Tensor[] parameters) {
      try (PointerScope scope = new PointerScope()) {
        m = zerosLike(parameters);
        v = zerosLike(parameters);
        count = held(torch.zeros(new long[0]).to(parameters[0].device(), torch.ScalarType.Float));
        CompilationUnit unit = lists(parameters.length);
        pack = held(unit.find_function(new QualifiedName("pack")));
        this.parameters = held(list(parameters));
        means = held(list(m));
        squares = held(list(v));
        Tensor[] same = new Tensor[parameters.length];
        Arrays.fill(same, count);
        counts = held(list(same));
        none = held(unit.find_function(new QualifiedName("none")).apply(new IValueVector()));
      }
    }

    private static <P extends org.bytedeco.javacpp.Pointer> P held(P pointer) {
      pointer.retainReference();
      return pointer;
    }

    private static Tensor[] zerosLike(Tensor[] tensors) {
      return Arrays.stream(tensors)
          .map(t -> held(torch.zeros_like(t).detach()))
          .toArray(Tensor[]::new);
    }

    /** Functions that make a list of tensors: the bindings' own constructor loses them. */
    private static synchronized CompilationUnit lists(int length) {
      return PACKS.computeIfAbsent(
          length,
          n -> {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < n; i++) {
              names.add("t" + i);
            }
            String arguments = String.join(": Tensor, ", names) + ": Tensor";
            return held(
                torch.compile(
                    "def pack("
                        + arguments
                        + ") -> List[Tensor]:\n    return ["
                        + String.join(", ", names)
                        + "]\ndef none() -> List[Tensor]:\n    r: List[Tensor] = []\n    return r\n"));
          });
    }

    private IValue list(Tensor[] tensors) {
      IValueVector arguments = new IValueVector();
      for (Tensor tensor : tensors) {
        arguments.push_back(new IValue(tensor));
      }
      return pack.apply(arguments);
    }

    void updates(int number) {
      updates = number;
      count.fill_(new Scalar((double) number));
    }

    void step(Tensor[] gradients, double rate, double decay) {
      updates(updates + 1);
      STEP.callBoxed(
          new IValueVector(
              parameters,
              list(gradients),
              means,
              squares,
              none,
              counts,
              new IValue(rate),
              new IValue(BETA1),
              new IValue(BETA2),
              new IValue(decay),
              new IValue(EPSILON),
              new IValue(false),
              new IValue(false),
              new IValue(),
              new IValue()));
    }
  }
}
