package org.lowerbound.vae;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lowerbound.data.Cifar10;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Splits;
import org.lowerbound.data.Svhn;

/**
 * The colour pictures of chapter 05: which set, in which size, in which parts.
 *
 * <p>Training and validation pictures come from the official training set, in an order that a seed
 * determines; the test pictures are the first of the official test set.
 */
public final class ColourPictures {

  /**
   * Names the variable that chooses the set: {@code svhn}, the default, {@code cifar10}, or a
   * folder with two files of SVHN's format 2.
   */
  public static final String VARIABLE = "LOWERBOUND_COLOURS";

  /** What such a folder must hold, as SVHN's own page names its files. */
  private static final List<String> FILES = List.of("train_32x32.mat", "test_32x32.mat");

  /** A handful of SVHN's digits, in its format, that may lie in the data folder. */
  private static final String HANDFUL = "svhn_tiny_32x32.mat";

  private ColourPictures() {}

  /** The set that {@code LOWERBOUND_COLOURS} names, in the size of the run. */
  public static Splits<ImageData> load(StreetSizes sizes) {
    return load(chosen("svhn"), sizes);
  }

  /** The set that {@code LOWERBOUND_COLOURS} names, or this one where it names none. */
  public static String chosen(String otherwise) {
    String name = System.getenv(VARIABLE);
    return name == null || name.isBlank() ? otherwise : name.strip();
  }

  /**
   * The parts of one set.
   *
   * @param name {@code svhn} or {@code cifar10}, for which the built-in StreetDigits stand in where
   *     the files are not at hand, and their provenance says so; or a folder with {@code
   *     train_32x32.mat} and {@code test_32x32.mat} of the reader's own, in SVHN's format 2
   * @throws IllegalArgumentException if it is neither
   * @throws org.lowerbound.data.DataException if a file of the folder is not in that format
   */
  public static Splits<ImageData> load(String name, StreetSizes sizes) {
    return load(name, sizes.side(), sizes.train(), sizes.valid(), sizes.test());
  }

  /**
   * The parts of one set, as {@link #load(String, StreetSizes)} has them.
   *
   * @param side of the pictures, 32 or 16
   * @param rows for training, as many or as there are
   * @param valid taken from the training pictures too, at most a tenth of them
   * @param asked of the test set, the first ones
   */
  public static Splits<ImageData> load(String name, int side, int rows, int valid, int asked) {
    ImageData train;
    ImageData test;
    switch (name) {
      case "svhn" -> {
        train = Svhn.train();
        test = Svhn.test();
      }
      case "cifar10" -> {
        train = Cifar10.train();
        test = Cifar10.test();
      }
      default -> {
        Path folder = Path.of(name);
        for (String file : FILES) {
          if (!Files.isRegularFile(folder.resolve(file))) {
            throw new IllegalArgumentException(
                VARIABLE
                    + " is '"
                    + name
                    + "'; expected svhn, cifar10, or a folder that holds "
                    + String.join(" and ", FILES)
                    + (Files.isDirectory(folder) ? ", and it lacks " + file + "." : "."));
          }
        }
        train = Svhn.read(folder.resolve(FILES.get(0)));
        test = Svhn.read(folder.resolve(FILES.get(1)));
      }
    }
    return split(train, test, side, rows, valid, asked);
  }

  /**
   * Real house numbers, in the size of the run: SVHN's test pictures, or the handful that this
   * course was checked with ({@code svhn_tiny_32x32.mat} in the folder that {@code LOWERBOUND_DATA}
   * names); nothing where neither is at hand.
   */
  public static Optional<ImageData> houseNumbers(StreetSizes sizes) {
    return houseNumbers(System.getenv("LOWERBOUND_DATA"), sizes);
  }

  static Optional<ImageData> houseNumbers(String folder, StreetSizes sizes) {
    ImageData test = Svhn.test();
    if (test.provenance().real()) {
      return Optional.of(sized(test.range(0, Math.min(sizes.test(), test.size())), sizes.side()));
    }
    if (folder == null || folder.isBlank()) {
      return Optional.empty();
    }
    Path handful = Path.of(folder.strip(), HANDFUL);
    return Files.isRegularFile(handful)
        ? Optional.of(sized(Svhn.read(handful), sizes.side()))
        : Optional.empty();
  }

  static Splits<ImageData> split(ImageData train, ImageData test, StreetSizes sizes) {
    return split(train, test, sizes.side(), sizes.train(), sizes.valid(), sizes.test());
  }

  /** The parts of pictures at hand: as many as are asked for, or as there are. */
  static Splits<ImageData> split(
      ImageData train, ImageData test, int side, int rows, int valid, int asked) {
    int held = Math.min(valid, train.size() / 10);
    int first = Math.min(rows, train.size() - held);
    ImageData mixed = train.shuffled(1);
    return new Splits<>(
        sized(mixed.range(0, first), side),
        sized(mixed.range(first, first + held), side),
        sized(test.range(0, Math.min(asked, test.size())), side));
  }

  private static ImageData sized(ImageData pictures, int side) {
    if (pictures.width() == side) {
      return pictures;
    }
    if (pictures.width() == 2 * side) {
      return halved(pictures);
    }
    throw new IllegalArgumentException(
        pictures.name()
            + " has pictures of width "
            + pictures.width()
            + "; expected "
            + side
            + " or "
            + 2 * side
            + ".");
  }

  /**
   * Pictures of half the height and width: each level is the mean of the four it covers, rounded,
   * halves upwards.
   *
   * @throws IllegalArgumentException if a side is odd
   */
  public static ImageData halved(ImageData pictures) {
    int channels = pictures.channels();
    int height = pictures.height();
    int width = pictures.width();
    if (height % 2 != 0 || width % 2 != 0) {
      throw new IllegalArgumentException(
          "Pictures of " + height + "×" + width + " cannot be halved.");
    }
    byte[][] all = new byte[pictures.size()][];
    byte[] labels = new byte[pictures.size()];
    for (int i = 0; i < all.length; i++) {
      byte[] from = pictures.pixels(i);
      byte[] to = new byte[from.length / 4];
      for (int at = 0; at < to.length; at++) {
        int row = at / (width / 2);
        int corner = 2 * row * width + 2 * (at % (width / 2));
        int sum = 2;
        for (int d : new int[] {0, 1, width, width + 1}) {
          sum += from[corner + d] & 0xff;
        }
        to[at] = (byte) (sum / 4);
      }
      all[i] = to;
      labels[i] = (byte) pictures.label(i);
    }
    int[] shape = {channels, height / 2, width / 2};
    return ImageData.of(pictures.provenance(), shape, pictures.classes(), all, labels);
  }

  /**
   * How many pictures of the second set are, byte for byte, in the first: 0 for an honest test set.
   */
  public static int shared(ImageData first, ImageData second) {
    Set<Integer> hashes = new HashSet<>();
    for (int i = 0; i < first.size(); i++) {
      hashes.add(Arrays.hashCode(first.pixels(i)));
    }
    int found = 0;
    for (int i = 0; i < second.size(); i++) {
      byte[] picture = second.pixels(i);
      if (!hashes.contains(Arrays.hashCode(picture))) {
        continue;
      }
      for (int j = 0; j < first.size(); j++) {
        if (Arrays.equals(first.pixels(j), picture)) {
          found++;
          break;
        }
      }
    }
    return found;
  }
}
