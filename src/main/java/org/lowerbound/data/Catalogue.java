package org.lowerbound.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All files that the data sets of the course consist of, with their checksums and mirrors.
 *
 * <p>The checksums of MNIST, SVHN and CIFAR-10 are the official ones; the others were taken from
 * copies whose content was checked. Some files have no checksum that is known: they are accepted by
 * their exact length and strict format, and their checksum is printed.
 */
final class Catalogue {

  static final List<DataFile> MNIST =
      List.of(
          mnist("train-images-idx3-ubyte.gz", 9912422, "f68b3c2dcbeaaa9fbdd348bbdeb94873")
              .containing("6bbc9ace898e44ae57da46a324031adb"),
          mnist("train-labels-idx1-ubyte.gz", 28881, "d53e105ee54ea40749a09fcbcd1e9432")
              .containing("a25bea736e30d166cdddb491f175f624"),
          mnist("t10k-images-idx3-ubyte.gz", 1648877, "9fb629c4189551a2d022fa330f9573f3")
              .containing("2646ac647ad5339dbf082846283269ea"),
          mnist("t10k-labels-idx1-ubyte.gz", 4542, "ec29112dd5afa0611ce80d1b7f02629c")
              .containing("27ae3e4e09519cfbb04c329615203637"));

  static final List<DataFile> BINARIZED_MNIST =
      List.of(
          binarized("train", 2852060, "4e26f7a5b466cfcde0fa4876fa4b60a6"),
          binarized("valid", 571883, "3c8c0bae400a11eda4c6caf6642d7d34"),
          binarized("test", 490132, "3478bd31ef84368bf30234a011d886fa"));

  static final List<DataFile> BINARIZED_MNIST_LABELS =
      List.of(
          DataFile.of(
                  "binarized_mnist_train_labels-idx1-ubyte.gz",
                  24735,
                  "ee7811589f770131ed680406b2944b98")
              .containing("271a37e53a3e1e0ba00d5a37c13810a0"),
          DataFile.of(
                  "binarized_mnist_valid_labels-idx1-ubyte.gz",
                  5079,
                  "6692b48994311616402225867d0c0c44")
              .containing("8485a64ea37d8f1f076197e7b4301a39"),
          DataFile.of(
                  "binarized_mnist_test_labels-idx1-ubyte.gz",
                  73,
                  "c512cc3ebd378929e6ac5515722daa68")
              .containing("66b9215cbeed0cb925e4afa8daf4cf15"));

  static final List<DataFile> NLTCS =
      List.of(
          debd("nltcs.train", 517792, "e54d75263bca86a11e31518ea6f1d74e"),
          debd("nltcs.valid", 69024, "287ad8aeaab332c60b02772aacf87715"),
          debd("nltcs.test", 103552, "24044df99e9e94c2fb2d1db010de3473"));

  static final List<DataFile> DNA =
      List.of(
          debd("dna.train", 576000, "a28e62a8fd74971bef0046a88c691125"),
          debd("dna.valid", 144000, "b4119fa7b1089b53dd160e1d815a09f1"),
          debd("dna.test", 426960, "70c66c26177b7844795feb70ed37785e"));

  static final List<DataFile> ADULT =
      List.of(
          debd("adult.train", 1230000, "e411367bc38b62c4ad41ea63cf38a273"),
          debd("adult.valid", 347844, "28c78a57213f7715bad3e1d3e75c6a71"),
          debd("adult.test", 26147L * 246, ""));

  static final List<DataFile> CONNECT4 =
      List.of(
          debd("connect4.train", 4032000, "5d23a62f88c9b8b35d1be13578c0c62d"),
          debd("connect4.valid", 1008000, "4d804ef9ab4e5688f6b2a167046b22a6"),
          debd("connect4.test", 47557L * 252, ""));

  static final List<DataFile> OCR_LETTERS =
      List.of(
          debd("ocr_letters.train", 32152L * 256, ""),
          debd("ocr_letters.valid", 2560000, "5807dda9f06876f727da2b6fc1c46285"),
          debd("ocr_letters.test", 2560000, "cfd49e1c4f81e35227fa194cf87c237a"));

  static final List<DataFile> SVHN =
      List.of(
          svhn("train", 182040794, "e26dedcc434d2e4c54c9b2d4a06d8373"),
          svhn("test", 64275384, "eb5a983be6a315427106f1b164d9cef3"));

  static final List<DataFile> SVHN_EXTRA =
      List.of(svhn("extra", 1329278602, "a93ce644f1a588dc4d68dda5feec44a7"));

