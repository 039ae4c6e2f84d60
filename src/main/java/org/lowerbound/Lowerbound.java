package org.lowerbound;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.bytedeco.javacpp.Pointer;
import org.lowerbound.data.Backend;
import org.lowerbound.data.Cache;
import org.lowerbound.train.engine.DeviceChoice;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The set-up cell of a chapter: one call that starts the backend quietly and says what runs. */
public final class Lowerbound {

  private Lowerbound() {}

  /**
   * Starts ND4J and describes the library, the backend, the device, the threads, the limits of
   * memory, the size of the work and where data is found.
   *
   * @throws IllegalStateException naming the missing dependency where ND4J does not start
   * @throws IllegalArgumentException where {@code LOWERBOUND_SIZE} names no size, or {@code
   *     LOWERBOUND_DEVICE} no device
   */
  public static SetUp setUp() {
    Size size = Size.current();
    DeviceChoice device = DeviceChoice.current();
    NativeOps ops = start();
    String backend =
        version(Nd4j.class, "org.nd4j", "nd4j-api")
            + ", CPU, "
            + build(ops.binaryLevel(), ops.buildInfo());
    int threads = ops.ompGetMaxThreads();
    return new SetUp(
        version(Lowerbound.class, "org.lowerbound", "lowerbound"),
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        backend,
        device.describe(processor()),
        threads + " OpenMP of " + Runtime.getRuntime().availableProcessors() + " processors",
        "heap at most "
            + SetUp.bytes(Runtime.getRuntime().maxMemory())
            + ", native at most "
            + SetUp.bytes(Pointer.maxBytes())
            + ", the whole process at most "
            + SetUp.bytes(Pointer.maxPhysicalBytes()),
        size,
        dataFound());
  }

  /**
   * The native build: levels as in libnd4j's {@code binaryLevel()}, its libraries from its report.
   */
  static String build(int level, String information) {
    String instructions =
        switch (level) {
          case 1 -> "x86-64 build";
          case 2 -> "AVX2 build";
          case 3 -> "AVX-512 build";
          default -> "plain build";
        };
    boolean oneDnn =
        information != null
            && (information.contains("HAVE_MKLDNN") || information.contains("HAVE_ONEDNN"));
    return oneDnn ? instructions + " with oneDNN" : instructions;
  }

  /** ND4J prints a banner when it starts; it is kept off the page. */
  private static NativeOps start() {
    PrintStream out = System.out;
    PrintStream err = System.err;
    try (PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      System.setOut(nowhere);
      System.setErr(nowhere);
      Backend.find();
      Nd4j.scalar(0f).addi(1f);
      return NativeOpsHolder.getInstance().getDeviceNativeOps();
    } catch (ExceptionInInitializerError | NoClassDefFoundError | RuntimeException e) {
      throw new IllegalStateException(
          "ND4J did not start. The run-time class path needs a native build of ND4J for "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + " (nd4j-native with its native libraries of this platform)",
          e);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Where data is read from. Notices of data sets are appended here. */
  private static List<String> dataFound() {
    List<String> found = new ArrayList<>();
    found.add(folder(System.getenv("LOWERBOUND_DATA"), Cache.folder()));
    return found;
  }

  /** Says which place is used, never its path: this text is committed with the notebooks. */
  static String folder(String named, Path cache) {
    if (named != null && !named.isBlank()) {
      return Files.isDirectory(Path.of(named))
          ? "the folder in LOWERBOUND_DATA, then the cache"
          : "the folder in LOWERBOUND_DATA does not exist; the cache is used";
    }
    return Files.isDirectory(cache)
        ? "the cache (LOWERBOUND_DATA is not set)"
        : "none yet: it is downloaded to the cache, or else built in";
  }

  private static String version(Class<?> type, String group, String artifact) {
    String resource = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    try (InputStream stream = type.getResourceAsStream(resource)) {
      if (stream != null) {
        Properties properties = new Properties();
        properties.load(stream);
        return properties.getProperty("version", "unknown version");
      }
    } catch (IOException e) {
      return "unknown version";
    }
    // Run from compiled classes, without the jar that carries the version.
    return "development version";
  }

  private static String processor() {
    Path information = Path.of("/proc/cpuinfo");
    if (Files.isReadable(information)) {
      try (var lines = Files.lines(information)) {
        String name =
            lines
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
        if (!name.isEmpty()) {
          return name;
        }
      } catch (IOException e) {
        // The name is a courtesy: the architecture is said instead.
        return System.getProperty("os.arch") + " processor";
      }
    }
    return System.getProperty("os.arch") + " processor";
  }
}
