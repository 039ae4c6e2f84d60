package org.lowerbound.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.train.engine.DeviceChoice;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Our side of the benchmark: a process that trains one workload and obeys lines on its standard
 * input. {@code export} writes what the other frameworks need; the others speak the same lines.
 *
 * <ul>
 *   <li>without being asked, after the first step: {@code first}
 *   <li>without being asked, after the fixed steps: {@code loss VALUE}, that of the first batch
 *   <li>{@code prepare}: {@code prepared}, once all is compiled, which here it always is
 *   <li>{@code run SECONDS}: {@code ran STEPS SECONDS}
 *   <li>{@code memory}: {@code memory BYTES}, the largest resident size so far
 *   <li>{@code quit}
 * </ul>
 */
final class Worker {

  private Worker() {}

  /**
   * One of {@code export FOLDER NAME…}, {@code train NAME}, {@code losses NAME…}, and {@code
   * chapters ROWS EPOCHS}.
   */
  public static void main(String[] arguments) throws IOException {
    List<String> rest = List.of(arguments).subList(1, arguments.length);
    switch (arguments[0]) {
      case "losses" -> Equality.print(rest);
      case "chapters" ->
          Chapters.print(Integer.parseInt(rest.get(0)), Integer.parseInt(rest.get(1)));
      default -> exportOrTrain(arguments);
    }
    if (arguments[0].equals("losses") || arguments[0].equals("chapters")) {
      // After the work: the engine has started by now, and knows what it really runs on.
      sayDevice();
    }
  }

  /**
   * {@code note device cpu} or {@code note device cuda NAME}: what was asked for may be refused.
   */
  private static void sayDevice() {
    DeviceChoice device = DeviceChoice.current();
    System.out.println("note device " + (device.cuda() ? "cuda " + device.name() : "cpu"));
    if (!device.notice().isEmpty()) {
      System.out.println("note " + device.notice());
    }
    System.out.flush();
  }

  private static void exportOrTrain(String[] arguments) throws IOException {
    if (arguments[0].equals("export")) {
      for (int i = 2; i < arguments.length; i++) {
        Workload.of(arguments[i]).export(Path.of(arguments[1], arguments[i]));
      }
      return;
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    train(Workload.of(arguments[1]), new Conversation(in));
  }

  /** What is said between two steps. */
  static final class Conversation {
    private final BufferedReader in;
    private long steps;
    private long start;
    private double seconds;

    Conversation(BufferedReader in) {
      this.in = in;
    }

    /** Counts a step; returns false when there is to be no further one. */
    boolean next() throws IOException {
      steps++;
      double elapsed = (System.nanoTime() - start) * 1e-9;
      if (seconds > 0 && elapsed < seconds) {
        return true;
      }
      if (seconds > 0) {
        say(String.format(Locale.ROOT, "ran %d %.6f", steps, elapsed));
      }
      while (true) {
        String line = in.readLine();
        if (line == null || line.equals("quit")) {
          return false;
        }
        if (line.startsWith("run ")) {
          seconds = Double.parseDouble(line.substring(4));
          steps = 0;
          start = System.nanoTime();
          return true;
        }
        say(line.equals("prepare") ? "prepared" : "memory " + residentPeak());
      }
    }

    void say(String line) {
      System.out.println(line);
      System.out.flush();
    }
  }

  private static long residentPeak() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return 0;
  }

  /** Trains through the trainer; the conversation takes place where it asks for a batch. */
  private static void train(Workload load, Conversation conversation) {
    Model model =
        new Model() {
          @Override
          public Graph graph() {
            return load.model().graph();
          }

          @Override
          public Map<String, INDArray> feed(Batch batch) {
            int step = (int) batch.step();
            try {
              if (step == 1) {
                sayDevice();
                conversation.say("first");
              }
              if (step == Workload.STEPS) {
                INDArray loss =
                    Trainer.evaluate(load.model(), load.feeds().get(0), graph().loss())
                        .get(graph().loss());
                conversation.say("loss " + loss.getDouble(0));
              }
              if (step >= Workload.STEPS && !conversation.next()) {
                Thread.currentThread().interrupt();
              }
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
            return load.feeds().get(step % Workload.STEPS);
          }
        };
    Trainer.minimise(model, Training.steps(Integer.MAX_VALUE).learningRate(1e-3).quiet());
  }
}
