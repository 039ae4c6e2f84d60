package org.lowerbound.semisupervised;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleSupplier;
import org.lowerbound.data.ImageData;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.vae.Activation;

/**
 * The methods that are compared, each a function from (pictures, number of labels, seed) to the
 * test accuracy. What a method has to choose it chooses by half as many validation labels as it has
 * training labels; test pictures choose nothing.
 */
public enum Method {
  /** The nearest labelled picture. */
  NEAREST("1 nearest neighbour"),
  /** A linear classifier of pixels. */
  LOGISTIC("logistic regression"),
  /** A linear support vector machine on 50 principal components of the pool; C is chosen. */
  PCA_LINEAR("PCA + linear SVM"),
  /** The same with a Gaussian kernel; C and γ are chosen. */
  PCA_GAUSSIAN("PCA + RBF SVM"),
  /** M2's q(y | x) alone, trained on the labelled rows. */
  NETWORK("network alone"),
  /** A convolutional network trained until its training accuracy is 99.5 %. */
  CONVOLUTIONAL("convolutional network"),
  /** A convolutional network whose convolutions come from other pictures. */
  TRANSFER("transfer"),
  /** The nearest labelled picture in the features of M1. */
  M1_NEAREST("M1 + 1 nearest neighbour"),
  /** A support vector machine with a Gaussian kernel on the features of M1; C and γ are chosen. */
  M1_GAUSSIAN("M1 + RBF SVM"),
  /** M2 with its α. */
  M2_FULL("M2"),
  /** M2 with α = 0: the classifier learns from U(x) alone. */
  M2_NO_ALPHA("M2 without α"),
  /** M2 with one class drawn in place of the sum. */
  M2_DRAWN("M2, y drawn"),
  /** M2 on the features of M1. */
  M1_M2("M1+M2");

  private static final int COMPONENTS = 50;

  private final String label;

  Method(String label) {
    this.label = label;
  }

  /** The name in tables. */
  public String label() {
    return label;
  }

  /**
   * The part of the test pictures that the method names right.
   *
   * @param labels N, a multiple of the number of classes
   * @param seed of the labelled rows, of the initial weights and of all noise
   */
  public double accuracy(Study study, int labels, long seed) {
    return study.once(run(study, labels, seed), Double.class, () -> fresh(study, labels, seed));
  }

  private double fresh(Study study, int labels, long seed) {
    Labelled known = study.labelled(labels, seed);
    Labelled test = Labelled.of(study.test());
    return switch (this) {
      case NEAREST ->
          test.accuracy(
              NearestNeighbours.of(grey(study, known, seed), known.labels(), 1)
                  .classify(study.test().rows(0, test.size())));
      case LOGISTIC -> network(study, known, test, seed);
      case NETWORK -> network(study, known, test, seed, study.sizes().width());
      case PCA_LINEAR, PCA_GAUSSIAN -> {
        PrincipalComponents pca = PrincipalComponents.fit(study.pool(), COMPONENTS, false);
        ImageData choosing = study.choosing(labels, seed);
        yield machine(
            pca.of(grey(study, known, seed)),
            known.labels(),
            pca.of(choosing),
            choosing.labels(),
            pca.of(study.test()),
            test,
            this == PCA_GAUSSIAN);
      }
      case CONVOLUTIONAL -> convolutional(study, labels, seed).accuracy(study.test());
      case TRANSFER ->
          study
              .elsewhere()
              .transferred(study.pool().classes(), 1e-3, seed)
              .untilTrained(study.pool().balanced(labels, seed), 0.995, 100)
              .accuracy(study.test());
      case M1_NEAREST, M1_GAUSSIAN -> {
        float[][] x = study.features().means(study.pool().balancedRows(labels, seed));
        float[][] ofTest = study.features(study.test());
        if (this == M1_NEAREST) {
          yield test.accuracy(NearestNeighbours.of(x, known.labels(), 1).classify(ofTest));
        }
        ImageData choosing = study.choosing(labels, seed);
        yield machine(
            x, known.labels(), study.features(choosing), choosing.labels(), ofTest, test, true);
      }
      case M2_FULL, M2_NO_ALPHA, M2_DRAWN ->
          test.accuracy(
              m2(study, labels, seed, study.sizes().alpha()).classify(study.clean(study.test())));
      case M1_M2 -> test.accuracy(m1m2(study, labels, seed).classify(study.features(study.test())));
    };
  }

  /** The labelled pictures without noise. */
  private static float[][] grey(Study study, Labelled known, long seed) {
    return study.pool().balanced(known.size(), seed).rows(0, known.size());
  }

