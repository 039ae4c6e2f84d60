package org.lowerbound.numerics;

import java.util.concurrent.CancellationException;

/**
 * The notebook's stop button. A kernel can only set the interrupt of the thread that runs a cell;
 * whatever may take seconds asks {@link #poll} now and then, in a place where stopping leaves
 * everything whole.
 */
public final class StopButton {

  private StopButton() {}

  /**
   * Ends the computation if the stop button was pressed. The thread's interrupt stays set, so that
   * nothing else in the cell goes on.
   *
   * @throws CancellationException if the thread has been interrupted
   */
  public static void poll() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("Stopped before the end; there is no result.");
    }
  }
}
