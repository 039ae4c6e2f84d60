package org.lowerbound.entropy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.lowerbound.numerics.LogSumExp;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.numerics.Vectors;

/**
 * The conditional maximum-entropy problem and its dual, multinomial logistic regression; as a
 * function of the weights, the regularised mean negative log-likelihood.
 *
 * <p>Entropy side, over one distribution {@code p_n} on the classes for each example: maximise
 * {@code J(p) = 1/N Σ_n H(p_n) − 1/(2α) Σ_y ‖Δ_y‖²} with the mismatch of moments {@code Δ_y = 1/N
 * Σ_n (1[y_n = y] − p_n(y)) x_n}. Likelihood side, over weights: minimise {@code L(w) = −1/N Σ_n
 * log p_w(y_n|x_n) + α/2 ‖w‖²} with {@code p_w(y|x) ∝ exp(w_y·x)}. {@code J(p) ≤ L(w)} for every
 * pair; at the optima they are equal and {@code w = Δ/α}. With {@code α > 0} both optima exist and
 * are unique; with {@code α = 0} separable data send the weights to infinity.
 *
 * <p>Source: A. Berger, S. Della Pietra and V. Della Pietra, <a
 * href="https://aclanthology.org/J96-1002/">A Maximum Entropy Approach to Natural Language
 * Processing</a> (1996); with the quadratic penalty, M. Collins and others, <a
 * href="https://www.jmlr.org/papers/v9/collins08a.html">Exponentiated Gradient Algorithms for
 * Conditional Random Fields</a> (2008), section 2.
 */
public final class MaxEntClassifier implements SmoothFunction {
  private final double[][] features;
  private final int[] labels;
  private final int classes;
  private final double penalty;
  private final int width;

  private MaxEntClassifier(double[][] features, int[] labels, int classes, double penalty) {
    this.features = features;
    this.labels = labels;
    this.classes = classes;
    this.penalty = penalty;
    this.width = features[0].length;
  }

  /**
   * States the problem. There is no separate intercept: let one feature be constant.
   *
   * @param features {@code x_n}, {@code [examples, features]}
   * @param labels the class of each example, {@code 0 … classes − 1}
   * @param classes number of classes, at least two
   * @param penalty {@code α > 0}
   * @throws IllegalArgumentException if there are no examples, a shape or label is wrong, or the
   *     penalty is not positive
   */
  public static MaxEntClassifier of(
      double[][] features, int[] labels, int classes, double penalty) {
    if (features.length == 0) {
      throw new IllegalArgumentException("A classifier cannot be fitted to zero examples.");
    }
    if (labels.length != features.length) {
      throw new IllegalArgumentException(
          "Expected one label for each of the "
              + features.length
              + " examples, got "
              + labels.length
              + ".");
    }
    if (classes < 2) {
      throw new IllegalArgumentException("Expected at least two classes, got " + classes + ".");
    }
    if (!(penalty > 0 && penalty < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The penalty α must be positive, but it is "
              + penalty
              + ". Without it separable classes have no optimum: the weights grow for ever.");
    }
    for (int n = 0; n < features.length; n++) {
      StopButton.poll();
      if (features[n].length == 0 || features[n].length != features[0].length) {
        throw new IllegalArgumentException(
            "Example "
                + n
                + " has "
                + features[n].length
                + " features, but the first has "
                + features[0].length
                + ".");
      }
      for (double x : features[n]) {
        if (!Double.isFinite(x)) {
          throw new IllegalArgumentException("Example " + n + " has a feature that is " + x + ".");
        }
      }
      if (labels[n] < 0 || labels[n] >= classes) {
        throw new IllegalArgumentException(
            "Label " + n + " is " + labels[n] + ", expected 0 to " + (classes - 1) + ".");
      }
    }
    return new MaxEntClassifier(features, labels.clone(), classes, penalty);
  }

  /** Number of weights: classes × features. */
  @Override
  public int dimension() {
    return classes * width;
  }

  /** {@code L(w)} in nats an example; {@code weights [classes × features]}, class by class. */
  @Override
  public double value(double[] weights) {
    double loss = 0;
    for (int n = 0; n < features.length; n++) {
      StopButton.poll();
      double[] scores = scores(weights, features[n]);
      loss += LogSumExp.of(scores) - scores[labels[n]];
    }
    return loss / features.length + penalty / 2 * Vectors.dot(weights, weights);
  }

  /** {@code ∂L/∂w_y = αw_y − Δ_y(p_w)}: at the optimum the moments match up to {@code αw}. */
  @Override
  public double[] gradient(double[] weights) {
    double[] gradient = Vectors.times(penalty, weights);
    for (int n = 0; n < features.length; n++) {
      StopButton.poll();
      double[] p = LogSumExp.softmax(scores(weights, features[n]));
      p[labels[n]] -= 1;
      for (int y = 0; y < classes; y++) {
        addTo(gradient, y, p[y] / features.length, features[n]);
      }
    }
    return gradient;
  }

  /** {@code ∂²L/∂w∂w = α·1 + 1/N Σ_n Cov_{p_w(·|x_n)}}; a dense matrix, for small problems. */
  @Override
  public double[][] hessian(double[] weights) {
    double[][] hessian = new double[dimension()][dimension()];
    for (int n = 0; n < features.length; n++) {
      StopButton.poll();
      double[] p = LogSumExp.softmax(scores(weights, features[n]));
      for (int y = 0; y < classes; y++) {
        for (int z = 0; z < classes; z++) {
          double covariance = ((y == z ? p[y] : 0) - p[y] * p[z]) / features.length;
          for (int j = 0; j < width; j++) {
            addTo(hessian[y * width + j], z, covariance * features[n][j], features[n]);
          }
        }
      }
    }
    for (int k = 0; k < hessian.length; k++) {
      hessian[k][k] += penalty;
    }
    return hessian;
  }

