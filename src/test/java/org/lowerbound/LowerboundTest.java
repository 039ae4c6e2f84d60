package org.lowerbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LowerboundTest {

  @TempDir Path folder;

  /** Starts ND4J and writes the description to a file, so that all else printed is noise. */
  public static final class Quiet {
    public static void main(String[] arguments) throws IOException {
      Files.writeString(Path.of(arguments[0]), Lowerbound.setUp().toString());
    }
  }

  @Test
  void startIsSilentEvenBelowJava() throws Exception {
    Path said = folder.resolve("said.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add("-Djava.awt.headless=true");
    if (Runtime.version().feature() >= 21) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    if (Runtime.version().feature() >= 23) {
      // ND4J's JavaCPP still uses the memory access of sun.misc.Unsafe.
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Quiet.class.getName()));
    command.add(said.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String noise = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    assertEquals("", noise);
    assertEquals(0, process.exitValue());
    String text = Files.readString(said);
    for (String fact :
        List.of("Lowerbound", "Java", "1.0.0-M2.1", "CPU", "threads", "heap", "size", "data")) {
      assertTrue(text.contains(fact), "missing " + fact + " in\n" + text);
    }
    assertTrue(text.contains("heap at most 512 MiB"), text);
  }

  @Test
  void textHoldsNoPath() {
    String text = Lowerbound.setUp().toString();
    assertFalse(text.contains(System.getProperty("user.home")), text);
    assertFalse(text.contains(".cache"), text);
    String named = Lowerbound.folder(folder.toString(), folder);
    assertEquals("the folder in LOWERBOUND_DATA, then the cache", named);
  }

  @Test
  void dataIsSaidWhereItIs() {
    Path missing = folder.resolve("missing");
    assertTrue(Lowerbound.folder(missing.toString(), folder).contains("does not exist"));
    assertTrue(Lowerbound.folder(null, folder).startsWith("the cache"));
    assertTrue(Lowerbound.folder("", missing).startsWith("none yet"));
  }

  @Test
  void setUpLinesCarryEachNotice() {
    SetUp setUp =
        new SetUp("1", "17", "M2.1", "cpu", "1", "1 GiB", Size.QUICK, List.of("cache", "notice"));
    List<String> lines = setUp.toString().lines().toList();
    assertEquals(9, lines.size());
    assertEquals("size        quick", lines.get(6));
    assertEquals("data        cache", lines.get(7));
    assertEquals("            notice", lines.get(8));
    assertTrue(setUp.toHtml().startsWith("<pre"));
  }

  @Test
  void sizeIsQuickUnlessFullIsNamed() {
    assertEquals(Size.QUICK, Size.parse(null));
    assertEquals(Size.QUICK, Size.parse(" "));
    assertEquals(Size.QUICK, Size.parse("Quick"));
    assertEquals(Size.FULL, Size.parse("full"));
    String message =
        assertThrows(IllegalArgumentException.class, () -> Size.parse("fulll")).getMessage();
    assertTrue(message.contains("quick or full") && message.contains("fulll"), message);
  }

  @Test
  void nativeBuildIsNamed() {
    assertEquals("x86-64 build", Lowerbound.build(1, "GCC: \"7.5.0\"\nHAVE_OPENBLAS"));
    assertEquals("AVX2 build with oneDNN", Lowerbound.build(2, "HAVE_ONEDNN\nHAVE_OPENBLAS"));
    assertEquals("plain build", Lowerbound.build(0, null));
  }

  @Test
  void bytesReadWell() {
    assertEquals("512 MiB", SetUp.bytes(512L << 20));
    assertEquals("1.5 GiB", SetUp.bytes(3L << 29));
    assertEquals("unlimited", SetUp.bytes(0));
  }
}
