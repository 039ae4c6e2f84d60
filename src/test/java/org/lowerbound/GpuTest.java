package org.lowerbound;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lowerbound.Gpu.Device;

class GpuTest {

  @Test
  void reportOfTheDriverIsRead() {
    // The form of: nvidia-smi --query-gpu=name,compute_cap --format=csv,noheader
    String answer = "NVIDIA H200, 9.0\nQuadro, special edition, 6.1\n\n[Not Supported]\n";
    assertEquals(
        List.of(new Device("NVIDIA H200", 9, 0), new Device("Quadro, special edition", 6, 1)),
        Gpu.parse(answer));
    assertEquals(List.of(), Gpu.parse("NVIDIA-SMI has failed because it couldn't communicate"));
  }

  @Test
  void gpusThatTheBuildHoldsCodeForPass() {
    int[][] capabilities = {
      {3, 7}, {5, 0}, {5, 2}, {6, 0}, {6, 1}, {7, 0}, {7, 5}, {8, 0}, {8, 6},
    };
    for (int[] c : capabilities) {
      assertTrue(Gpu.refusal(new Device("g", c[0], c[1])).isEmpty(), c[0] + "." + c[1]);
    }
    // Ada runs the machine code of 8.6: same major version, higher minor one.
    assertTrue(Gpu.refusal(new Device("Ada", 8, 9)).isEmpty());
  }

  @Test
  void otherGpusAreNamedWithTheWayBack() {
    for (Device device :
        List.of(
            new Device("Tesla K40", 3, 5),
            new Device("NVIDIA H200", 9, 0),
            new Device("NVIDIA B200", 10, 0),
            new Device("GeForce RTX 5090", 12, 0))) {
      String message =
          assertThrows(IllegalStateException.class, () -> Gpu.requireSupported(List.of(device)))
              .getMessage();
      assertTrue(message.contains(device.name()), message);
      assertTrue(message.contains(device.major() + "." + device.minor()), message);
      assertTrue(message.contains("3.7 to 8.6") && message.contains("nd4j-native"), message);
    }
  }

  @Test
  void firstGpuDecidesAndNoneIsNoObstacle() {
    Device old = new Device("A100", 8, 0);
    Device hopper = new Device("H200", 9, 0);
    assertDoesNotThrow(() -> Gpu.requireSupported(List.of()));
    assertDoesNotThrow(() -> Gpu.requireSupported(List.of(old, hopper)));
    assertThrows(IllegalStateException.class, () -> Gpu.requireSupported(List.of(hopper, old)));
    assertFalse(Gpu.cudaBuildPresent());
  }
}
