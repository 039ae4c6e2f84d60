package org.lowerbound.data;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An array of numbers of any shape, as it was read from a file of MATLAB or NumPy: the last axis
 * runs fastest, whatever the file's own order is.
 *
 * <p>Values of one byte take one byte each and single-precision values four; nothing is copied
 * before it is asked for.
 */
public final class NumericArray {
  static {
    Backend.find();
  }

  private final String name;
  private final int[] shape;
  private final int size;
  private final IntToDoubleFunction stored;
  private final boolean columnMajor;

  /**
   * An array.
   *
   * @param stored the values by their place in the file
   * @param columnMajor whether the first axis runs fastest there
   */
  NumericArray(String name, int[] shape, IntToDoubleFunction stored, boolean columnMajor) {
    this.name = name;
    this.shape = shape.clone();
    this.size = Shapes.product(shape);
    this.stored = stored;
    this.columnMajor = columnMajor && shape.length > 1;
  }

  /** The name that the array bears in its file, or the file's own name. */
  public String name() {
    return name;
  }

  /** The length of every axis; a copy. */
  public int[] shape() {
    return shape.clone();
  }

  /** The number of values. */
  public int size() {
    return size;
  }

  /** All values, the last axis fastest; a copy, {@code [size]}. */
  public double[] values() {
    double[] values = new double[size];
    Arrays.setAll(values, this::at);
    return values;
  }

  /** All values in single precision, the last axis fastest; a copy, {@code [size]}. */
  public float[] floats() {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) at(i);
    }
    return values;
  }

  /**
   * The values as a matrix, {@code [first axis, all other axes]}: one row an example where examples
   * lie along the first axis. An array without axes is one row of one value.
   */
  public double[][] rows() {
    double[][] rows = new double[first()][rest()];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = at(i * rows[i].length + j);
      }
    }
    return rows;
  }

  /**
   * The same matrix in unsigned bytes, as {@link ImageData} takes pixels.
   *
   * @throws IllegalArgumentException if a value is not a whole number from 0 to 255
   */
  public byte[][] bytes() {
    byte[][] rows = new byte[first()][rest()];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = (byte) whole(i * rows[i].length + j, 0, 255);
      }
    }
    return rows;
  }

  /**
   * The values as whole numbers, for instance labels, {@code [size]}.
   *
   * @throws IllegalArgumentException if a value is not a whole number of 32 bits
   */
  public int[] integers() {
    int[] values = new int[size];
    Arrays.setAll(values, i -> whole(i, Integer.MIN_VALUE, Integer.MAX_VALUE));
    return values;
  }

  /** The values as an array of ND4J, of the same shape. */
  public INDArray toNd4j(DataType type) {
    if (size == 0) {
      return Nd4j.empty(type);
    }
    long[] axes = Arrays.stream(shape).asLongStream().toArray();
    INDArray flat =
        type == DataType.DOUBLE ? Nd4j.createFromArray(values()) : Nd4j.createFromArray(floats());
    return flat.castTo(type).reshape(axes);
  }

  private int whole(int i, int least, int most) {
    double value = at(i);
    if (!(value >= least && value <= most && value == Math.rint(value))) {
      throw new IllegalArgumentException(
          name + " holds " + value + "; expected whole numbers from " + least + " to " + most);
    }
    return (int) value;
  }

  private int first() {
    return shape.length == 0 ? 1 : shape[0];
  }

  private int rest() {
    return shape.length == 0 ? 1 : Shapes.product(Arrays.copyOfRange(shape, 1, shape.length));
  }

  /** The value of the given place, counted with the last axis fastest. */
  private double at(int place) {
    if (!columnMajor) {
      return stored.applyAsDouble(place);
    }
    // Peels the index of each axis off from the last one and adds it up in the file's order.
    int index = 0;
    int stride = size;
    int left = place;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      stride /= shape[axis];
      index += left % shape[axis] * stride;
      left /= shape[axis];
    }
    return stored.applyAsDouble(index);
  }

  @Override
  public String toString() {
    return name + " " + Arrays.toString(shape);
  }
}
