package org.lowerbound.vae;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lowerbound.data.Backend;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.lowerbound.train.Support;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * The same model trained by somebody else's code: DL4J's layer {@code VariationalAutoencoder}
 * (1.0.0-M2.1), an oracle for {@link Vae}. It minimises E_q[−log p(x | z)] + KL(q(z | x) ‖ N(0, I))
 * with one draw of z, the KL in closed form, summed over pixels and latents and averaged over the
 * batch; its gradient is written by hand, ours comes from SameDiff. At equal parameters and equal
 * noise the two agree to rounding. Nothing is shared but the initial weights and the batches.
 *
 * <p>Two of its figures must not be compared with ours, so that a trained layer is judged through
 * {@link #vae()}, its parameters in our model:
 *
 * <ul>
 *   <li>{@link #reconstructionLogProbability} is documented as an estimate of log p(x) and is one
 *       of E_q[log p(x | z)], which is larger than log p(x) by KL(q(z | x) ‖ p(z)) − KL(q(z | x) ‖
 *       p(z | x)).
 *   <li>Its Bernoulli likelihood takes the logarithm of σ(a) instead of working with the log-odds
 *       a. In single precision σ(a) is 1 from a = 24 ln 2 = 16.64 on; log 0 is then replaced by 0,
 *       so a pixel that is black where the decoder is certain of white costs 0 nats instead of a,
 *       and returns no gradient.
 * </ul>
 *
 * <p>The layer draws its noise from ND4J's generator, which belongs to a thread: each method here
 * seeds that generator first.
 */
public final class Dl4jVae {
  static {
    Backend.find();
  }

  private final VaeShape shape;
  private final DataType type;
  private final MultiLayerNetwork network;

  private Dl4jVae(Vae vae, double learningRate) {
    this.shape = vae.shape();
    this.type = vae.graph().parameter("encoder.bmean").dataType();
    int[] hidden = shape.hidden();
    int[] mirrored = new int[hidden.length];
    Arrays.setAll(mirrored, l -> hidden[hidden.length - 1 - l]);
    network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(type)
                .updater(new Adam(learningRate))
                .list()
                .layer(
                    new org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder
                            .Builder()
                        .nIn(shape.features())
                        .nOut(shape.latents())
                        .encoderLayerSizes(hidden)
                        .decoderLayerSizes(mirrored)
                        .activation(activation())
                        .pzxActivationFunction(Activation.IDENTITY)
                        .reconstructionDistribution(
                            new BernoulliReconstructionDistribution(Activation.SIGMOID))
                        .build())
                .build());
    network.init();
    names()
        .forEach(
            (theirs, ours) -> {
              INDArray to = layer().getParam(theirs);
              to.assign(vae.graph().parameter(ours).reshape(to.shape()));
            });
  }

  /**
   * DL4J's layer with the shape and a copy of the parameters of ours, its Adam not yet started.
   *
   * @param vae dense, with hidden layers, Bernoulli likelihood
   * @param learningRate of Adam (β₁ = 0.9, β₂ = 0.999, ε = 1e−8)
   * @throws IllegalArgumentException if the layer cannot have that shape
   */
  public static Dl4jVae like(Vae vae, double learningRate) {
    VaeShape shape = vae.shape();
    boolean dense = shape.filters().length == 0 && shape.hidden().length > 0;
    if (!dense || shape.likelihood().kind() != Likelihood.Kind.BERNOULLI) {
      throw new IllegalArgumentException(
          "DL4J's layer is compared on dense networks with hidden layers and a Bernoulli likelihood,"
              + " not on: "
              + shape);
    }
    return new Dl4jVae(vae, learningRate);
  }

  private Activation activation() {
    return switch (shape.activation()) {
      case TANH -> Activation.TANH;
      case RELU -> Activation.RELU;
      case SOFTPLUS -> Activation.SOFTPLUS;
    };
  }

  private VariationalAutoencoder layer() {
    return (VariationalAutoencoder) network.getLayer(0);
  }

  /** DL4J's name of each parameter, and ours. */
  private Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    for (int l = 0; l < shape.hidden().length; l++) {
      pair(names, "e" + l, "encoder", "" + (l + 1));
      pair(names, "d" + l, "decoder", "" + (l + 1));
    }
    pair(names, "pZXMean", "encoder", "mean");
    pair(names, "pZXLogStd2", "encoder", "logvar");
    pair(names, "pXZ", "decoder", "out");
    return names;
  }

  private static void pair(Map<String, String> names, String theirs, String part, String layer) {
    names.put(theirs + "W", part + ".W" + layer);
    names.put(theirs + "b", part + ".b" + layer);
  }

  /** Our model with a copy of this layer's parameters. */
  public Vae vae() {
    Vae vae = Vae.create(shape, 0, type);
    names()
        .forEach(
            (theirs, ours) -> {
              INDArray to = vae.graph().parameter(ours);
              to.assign(layer().getParam(theirs).reshape(to.shape()));
            });
    return vae;
  }

  /**
   * Our model to the {@link org.lowerbound.train.Trainer}, which passes every batch on to this
   * layer as well: when {@code Trainer.fit(oracle.beside(vae), …)} returns, both have been trained
   * on the same batches in the same order, each by its own optimiser and with noise of its own. The
   * layer's learning rate is that of {@link #like}, whatever the training's.
   */
  public Model beside(Vae vae) {
    return beside(vae, false);
  }

  /**
   * As {@link #beside(Vae)}, and our model uses the noise that the layer draws: if both do the
   * same, they stay together as long as rounding lets them.
   *
   * @param vae trained by the bound with one draw, as the layer is
   */
  public Model inStepWith(Vae vae) {
    if (vae.objective().importanceWeighted() || vae.objective().samples() != 1) {
      throw new IllegalArgumentException(
          "The layer draws once and minimises the negative bound; the model's objective is "
              + vae.objective());
    }
    return beside(vae, true);
  }

  private Model beside(Vae vae, boolean sameNoise) {
    if (!vae.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "The two must have one shape; this layer's is " + shape + ", the model's " + vae.shape());
    }
    return new Model() {
      @Override
      public Graph graph() {
        return vae.graph();
      }

      @Override
      public Support support() {
        return vae.support();
      }

      @Override
      public Map<String, String> description() {
        return vae.description();
      }

      @Override
      public Map<String, INDArray> feed(Batch batch) {
        Map<String, INDArray> feed = new HashMap<>(vae.feed(batch));
        if (batch.training()) {
          long seed = batch.random().nextLong();
          step(batch.x(), seed);
          if (sameNoise) {
            feed.put("noise", noise(batch.size(), seed));
          }
        }
        return feed;
      }
    };
  }

  /** One step of training. */
  void step(INDArray x, long seed) {
    Nd4j.getRandom().setSeed(seed);
    network.pretrainLayer(0, x.castTo(type));
  }

  /** The layer's loss for a batch {@code [rows, features]}, in nats an example. */
  double loss(INDArray x, long seed) {
    compute(x, seed);
    return layer().score();
  }

  /** The gradient of the loss by our names. */
  Map<String, INDArray> gradients(INDArray x, long seed) {
    compute(x, seed);
    Map<String, INDArray> gradients = new LinkedHashMap<>();
    names()
        .forEach(
            (theirs, ours) ->
                // The sum over the batch; the updater divides it.
                gradients.put(
                    ours, layer().gradient().getGradientFor(theirs).div(x.size(0)).dup('c')));
    return gradients;
  }

  private void compute(INDArray x, long seed) {
    // The network makes the gradients' place when it first trains.
    if (layer().getGradientsViewArray() == null) {
      layer().setBackpropGradientsViewArray(Nd4j.create(type, 1, layer().numParams()));
    }
    layer().setInput(x.castTo(type), LayerWorkspaceMgr.noWorkspaces());
    Nd4j.getRandom().setSeed(seed);
    layer().computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
  }

  /** The noise ε that the layer draws for so many rows after this seed, {@code [rows, latents]}. */
  INDArray noise(int rows, long seed) {
    Nd4j.getRandom().setSeed(seed);
    return Nd4j.randn(type, rows, shape.latents());
  }

  /** The layer's own parameter, of which a change is felt at once. */
  INDArray parameter(String ours) {
    for (Map.Entry<String, String> pair : names().entrySet()) {
      if (pair.getValue().equals(ours)) {
        return layer().getParam(pair.getKey());
      }
    }
    throw new IllegalArgumentException("There is no parameter '" + ours + "'.");
  }

  /**
   * What the layer calls the log reconstruction probability of each row (An and Cho 2015, algorithm
   * 4): (1/n) Σ_i log p(x | z_i), z_i ~ q(z | x). Its documentation calls the exponential of this
   * an estimate of p(x) that more samples make better; it is not, for the KL is missing.
   *
   * @param x {@code [rows, features]}
   * @param samples n
   * @return {@code [rows]}, nats
   */
  public double[] reconstructionLogProbability(float[][] x, int samples, long seed) {
    Nd4j.getRandom().setSeed(seed);
    return layer()
        .reconstructionLogProbability(Nd4j.createFromArray(x), samples)
        .castTo(DataType.DOUBLE)
        .reshape(x.length)
        .toDoubleVector();
  }

  @Override
  public String toString() {
    return "DL4J's VariationalAutoencoder, " + shape;
  }
}