  private static double network(
      Study study, Labelled known, Labelled test, long seed, int... hidden) {
    NetworkClassifier network = NetworkClassifier.create(known, Activation.RELU, seed, hidden);
    int epochs = Math.max(20, 30_000 / known.size());
    Trainer.fit(network, known, null, Training.epochs(epochs).seed(seed).quiet());
    return test.accuracy(network.classify(study.clean(study.test())));
  }

  /** The baseline network as it was trained, with its training accuracy. */
  public static ConvolutionalNetwork convolutional(Study study, int labels, long seed) {
    return ConvolutionalNetwork.create(study.pool().shape(), study.pool().classes(), 1e-3, seed)
        .untilTrained(study.pool().balanced(labels, seed), 0.995, 100);
  }

  private static double machine(
      float[][] x,
      int[] labels,
      float[][] choosing,
      int[] choosingLabels,
      float[][] test,
      Labelled truth,
      boolean gaussian) {
    // γ relative to the mean squared distance of two rows, so that it fits any features.
    double scale = 0;
    for (int i = 1; i < x.length; i++) {
      for (int j = 0; j < x[0].length; j++) {
        scale += Math.pow(x[i][j] - x[i - 1][j], 2) / (x.length - 1.0);
      }
    }
    SupportVectors best = null;
    int most = -1;
    for (double cost : new double[] {0.1, 1, 10}) {
      for (double width : gaussian ? new double[] {0.3, 1, 3} : new double[] {0}) {
        SupportVectors machine =
            gaussian
                ? SupportVectors.gaussian(x, labels, cost, width / scale)
                : SupportVectors.linear(x, labels, cost);
        int[] got = machine.classify(choosing);
        int right = 0;
        for (int i = 0; i < got.length; i++) {
          right += got[i] == choosingLabels[i] ? 1 : 0;
        }
        if (right > most) {
          most = right;
          best = machine;
        }
      }
    }
    return truth.accuracy(best.classify(test));
  }

  /** M2 trained as this method trains it: {@link #M2_FULL} and its two ablations. */
  public M2 m2(Study study, int labels, long seed, double alpha) {
    M2Objective objective =
        M2Objective.of(labels, study.pool().size())
            .alpha(this == M2_NO_ALPHA ? 0 : alpha)
            .summation(this == M2_DRAWN ? Summation.DRAWN : Summation.ALL);
    String run = run(study, labels, seed) + "-alpha-" + objective.alpha();
    return study.once(
        run,
        M2.class,
        () -> {
          M2 m2 = M2.create(study.m2Shape(), objective, study.labelled(labels, seed), seed);
          m2.centred(study.inputs());
          Trainer.fit(m2, study.inputs(), null, study.sizes().m2(run).seed(seed));
          return m2;
        });
  }

  /** M2 trained on the features of M1. */
  public static M2 m1m2(Study study, int labels, long seed) {
    Features features = study.features();
    Labelled known = Labelled.of(features, study.pool(), study.pool().balancedRows(labels, seed));
    Sizes sizes = study.sizes();
    M2 m2 =
        M2.create(
            M2Shape.reals(
                features.features(), study.pool().classes(), sizes.latents(), sizes.width()),
            M2Objective.of(labels, study.pool().size()).alpha(sizes.alpha()),
            known,
            seed);
    Trainer.fit(m2, features, null, sizes.m1m2(M1_M2.run(study, labels, seed)).seed(seed));
    return m2;
  }

  private String run(Study study, int labels, long seed) {
    return name().toLowerCase(java.util.Locale.ROOT)
        + "-"
        + study.pool().name().replaceAll("\\W+", "-")
        + "-"
        + labels
        + "-"
        + seed;
  }

  /**
   * The accuracy with seeds 1, 2, …, several at a time.
   *
   * @param jobs runs at a time, at most the cores
   */
  public Spread accuracies(Study study, int labels, int seeds, int jobs) {
    List<DoubleSupplier> runs = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      long one = seed;
      runs.add(() -> accuracy(study, labels, one));
    }
    return new Spread(together(runs, jobs));
  }

  /** The values of some runs, {@code jobs} at a time, in their order. */
  static double[] together(List<DoubleSupplier> runs, int jobs) {
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService workers = Executors.newFixedThreadPool(Math.max(1, Math.min(jobs, cores)));
    try {
      List<Future<Double>> futures = new ArrayList<>();
      for (DoubleSupplier run : runs) {
        futures.add(workers.submit(run::getAsDouble));
      }
      double[] values = new double[futures.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = futures.get(i).get();
      }
      return values;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The runs were stopped.", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("A run failed.", e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }

  /** All methods. */
  static List<Method> all() {
    return Arrays.asList(values());
  }

  @Override
  public String toString() {
    return label;
  }
}