  /** The likelihood side: minimises {@code L} from zero weights by limited-memory BFGS. */
  public Minimum minimiseLoss(double tolerance, int maximumSteps) {
    return Minimiser.quasiNewton(this, new double[dimension()], tolerance, maximumSteps);
  }

  /**
   * The entropy side: maximises {@code J} over the distributions themselves, from uniform ones, by
   * exponentiated-gradient steps on one example after another, in a fresh random order each sweep:
   * a fixed order needs about twenty times as many sweeps. No step lowers {@code J}. Stops when
   * {@code L(Δ/α) − J(p)}, which bounds the error of both, is at most {@code gap}.
   */
  public EntropyAscent maximiseEntropy(double gap, int maximumSweeps, long seed) {
    int examples = features.length;
    double[][] p = new double[examples][classes];
    double[] mismatch = new double[dimension()];
    for (int n = 0; n < examples; n++) {
      StopButton.poll();
      Arrays.fill(p[n], 1.0 / classes);
      for (int y = 0; y < classes; y++) {
        addTo(mismatch, y, ((labels[n] == y ? 1 : 0) - p[n][y]) / examples, features[n]);
      }
    }
    double[] entropies = new double[maximumSweeps + 1];
    double[] losses = new double[maximumSweeps + 1];
    entropies[0] = entropySide(p, mismatch);
    losses[0] = value(Vectors.times(1 / penalty, mismatch));
    int sweeps = 0;
    RandomGenerator random = new SplittableRandom(seed);
    int[] order = new int[examples];
    Arrays.setAll(order, n -> n);
    while (losses[sweeps] - entropies[sweeps] > gap && sweeps < maximumSweeps) {
      StopButton.poll();
      for (int k = examples - 1; k >= 0; k--) {
        StopButton.poll();
        int other = random.nextInt(k + 1);
        int n = order[other];
        order[other] = order[k];
        order[k] = n;
        step(n, p[n], mismatch);
      }
      sweeps++;
      entropies[sweeps] = entropySide(p, mismatch);
      losses[sweeps] = value(Vectors.times(1 / penalty, mismatch));
    }
    return new EntropyAscent(
        p,
        Vectors.times(1 / penalty, mismatch),
        Arrays.copyOf(entropies, sweeps + 1),
        Arrays.copyOf(losses, sweeps + 1));
  }

  /**
   * {@code p ← p^{1−η} exp(η w_y·x)/Z} with {@code w = Δ/α}. The step {@code η = 1/(1 + ‖x‖²/(αN))}
   * is the longest for which relative smoothness guarantees that {@code J} rises.
   */
  private void step(int n, double[] p, double[] mismatch) {
    double[] x = features[n];
    int examples = features.length;
    double rate = 1 / (1 + Vectors.dot(x, x) / (penalty * examples));
    double[] exponents = scores(mismatch, x);
    for (int y = 0; y < classes; y++) {
      exponents[y] = (1 - rate) * Math.log(p[y]) + rate * exponents[y] / penalty;
    }
    double[] next = LogSumExp.softmax(exponents);
    for (int y = 0; y < classes; y++) {
      // A probability that underflows would never come back, because its logarithm is gone.
      next[y] = Math.max(next[y], Double.MIN_NORMAL);
      addTo(mismatch, y, (p[y] - next[y]) / examples, x);
      p[y] = next[y];
    }
  }

  private double entropySide(double[][] p, double[] mismatch) {
    double entropy = 0;
    for (double[] pn : p) {
      for (double py : pn) {
        entropy -= py * Math.log(py);
      }
    }
    return entropy / p.length - Vectors.dot(mismatch, mismatch) / (2 * penalty);
  }

  /** {@code p_w(y|x)} for one example {@code [features]}, as {@code [classes]}. */
  public double[] predict(double[] weights, double[] example) {
    if (example.length != width || weights.length != dimension()) {
      throw new IllegalArgumentException(
          "Expected "
              + width
              + " features and "
              + dimension()
              + " weights, got "
              + example.length
              + " and "
              + weights.length
              + ".");
    }
    return LogSumExp.softmax(scores(weights, example));
  }

  /** The fraction of examples {@code [n, features]} whose likeliest class is their label. */
  public double accuracy(double[] weights, double[][] examples, int[] truth) {
    int right = 0;
    for (int n = 0; n < examples.length; n++) {
      double[] p = predict(weights, examples[n]);
      int best = 0;
      for (int y = 1; y < classes; y++) {
        best = p[y] > p[best] ? y : best;
      }
      right += best == truth[n] ? 1 : 0;
    }
    return (double) right / examples.length;
  }

  private double[] scores(double[] weights, double[] x) {
    double[] scores = new double[classes];
    for (int y = 0; y < classes; y++) {
      double sum = 0;
      int at = y * width;
      for (int j = 0; j < width; j++) {
        sum += weights[at + j] * x[j];
      }
      scores[y] = sum;
    }
    return scores;
  }

  private void addTo(double[] weights, int y, double scale, double[] x) {
    int at = y * width;
    for (int j = 0; j < width; j++) {
      weights[at + j] += scale * x[j];
    }
  }
}
