package org.lowerbound.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Rows of real numbers: tables with named columns such as Old Faithful, measurements, and pictures
 * whose values are not whole grey levels; with labels if they are known.
 */
public final class RealRows implements Examples {

  private final Provenance provenance;
  private final int[] shape;
  private final int features;
  private final List<String> columns;
  private final double[][] values;
  private final int[] labels;

  private RealRows(
      Provenance provenance, int[] shape, List<String> columns, double[][] values, int[] labels) {
    this.provenance = provenance;
    this.shape = shape;
    this.features = Shapes.product(shape);
    this.columns = columns;
    this.values = values;
    this.labels = labels;
  }

  /**
   * A table.
   *
   * @param values {@code [rows, columns]}; not copied
   * @throws IllegalArgumentException if a row has another number of values than there are columns
   */
  public static RealRows of(Provenance provenance, List<String> columns, double[][] values) {
    return checked(provenance, new int[] {columns.size()}, List.copyOf(columns), values, null);
  }

  /**
   * Rows of any shape, whose columns are called x1, x2 and so on.
   *
   * @param shape of one row, for instance {@code [64]} or {@code [1, 16, 16]}
   * @param values {@code [rows, product of shape]}; not copied
   * @throws IllegalArgumentException if a row has another number of values
   */
  public static RealRows of(Provenance provenance, int[] shape, double[][] values) {
    int[] own = shape.clone();
    List<String> names =
        IntStream.rangeClosed(1, Shapes.product(own)).mapToObj(j -> "x" + j).toList();
    return checked(provenance, own, names, values, null);
  }

  private static RealRows checked(
      Provenance provenance, int[] shape, List<String> columns, double[][] values, int[] labels) {
    Objects.requireNonNull(provenance, "provenance");
    int features = columns.size();
    for (int i = 0; i < values.length; i++) {
      if (values[i].length != features) {
        throw new IllegalArgumentException(
            "row "
                + i
                + " has "
                + values[i].length
                + " values; expected "
                + features
                + " "
                + (features <= 8 ? columns : columns.get(0) + " … " + columns.get(features - 1)));
      }
    }
    return new RealRows(provenance, shape, columns, values, labels);
  }

  /**
   * The same rows with labels.
   *
   * @param newLabels one label from 0 on a row, or {@link #UNLABELLED} where it is not known,
   *     {@code [rows]}; copied
   * @throws IllegalArgumentException if there are more or fewer, or one is another negative number
   */
  public RealRows labelled(int... newLabels) {
    if (newLabels.length != size()) {
      throw new IllegalArgumentException(
          newLabels.length + " labels for " + size() + " rows; expected one a row");
    }
    for (int i = 0; i < newLabels.length; i++) {
      if (newLabels[i] < UNLABELLED) {
        throw new IllegalArgumentException(
            "label " + newLabels[i] + " of row " + i + "; expected 0 or more, or " + UNLABELLED);
      }
    }
    return new RealRows(provenance, shape, columns, values, newLabels.clone());
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public int features() {
    return features;
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

  /** Whether the rows have labels. */
  @Override
  public boolean labelled() {
    return labels != null;
  }

  /**
   * The label of one row.
   *
   * @throws IllegalStateException if these rows have no labels
   */
  @Override
  public int label(int row) {
    return known()[Shapes.row(this, row)];
  }

  /**
   * All labels, {@code [rows]}; a copy.
   *
   * @throws IllegalStateException if these rows have no labels
   */
  public int[] labels() {
    return known().clone();
  }

  private int[] known() {
    if (labels == null) {
      throw new IllegalStateException(name() + " has no labels");
    }
    return labels;
  }

  /** The rows of the given indices, in that order, as a set of their own. */
  public RealRows take(int... rows) {
    double[][] chosen = new double[rows.length][];
    Arrays.setAll(chosen, i -> values[Shapes.row(this, rows[i])]);
    return new RealRows(provenance, shape, columns, chosen, Shapes.take(labels, rows));
  }

  /** The rows {@code from} (inclusive) to {@code to} (exclusive) as a set of their own. */
  public RealRows range(int from, int to) {
    return take(Shapes.range(this, from, to));
  }

  /** The same rows in an order that the seed determines. */
  public RealRows shuffled(long seed) {
    return take(Shapes.permutation(this, seed));
  }

  /**
   * The first rows for training, the next for validation, the next for test. To split at random,
   * call {@link #shuffled} first.
   *
   * @throws IllegalArgumentException if the parts need more rows than there are
   */
  public Splits<RealRows> split(int train, int valid, int test) {
    int[][] parts = Shapes.split(this, train, valid, test);
    return new Splits<>(take(parts[0]), take(parts[1]), take(parts[2]));
  }

  @Override
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public String toString() {
    return Shapes.line(
        this, (features <= 8 ? " " + columns : "") + (labels == null ? "" : ", labelled"));
  }
}
