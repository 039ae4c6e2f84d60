package org.lowerbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sinks;

/**
 * The programs of the README, taken from its text and run as it says: from an empty folder, with a
 * plain class path and no option of the JVM.
 */
class ReadmeTest {

  /** A block of Java that declares a public type. */
  private static final Pattern PROGRAM =
      Pattern.compile(
          "```java\\n((?:(?!```).)*public (?:class|record) (\\w+)(?:(?!```).)*)```",
          Pattern.DOTALL);

  @TempDir Path folder;

  private static String program(String name) throws IOException {
    Matcher block = PROGRAM.matcher(Files.readString(Path.of("README.md")));
    while (block.find()) {
      if (block.group(2).equals(name)) {
        return block.group(1);
      }
    }
    throw new AssertionError("the README has no program " + name);
  }

  private String run(String name, Path data) throws IOException, InterruptedException {
    String text = program(name);
    long own = text.lines().filter(l -> !l.isBlank() && !l.startsWith("import")).count();
    assertTrue(own <= 30, name + " has " + own + " lines beside its imports");
    Files.writeString(folder.resolve(name + ".java"), text);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> Path.of(entry).toAbsolutePath().toString())
                    .reduce((a, b) -> a + File.pathSeparator + b)
                    .orElseThrow(),
                name + ".java",
                data.getFileName().toString())
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    java.environment().put("OMP_NUM_THREADS", "1");
    Process process = java.start();
    assertTrue(process.waitFor(240, TimeUnit.SECONDS), name + " does not end");
    String said = Files.readString(out);
    assertEquals(0, process.exitValue(), said + Files.readString(err));
    // From JDK 24 on the JVM itself warns about native code, unless an option allows it.
    if (Runtime.version().feature() < 23) {
      assertEquals("", Files.readString(err));
    }
    return said;
  }

  @Test
  void supervisedModelOnAnOwnTable() throws IOException, InterruptedException {
    // Three states at the corners of a triangle, 8 standard deviations apart.
    double[][] centres = {{0, 0}, {8, 0}, {4, 7}};
    String[] states = {"good", "hot", "worn"};
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder csv = new StringBuilder("pressure,heat,state\r\n");
    for (int i = 0; i < 900; i++) {
      int c = random.nextInt(3);
      csv.append(
          String.format(
              Locale.ROOT,
              "%.3f,%.3f,%s\r\n",
              centres[c][0] + random.nextGaussian(),
              centres[c][1] + random.nextGaussian(),
              states[c]));
    }
    Path file = Files.writeString(folder.resolve("pumps.csv"), csv);
    String said = run("OwnTable", file);
    double loss = Double.parseDouble(said.substring(said.lastIndexOf(' ') + 1).strip());
    // Guessing costs log 3 = 1.10 nats; states this far apart can be told for hardly anything.
    assertTrue(loss > 0 && loss < .25, said);
  }

  @Test
  void autoencoderOnAnOwnMatlabFile() throws IOException, InterruptedException {
    // Ten features that follow two hidden numbers, with noise of standard deviation 0.1.
    int rows = 1000;
    int features = 10;
    SplittableRandom random = new SplittableRandom(2);
    double[][] loadings = new double[features][2];
    for (double[] pair : loadings) {
      pair[0] = random.nextGaussian();
      pair[1] = random.nextGaussian();
    }
    Matrix x = Mat5.newMatrix(rows, features);
    double[] squares = new double[features];
    for (int i = 0; i < rows; i++) {
      double u = random.nextGaussian();
      double v = random.nextGaussian();
      for (int j = 0; j < features; j++) {
        double value = loadings[j][0] * u + loadings[j][1] * v + .1 * random.nextGaussian();
        x.setDouble(i, j, value);
        squares[j] += value * value / rows;
      }
    }
    // The best that features taken one by one can do: the negative entropy of Normal laws.
    double apart = 0;
    for (double square : squares) {
      apart -= .5 * Math.log(2 * Math.PI * Math.E * square);
    }
    Mat5File mat = Mat5.newMatFile();
    mat.addArray("note", Mat5.newString("May"));
    mat.addArray("X", x);
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20).order(ByteOrder.nativeOrder());
    Mat5.newWriter(Sinks.wrap(buffer)).writeMat(mat);
    Path file = folder.resolve("spectra.mat");
    Files.write(file, Arrays.copyOf(buffer.array(), buffer.position()));
    String said = run("OwnArray", file);
    Matcher bound = Pattern.compile("bound=(-?[0-9.]+)").matcher(said);
    assertTrue(bound.find(), said);
    // By far more than 1 nat: two hidden numbers explain ten features.
    assertTrue(Double.parseDouble(bound.group(1)) > apart + 3, said + " against " + apart);
    assertTrue(Files.size(folder.resolve("spectra.vae")) > 1000, "the model is saved");
  }
}