  static final List<DataFile> CIFAR10 =
      List.of(
          DataFile.of(
                  "cifar-10-binary.tar.gz",
                  170052171,
                  "c32a1d4ab5d03f1284b67883e8d87530",
                  "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                  "https://cave.cs.toronto.edu/kriz/cifar-10-binary.tar.gz")
              .orAt("cifar10/cifar-10-binary.tar.gz")
              .checkedBy(DataFile.Check.VALUES)
              .butNot(
                  "the Python version, whose pickles only Python can read; the binary version,"
                      + " cifar-10-binary.tar.gz, is needed",
                  "cifar-10-python.tar.gz",
                  "cifar10/cifar-10-python.tar.gz",
                  "cifar-10-batches-py",
                  "cifar10/cifar-10-batches-py")
              .butNot(
                  "the MATLAB version; the binary version, cifar-10-binary.tar.gz, is needed",
                  "cifar-10-matlab.tar.gz",
                  "cifar-10-batches-mat",
                  "cifar10/cifar-10-batches-mat"));

  /** Single batches by number, the test batch as 0, in the forms in which people keep them. */
  static final Map<Integer, List<DataFile>> CIFAR10_BATCHES = new TreeMap<>();

  static {
    CIFAR10_BATCHES.put(
        0,
        List.of(
            batch("test_batch.bin", 30730000, ""),
            batch("test_batch_first1000.bin", 3073000, "371f65da31ad652f5e24b3699a3e6515")));
    CIFAR10_BATCHES.put(
        1, List.of(batch("data_batch_1.bin", 30730000, "5dd7e06a14cb22eb9f671a540d1b7c25")));
    CIFAR10_BATCHES.put(
        2, List.of(batch("data_batch_2.bin", 30730000, "5ea93a67294ea407fff1d09f752e9692")));
    for (int i = 3; i <= 5; i++) {
      CIFAR10_BATCHES.put(i, List.of(batch("data_batch_" + i + ".bin", 30730000, "")));
    }
  }

  static final List<DataFile> OLD_FAITHFUL =
      List.of(
          DataFile.of("faithful.csv", 2271, "d823c3c0efe37fb0c9b85a20380b7d62")
              .checkedBy(DataFile.Check.VALUES),
          // The same table with row names, as R's data sets are published.
          DataFile.of(
                  "faithful-rownames.csv",
                  3260,
                  "69fa26b1c0b7ab2c3c4c34f71b752d2f",
                  "https://raw.githubusercontent.com/vincentarelbundock/Rdatasets/"
                      + "cc03c29690889dbe83089f5206e2422db8c3f71f/csv/datasets/faithful.csv",
                  "https://raw.githubusercontent.com/vincentarelbundock/Rdatasets/master/csv/datasets/"
                      + "faithful.csv")
              .checkedBy(DataFile.Check.VALUES));

  static final List<DataFile> SHAKESPEARE =
      List.of(
          DataFile.of(
                  "tinyshakespeare.txt",
                  1115394,
                  "6fb458f1232090904fb40fe944165e91",
                  "https://raw.githubusercontent.com/karpathy/char-rnn/"
                      + "d1d7aa34fdb3626174bce1d753e6cc6845ce7087/data/tinyshakespeare/input.txt",
                  "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/"
                      + "input.txt")
              .orAt("tinyshakespeare/input.txt")
              .checkedBy(DataFile.Check.LINES));

  static final List<DataFile> USPS =
      List.of(
          DataFile.of("usps_train.csv.gz", 1480885, "cb3a53de5072e32cfe59127547b8e0ae")
              .containing("eacae1be8530eefb307ddc57d6f44688")
              .checkedBy(DataFile.Check.LINES),
          DataFile.of("usps_test.csv.gz", 410307, "cfe92bb9a84fcba6d3cebf89d22fbf12")
              .containing("bcd7d44ad0856a2d5c22d1845b1b0e87")
              .checkedBy(DataFile.Check.LINES));

  static final List<DataFile> PHONEMES =
      List.of(
          DataFile.of("phoneme.csv.gz", 4322496, "b99c277ad096252510bbee3954e971e6")
              .containing("a01057bf36b3a8120c955f35925c21d3")
              .checkedBy(DataFile.Check.LINES));

  static final List<DataFile> KINGMA_M1 =
      List.of(
          DataFile.of("kingma-m1/encoder.npz", 2607844, "f758ab5c516dde3d143b01ab5cd03d8f"),
          DataFile.of("kingma-m1/decoder.npz", 2411252, "7883392853679f66d27d4d4dcf255e2b"));

  /** All files by the name of the data set, as {@code ./environment/lab --fetch} takes it. */
  static final Map<String, List<DataFile>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("mnist", MNIST);
    ALL.put("binarized-mnist", join(BINARIZED_MNIST, BINARIZED_MNIST_LABELS));
    ALL.put("svhn", SVHN);
    ALL.put("svhn-extra", SVHN_EXTRA);
    ALL.put(
        "cifar10", join(CIFAR10, CIFAR10_BATCHES.values().stream().flatMap(List::stream).toList()));
    ALL.put("nltcs", NLTCS);
    ALL.put("dna", DNA);
    ALL.put("adult", ADULT);
    ALL.put("connect4", CONNECT4);
    ALL.put("ocr-letters", OCR_LETTERS);
    ALL.put("old-faithful", OLD_FAITHFUL);
    ALL.put("shakespeare", SHAKESPEARE);
    ALL.put("kingma-m1", KINGMA_M1);
    ALL.put("usps", USPS);
    ALL.put("phonemes", PHONEMES);
  }

