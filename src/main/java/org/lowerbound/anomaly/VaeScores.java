package org.lowerbound.anomaly;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.lowerbound.data.Backend;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Numbers;
import org.lowerbound.train.Trainer;
import org.lowerbound.vae.Posterior;
import org.lowerbound.vae.Vae;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Three scores of a variational autoencoder for each row, from the same k draws z_i ~ q(z | x). All
 * are in nats and, as scores are, larger for stranger rows:
 *
 * <ul>
 *   <li>{@code reconstruction}: −(1/k) Σ log p(x | z_i), the <em>reconstruction probability</em> of
 *       An and Cho (2015), which leaves out what the code costs;
 *   <li>{@code bound}: that, and KL(q(z | x) ‖ p(z)) added: the negative bound;
 *   <li>{@code weighted}: −log (1/k) Σ p(x, z_i)/q(z_i | x), the importance-weighted estimate of
 *       −log p(x) (Burda et al. 2016, equation 8).
 * </ul>
 *
 * @param reconstruction {@code [rows]}
 * @param bound {@code [rows]}
 * @param weighted {@code [rows]}; never above the mean over the draws of the bound's terms
 */
public record VaeScores(double[] reconstruction, double[] bound, double[] weighted) {
  static {
    Backend.find();
  }

  private static final int CHUNK = 500;

  /**
   * The scores of every row.
   *
   * @param draws k, of z for each row
   * @param seed of the draws; those of a row do not depend on the other rows
   */
  public static VaeScores of(Vae vae, Examples data, int draws, long seed) {
    Checks.atLeast(1, "The number of draws", draws);
    vae.support().check(data);
    int rows = data.size();
    VaeScores scores = new VaeScores(new double[rows], new double[rows], new double[rows]);
    for (int from = 0; from < rows; from += CHUNK) {
      StopButton.poll();
      scores.some(vae, data, draws, seed, from, Math.min(rows, from + CHUNK));
    }
    return scores;
  }

  private void some(Vae vae, Examples data, int draws, long seed, int from, int to) {
    int rows = to - from;
    int latents = vae.shape().latents();
    float[][] x = new float[rows][data.features()];
    RandomGenerator[] random = new RandomGenerator[rows];
    LogSumExp[] weights = new LogSumExp[rows];
    for (int i = 0; i < rows; i++) {
      random[i] = Trainer.random(seed, from + i);
      // Data that are drawn anew each time: once here, for all draws of z.
      data.draw(from + i, random[i], x[i], 0);
      weights[i] = new LogSumExp();
    }
    Posterior q = vae.encode(x);
    DataType type = vae.graph().parameter("encoder.bmean").dataType();
    Map<String, INDArray> feed = new HashMap<>();
    feed.put("x", Nd4j.createFromArray(x).castTo(type));
    double[] ratio = new double[rows];
    for (int draw = 0; draw < draws; draw++) {
      float[][] z = new float[rows][latents];
      Arrays.fill(ratio, 0);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < latents; j++) {
          double noise = random[i].nextGaussian();
          double value = q.mean()[i][j] + q.deviation()[i][j] * noise;
          z[i][j] = (float) value;
          // log N(z; 0, 1) − log N(z; μ, σ²); the constants cancel.
          ratio[i] += 0.5 * (noise * noise - value * value) + Math.log(q.deviation()[i][j]);
        }
      }
      feed.put("z", Nd4j.createFromArray(z).castTo(type));
      double[] logp = Trainer.evaluate(vae, feed, "logp").get("logp").toDoubleVector();
      for (int i = 0; i < rows; i++) {
        reconstruction[from + i] -= logp[i] / draws;
        weights[i].add(logp[i] + ratio[i]);
      }
    }
    for (int i = 0; i < rows; i++) {
      double kl = 0;
      for (int j = 0; j < latents; j++) {
        double mean = q.mean()[i][j];
        double deviation = q.deviation()[i][j];
        kl += 0.5 * (mean * mean + deviation * deviation - 1) - Math.log(deviation);
      }
      bound[from + i] = reconstruction[from + i] + kl;
      weighted[from + i] = -weights[i].mean();
    }
  }

  /** KL(q(z | x) ‖ p(z)) of every row: what the second score adds to the first. */
  public double[] kl() {
    double[] kl = new double[bound.length];
    Arrays.setAll(kl, i -> bound[i] - reconstruction[i]);
    return kl;
  }

  /** The arrays by their shape. */
  @Override
  public String toString() {
    return Numbers.record(this);
  }
}
