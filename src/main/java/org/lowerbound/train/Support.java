package org.lowerbound.train;

import org.lowerbound.data.Examples;
import org.lowerbound.numerics.StopButton;

/**
 * The rows that a model can explain: how many variables, and which values one may have. Rows
 * outside are refused by name, in place of a loss that means nothing.
 *
 * @param variables values in a row; 0 if any number will do
 * @param kind which values
 * @param levels number of levels of {@link Kind#LEVELS}; 0 otherwise
 */
public record Support(int variables, Kind kind, int levels) {

  /** Sets of values. */
  public enum Kind {
    /** Any finite number. */
    REAL,
    /** From 0 to 1. */
    UNIT,
    /** 0 or 1. */
    BITS,
    /** 0, 1/(n−1), …, 1 for n levels, to a hundredth of a level. */
    LEVELS
  }

  /** Checks the numbers. */
  public Support {
    if (variables < 0 || kind == null || (kind == Kind.LEVELS) != (levels >= 2)) {
      throw new IllegalArgumentException(
          "A support has 0 (any) or more variables, a kind, and 2 or more levels if it has levels;"
              + " not "
              + variables
              + ", "
              + kind
              + ", "
              + levels
              + ".");
    }
  }

  /** Rows of any number of finite numbers. */
  public static Support any() {
    return new Support(0, Kind.REAL, 0);
  }

  /** So many finite numbers. */
  public static Support real(int variables) {
    return new Support(variables, Kind.REAL, 0);
  }

  /** So many numbers from 0 to 1. */
  public static Support unit(int variables) {
    return new Support(variables, Kind.UNIT, 0);
  }

  /** So many bits. */
  public static Support bits(int variables) {
    return new Support(variables, Kind.BITS, 0);
  }

  /** So many values on levels of grey from 0 to 1. */
  public static Support levels(int variables, int levels) {
    return new Support(variables, Kind.LEVELS, levels);
  }

  /**
   * Checks the number of variables.
   *
   * @throws IllegalArgumentException if the rows have another number
   */
  public void checkWidth(Examples data) {
    if (variables > 0 && data.features() != variables) {
      throw new IllegalArgumentException(
          "The model has "
              + variables
              + " variables, the rows of "
              + data.name()
              + " have "
              + data.features()
              + ".");
    }
  }

  /**
   * Checks every row of a data set.
   *
   * @throws IllegalArgumentException if a row is outside, the message names it; or there is none
   */
  public void check(Examples data) {
    if (data.size() == 0) {
      throw new IllegalArgumentException("There are no rows in " + data.name() + ".");
    }
    checkWidth(data);
    float[] row = new float[data.features()];
    String outside = null;
    for (int i = 0; i < data.size(); i++) {
      if (i % 100 == 0) {
        StopButton.poll();
      }
      data.draw(i, Trainer.random(0, i), row, 0);
      // A missing value anywhere is what the reader must hear of first.
      missing(data.name(), i, row, 0, row.length);
      outside = outside == null ? outside(data.name(), i, row, 0, row.length) : outside;
    }
    if (outside != null) {
      throw new IllegalArgumentException(outside);
    }
  }

  /**
   * Checks rows that are no data set.
   *
   * @param rows {@code [rows, variables]}
   * @throws IllegalArgumentException if a row is outside, or of another length
   */
  public void check(float[][] rows) {
    for (int i = 0; i < rows.length; i++) {
      if (variables > 0 && rows[i].length != variables) {
        throw new IllegalArgumentException(
            "The model has " + variables + " variables, row " + i + " has " + rows[i].length + ".");
      }
      check("the rows given", i, rows[i], 0, rows[i].length);
    }
  }

  void check(String name, int row, float[] values, int from, int length) {
    missing(name, row, values, from, length);
    String outside = outside(name, row, values, from, length);
    if (outside != null) {
      throw new IllegalArgumentException(outside);
    }
  }

  private static void missing(String name, int row, float[] values, int from, int length) {
    for (int j = 0; j < length; j++) {
      if (!Float.isFinite(values[from + j])) {
        throw new IllegalArgumentException(
            where(name, row, values[from + j], j, length)
                + " Leave out or repair rows with missing values before they reach a model.");
      }
    }
  }

  private String outside(String name, int row, float[] values, int from, int length) {
    for (int j = 0; j < length; j++) {
      if (!holds(values[from + j])) {
        return where(name, row, values[from + j], j, length) + " " + advice();
      }
    }
    return null;
  }

  private static String where(String name, int row, float value, int at, int length) {
    return "Row "
        + row
        + " of "
        + name
        + " holds "
        + value
        + " (value "
        + at
        + " of 0 to "
        + (length - 1)
        + ").";
  }

  private boolean holds(float x) {
    return switch (kind) {
      case REAL -> Float.isFinite(x);
      case UNIT -> x >= 0 && x <= 1;
      case BITS -> x == 0 || x == 1;
      case LEVELS ->
          x >= 0 && x <= 1 && Math.abs(x * (levels - 1.0) - Math.rint(x * (levels - 1.0))) <= 0.01;
    };
  }

  private String advice() {
    return switch (kind) {
      case REAL -> "The model takes finite numbers.";
      case UNIT ->
          "The model's likelihood is of values from 0 to 1: scale the data, or take a likelihood of"
              + " real numbers.";
      case BITS ->
          "The model's likelihood is of bits, 0 or 1: binarise the data, for instance by"
              + " DynamicBinaryRows, or take another model.";
      case LEVELS ->
          "The model's likelihood is of "
              + levels
              + " levels from 0 to 1, 1/"
              + (levels - 1)
              + " apart: scale or round the data, or take a likelihood of real numbers.";
    };
  }
}
