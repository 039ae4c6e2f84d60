package org.lowerbound.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.lowerbound.numerics.StopButton;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Images, with labels if they are known: bytes 0 to 255, drawn as floats {@code byte / 255} in [0,
 * 1].
 *
 * <p>One image has the shape {@code [channels, height, width]}, channel by channel and row by row;
 * so a batch is {@code [batch, channels, height, width]}. Subsets share the pixels of the whole and
 * cost next to nothing.
 */
public final class ImageData implements Examples {

  /** k / 255 as a float, for all bytes. */
  private static final float[] UNIT = new float[256];

  static {
    for (int k = 0; k < 256; k++) {
      UNIT[k] = k / 255f;
    }
  }

  /** Images that are computed between two looks at the stop button. */
  private static final int MADE_AT_ONCE = 2000;

  private final Provenance provenance;
  private final int[] shape;
  private final int features;
  private final int classes;
  private final byte[][] pixels;
  private final int[] labels;

  private ImageData(
      Provenance provenance, int[] shape, int classes, byte[][] pixels, int[] labels) {
    this.provenance = provenance;
    this.shape = shape;
    this.features = Shapes.product(shape);
    this.classes = classes;
    this.pixels = pixels;
    this.labels = labels;
  }

  /**
   * Images of one shape with their labels.
   *
   * @param shape {@code [channels, height, width]}
   * @param classes the number of classes
   * @param pixels {@code [images, channels * height * width]}, unsigned bytes; not copied
   * @param labels one label from 0 to {@code classes - 1} an image; not copied
   * @throws IllegalArgumentException if the arrays do not fit together
   */
  public static ImageData of(
      Provenance provenance, int[] shape, int classes, byte[][] pixels, int[] labels) {
    return checked(provenance, shape, classes, pixels, Objects.requireNonNull(labels, "labels"));
  }

  /** Images with one unsigned byte of label each, as the files of data sets have them. */
  public static ImageData of(
      Provenance provenance, int[] shape, int classes, byte[][] pixels, byte[] labels) {
    return of(provenance, shape, classes, pixels, Shapes.unsigned(labels));
  }

  /** Images without labels: {@link #classes} is 0, and whatever needs labels refuses them. */
  public static ImageData of(Provenance provenance, int[] shape, byte[][] pixels) {
    return checked(provenance, shape, 0, pixels, null);
  }

