package org.lowerbound.train.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Where models are trained: on this machine's processor, or on an NVIDIA GPU.
 *
 * <p>{@code LOWERBOUND_DEVICE} is {@code auto} (the default: the GPU where one can be used), {@code
 * cpu} or {@code cuda}. A GPU needs libtorch's build for CUDA, which {@code ./environment/lab
 * --gpu} sets up, a driver that is new enough, a card that the build holds machine code for, and
 * memory. Where one of them is missing the processor computes, and {@link #notice} says in one
 * sentence why.
 *
 * @param cuda whether it is a GPU
 * @param name of the GPU; empty for the processor
 * @param capability its compute capability, 10·major + minor; 0 for the processor
 * @param mebibytes its memory; 0 for the processor
 * @param notice why no GPU is used although one was asked for or set up; empty where nothing is to
 *     be said
 */
public record DeviceChoice(
    boolean cuda, String name, int capability, long mebibytes, String notice) {

  /**
   * Compute capabilities that the build holds machine code for: read off {@code libtorch_cuda.so}
   * of org.bytedeco:pytorch 2.10.0 with environment/bench/fatbin.py. (10.3 and 12.1 have a few
   * kernels of their own besides.)
   */
  static final List<Integer> CODE = List.of(75, 80, 90, 100, 120);

  /** The oldest driver for CUDA 13 (NVIDIA, CUDA Toolkit Release Notes, table of drivers). */
  static final int DRIVER = 580;

  /** Free memory, in MiB, below which we do not start: CUDA's own context takes some 500. */
  static final long FREE = 2048;

  private static final String CPU_INSTEAD = "; the CPU computes.";

  private static DeviceChoice current;

  /** A GPU as its driver reports it; memory in MiB. */
  record Card(String name, int capability, long mebibytes, long free) {}

  /**
   * The driver's answer.
   *
   * @param driver its major version; 0 if none answered
   * @param cards the GPUs, in the order of the bus
   */
  record Report(int driver, List<Card> cards) {
    static final Report NONE = new Report(0, List.of());
  }

  /**
   * The device of this process, decided once.
   *
   * @throws IllegalArgumentException where {@code LOWERBOUND_DEVICE} names none
   */
  public static synchronized DeviceChoice current() {
    if (current == null) {
      current =
          choose(
              System.getenv("LOWERBOUND_DEVICE"),
              System.getenv("CUDA_VISIBLE_DEVICES"),
              built(System.getProperty("java.library.path", "")),
              () -> ask("nvidia-smi"));
    }
    return current;
  }

  /**
   * Goes back to the processor, because libtorch could not use the GPU after all.
   *
   * @param why a clause: what it said
   */
  static synchronized DeviceChoice refused(String why) {
    current = processor("The GPU cannot be used (" + why + ")" + CPU_INSTEAD);
    return current;
  }

  /** The processor, and what is to be said about that. */
  static DeviceChoice processor(String notice) {
    return new DeviceChoice(false, "", 0, 0, notice);
  }

  /**
   * The device for a wish and a machine.
   *
   * @param wish the value of {@code LOWERBOUND_DEVICE}, or null
   * @param visible the value of {@code CUDA_VISIBLE_DEVICES}, or null
   * @param built whether libtorch's build for CUDA is here
   * @param driver asks the driver; called only where its answer matters
   */
  static DeviceChoice choose(String wish, String visible, boolean built, Supplier<Report> driver) {
    String device = wish == null || wish.isBlank() ? "auto" : wish.strip().toLowerCase(Locale.ROOT);
    if (!List.of("auto", "cpu", "cuda").contains(device)) {
      throw new IllegalArgumentException(
          "LOWERBOUND_DEVICE is '" + wish + "'; it is auto, cpu or cuda.");
    }
    if (device.equals("cpu") || !built && device.equals("auto")) {
      return processor("");
    }
    if (!built) {
      return processor(
          "LOWERBOUND_DEVICE is cuda, but what a GPU needs is not set up (./environment/lab --gpu"
              + " does that)"
              + CPU_INSTEAD);
    }
    int index = first(visible);
    if (index < 0) {
      return processor("CUDA_VISIBLE_DEVICES hides every GPU" + CPU_INSTEAD);
    }
    Report report = driver.get();
    if (report.driver() == 0 || report.cards().isEmpty()) {
      return processor("No driver of NVIDIA answers (nvidia-smi)" + CPU_INSTEAD);
    }
    if (index >= report.cards().size()) {
      return processor(
          "CUDA_VISIBLE_DEVICES names GPU "
              + index
              + ", and there are "
              + report.cards().size()
              + CPU_INSTEAD);
    }
    Card card = report.cards().get(index);
    String refusal = refusal(card, report.driver());
    return refusal.isEmpty()
        ? new DeviceChoice(true, card.name(), card.capability(), card.mebibytes(), "")
        : processor(refusal + CPU_INSTEAD);
  }

  /** The first GPU that CUDA may see; -1 if none. Names other than numbers are CUDA's business. */
  private static int first(String visible) {
    if (visible == null) {
      return 0;
    }
    String head = visible.split(",", -1)[0].strip();
    if (head.isEmpty() || head.startsWith("-")) {
      return -1;
    }
    return head.matches("\\d{1,4}") ? Integer.parseInt(head) : 0;
  }

  /** Why this card cannot be used, without a full stop; empty where it can. */
  static String refusal(Card card, int driver) {
    if (driver < DRIVER) {
      return "The driver of the "
          + card.name()
          + " is of series "
          + driver
          + ", and CUDA 13 needs "
          + DRIVER
          + " or newer";
    }
    if (CODE.stream().noneMatch(code -> runs(code, card.capability()))) {
      return "The "
          + card.name()
          + " has compute capability "
          + dotted(card.capability())
          + ", and libtorch's build holds code for 7.5, 8.x, 9.0, 10.x and 12.x";
    }
    if (card.free() < FREE) {
      return "The "
          + card.name()
          + " has "
          + card.free()
          + " MiB of "
          + card.mebibytes()
          + " MiB free, and at least "
          + FREE
          + " are needed";
    }
    return "";
  }

  /**
   * Machine code for X.y runs on X.z with z ≥ y and on no other major version (NVIDIA, CUDA C++
   * Programming Guide, "Binary compatibility").
   */
  static boolean runs(int code, int capability) {
    return code / 10 == capability / 10 && code <= capability;
  }

  /** Whether libtorch's build for CUDA is in one of these folders. */
  static boolean built(String libraryPath) {
    return Libtorch.inLibraryPath(libraryPath, System.mapLibraryName("torch_cuda"));
  }

  /** What the driver reports, asked before anything of CUDA is loaded. */
  static Report ask(String program) {
    Process process = null;
    try {
      process =
          new ProcessBuilder(
                  program,
                  "--query-gpu=name,compute_cap,memory.total,memory.free,driver_version",
                  "--format=csv,noheader,nounits")
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      // Its answer is a few lines, which fit into a pipe: it is read when the program has ended.
      if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return Report.NONE;
      }
      return parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Report.NONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Report.NONE;
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }

  /** Reads lines such as {@code NVIDIA A100-SXM4-40GB, 8.0, 40960, 40330, 580.65.06}. */
  static Report parse(String answer) {
    List<Card> cards = new ArrayList<>();
    int driver = 0;
    for (String line : answer.lines().toList()) {
      // A name may hold a comma: the four numbers are read from the end.
      String[] parts = line.split(",");
      int n = parts.length;
      if (n < 5
          || !parts[n - 4].strip().matches("\\d{1,2}\\.\\d")
          || !parts[n - 3].strip().matches("\\d{1,9}")
          || !parts[n - 2].strip().matches("\\d{1,9}")
          || !parts[n - 1].strip().matches("\\d{1,5}(\\.\\d+)*")) {
        continue;
      }
      String name = String.join(",", List.of(parts).subList(0, n - 4)).strip();
      int capability = Integer.parseInt(parts[n - 4].strip().replace(".", ""));
      cards.add(
          new Card(
              name,
              capability,
              Long.parseLong(parts[n - 3].strip()),
              Long.parseLong(parts[n - 2].strip())));
      driver = Integer.parseInt(parts[n - 1].strip().split("\\.")[0]);
    }
    return new Report(driver, List.copyOf(cards));
  }

  private static String dotted(int capability) {
    return capability / 10 + "." + capability % 10;
  }

  /**
   * For the set-up cell: {@code NVIDIA H200, 140.4 GiB, compute capability 9.0}.
   *
   * @param processor how the processor is called
   */
  public String describe(String processor) {
    if (cuda) {
      return name
          + ", "
          + String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024.0)
          + ", compute capability "
          + dotted(capability);
    }
    return notice.isEmpty() ? processor : processor + ". " + notice;
  }
}
