package org.lowerbound.semisupervised;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Layers;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The graph of {@link M2}. Of B unlabelled rows, m terms of the sum over y each, and L labelled
 * rows, all m·B + L pairs (x, y) go through encoder and decoder in one batch; pair c·B + i is the
 * c-th term of unlabelled row i. What does not depend on y is computed once a row: the classifier,
 * and the first layers' products with x.
 *
 * <p>Placeholders of training: {@code u [B, features]}, {@code every [m·B, classes]} (one-hot: the
 * class of each term), {@code weight [m·B]} (one over the probability with which the term was
 * drawn), {@code x [L, features]}, {@code y [L, classes]}, {@code noise [m·B + L, latents]}, {@code
 * logprior [classes, 1]}. Beside it, over the same parameters: {@code row bound} and {@code mean},
 * {@code deviation} of pairs {@code px [rows, features]}, {@code py [rows, classes]} with noise
 * {@code pnoise}; and the decoder alone, of {@code z [rows, latents]} and {@code py}.
 */
final class M2Graph {

  private final M2Shape shape;
  private final M2Objective objective;
  private final DataType type;
  private final SameDiff sd = SameDiff.create();
  private final Map<String, SDVariable> parameters = new HashMap<>();

  private M2Graph(M2Shape shape, M2Objective objective, DataType type) {
    this.shape = shape;
    this.objective = objective;
    this.type = type;
  }

  static Graph build(
      M2Shape shape, M2Objective objective, DataType type, Map<String, INDArray> initial) {
    return new M2Graph(shape, objective, type).build(initial);
  }

  /** A weight matrix with its Glorot limit, or a bias. */
  private record Parameter(String name, int in, int out) {}

  private static List<Parameter> parameters(M2Shape shape) {
    List<Parameter> all = new ArrayList<>();
    int below = shape.features();
    int[] classifier = shape.classifier();
    for (int l = 0; l < classifier.length; l++) {
      dense(all, "classifier", "" + (l + 1), below, classifier[l]);
      below = classifier[l];
    }
    dense(all, "classifier", "out", below, shape.classes());
    int[] hidden = shape.hidden();
    all.add(new Parameter("encoder.Y1", shape.classes(), hidden[0]));
    below = shape.features();
    for (int l = 0; l < hidden.length; l++) {
      dense(all, "encoder", "" + (l + 1), below, hidden[l]);
      below = hidden[l];
    }
    dense(all, "encoder", "mean", below, shape.latents());
    dense(all, "encoder", "logvar", below, shape.latents());
    all.add(new Parameter("decoder.Y1", shape.classes(), hidden[hidden.length - 1]));
    below = shape.latents();
    for (int l = 0; l < hidden.length; l++) {
      dense(all, "decoder", "" + (l + 1), below, hidden[hidden.length - 1 - l]);
      below = hidden[hidden.length - 1 - l];
    }
    dense(all, "decoder", "out", below, shape.features());
    if (shape.likelihood().heads() == 2) {
      dense(all, "decoder", "scale", below, shape.features());
    }
    return all;
  }

  private static void dense(List<Parameter> all, String part, String layer, int in, int out) {
    all.add(new Parameter(part + ".W" + layer, in, out));
    all.add(new Parameter(part + ".b" + layer, 0, out));
  }

  /** Random weights, Glorot uniform, and biases of 0, by name and in the order of the network. */
  static Map<String, INDArray> initial(M2Shape shape, RandomGenerator random, DataType type) {
    Map<String, INDArray> initial = new LinkedHashMap<>();
    for (Parameter p : parameters(shape)) {
      double limit = p.in == 0 ? 0 : Layers.glorot(p.in, p.out);
      long[] dimensions = p.in == 0 ? new long[] {p.out} : new long[] {p.in, p.out};
      initial.put(p.name, Layers.uniform(limit, random, type, dimensions));
    }
    return initial;
  }

