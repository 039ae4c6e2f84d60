package org.lowerbound.data;

/**
 * Data could not be had: the message names the file, what was expected of it and what to do.
 * Nothing half-read is ever returned instead.
 */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why, for programs; the message says it to people. */
  public enum Reason {
    /** No place has the file, and there is no built-in replacement. */
    NOT_FOUND,
    /** The file is not what its format says: truncated, too long, damaged, of another type. */
    MALFORMED,
    /** The file's bytes are not those of the data set: the checksum or the length differs. */
    WRONG_CHECKSUM,
    /** Every mirror failed. */
    DOWNLOAD,
    /** The download was interrupted, for instance by the stop button; it can be resumed. */
    INTERRUPTED,
    /** The disk is full or a folder cannot be read or written. */
    STORAGE
  }

  private final Reason reason;
  private final String brief;

  DataException(Reason reason, String message) {
    this(reason, message, message);
  }

  /**
   * An error with a shorter form for the notice of built-in data, without paths of this machine.
   */
  DataException(Reason reason, String message, String brief) {
    super(message);
    this.reason = reason;
    this.brief = brief;
  }

  DataException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.brief = message;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  String brief() {
    return brief;
  }

  /** Whether the data could simply not be had, so that built-in data may take their place. */
  boolean absent() {
    return reason == Reason.NOT_FOUND || reason == Reason.DOWNLOAD;
  }
}
