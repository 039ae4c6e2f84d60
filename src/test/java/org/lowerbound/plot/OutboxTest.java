package org.lowerbound.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Messages are the strings "out: text" and "err: text" for what is printed; any other is no print.
 */
@Timeout(20)
class OutboxTest {

  private final List<String> received = Collections.synchronizedList(new ArrayList<>());

  private static Outbox<String> outbox(Consumer<String> channel) {
    return new Outbox<>(
        channel,
        m -> m.contains(": ") ? new Outbox.Printed(m.substring(0, 3), m.substring(5)) : null,
        (m, text) -> m.substring(0, 5) + text);
  }

  @Test
  void manyLinesTravelInFewMessagesAndNoneIsLost() {
    try (Outbox<String> outbox = outbox(received::add)) {
      for (int i = 0; i < 20_000; i++) {
        outbox.send("out: step " + i + "\n");
      }
      outbox.send("end");
    }
    String text =
        received.stream()
            .limit(received.size() - 1)
            .map(m -> m.substring(5))
            .collect(Collectors.joining());
    assertEquals(
        IntStream.range(0, 20_000).mapToObj(i -> "step " + i + "\n").collect(Collectors.joining()),
        text);
    assertEquals("end", received.get(received.size() - 1));
    // 230,000 characters are four chunks; one more for each 50 ms that printing took.
    assertTrue(received.size() < 200, received.size() + " messages");
  }

  @Test
  void orderIsKeptAndStreamsAreNotMixed() {
    try (Outbox<String> outbox = outbox(received::add)) {
      for (String message :
          List.of("out: a", "out: b", "picture", "out: c", "err: d", "err: e", "out: f", "end")) {
        outbox.send(message);
      }
      assertEquals(
          List.of("out: ab", "picture", "out: c", "err: de", "out: f", "end"),
          List.copyOf(received));
    }
  }

  @Test
  void aLineIsSeenWhileTheCellGoesOn() throws InterruptedException {
    CountDownLatch seen = new CountDownLatch(1);
    try (Outbox<String> outbox = outbox(m -> seen.countDown())) {
      outbox.send("out: epoch 1\n");
      assertTrue(seen.await(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void whoPrintsFasterThanIsReadWaitsAndAnInterruptionLosesNothing() throws InterruptedException {
    CountDownLatch reading = new CountDownLatch(1);
    StringBuffer text = new StringBuffer();
    Consumer<String> slow =
        m -> {
          try {
            reading.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          text.append(m.substring(5));
        };
    try (Outbox<String> outbox = outbox(slow)) {
      String line = "x".repeat(999) + "\n";
      boolean[] interrupted = new boolean[1];
      Thread printer =
          new Thread(
              () -> {
                for (int i = 0; i < 3_000; i++) {
                  outbox.send("out: " + line);
                }
                interrupted[0] = Thread.currentThread().isInterrupted();
              });
      printer.start();
      printer.join(300);
      // 3 million characters are more than may wait.
      assertTrue(printer.isAlive());
      printer.interrupt();
      printer.join(100);
      assertTrue(printer.isAlive());
      reading.countDown();
      printer.join();
      assertTrue(interrupted[0]);
    }
    assertEquals(3_000_000, text.length());
  }

  @Test
  void aChannelThatFailsIsSaid() {
    Outbox<String> outbox =
        outbox(
            m -> {
              throw new UnsupportedOperationException("the socket is gone");
            });
    assertTrue(
        assertThrows(IllegalStateException.class, () -> outbox.send("end"))
            .getMessage()
            .endsWith("the socket is gone"));
    assertThrows(IllegalStateException.class, () -> outbox.send("out: more"));
  }

  @Test
  void afterTheEndNothingIsTaken() {
    Outbox<String> outbox = outbox(received::add);
    outbox.send("out: last words");
    assertFalse(assertTimely(outbox::close));
    assertEquals(List.of("out: last words"), received);
    assertThrows(IllegalStateException.class, () -> outbox.send("out: more"));
  }

  @Test
  void theEndWaitsUntilASlowChannelHasTakenTheLastWord() {
    Outbox<String> outbox =
        outbox(
            m -> {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
              received.add(m);
            });
    outbox.send("out: last words");
    outbox.close();
    assertEquals(List.of("out: last words"), List.copyOf(received));
  }

  /** Whether it took longer than a second. */
  private static boolean assertTimely(Runnable action) {
    long began = System.nanoTime();
    action.run();
    return System.nanoTime() - began > Duration.ofSeconds(1).toNanos();
  }
}
