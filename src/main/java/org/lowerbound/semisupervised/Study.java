package org.lowerbound.semisupervised;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.lowerbound.Size;
import org.lowerbound.data.Cifar10;
import org.lowerbound.data.DynamicBinaryRows;
import org.lowerbound.data.Examples;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Mnist;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.RealRows;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.train.Trainer;
import org.lowerbound.vae.AuthorsM1;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Scale;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;

/**
 * The data of a comparison: a pool of training pictures of which a few will be labelled, validation
 * pictures of which half as many labels may be used to choose by, and test pictures, which choose
 * nothing.
 *
 * <p>The networks see digits as bits that are drawn anew at each use, and coloured pictures as
 * whitened principal components; both are tested on the expectation, without noise. The whole pool
 * serves as the unlabelled rows: the labelled pictures are among them, without their labels.
 */
public final class Study {

  /** Components of a coloured picture. */
  private static final int COMPONENTS = 100;

  private final Sizes sizes;
  private final ImageData pool;
  private final ImageData valid;
  private final ImageData test;
  private final Examples inputs;
  private final PrincipalComponents components;
  private Vae m1;
  private Features features;
  private int[] kept;
  private ConvolutionalNetwork elsewhere;
  private final Map<String, Object> done = new ConcurrentHashMap<>();
  private final Map<String, Object> busy = new ConcurrentHashMap<>();

  private Study(Sizes sizes, ImageData pool, ImageData valid, ImageData test, boolean digits) {
    this.sizes = sizes;
    this.pool = pool;
    this.valid = valid;
    this.test = test;
    this.components =
        digits ? null : PrincipalComponents.fit(pool, Math.min(COMPONENTS, pool.size()), true);
    this.inputs = digits ? DynamicBinaryRows.of(pool) : reals(pool.name(), components.of(pool));
  }

  /**
   * What was computed under this key before, or is computed now: a run that is asked for again, by
   * another figure or by a cell that is run twice, is not trained again.
   */
  <T> T once(String key, Class<T> type, Supplier<T> run) {
    // Runs side by side that want the same wait for the one that computes it.
    synchronized (busy.computeIfAbsent(key, k -> new Object())) {
      Object before = done.get(key);
      if (before == null) {
        before = run.get();
        done.put(key, before);
      }
      return type.cast(before);
    }
  }

  /** The leading directions of the pool, not whitened. */
  PrincipalComponents principal(int count) {
    return once(
        "pca-" + count,
        PrincipalComponents.class,
        () ->
            components == null
                ? PrincipalComponents.fit(pool, count, false)
                : components.plain().first(count));
  }

