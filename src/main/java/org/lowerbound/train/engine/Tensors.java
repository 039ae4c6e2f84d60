package org.lowerbound.train.engine;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of ND4J as tensors of libtorch, and back. */
final class Tensors {

  private Tensors() {}

  static torch.ScalarType type(DataType type) {
    return switch (type) {
      case FLOAT -> torch.ScalarType.Float;
      case DOUBLE -> torch.ScalarType.Double;
      case INT -> torch.ScalarType.Int;
      case LONG -> torch.ScalarType.Long;
      case BOOL -> torch.ScalarType.Bool;
      case SHORT -> torch.ScalarType.Short;
      case BYTE -> torch.ScalarType.Char;
      case UBYTE -> torch.ScalarType.Byte;
      default -> throw new Node.Unsupported("arrays of the type " + type);
    };
  }

  private static DataType type(torch.ScalarType type) {
    return switch (type.intern()) {
      case Float -> DataType.FLOAT;
      case Double -> DataType.DOUBLE;
      case Int -> DataType.INT32;
      case Long -> DataType.INT64;
      case Bool -> DataType.BOOL;
      case Short -> DataType.INT16;
      case Char -> DataType.INT8;
      case Byte -> DataType.UINT8;
      default -> throw new IllegalStateException("libtorch returned the type " + type);
    };
  }

  /** The array itself if its elements lie one after the other in row-major order, else a copy. */
  static INDArray dense(INDArray array) {
    boolean dense = array.ordering() == 'c' && Shape.hasDefaultStridesForShape(array);
    return dense || array.isScalar() ? array : array.dup('c');
  }

  /**
   * A tensor over the memory of a {@link #dense} array, which must be held for as long: neither
   * library knows that the other uses it.
   */
  static Tensor view(INDArray array) {
    return torch.from_blob(memory(array), array.shape(), new TensorOptions(type(array.dataType())));
  }

  static Tensor copy(INDArray array) {
    INDArray dense = dense(array);
    Tensor copy = view(dense).clone();
    return copy;
  }

  /** The bytes of an array. An offset must be in the address: libtorch does not see a position. */
  private static Pointer memory(INDArray array) {
    BytePointer start = new BytePointer(array.data().pointer());
    return start.getPointer(BytePointer.class, array.offset() * array.dataType().width());
  }

  /** The numbers of a small tensor of floating-point numbers. */
  static double[] numbers(Tensor tensor) {
    Tensor dense = tensor.detach().to(torch.ScalarType.Double).cpu().contiguous();
    double[] numbers = new double[(int) dense.numel()];
    new DoublePointer(dense.data_ptr()).get(numbers);
    return numbers;
  }

  /** A copy of a tensor in main memory. */
  static INDArray array(Tensor tensor) {
    DataType type = type(tensor.scalar_type());
    if (tensor.numel() == 0) {
      return Nd4j.create(type, tensor.shape());
    }
    Tensor dense = tensor.detach().cpu().contiguous();
    INDArray array = Nd4j.createUninitializedDetached(type, tensor.shape());
    Pointer.memcpy(memory(array), dense.data_ptr(), dense.numel() * type.width());
    return array;
  }
}