  /** Sets whose files are the same data in several forms; the first one alone is enough. */
  static final Set<String> ANY_OF = Set.of("old-faithful", "cifar10");

  private Catalogue() {}

  private static List<DataFile> join(List<DataFile> some, List<DataFile> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /**
   * Unpacked files of MNIST are also called train-images.idx3-ubyte, as some archives have them.
   */
  private static DataFile mnist(String name, long bytes, String md5) {
    String dotted = name.replace("-idx", ".idx");
    return DataFile.of(
            name,
            bytes,
            md5,
            "https://storage.googleapis.com/cvdf-datasets/mnist/" + name,
            "https://ossci-datasets.s3.amazonaws.com/mnist/" + name,
            "http://yann.lecun.com/exdb/mnist/" + name)
        .orAt(
            "mnist/" + name,
            "MNIST/raw/" + name,
            "MNIST/" + name,
            "mnist/raw/" + name,
            "raw/" + name,
            dotted,
            "mnist/" + dotted,
            "MNIST/raw/" + dotted,
            "MNIST/" + dotted)
        .butNot(
            "which is not read here; the four IDX files, train-images-idx3-ubyte.gz and so on, are"
                + " needed",
            "mnist.npz",
            "mnist.pkl.gz",
            "mnist.pkl",
            "mnist_train.csv",
            "mnist/mnist.npz",
            "mnist/mnist_train.csv");
  }

  private static DataFile binarized(String part, long bytes, String md5) {
    String original = "binarized_mnist_" + part + ".amat";
    return DataFile.of(
            "binarized_mnist_" + part + ".mat",
            bytes,
            md5,
            "https://raw.githubusercontent.com/mingzhang-yin/ARM-gradient/"
                + "bac893cfcec486bbd00b755b12cf8402053b0e84/"
                + original,
            "https://raw.githubusercontent.com/mingzhang-yin/ARM-gradient/master/" + original)
        // Larochelle's text files, or the same rows saved otherwise.
        .orAt(original, "binarized_mnist/" + original, "BinaryMNIST/" + original)
        .checkedBy(DataFile.Check.VALUES);
  }

  private static DataFile svhn(String part, long bytes, String md5) {
    String name = part + "_32x32.mat";
    return DataFile.of(
            name,
            bytes,
            md5,
            "http://ufldl.stanford.edu/housenumbers/" + name,
            "https://ufldl.stanford.edu/housenumbers/" + name)
        .orAt("svhn/" + name, "SVHN/" + name)
        .butNot(
            "whole pictures of houses (format 1); the cropped digits of format 2, "
                + name
                + ", are needed",
            part + ".tar.gz",
            "svhn/" + part + ".tar.gz",
            "SVHN/" + part + ".tar.gz");
  }

  private static DataFile batch(String name, long bytes, String md5) {
    return DataFile.of("cifar10/" + name, bytes, md5)
        .orAt("cifar-10-batches-bin/" + name, "cifar10/cifar-10-batches-bin/" + name);
  }

  private static DataFile debd(String part, long bytes, String md5) {
    String path = part.substring(0, part.indexOf('.')) + "/" + part + ".data";
    return DataFile.of(
            "debd/" + part + ".data",
            bytes,
            md5,
            "https://raw.githubusercontent.com/arranger1044/DEBD/"
                + "d5e0c95fef9e418a39feccddae5d7a7526c1e8de/datasets/"
                + path,
            "https://raw.githubusercontent.com/arranger1044/DEBD/master/datasets/" + path)
        .orAt("datasets/" + path, path)
        .checkedBy(DataFile.Check.LINES);
  }

  /** The addresses of all mirrors. */
  static List<String> mirrors() {
    return ALL.values().stream()
        .flatMap(List::stream)
        .flatMap(file -> file.mirrors().stream())
        .toList();
  }

  static Provenance provenance(String name, List<DataStore.Found> files) {
    return Provenance.real(
        name,
        files.stream().map(f -> f.path().getFileName().toString()).collect(Collectors.joining(", "))
            + " from "
            + files.get(0).place(),
        "md5 " + files.stream().map(DataStore.Found::md5).collect(Collectors.joining(", ")));
  }
}
