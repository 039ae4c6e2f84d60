package org.lowerbound.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.lowerbound.numerics.StopButton;

/**
 * CIFAR-10: 50,000 + 10,000 pictures of ten kinds of things, 32×32 in red, green and blue
 * (Krizhevsky 2009), in the binary layout: for each image one byte of label and 3,072 of pixels,
 * {@code [3, 32, 32]}.
 *
 * <p>Read from the official archive, which is not unpacked, or from single batches {@code .bin} or
 * {@code .bin.gz}. With some batches only, the name says which. If no file can be had, both parts
 * are {@link StreetDigits}.
 */
public final class Cifar10 {

  private static final int RECORD = 1 + 3 * 32 * 32;
  private static final int BATCH = 10_000;
  private static final String FIRST = Catalogue.CIFAR10_BATCHES.get(1).get(0).md5();

  /** The classes in the order of the labels. */
  private static final List<String> NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private Cifar10() {}

  /** The 50,000 images for training, or the batches of them that are here. */
  public static ImageData train() {
    return load(DataStore.system(), true);
  }

  /** The 10,000 images for test, or those of them that are here. */
  public static ImageData test() {
    return load(DataStore.system(), false);
  }

  /** The names of the classes, in the order of the labels. */
  public static List<String> names() {
    return NAMES;
  }

  static ImageData load(DataStore store, boolean train) {
    // Batches placed by hand come before a download of the whole.
    if (store.here(Catalogue.CIFAR10.get(0)).isEmpty()) {
      Map<Integer, DataStore.Found> batches = new TreeMap<>();
      Catalogue.CIFAR10_BATCHES.forEach(
          (number, kinds) ->
              kinds.stream()
                  .flatMap(kind -> store.here(kind).stream())
                  .findFirst()
                  .ifPresent(found -> batches.put(number, found)));
      DataStore.Found test = batches.remove(0);
      if (test != null && !batches.isEmpty()) {
        return train ? train(batches) : test(test);
      }
    }
    DataStore.Found archive;
    try {
      archive = store.find(Catalogue.CIFAR10.get(0));
    } catch (DataException e) {
      return StreetDigits.instead("CIFAR-10", train, e);
    }
    ImageData images =
        archive(
            archive.path(),
            train,
            Catalogue.provenance(train ? "CIFAR-10 train" : "CIFAR-10 test", List.of(archive)));
    // Packed otherwise than the official archive, it must still hold the same.
    int size = train ? 5 * BATCH : BATCH;
    if (images.size() != size || train && !checksum(images).equals(FIRST)) {
      throw new DataException(
          DataException.Reason.WRONG_CHECKSUM,
          "The file "
              + archive.path()
              + " holds other images than CIFAR-10's: put cifar-10-binary.tar.gz in its place.");
    }
    return images;
  }

