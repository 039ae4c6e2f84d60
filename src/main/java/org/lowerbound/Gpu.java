package org.lowerbound;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.nd4j.nativeblas.NativeOps;

/**
 * Which GPUs ND4J's CUDA build can drive.
 *
 * <p>The published build (CUDA 11.6) holds machine code for compute capability 3.7, 5.0, 5.2, 6.0,
 * 6.1, 7.0, 7.5, 8.0 and 8.6, and no intermediate code that a driver could translate. Machine code
 * for X.y runs on X.z with z ≥ y and on no other major version (NVIDIA, CUDA C++ Programming Guide,
 * "Binary compatibility").
 */
final class Gpu {

  /** A GPU as its driver reports it; compute capability major.minor. */
  record Device(String name, int major, int minor) {}

  private Gpu() {}

  static boolean cudaBuildPresent() {
    String backend = "/org/nd4j/linalg/jcublas/JCublasBackend.class";
    return Gpu.class.getResource(backend) != null;
  }

  /** Why this GPU cannot be driven; empty where it can. */
  static Optional<String> refusal(Device device) {
    boolean driven =
        device.major == 3 && device.minor >= 7 || device.major >= 5 && device.major <= 8;
    if (driven) {
      return Optional.empty();
    }
    return Optional.of(
        "The GPU "
            + device.name
            + " has compute capability "
            + device.major
            + "."
            + device.minor
            + "; ND4J's CUDA build holds code for 3.7 to 8.6 only and cannot drive it. Go back to"
            + " the CPU: start again with the dependency nd4j-native, the default, in place of"
            + " nd4j-cuda.");
  }

  /**
   * Passes where at least the first GPU, the one that ND4J uses, can be driven, or none is known.
   *
   * @throws IllegalStateException naming the GPU and the way back to the CPU
   */
  static void requireSupported(List<Device> devices) {
    if (!devices.isEmpty()) {
      refusal(devices.get(0))
          .ifPresent(
              message -> {
                throw new IllegalStateException(message);
              });
    }
  }

  /** The GPUs that NVIDIA's driver reports, asked before ND4J touches one; none if it is silent. */
  static List<Device> installed() {
    try {
      Process process =
          new ProcessBuilder("nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader")
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean answered = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
      return answered ? parse(answer) : List.of();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** Reads lines such as {@code NVIDIA A100-SXM4-40GB, 8.0}. */
  static List<Device> parse(String answer) {
    List<Device> devices = new ArrayList<>();
    for (String line : answer.lines().toList()) {
      int comma = line.lastIndexOf(',');
      if (comma > 0 && line.substring(comma + 1).strip().matches("\\d+\\.\\d+")) {
        String[] capability = line.substring(comma + 1).strip().split("\\.");
        devices.add(
            new Device(
                line.substring(0, comma).strip(),
                Integer.parseInt(capability[0]),
                Integer.parseInt(capability[1])));
      }
    }
    return devices;
  }

  static String describe(NativeOps ops) {
    int device = ops.getDevice();
    return ops.getDeviceName(device)
        + ", compute capability "
        + ops.getDeviceMajor(device)
        + "."
        + ops.getDeviceMinor(device)
        + ", "
        + SetUp.bytes(ops.getDeviceTotalMemory(device));
  }
}
