package org.lowerbound.semisupervised;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import org.lowerbound.data.ImageData;
import org.lowerbound.numerics.SideBySide;
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
        PrincipalComponents pca = study.principal(COMPONENTS);
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
      case M2_NO_ALPHA -> accuracy(study, labels, seed, 0);
      // One thing is changed: without the sum over the classes, M2 keeps the α that it has with it.
      case M2_FULL, M2_DRAWN -> accuracy(study, labels, seed, M2_FULL.alpha(study, labels).best());
      case M1_M2 -> accuracy(study, labels, seed, alpha(study, labels).best());
    };
  }

  private double accuracy(Study study, int labels, long seed, double alpha) {
    M2 model = trained(study, labels, seed, alpha);
    return Labelled.of(study.test()).accuracy(model.classify(input(study, study.test())));
  }

  /** Pictures as the method's model takes them, without noise. */
  private float[][] input(Study study, ImageData pictures) {
    return this == M1_M2 ? study.features(pictures) : study.clean(pictures);
  }

  /**
   * A weight of the classifier's own term, as it was chosen.
   *
   * @param tried the candidates, least first
   * @param accuracy of each on N/2 validation pictures
   * @param labels N/2
   */
  public record Alpha(double[] tried, double[] accuracy, int labels) {

    /** Copies the numbers. */
    public Alpha {
      tried = tried.clone();
      accuracy = accuracy.clone();
    }

    /** The candidates; a copy. */
    @Override
    public double[] tried() {
      return tried.clone();
    }

    /** Their accuracies; a copy. */
    @Override
    public double[] accuracy() {
      return accuracy.clone();
    }

    /** The candidate that names most of the validation pictures right; the least among equals. */
    public double best() {
      return tried[M2.largest(accuracy)];
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("on " + labels + " validation labels:");
      for (int i = 0; i < tried.length; i++) {
        text.append(String.format(Locale.ROOT, " α = %s %.3f,", tried[i], accuracy[i]));
      }
      return text + " chosen " + best();
    }
  }

  /**
   * The α of {@link #M2_FULL} or of {@link #M1_M2}: each candidate is trained once, with the
   * labelled rows of seed 1, and judged by the N/2 validation labels of seed 1. All seeds take what
   * these choose, so that no more than N/2 further labels are used for the whole row of a table.
   */
  public Alpha alpha(Study study, int labels) {
    if (this != M2_FULL && this != M1_M2) {
      throw new IllegalArgumentException(this + " has no α to choose.");
    }
    return study.once(
        run(study, labels, 1) + "-alpha",
        Alpha.class,
        () -> {
          ImageData choosing = study.choosing(labels, 1);
          double[] tried = study.sizes().alphas().stream().mapToDouble(a -> a).toArray();
          List<DoubleSupplier> runs = new ArrayList<>();
          for (double alpha : tried) {
            runs.add(
                () -> {
                  M2 model = trained(study, labels, 1, alpha);
                  return Labelled.of(choosing).accuracy(model.classify(input(study, choosing)));
                });
          }
          return new Alpha(tried, together(runs, tried.length), choosing.size());
        });
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
    return study.once(
        CONVOLUTIONAL.run(study, labels, seed) + "-network",
        ConvolutionalNetwork.class,
        () ->
            ConvolutionalNetwork.create(study.pool().shape(), study.pool().classes(), 1e-3, seed)
                .untilTrained(study.pool().balanced(labels, seed), 0.995, 100));
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

  /** The model of {@link #M1_M2}, or of {@link #M2_FULL} and its ablations, trained. */
  M2 trained(Study study, int labels, long seed, double alpha) {
    return this == M1_M2 ? m1m2(study, labels, seed, alpha) : m2(study, labels, seed, alpha);
  }

  /**
   * M2 trained as this method trains it: {@link #M2_FULL} and its two ablations.
   *
   * @param alpha weight of the classifier's own term; 0 for {@link #M2_NO_ALPHA}
   */
  public M2 m2(Study study, int labels, long seed, double alpha) {
    M2Objective objective =
        M2Objective.of(labels, study.pool().size())
            .alpha(alpha)
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
  public static M2 m1m2(Study study, int labels, long seed, double alpha) {
    String run = M1_M2.run(study, labels, seed) + "-alpha-" + alpha;
    return study.once(
        run,
        M2.class,
        () -> {
          Features features = study.features();
          Sizes sizes = study.sizes();
          int classes = study.pool().classes();
          M2 m2 =
              M2.create(
                  M2Shape.reals(features.features(), classes, sizes.latents(), sizes.width()),
                  M2Objective.of(labels, study.pool().size()).alpha(alpha),
                  Labelled.of(features, study.pool(), study.pool().balancedRows(labels, seed)),
                  seed);
          Trainer.fit(m2, features, null, sizes.m1m2(run).seed(seed));
          return m2;
        });
  }

  private String run(Study study, int labels, long seed) {
    return name().toLowerCase(Locale.ROOT)
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

  /**
   * The accuracy of {@link #M2_FULL} or {@link #M1_M2} with this α, whoever chose it.
   *
   * @see #accuracies(Study, int, int, int)
   */
  public Spread accuracies(Study study, int labels, double alpha, int seeds, int jobs) {
    List<DoubleSupplier> runs = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      long one = seed;
      runs.add(() -> accuracy(study, labels, one, alpha));
    }
    return new Spread(together(runs, jobs));
  }

  /** The values of some runs, {@code jobs} at a time, in their order. */
  static double[] together(List<DoubleSupplier> runs, int jobs) {
    double[] values = new double[runs.size()];
    int places = Math.min(Math.max(1, jobs), Runtime.getRuntime().availableProcessors());
    SideBySide.run(runs.size(), places, i -> values[i] = runs.get(i).getAsDouble());
    return values;
  }

  /** Published accuracies on MNIST with N labels and what they refer to; empty if there is none. */
  String onMnist(int n) {
    String[] published =
        switch (this) {
          case M2_FULL -> new String[] {".932 (Pyro); .880 (paper)", ".949 (Pyro); .964 (paper)"};
          case M2_NO_ALPHA -> new String[] {".225 (Pyro)", ".756 (Pyro)"};
          case M2_DRAWN -> new String[] {"about .20 (Pyro)", "about .20 (Pyro)"};
          case NETWORK -> new String[] {".771 (Pyro)", ".886 (Pyro)"};
          case M1_M2 -> new String[] {".967 (paper)", ".976 (paper)"};
          case CONVOLUTIONAL -> new String[] {".262 (Keng)", ".934 (Keng)"};
          case M1_GAUSSIAN -> new String[] {".628 (Keng)", ".906 (Keng)"};
          case PCA_GAUSSIAN -> new String[] {".692 (Keng)", ".891 (Keng)"};
          default -> new String[] {"", ""};
        };
    return n == 100 ? published[0] : n == 1000 ? published[1] : "";
  }

  /** Published accuracies on CIFAR-10 with N labels: the table of the post. */
  String onCifar(int n) {
    String[] published =
        switch (this) {
          case CONVOLUTIONAL -> new String[] {".434 (Keng)", ".610 (Keng)"};
          case TRANSFER -> new String[] {".661 (Keng; ImageNet)", ".728 (Keng; ImageNet)"};
          case PCA_GAUSSIAN -> new String[] {".356 (Keng)", ".420 (Keng)"};
          case M1_GAUSSIAN -> new String[] {".321 (Keng)", ".376 (Keng)"};
          case M2_FULL -> new String[] {".420 (Keng)", ""};
          default -> new String[] {"", ""};
        };
    return n == 1000 ? published[0] : n == 5000 ? published[1] : "";
  }

  @Override
  public String toString() {
    return label;
  }
}