  /** The checksum of the first batch, in the layout of its file. */
  private static String checksum(ImageData images) {
    MessageDigest digest = DataIo.digest();
    for (int i = 0; i < BATCH; i++) {
      StopButton.poll();
      digest.update((byte) images.label(i));
      digest.update(images.pixels(i));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static ImageData train(Map<Integer, DataStore.Found> batches) {
    String name = "CIFAR-10 train";
    if (batches.size() < 5) {
      name +=
          (batches.size() == 1 ? ", batch " : ", batches ")
              + batches.keySet().stream().map(String::valueOf).collect(Collectors.joining(" and "))
              + " of 5";
    }
    List<byte[]> pixels = new ArrayList<>();
    List<Byte> labels = new ArrayList<>();
    for (DataStore.Found batch : batches.values()) {
      batch(batch.path(), BATCH, pixels, labels);
    }
    return images(Catalogue.provenance(name, List.copyOf(batches.values())), pixels, labels);
  }

  private static ImageData test(DataStore.Found file) {
    boolean first = file.file().name().contains("first1000");
    List<byte[]> pixels = new ArrayList<>();
    List<Byte> labels = new ArrayList<>();
    batch(file.path(), first ? 1000 : BATCH, pixels, labels);
    return images(
        Catalogue.provenance(
            first ? "CIFAR-10 test, first 1,000 images" : "CIFAR-10 test", List.of(file)),
        pixels,
        labels);
  }

  /**
   * Reads one batch, {@code .bin} or {@code .bin.gz}, of any number of images.
   *
   * @throws DataException if it is cut off, damaged or holds a label above 9
   */
  public static ImageData read(Path file) {
    List<byte[]> pixels = new ArrayList<>();
    List<Byte> labels = new ArrayList<>();
    batch(file, -1, pixels, labels);
    return images(
        Provenance.own("CIFAR-10 layout, " + file.getFileName(), "" + file.getFileName()),
        pixels,
        labels);
  }

  /**
   * Reads the training or test images from the official archive, {@code .tar.gz}.
   *
   * @throws DataException if it is cut off, damaged or lacks a batch
   */
  public static ImageData readArchive(Path file, boolean train) {
    return archive(
        file,
        train,
        Provenance.own("CIFAR-10 layout, " + file.getFileName(), "" + file.getFileName()));
  }

  private static ImageData archive(Path file, boolean train, Provenance provenance) {
    Map<String, Integer> wanted =
        train
            ? Map.of(
                "data_batch_1.bin", 0,
                "data_batch_2.bin", 1,
                "data_batch_3.bin", 2,
                "data_batch_4.bin", 3,
                "data_batch_5.bin", 4)
            : Map.of("test_batch.bin", 0);
    List<List<byte[]>> pixels = new ArrayList<>();
    List<List<Byte>> labels = new ArrayList<>();
    wanted.forEach(
        (name, at) -> {
          pixels.add(new ArrayList<>());
          labels.add(new ArrayList<>());
        });
    // Nothing is written to the disk, so that the names within the archive can do no harm.
    try (TarArchiveInputStream tar = new TarArchiveInputStream(DataIo.open(file))) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        if (entry.getName().contains("cifar-10-batches-py/")) {
          throw DataIo.malformed(
              file,
              FileKind.CIFAR10_ARCHIVE,
              "it is the Python version of CIFAR-10, whose pickles only Python can read; the binary"
                  + " version, cifar-10-binary.tar.gz, is needed");
        }
        String name = entry.getName().replaceFirst("^(\\./)?cifar-10-batches-bin/", "");
        Integer at = wanted.get(name);
        if (at != null && entry.isFile()) {
          if (!pixels.get(at).isEmpty()) {
            throw DataIo.malformed(file, FileKind.CIFAR10_ARCHIVE, "it holds " + name + " twice");
          }
          if (entry.getSize() > (long) BATCH * RECORD) {
            throw DataIo.malformed(
                file, FileKind.CIFAR10_ARCHIVE, name + " claims " + entry.getSize() + " bytes");
          }
          records(tar, file, -1, pixels.get(at), labels.get(at));
        }
      }
    } catch (EOFException | FileSystemException e) {
      throw DataIo.failure(file, FileKind.CIFAR10_ARCHIVE, e);
    } catch (IOException | IllegalArgumentException e) {
      throw DataIo.malformed(
          file, FileKind.CIFAR10_ARCHIVE, "its archive is damaged (" + e.getMessage() + ")");
    }
    List<byte[]> allPixels = new ArrayList<>();
    List<Byte> allLabels = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      if (pixels.get(i).isEmpty()) {
        throw DataIo.malformed(
            file, FileKind.CIFAR10_ARCHIVE, "it lacks a batch of the " + wanted.keySet());
      }
      allPixels.addAll(pixels.get(i));
      allLabels.addAll(labels.get(i));
    }
    return images(provenance, allPixels, allLabels);
  }

  private static void batch(Path file, int images, List<byte[]> pixels, List<Byte> labels) {
    try (InputStream in = DataIo.open(file)) {
      records(in, file, images, pixels, labels);
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.CIFAR10_BATCH, e);
    }
  }

  private static void records(
      InputStream in, Path file, int images, List<byte[]> pixels, List<Byte> labels)
      throws IOException {
    int count = 0;
    for (int label; (label = in.read()) >= 0; count++) {
      if (count == images) {
        throw DataIo.malformed(
            file, FileKind.CIFAR10_BATCH, "it holds more than " + images + " images");
      }
      if (label > 9) {
        throw DataIo.malformed(
            file, FileKind.CIFAR10_BATCH, "label " + count + " is " + label + "; expected 0 to 9");
      }
      byte[] image = in.readNBytes(RECORD - 1);
      if (image.length < RECORD - 1) {
        throw DataIo.malformed(file, FileKind.CIFAR10_BATCH, "it ends within image " + count);
      }
      pixels.add(image);
      labels.add((byte) label);
    }
    if (count == 0 || images >= 0 && count < images) {
      throw DataIo.malformed(
          file,
          FileKind.CIFAR10_BATCH,
          "it holds " + count + " images" + (images > 0 ? "; expected " + images : ""));
    }
  }

  private static ImageData images(Provenance provenance, List<byte[]> pixels, List<Byte> labels) {
    byte[] all = new byte[labels.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = labels.get(i);
    }
    return ImageData.of(provenance, Svhn.SHAPE, 10, pixels.toArray(new byte[0][]), all);
  }
}
