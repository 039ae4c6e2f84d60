package org.lowerbound.plot;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Messages on their way from a kernel to the page: in the order in which they were given, none
 * lost, and printed lines that follow each other in one message.
 *
 * <p>A kernel that sends each printed line by itself sends 20,000 messages for 20,000 lines: more
 * than its socket keeps, so that some are dropped in silence, and more than a client takes in at
 * that pace. Here printed text waits up to 50 ms for more of its kind; any other message (a
 * picture, a result, the end of the cell) sends what waits first. All is sent by one thread of its
 * own, so that the interruption of a cell never meets a socket at work.
 *
 * <p>The start-up script of a kernel makes one around the kernel's socket; nothing else knows of
 * it.
 *
 * @param <M> the kernel's class of messages
 */
public final class Outbox<M> implements AutoCloseable {

  /**
   * What a message prints.
   *
   * @param stream what tells streams apart: texts of equal streams may travel in one message
   */
  public record Printed(Object stream, String text) {
    /** Neither may be null. */
    public Printed {
      Objects.requireNonNull(stream, "stream");
      Objects.requireNonNull(text, "text");
    }
  }

  /**
   * Printed text is sent when it is this old, long enough to be read line by line as it appears.
   */
  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(50);

  /** ... or when it has so many characters. */
  private static final int CHUNK = 1 << 16;

  /** So many characters may wait; who prints more waits too. */
  private static final int MOST = 1 << 20;

  private final Consumer<M> channel;
  private final Function<M, Printed> printed;
  private final BiFunction<M, String, M> withText;
  private final Deque<Waiting<M>> waiting = new ArrayDeque<>();
  private int characters;
  private boolean sending;
  private boolean closed;
  private RuntimeException failure;

  private static final class Waiting<M> {
    final M message;
    final Object stream;
    final StringBuilder text = new StringBuilder();
    final long since = System.nanoTime();
    boolean sent;

    Waiting(M message, Object stream) {
      this.message = message;
      this.stream = stream;
    }
  }

  /**
   * Starts the thread that sends.
   *
   * @param channel sends one message, and waits when its receiver is behind
   * @param printed what a message prints, or null where it is of another kind
   * @param withText a message like the one given with another text
   */
  public Outbox(
      Consumer<M> channel, Function<M, Printed> printed, BiFunction<M, String, M> withText) {
    this.channel = Objects.requireNonNull(channel, "channel");
    this.printed = Objects.requireNonNull(printed, "printed");
    this.withText = Objects.requireNonNull(withText, "withText");
    Thread sender = new Thread(this::sendAll, "lowerbound-outbox");
    sender.setDaemon(true);
    sender.start();
  }

  /**
   * Sends the message: printed text soon, any other message before this returns.
   *
   * <p>An interruption does not end the waiting, lest the message be lost; it is there for the
   * caller afterwards.
   *
   * @throws IllegalStateException if the outbox is closed, or the channel failed
   */
  public void send(M message) {
    Printed text = printed.apply(message);
    synchronized (this) {
      check();
      if (text == null) {
        Waiting<M> item = new Waiting<>(message, null);
        waiting.add(item);
        notifyAll();
        await(() -> item.sent);
      } else {
        await(() -> characters < MOST);
        Waiting<M> last = waiting.peekLast();
        if (last == null || !text.stream().equals(last.stream)) {
          last = new Waiting<>(message, text.stream());
          waiting.add(last);
        }
        last.text.append(text.text());
        characters += text.text().length();
        notifyAll();
      }
    }
  }

  /** Sends what waits, returns when the channel has taken all of it, and ends the thread. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      notifyAll();
      await(() -> waiting.isEmpty() && !sending);
    }
  }

  private void check() {
    if (failure != null) {
      throw new IllegalStateException(
          "what was printed cannot be sent: " + failure.getMessage(), failure);
    }
    if (closed) {
      throw new IllegalStateException("the outbox is closed");
    }
  }

  /** Waits, holding the lock, until it is so or the channel failed. */
  private synchronized void await(java.util.function.BooleanSupplier condition) {
    boolean interrupted = false;
    while (!condition.getAsBoolean() && failure == null) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      check();
    }
  }

  private void sendAll() {
    try {
      for (Waiting<M> next = next(); next != null; next = next()) {
        channel.accept(
            next.stream == null
                ? next.message
                : withText.apply(next.message, next.text.toString()));
        synchronized (this) {
          next.sent = true;
          sending = false;
          notifyAll();
        }
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
        notifyAll();
      }
    }
  }

  /** The next message that is due, taken from the queue; null at the end. */
  private synchronized Waiting<M> next() {
    while (true) {
      Waiting<M> first = waiting.peek();
      try {
        if (first == null) {
          if (closed) {
            return null;
          }
          wait();
          continue;
        }
        long left = first.since + PATIENCE - System.nanoTime();
        boolean alone = waiting.size() == 1 && first.stream != null;
        if (alone && left > 0 && first.text.length() < CHUNK && !closed) {
          TimeUnit.NANOSECONDS.timedWait(this, left);
          continue;
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException("the thread that sends was interrupted", e);
      }
      characters -= first.text.length();
      sending = true;
      notifyAll();
      return waiting.remove();
    }
  }
}
