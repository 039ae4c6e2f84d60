package org.lowerbound.train.engine;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** The memory of an array in single precision, as Java sees it. */
final class HostFloats {

  /** Numbers that are worked on at once: a few such blocks fit the first-level cache. */
  static final int BLOCK = 1024;

  private static final boolean AVAILABLE =
      Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;

  private HostFloats() {}

  /** Whether arrays lie in main memory; with a GPU they do not. */
  static boolean available() {
    return AVAILABLE;
  }

  /** Whether {@link #of} can show an array: in main memory, dense and in row-major order. */
  static boolean shows(INDArray array) {
    return AVAILABLE
        && array.dataType() == DataType.FLOAT
        && !array.isEmpty()
        && (array.isScalar() || array.ordering() == 'c' && array.elementWiseStride() == 1);
  }

  /** The numbers of an array: a view, for as long as the array is not closed. */
  static FloatBuffer of(INDArray array) {
    return array
        .data()
        .pointer()
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .slice((int) array.offset(), (int) array.length());
  }

  /** What two views of the same memory have in common. */
  static Object identity(INDArray array) {
    return array.data().pointer().address();
  }
}