  private static RealRows reals(String name, float[][] rows) {
    double[][] values = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      float[] row = rows[i];
      values[i] = IntStream.range(0, row.length).mapToDouble(j -> row[j]).toArray();
    }
    List<String> names = IntStream.range(0, rows[0].length).mapToObj(i -> "c" + i).toList();
    return RealRows.of(Provenance.builtIn(name + ", components", "whitened"), names, values);
  }

  /** MNIST, or the built-in digits where it is not at hand. */
  public static Study mnist(Sizes sizes) {
    ImageData train = Mnist.train();
    int valid = Math.min(10_000, train.size() - sizes.unlabelled());
    return new Study(
        sizes,
        scaled(train.range(0, sizes.unlabelled()), sizes),
        scaled(train.range(train.size() - valid, train.size()), sizes),
        scaled(Mnist.test().range(0, sizes.test()), sizes),
        true);
  }

  /** The built-in digits. */
  public static Study strokes(Sizes sizes) {
    int train = sizes.unlabelled() + 1000;
    ImageData digits = StrokeDigits.of(train + sizes.test(), 6).materialised();
    return new Study(
        sizes,
        scaled(digits.range(0, sizes.unlabelled()), sizes),
        scaled(digits.range(sizes.unlabelled(), train), sizes),
        scaled(digits.range(train, train + sizes.test()), sizes),
        true);
  }

  /** CIFAR-10, or the built-in street digits where it is not at hand. */
  public static Study cifar(Sizes sizes) {
    ImageData train = Cifar10.train();
    ImageData test = Cifar10.test();
    // Validation labels are balanced too: 2,500 of them for 5,000 need a reserve.
    int valid = Math.min(5000, train.size() / 4);
    int pool = Math.min(sizes.unlabelled(), train.size() - valid);
    return new Study(
        sizes,
        train.range(0, pool),
        train.range(train.size() - valid, train.size()),
        test.range(0, Math.min(sizes.test(), test.size())),
        false);
  }

  private static ImageData scaled(ImageData pictures, Sizes sizes) {
    return sizes.side() * 2 == pictures.height() ? halved(pictures) : pictures;
  }

  /**
   * Pictures of half the height and width: each pixel is the mean of four.
   *
   * @param pictures of even sides
   */
  public static ImageData halved(ImageData pictures) {
    int height = pictures.height() / 2;
    int width = pictures.width() / 2;
    int channels = pictures.channels();
    byte[][] pixels = new byte[pictures.size()][channels * height * width];
    byte[] labels = new byte[pictures.size()];
    for (int i = 0; i < pixels.length; i++) {
      byte[] from = pictures.pixels(i);
      labels[i] = (byte) pictures.label(i);
      for (int at = 0; at < pixels[i].length; at++) {
        int row = at / width;
        int corner = 4 * width * row + 2 * (at % width);
        int sum =
            (from[corner] & 255)
                + (from[corner + 1] & 255)
                + (from[corner + 2 * width] & 255)
                + (from[corner + 2 * width + 1] & 255);
        pixels[i][at] = (byte) ((sum + 2) / 4);
      }
    }
    Provenance halved = pictures.provenance().named(pictures.name() + ", " + height + "×" + width);
    return ImageData.of(
        halved, new int[] {channels, height, width}, pictures.classes(), pixels, labels);
  }

  /** The pool of training pictures. */
  public ImageData pool() {
    return pool;
  }

  /** Validation pictures. */
  public ImageData valid() {
    return valid;
  }

  /** Test pictures. */
  public ImageData test() {
    return test;
  }

  /** The pool as the networks see it. */
  public Examples inputs() {
    return inputs;
  }

  /** The numbers of the size. */
  public Sizes sizes() {
    return sizes;
  }

  /** Pictures as the networks are tested on them: without noise. */
  public float[][] clean(ImageData pictures) {
    return components == null ? pictures.rows(0, pictures.size()) : components.of(pictures);
  }

  /** The labels of {@code count} pictures of the pool, as many of each class. */
  public Labelled labelled(int count, long seed) {
    return Labelled.of(inputs, pool, pool.balancedRows(count, seed));
  }

  /** Half as many validation pictures with labels as there are training ones: to choose by. */
  public ImageData choosing(int labels, long seed) {
    int tens = Math.max(1, labels / 2 / valid.classes()) * valid.classes();
    return valid.balanced(tens, seed);
  }

  /** The shape of M2 on these pictures. */
  public M2Shape m2Shape() {
    int d = inputs.features();
    return components == null
        ? M2Shape.bits(d, pool.classes(), sizes.latents(), sizes.width())
        : M2Shape.reals(d, pool.classes(), sizes.latents(), sizes.width());
  }

  /**
   * M1 of the pool, trained at the first call. At full size on MNIST it is the authors' own, where
   * their weights are at hand.
   */
  public synchronized Vae m1() {
    if (m1 == null) {
      if (sizes.size() == Size.FULL && isMnist()) {
        m1 = AuthorsM1.load().orElse(null);
      }
      if (m1 == null) {
        VaeShape shape = VaeShape.dense(inputs.features(), 2 * sizes.latents(), sizes.width());
        m1 =
            Vae.create(
                components == null
                    ? shape
                    : shape.likelihood(Likelihood.gaussian(Scale.predicted(0.05))),
                1);
        if (components == null) {
          m1.centred(inputs);
        }
        Trainer.fit(m1, inputs, null, sizes.m1("m1-" + pool.name().replaceAll("\\W+", "-")));
      }
    }
    return m1;
  }

  private boolean isMnist() {
    return pool.provenance().real() && pool.name().startsWith("MNIST");
  }

  /** Latents of M1 that are in use. */
  public synchronized int[] kept() {
    if (kept == null) {
      Examples some = reals("some", clean(pool.range(0, Math.min(5000, pool.size()))));
      kept = Features.inUse(m1(), some, 0.1);
    }
    return kept.clone();
  }

  /** The features of M1 of the whole pool. */
  public synchronized Features features() {
    if (features == null) {
      features = Features.of(m1(), components == null ? pool : inputs, kept());
    }
    return features;
  }

  /** The means of the features of other pictures. */
  public float[][] features(ImageData pictures) {
    Examples rows = components == null ? pictures : reals("pictures", clean(pictures));
    return Features.of(m1(), rows, kept()).means();
  }

  /**
   * A convolutional network trained on other pictures: grey ones of CIFAR-10 for digits, MNIST in
   * colour for CIFAR-10; what is not at hand is replaced by built-in pictures.
   */
  synchronized ConvolutionalNetwork elsewhere() {
    if (elsewhere == null) {
      ImageData other = components == null ? greyed(Cifar10.train()) : coloured(Mnist.train());
      ImageData some =
          other.range(0, Math.min(other.size(), sizes.size() == Size.QUICK ? 500 : 10_000));
      elsewhere =
          ConvolutionalNetwork.create(pool.shape(), other.classes(), 1e-3, 1)
              .untilTrained(some, sizes.size() == Size.QUICK ? 0.6 : 0.9, 15);
    }
    return elsewhere;
  }

  /** The mean of three channels, cut to the middle 28×28, and halved where the digits are. */
  private ImageData greyed(ImageData colours) {
    int side = pool.height() == 14 ? 28 : pool.height();
    int margin = (colours.height() - side) / 2;
    int plane = colours.height() * colours.width();
    int size = Math.min(colours.size(), 10_000);
    byte[][] pixels = new byte[size][side * side];
    byte[] labels = new byte[size];
    for (int i = 0; i < size; i++) {
      byte[] from = colours.pixels(i);
      labels[i] = (byte) colours.label(i);
      for (int at = 0; at < side * side; at++) {
        int place = (at / side + margin) * colours.width() + at % side + margin;
        int sum = 0;
        for (int c = 0; c < 3; c++) {
          sum += from[c * plane + place] & 255;
        }
        pixels[i][at] = (byte) (sum / 3);
      }
    }
    ImageData grey =
        ImageData.of(
            colours.provenance().named(colours.name() + " in grey"),
            new int[] {1, side, side},
            10,
            pixels,
            labels);
    return pool.height() == 14 ? halved(grey) : grey;
  }

  /** Digits with a margin of two pixels, the same in three channels. */
  private ImageData coloured(ImageData digits) {
    int size = Math.min(digits.size(), 10_000);
    int side = pool.height();
    int margin = (side - digits.height()) / 2;
    byte[][] pixels = new byte[size][3 * side * side];
    for (int i = 0; i < size; i++) {
      byte[] from = digits.pixels(i);
      for (int at = 0; at < from.length; at++) {
        int place = (at / digits.width() + margin) * side + at % digits.width() + margin;
        for (int c = 0; c < 3; c++) {
          pixels[i][c * side * side + place] = from[at];
        }
      }
    }
    return ImageData.of(
        digits.provenance().named(digits.name() + " in three channels"),
        pool.shape(),
        10,
        pixels,
        Arrays.copyOf(bytes(digits.labels()), size));
  }

  private static byte[] bytes(int[] labels) {
    byte[] bytes = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i] = (byte) labels[i];
    }
    return bytes;
  }

  @Override
  public String toString() {
    return pool
        + "\nvalidation: "
        + valid.size()
        + " pictures, of which half as many labels are used as in training"
        + "\ntest: "
        + test.size()
        + " pictures";
  }
}
