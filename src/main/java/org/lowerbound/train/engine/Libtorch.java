package org.lowerbound.train.engine;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;

/** Starts libtorch when it is first used: its libraries, its threads and its device. */
final class Libtorch {

  private static String failure;
  private static Device device;

  private Libtorch() {}

  /** Whether there is a build of libtorch for this platform on the class path; loads nothing. */
  static boolean present() {
    String platform = Loader.getPlatform();
    String folder = "/org/bytedeco/pytorch/" + platform + "/";
    String extension = Loader.loadProperties().getProperty("platform.extension", "");
    String library = System.mapLibraryName("jnitorch");
    return Libtorch.class.getResource(folder + library) != null
        || Libtorch.class.getResource(
                "/org/bytedeco/pytorch/" + platform + extension + "/" + library)
            != null;
  }

  /** Loads the libraries; false, with a {@link #failure}, where that does not succeed. */
  static synchronized boolean start() {
    if (device == null && failure == null) {
      try {
        int threads = threads(System::getenv);
        if (threads > 0) {
          torch.set_num_threads(threads);
        }
        device = new Device(wanted(System::getenv, torch.hasCUDA()));
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

  /** The device by {@code LOWERBOUND_DEVICE}: auto, cpu or cuda. */
  static String wanted(UnaryOperator<String> environment, boolean cuda) {
    String value = environment.apply("LOWERBOUND_DEVICE");
    String wanted = value == null || value.isBlank() ? "auto" : value.toLowerCase(Locale.ROOT);
    return switch (wanted) {
      case "auto" -> cuda ? "cuda" : "cpu";
      case "cpu" -> "cpu";
      case "cuda" -> {
        if (!cuda) {
          throw new IllegalArgumentException(
              "LOWERBOUND_DEVICE is cuda, but libtorch sees no GPU here: this is its build for the"
                  + " CPU, or there is no driver. Set LOWERBOUND_DEVICE to cpu or auto.");
        }
        yield "cuda";
      }
      default ->
          throw new IllegalArgumentException(
              "LOWERBOUND_DEVICE is '" + value + "'; it is auto, cpu or cuda.");
    };
  }

  static String description() {
    int threads = torch.get_num_threads();
    return "libtorch "
        + torch.TORCH_VERSION
        + (onCpu()
            ? " on the CPU, " + threads + (threads == 1 ? " thread" : " threads")
            : " on a GPU");
  }
}
