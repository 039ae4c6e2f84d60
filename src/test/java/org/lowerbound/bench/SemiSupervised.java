package org.lowerbound.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Model M2 of Kingma et al. (2014), eqs. 6 to 9, as a load for the benchmark: of unlabelled
 * examples the class is summed over, so that a step runs encoder and decoder on classes + 1 times
 * as many rows as it has examples. Row {@code c·batch + i} is example i with class c.
 */
final class SemiSupervised implements Model {

  private final Graph graph;
  private final int classes;
  private final int latents;
  private INDArray everyClass;

  private SemiSupervised(Graph graph, int classes, int latents) {
    this.graph = graph;
    this.classes = classes;
    this.latents = latents;
  }

  static SemiSupervised create(int features, int hidden, int latents, int classes, long seed) {
    RandomGenerator random = Trainer.random(seed);
    SameDiff sd = SameDiff.create();
    DataType type = DataType.FLOAT;
    SDVariable unlabelled = sd.placeHolder("u", type, -1, features);
    SDVariable labelled = sd.placeHolder("x", type, -1, features);
    SDVariable label = sd.placeHolder("y", type, -1, classes);
    SDVariable every = sd.placeHolder("every", type, -1, classes);
    SDVariable noise = sd.placeHolder("noise", type, -1, latents);

    SDVariable wc = weight(sd, "Wc", features, hidden, random);
    SDVariable bc = bias(sd, "bc", hidden);
    SDVariable wl = weight(sd, "Wl", hidden, classes, random);
    SDVariable bl = bias(sd, "bl", classes);
    SDVariable logqU = classifier(sd, unlabelled, wc, bc, wl, bl);
    SDVariable logqX = classifier(sd, labelled, wc, bc, wl, bl);

    // All rows: the unlabelled examples with each class in turn, then the labelled ones.
    SDVariable rows = sd.concat(0, sd.tile(unlabelled, classes, 1), labelled);
    SDVariable y = sd.concat(0, every, label);
    SDVariable wx = weight(sd, "Wx", features, hidden, random);
    SDVariable pixels = sd.concat(0, sd.tile(unlabelled.mmul(wx), classes, 1), labelled.mmul(wx));
    SDVariable h =
        sd.nn.relu(
            pixels
                .add(y.mmul(weight(sd, "Wy", classes, hidden, random)))
                .add(bias(sd, "bh", hidden)),
            0);
    SDVariable mean =
        h.mmul(weight(sd, "Wm", hidden, latents, random)).add(bias(sd, "bm", latents));
    SDVariable logvar =
        h.mmul(weight(sd, "Wv", hidden, latents, random)).add(bias(sd, "bv", latents));
    SDVariable z = mean.add(noise.mul(sd.math.exp(logvar.mul(0.5))));
    SDVariable g =
        sd.nn.relu(
            z.mmul(weight(sd, "Wz", latents, hidden, random))
                .add(y.mmul(weight(sd, "Wg", classes, hidden, random)))
                .add(bias(sd, "bg", hidden)),
            0);
    SDVariable a = g.mmul(weight(sd, "Wo", hidden, features, random)).add(bias(sd, "bo", features));
    SDVariable size = sd.math.abs(a);
    SDVariable softplus = a.add(size).mul(0.5).add(sd.math.log1p(sd.math.exp(size.neg())));
    SDVariable logp = rows.mul(a).sub(softplus).sum(1);
    SDVariable kl = mean.mul(mean).add(sd.math.exp(logvar)).sub(logvar).sub(1).sum(1).mul(0.5);
    // −L(x, y) without the constant log p(y).
    SDVariable bound = logp.sub(kl);
    SDVariable q = sd.math.exp(logqU);
    // Σ_y q(y|x)(−L(x, y)) + H(q(y|x)) of the unlabelled, −L(x, y) of the labelled.
    SDVariable share = sd.concat(0, sd.reshape(sd.permute(q, 1, 0), -1), label.sum(1));
    SDVariable entropy = q.mul(logqU).sum(1).mean().neg();
    SDVariable classified = label.mul(logqX).sum(1).mean().mul(0.1);
    share.mul(bound).mean().mul(classes + 1.0).add(entropy).add(classified).neg("loss");
    return new SemiSupervised(Graph.of(sd, "loss"), classes, latents);
  }

  private static SDVariable classifier(
      SameDiff sd, SDVariable x, SDVariable w, SDVariable b, SDVariable v, SDVariable c) {
    SDVariable logits = sd.nn.relu(x.mmul(w).add(b), 0).mmul(v).add(c);
    SDVariable shifted = logits.sub(logits.max(true, 1));
    return shifted.sub(sd.math.log(sd.math.exp(shifted).sum(true, 1)));
  }

  private static SDVariable weight(
      SameDiff sd, String name, int in, int out, RandomGenerator random) {
    double limit = Math.sqrt(6.0 / (in + out));
    float[] values = new float[in * out];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-limit, limit);
    }
    return sd.var(name, Nd4j.create(values, new long[] {in, out}, 'c'));
  }

  private static SDVariable bias(SameDiff sd, String name, int size) {
    return sd.var(name, Nd4j.zeros(DataType.FLOAT, size));
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Map<String, INDArray> feed(Batch batch) {
    throw new UnsupportedOperationException("The benchmark feeds this model.");
  }

  Map<String, INDArray> feed(
      INDArray unlabelled, INDArray labelled, int[] labels, RandomGenerator random) {
    int rows = labels.length;
    if (everyClass == null) {
      everyClass = Nd4j.zeros(DataType.FLOAT, (long) classes * rows, classes);
      for (int i = 0; i < classes * rows; i++) {
        everyClass.putScalar(i, i / rows, 1);
      }
    }
    INDArray y = Nd4j.zeros(DataType.FLOAT, rows, classes);
    for (int i = 0; i < rows; i++) {
      y.putScalar(i, labels[i], 1);
    }
    float[] noise = new float[(classes + 1) * rows * latents];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    Map<String, INDArray> feed = new HashMap<>();
    feed.put("u", unlabelled);
    feed.put("x", labelled);
    feed.put("y", y);
    feed.put("every", everyClass);
    feed.put("noise", Nd4j.create(noise, new long[] {(long) (classes + 1) * rows, latents}, 'c'));
    return feed;
  }
}