  private Graph build(Map<String, INDArray> initial) {
    initial.forEach((name, value) -> parameters.put(name, sd.var(name, value)));
    int terms = objective.summation().terms(shape.classes());
    SDVariable u = sd.placeHolder("u", type, -1, shape.features());
    SDVariable every = sd.placeHolder("every", type, -1, shape.classes());
    SDVariable weight = sd.placeHolder("weight", type, -1);
    SDVariable x = sd.placeHolder("x", type, -1, shape.features());
    SDVariable y = sd.placeHolder("y", type, -1, shape.classes());
    SDVariable noise = sd.placeHolder("noise", type, -1, shape.latents());
    SDVariable logPrior = sd.placeHolder("logprior", type, shape.classes(), 1);

    // All pairs (x, y); W x + W' y + b is the first layer's, so W x is computed once a row.
    SDVariable rows = sd.concat(0, tiled(u, terms), x);
    SDVariable ys = sd.concat(0, every, y);
    SDVariable first = parameters.get("encoder.W1");
    SDVariable seen = sd.concat(0, tiled(u.mmul(first), terms), x.mmul(first));
    SDVariable bound = bound("", rows, seen, ys, noise);

    // log p(y) + log p(x | y, z) − KL of every pair: −L(x, y) of the paper's eq. 6.
    SDVariable joint = bound.add(sd.reshape(ys.mmul(logPrior), -1));
    SDVariable logq = classifier(u).rename("logq");
    SDVariable logqOfTerm = tiled(logq, terms).mul(every).sum(1);
    SDVariable share = sd.math.exp(logqOfTerm).mul(weight);
    // −U(x) = Σ_y q(y | x) (−L(x, y) − log q(y | x)), eq. 7: the last part sums to the entropy.
    // The pairs lie in one array; a weight of 0 takes the other kind of rows out of a sum.
    SDVariable shares = sd.concat(0, share, y.sum(1).mul(0));
    SDVariable ofLabelled = sd.concat(0, weight.mul(0), y.sum(1));
    SDVariable entropy = share.mul(logqOfTerm).mean().mul(terms).neg("entropy");
    SDVariable unlabelled =
        shares.mul(joint).sum().div(every.sum()).mul(terms).add("unlabelled bound", entropy);
    SDVariable labelled = ofLabelled.mul(joint).sum().div("labelled bound", y.sum());
    SDVariable right = classifier(x).mul(y).sum(1).mean().rename("log q of the labels");
    double f = objective.labelledShare();
    unlabelled.mul(1 - f).add(labelled.mul(f)).add(right.mul(objective.alpha())).neg("loss");

    SDVariable px = sd.placeHolder("px", type, -1, shape.features());
    SDVariable py = sd.placeHolder("py", type, -1, shape.classes());
    SDVariable pnoise = sd.placeHolder("pnoise", type, -1, shape.latents());
    bound("row ", px, px.mmul(first), py, pnoise);
    SDVariable z = sd.placeHolder("z", type, -1, shape.latents());
    Decoded decoded = decoder(z, py);
    sd.identity("a", decoded.a);
    if (decoded.scale != null) {
      sd.identity("s", decoded.scale);
    }
    shape.likelihood().logProbability(sd, px, decoded.a, decoded.scale).rename("logp");
    return Graph.of(
        sd, "loss", "unlabelled bound", "labelled bound", "log q of the labels", "entropy");
  }

  private SDVariable tiled(SDVariable rows, int times) {
    return times == 1 ? rows : sd.tile(rows, times, 1);
  }

  /** log q(y | x), {@code [rows, classes]}. */
  private SDVariable classifier(SDVariable x) {
    SDVariable h = x;
    for (int l = 1; l <= shape.classifier().length; l++) {
      h = shape.activation().of(sd, affine(h, "classifier", "" + l));
    }
    SDVariable logits = affine(h, "classifier", "out");
    SDVariable shifted = logits.sub(logits.max(true, 1));
    return shifted.sub(sd.math.log(sd.math.exp(shifted).sum(true, 1)));
  }

  /** log p(x | y, z) − KL(q(z | x, y) ‖ p(z)) of each pair with one draw of z, {@code [rows]}. */
  private SDVariable bound(
      String name, SDVariable x, SDVariable seen, SDVariable y, SDVariable noise) {
    SDVariable h =
        shape
            .activation()
            .of(
                sd,
                seen.add(y.mmul(parameters.get("encoder.Y1"))).add(parameters.get("encoder.b1")));
    for (int l = 2; l <= shape.hidden().length; l++) {
      h = shape.activation().of(sd, affine(h, "encoder", "" + l));
    }
    SDVariable mean = affine(h, "encoder", "mean");
    SDVariable logvar = affine(h, "encoder", "logvar");
    SDVariable deviation = sd.math.exp(logvar.mul(0.5));
    SDVariable kl = mean.mul(mean).add(sd.math.exp(logvar)).sub(logvar).sub(1).sum(1).mul(0.5);
    Decoded decoded = decoder(mean.add(deviation.mul(noise)), y);
    SDVariable logp = shape.likelihood().logProbability(sd, x, decoded.a, decoded.scale);
    if (!name.isEmpty()) {
      mean.rename("mean");
      deviation.rename("deviation");
    }
    return logp.sub(name + "bound", kl);
  }

  private record Decoded(SDVariable a, SDVariable scale) {}

  private Decoded decoder(SDVariable z, SDVariable y) {
    SDVariable h =
        shape
            .activation()
            .of(sd, affine(z, "decoder", "1").add(y.mmul(parameters.get("decoder.Y1"))));
    for (int l = 2; l <= shape.hidden().length; l++) {
      h = shape.activation().of(sd, affine(h, "decoder", "" + l));
    }
    SDVariable scale = null;
    if (shape.likelihood().scale() != null) {
      double value = shape.likelihood().scale().value();
      scale =
          shape.likelihood().heads() == 2
              ? Layers.softplus(sd, affine(h, "decoder", "scale")).add(value)
              : sd.constant(Nd4j.valueArrayOf(new long[] {1}, value, type));
    }
    return new Decoded(affine(h, "decoder", "out"), scale);
  }

  private SDVariable affine(SDVariable below, String part, String layer) {
    return below.mmul(parameters.get(part + ".W" + layer)).add(parameters.get(part + ".b" + layer));
  }
}
