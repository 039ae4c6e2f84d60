package org.lowerbound.train.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lowerbound.train.engine.DeviceChoice.Card;
import org.lowerbound.train.engine.DeviceChoice.Report;

class DeviceChoiceTest {

  private static final Card H200 = new Card("NVIDIA H200", 90, 143771, 143160);

  private static final Supplier<Report> UNASKED =
      () -> {
        throw new AssertionError("the driver was asked");
      };

  private static DeviceChoice of(Card... cards) {
    return DeviceChoice.choose("cuda", null, true, () -> new Report(580, List.of(cards)));
  }

  @Test
  void theDriversAnswerIsRead() {
    // The form of nvidia-smi's CSV without header and units; a name may hold commas.
    Report report =
        DeviceChoice.parse(
            "NVIDIA H200, 9.0, 143771, 143160, 580.159.04\n"
                + "Quadro, special edition, 6.1, 5120, 100, 580.159.04\n\n[Not Supported]\n");
    assertEquals(580, report.driver());
    assertEquals(List.of(H200, new Card("Quadro, special edition", 61, 5120, 100)), report.cards());
    assertEquals(
        0, DeviceChoice.parse("NVIDIA-SMI has failed because it couldn't communicate").driver());
    assertEquals(List.of(), DeviceChoice.parse("GPU, [N/A], 1, 1, 580.1").cards());
  }

  @Test
  void aGpuThatCanBeUsedIsUsed() {
    DeviceChoice device = of(H200);
    assertTrue(device.cuda());
    assertEquals("", device.notice());
    // 143771 MiB are 140.4 GiB.
    assertEquals("NVIDIA H200, 140.4 GiB, compute capability 9.0", device.describe("processor"));
    assertTrue(
        DeviceChoice.choose(null, null, true, () -> new Report(581, List.of(H200))).cuda(), "auto");
  }

  @Test
  void theProcessorIsTakenInSilenceWhereNothingElseWasAskedFor() {
    assertEquals(DeviceChoice.processor(""), DeviceChoice.choose(null, null, false, UNASKED));
    assertEquals(DeviceChoice.processor(""), DeviceChoice.choose(" ", null, false, UNASKED));
    assertEquals(DeviceChoice.processor(""), DeviceChoice.choose("AUTO", null, false, UNASKED));
    assertEquals(DeviceChoice.processor(""), DeviceChoice.choose("cpu", null, true, UNASKED));
    assertEquals("Xeon", DeviceChoice.processor("").describe("Xeon"));
  }

  @Test
  void whatIsMissingIsOneSentenceAndTheProcessor() {
    assertRefused("--gpu", DeviceChoice.choose("cuda", null, false, UNASKED));
    assertRefused("driver", DeviceChoice.choose("auto", null, true, () -> Report.NONE));
    assertRefused(
        "580", DeviceChoice.choose("auto", null, true, () -> new Report(575, List.of(H200))));
    assertRefused("compute capability 6.1", of(new Card("Quadro", 61, 24000, 24000)));
    assertRefused("compute capability 7.0", of(new Card("V100", 70, 32000, 32000)));
    assertRefused("compute capability 13.0", of(new Card("of tomorrow", 130, 32000, 32000)));
    assertRefused("100 MiB of 24000 MiB free", of(new Card("A10", 86, 24000, 100)));
    assertRefused("hides every GPU", DeviceChoice.choose("cuda", "", true, UNASKED));
    assertRefused("hides every GPU", DeviceChoice.choose("auto", "-1", true, UNASKED));
    assertRefused(
        "names GPU 3",
        DeviceChoice.choose("cuda", "3", true, () -> new Report(580, List.of(H200))));
  }

  private static void assertRefused(String word, DeviceChoice device) {
    assertFalse(device.cuda(), word);
    assertTrue(device.notice().contains(word), device.notice());
    String text = device.describe("Xeon");
    assertTrue(text.startsWith("Xeon. ") && text.endsWith("the CPU computes."), text);
  }

  @Test
  void cardsFromTuringToBlackwellRunTheBuildsCode() {
    // T4, A100, A10, Orin, L4, H100, B200, B300, RTX 5090, GB10.
    for (int capability : new int[] {75, 80, 86, 87, 89, 90, 100, 103, 120, 121}) {
      assertEquals(
          "", DeviceChoice.refusal(new Card("card", capability, 9000, 9000), 580), "" + capability);
    }
    for (int capability : new int[] {35, 61, 70, 72, 110, 130}) {
      assertFalse(
          DeviceChoice.refusal(new Card("card", capability, 9000, 9000), 580).isEmpty(),
          "" + capability);
    }
  }

  @Test
  void theFirstVisibleCardCounts() {
    Card old = new Card("Quadro", 61, 5120, 5000);
    Supplier<Report> both = () -> new Report(580, List.of(old, H200));
    assertFalse(DeviceChoice.choose("auto", null, true, both).cuda());
    assertEquals("NVIDIA H200", DeviceChoice.choose("auto", "1,0", true, both).name());
  }

  @Test
  void anUnknownDeviceIsNamed() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> DeviceChoice.choose("gpu", null, true, UNASKED))
            .getMessage();
    assertTrue(message.contains("'gpu'") && message.contains("auto, cpu or cuda"), message);
  }

  @Test
  void theBuildIsFoundByItsLibrary(@TempDir Path folder) throws IOException {
    String path = "/nowhere" + java.io.File.pathSeparator + folder;
    assertFalse(DeviceChoice.built(path));
    assertFalse(DeviceChoice.built(""));
    Files.createFile(folder.resolve(System.mapLibraryName("torch_cuda")));
    assertTrue(DeviceChoice.built(path));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theDriverIsAskedThroughItsProgram(@TempDir Path folder) throws IOException {
    assertEquals(Report.NONE, DeviceChoice.ask(folder.resolve("none").toString()));
    assertEquals(
        List.of(new Card("T4", 75, 15360, 15000)),
        DeviceChoice.ask(program(folder, "echo 'T4, 7.5, 15360, 15000, 590.1'")).cards());
    assertEquals(
        Report.NONE, DeviceChoice.ask(program(folder, "echo 'T4, 7.5, 1, 1, 590.1'; exit 9")));
  }

  private static String program(Path folder, String body) throws IOException {
    Path program = folder.resolve("driver");
    Files.writeString(program, "#!/bin/sh\n" + body + "\n");
    assertTrue(program.toFile().setExecutable(true));
    return program.toString();
  }
}
