package org.lowerbound.train.engine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;

/** Starts libtorch when it is first used: its libraries, its threads and its device. */
final class Libtorch {

  private static String failure;
  private static Device device;

  private Libtorch() {}

  /**
   * Whether there is a build of libtorch for this platform, on the class path or in a folder of
   * {@code java.library.path}; loads nothing.
   */
  static boolean present() {
    String platform = Loader.getPlatform();
    String folder = "/org/bytedeco/pytorch/" + platform;
    String extension = Loader.loadProperties().getProperty("platform.extension", "");
    String library = System.mapLibraryName("jnitorch");
    return Libtorch.class.getResource(folder + "/" + library) != null
        || Libtorch.class.getResource(folder + extension + "/" + library) != null
        || inLibraryPath(System.getProperty("java.library.path", ""), library);
  }

  /** Whether a library lies in one of the folders. */
  static boolean inLibraryPath(String libraryPath, String library) {
    return Arrays.stream(libraryPath.split(File.pathSeparator))
        .anyMatch(folder -> !folder.isEmpty() && Files.exists(Path.of(folder, library)));
  }

  /** Loads the libraries; false, with a {@link #failure}, where that does not succeed. */
  static synchronized boolean start() {
    if (device == null && failure == null) {
      try {
        int threads = threads(System::getenv);
        if (threads > 0) {
          torch.set_num_threads(threads);
        }
        boolean cuda = DeviceChoice.current().cuda();
        if (cuda && !torch.hasCUDA()) {
          DeviceChoice.refused("libtorch sees none");
          cuda = false;
        }
        if (cuda) {
          // Single precision is what it says, as on the CPU: cuDNN would cut the factors of a
          // convolution to 10 bits, and may choose sums whose order changes from run to run.
          Context context = torch.globalContext();
          context.setAllowTF32CuDNN(false);
          context.setAllowTF32CuBLAS(false);
          context.setDeterministicCuDNN(true);
        }
        device = new Device(cuda ? "cuda" : "cpu");
      } catch (LinkageError e) {
        failure = "libtorch could not be loaded (" + e.getMessage() + ")";
      }
    }
    return device != null;
  }

  static synchronized String failure() {
    return failure;
  }

  /** Where tensors live. */
  static synchronized Device device() {
    return device;
  }

  static boolean onCpu() {
    return device().is_cpu();
  }

  /** Changes how many OpenMP threads an operation may use from now on. */
  static void useThreads(int threads) {
    torch.set_num_threads(threads);
  }

  /** Threads asked for; 0 to leave it to libtorch. */
  static int threads(UnaryOperator<String> environment) {
    for (String name : new String[] {"LOWERBOUND_THREADS", "OMP_NUM_THREADS"}) {
      String value = environment.apply(name);
      if (value != null && value.strip().matches("[1-9]\\d{0,3}")) {
        return Integer.parseInt(value.strip());
      }
    }
    return 0;
  }

  static String description() {
    int threads = torch.get_num_threads();
    return "libtorch "
        + version()
        + (onCpu()
            ? " on the CPU, " + threads + (threads == 1 ? " thread" : " threads")
            : " on a GPU");
  }

  /** That of the bindings, which is libtorch's, then theirs: 2.7.1-1.5.12. */
  private static String version() {
    try {
      String version = Loader.getVersion("org.bytedeco", "pytorch");
      return version.substring(0, version.indexOf('-'));
    } catch (IOException | RuntimeException e) {
      return "of unknown version";
    }
  }
}