  private static ImageData checked(
      Provenance provenance, int[] shape, int classes, byte[][] pixels, int[] labels) {
    Objects.requireNonNull(provenance, "provenance");
    if (shape.length != 3) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " is not [channels, height, width]");
    }
    int[] own = shape.clone();
    int features = Shapes.product(own);
    if (labels != null && labels.length != pixels.length) {
      throw new IllegalArgumentException(
          labels.length + " labels for " + pixels.length + " images; expected one an image");
    }
    for (int i = 0; i < pixels.length; i++) {
      if (pixels[i].length != features) {
        throw new IllegalArgumentException(
            "image " + i + " has " + pixels[i].length + " bytes; expected " + features);
      }
      if (labels != null && (labels[i] < 0 || labels[i] >= classes)) {
        throw new IllegalArgumentException(
            "label " + labels[i] + " of image " + i + " is not in 0 to " + (classes - 1));
      }
    }
    return new ImageData(provenance, own, classes, pixels, labels);
  }

  /** The same images under another provenance. */
  ImageData from(Provenance other) {
    return new ImageData(other, shape, classes, pixels, labels);
  }

  /**
   * Images that are computed, on all cores.
   *
   * @param pixels the bytes of image i
   * @param label the class of image i
   */
  static ImageData made(
      Provenance provenance,
      int[] shape,
      int classes,
      int size,
      IntFunction<byte[]> pixels,
      IntUnaryOperator label) {
    byte[][] images = new byte[size][];
    int[] labels = new int[size];
    for (int from = 0; from < size; from += MADE_AT_ONCE) {
      // Between the blocks, since the stop button reaches this thread and not those of the pool.
      StopButton.poll();
      IntStream.range(from, Math.min(size, from + MADE_AT_ONCE))
          .parallel()
          .forEach(
              i -> {
                images[i] = pixels.apply(i);
                labels[i] = label.applyAsInt(i);
              });
    }
    return of(provenance, shape, classes, images, labels);
  }

  @Override
  public int size() {
    return pixels.length;
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public int features() {
    return features;
  }

  /** 1 for grey images, 3 for red, green and blue. */
  public int channels() {
    return shape[0];
  }

  /** The height of an image in pixels. */
  public int height() {
    return shape[1];
  }

  /** The width of an image in pixels. */
  public int width() {
    return shape[2];
  }

  /** Whether the images have labels. */
  @Override
  public boolean labelled() {
    return labels != null;
  }

  private int[] known() {
    if (labels == null) {
      throw new IllegalStateException(name() + " has no labels");
    }
    return labels;
  }

  /** The number of classes; labels are 0 to {@code classes() - 1}. 0 without labels. */
  public int classes() {
    return classes;
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    Objects.checkFromIndexSize(at, features, into.length);
    byte[] source = pixels[Shapes.row(this, row)];
    for (int j = 0; j < source.length; j++) {
      into[at + j] = UNIT[source[j] & 0xff];
    }
  }

  /** Draws x_j ~ Bernoulli(pixel_j / 255); a pixel of 0 or 255 takes no random number. */
  void drawBits(int row, RandomGenerator random, float[] into, int at) {
    Objects.checkFromIndexSize(at, features, into.length);
    byte[] source = pixels[Shapes.row(this, row)];
    for (int j = 0; j < source.length; j++) {
      int grey = source[j] & 0xff;
      // 24 random bits u, compared exactly: u / 2^24 < grey / 255.
      boolean one =
          grey == 255 || (grey != 0 && (random.nextInt() >>> 8) * 255L < (long) grey << 24);
      into[at + j] = one ? 1 : 0;
    }
  }

  /** The bytes of one image, {@code [channels * height * width]}; a copy. */
  public byte[] pixels(int row) {
    return pixels[Shapes.row(this, row)].clone();
  }

  /**
   * The label of one image, 0 to {@code classes() - 1}.
   *
   * @throws IllegalStateException if these images have no labels, as in all that follows
   */
  @Override
  public int label(int row) {
    return known()[Shapes.row(this, row)];
  }

  /** All labels; a copy. */
  public int[] labels() {
    return known().clone();
  }

  /** The number of images of each class. */
  public int[] counts() {
    int[] counts = new int[classes];
    for (int label : known()) {
      counts[label]++;
    }
    return counts;
  }

  /** The images of the given indices, in that order, as a set of their own. */
  public ImageData take(int... rows) {
    byte[][] chosen = new byte[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      chosen[i] = pixels[Shapes.row(this, rows[i])];
    }
    return new ImageData(provenance, shape, classes, chosen, Shapes.take(labels, rows));
  }

  /** The images {@code from} (inclusive) to {@code to} (exclusive) as a set of their own. */
  public ImageData range(int from, int to) {
    return take(Shapes.range(this, from, to));
  }

  /** The same images in an order that the seed determines. */
  public ImageData shuffled(long seed) {
    return take(Shapes.permutation(this, seed));
  }

  /**
   * The first images for training, the next for validation, the next for test. To split at random,
   * call {@link #shuffled} first.
   *
   * @throws IllegalArgumentException if the parts need more images than there are
   */
  public Splits<ImageData> split(int train, int valid, int test) {
    int[][] parts = Shapes.split(this, train, valid, test);
    return new Splits<>(take(parts[0]), take(parts[1]), take(parts[2]));
  }

  /**
   * The indices of {@code count} images, the same number of each class, chosen by the seed: the
   * labelled images of semi-supervised learning. Their order is mixed.
   *
   * @throws IllegalArgumentException if the count is not a multiple of the number of classes, or a
   *     class has too few images
   */
  public int[] balancedRows(int count, long seed) {
    int[] labels = known();
    if (count <= 0 || count % classes != 0) {
      throw new IllegalArgumentException(
          count + " labels cannot be balanced: expected a multiple of " + classes + " classes");
    }
    int each = count / classes;
    int[] left = new int[classes];
    Arrays.fill(left, each);
    int[] chosen = new int[count];
    int n = 0;
    for (int row : Shapes.permutation(this, seed)) {
      if (left[labels[row]] > 0) {
        left[labels[row]]--;
        chosen[n++] = row;
      }
    }
    if (n < count) {
      throw new IllegalArgumentException(
          name()
              + " has too few images for "
              + each
              + " of each class: "
              + Arrays.toString(counts()));
    }
    return chosen;
  }

  /** The images of {@link #balancedRows} as a set of their own. */
  public ImageData balanced(int count, long seed) {
    return take(balancedRows(count, seed));
  }

  /** The images in order, in parts of the given size; the last part may be smaller. */
  public List<ImageData> batches(int batchSize) {
    if (batchSize <= 0) {
      throw new IllegalArgumentException("batch size " + batchSize + "; expected at least 1");
    }
    List<ImageData> batches = new ArrayList<>();
    for (int from = 0; from < size(); from += batchSize) {
      batches.add(range(from, Math.min(from + batchSize, size())));
    }
    return batches;
  }

  /**
   * The images as DL4J's networks take them, in order: features {@code [batch, channels, height,
   * width]} in [0, 1], labels {@code [batch, classes]} one-hot.
   */
  public DataSetIterator iterator(int batchSize) {
    if (batchSize <= 0) {
      throw new IllegalArgumentException("batch size " + batchSize + "; expected at least 1");
    }
    known();
    return new ImageBatches(this, batchSize);
  }

  @Override
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public String toString() {
    return Shapes.line(this, labels == null ? ", no labels" : ", " + classes + " classes");
  }
}
