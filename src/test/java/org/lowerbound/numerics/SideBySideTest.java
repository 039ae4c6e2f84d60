package org.lowerbound.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SideBySideTest {

  @Test
  void everyTaskRunsOnce() {
    int[] runs = new int[50];
    SideBySide.run(50, i -> runs[i]++);
    int[] ones = new int[50];
    Arrays.fill(ones, 1);
    assertArrayEquals(ones, runs);
    SideBySide.run(0, i -> runs[0]++);
    assertEquals(1, runs[0], "no task, no run");
    assertThrows(IllegalArgumentException.class, () -> SideBySide.run(-1, i -> {}));
    assertThrows(IllegalArgumentException.class, () -> SideBySide.run(1, 0, i -> {}));
  }

  @Test
  void aTaskThatFailsIsToldWhenTheOthersHaveEnded() {
    AtomicInteger ended = new AtomicInteger();
    IllegalStateException why =
        assertThrows(
            IllegalStateException.class,
            () ->
                SideBySide.run(
                    6,
                    i -> {
                      if (i == 2) {
                        throw new IllegalStateException("the third");
                      }
                      ended.incrementAndGet();
                    }));
    assertEquals("the third", why.getMessage());
    assertEquals(5, ended.get());
  }

  @Test
  @Timeout(20)
  void theStopButtonReachesEveryTask() {
    Thread cell = Thread.currentThread();
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger told = new AtomicInteger();
    new Thread(
            () -> {
              try {
                begun.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              cell.interrupt();
            })
        .start();
    assertThrows(
        CancellationException.class,
        () ->
            SideBySide.run(
                64,
                i -> {
                  begun.countDown();
                  while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                  }
                  told.incrementAndGet();
                }));
    assertTrue(Thread.interrupted(), "the rest of the cell must be told as well");
    assertTrue(told.get() >= 1 && told.get() < 64, "tasks that had not begun never begin: " + told);
    assertFalse(Thread.interrupted());
  }
}
