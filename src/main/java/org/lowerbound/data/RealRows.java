package org.lowerbound.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** Rows of real numbers with named columns: small tables such as Old Faithful. */
public final class RealRows implements Examples {

  private final Provenance provenance;
  private final List<String> columns;
  private final double[][] values;

  private RealRows(Provenance provenance, List<String> columns, double[][] values) {
    this.provenance = provenance;
    this.columns = columns;
    this.values = values;
  }

  /**
   * A table.
   *
   * @param values {@code [rows, columns]}; not copied
   * @throws IllegalArgumentException if a row has another number of values than there are columns
   */
  public static RealRows of(Provenance provenance, List<String> columns, double[][] values) {
    for (int i = 0; i < values.length; i++) {
      if (values[i].length != columns.size()) {
        throw new IllegalArgumentException(
            "row " + i + " has " + values[i].length + " values; expected " + columns);
      }
    }
    return new RealRows(
        Objects.requireNonNull(provenance, "provenance"), List.copyOf(columns), values);
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public int[] shape() {
    return new int[] {columns.size()};
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    double[] source = values[Shapes.row(this, row)];
    for (int j = 0; j < source.length; j++) {
      into[at + j] = (float) source[j];
    }
  }

  /** The names of the columns. */
  public List<String> columns() {
    return columns;
  }

  /** All values, {@code [rows, columns]}; a copy. */
  public double[][] values() {
    double[][] copy = new double[values.length][];
    Arrays.setAll(copy, i -> values[i].clone());
    return copy;
  }

  /** One column, {@code [rows]}; a copy. */
  public double[] column(String name) {
    int j = columns.indexOf(name);
    if (j < 0) {
      throw new IllegalArgumentException("no column " + name + "; there are " + columns);
    }
    return Arrays.stream(values).mapToDouble(row -> row[j]).toArray();
  }

  @Override
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public String toString() {
    return Shapes.line(this, " " + columns);
  }
}
