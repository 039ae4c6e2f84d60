package org.lowerbound.train;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A chain of elementwise operations on single-precision arrays of one size, carried out block by
 * block: each block is read once, goes through all operations in the first-level cache, and only
 * what others need is written. SameDiff's operations each read and write whole arrays.
 *
 * <p>Arrays are seen as rows of {@code columns} numbers, one row a block, so that a row vector (a
 * bias) may be added, rows summed, and columns summed (the gradient of a bias).
 */
final class Kernel implements Plan.Step {

  /** What an instruction does; c is its constant. */
  enum Code {
    COPY,
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    MAXIMUM,
    MINIMUM,
    /** x + c. */
    PLUS,
    /** x·c. */
    TIMES,
    /** c − x. */
    FROM,
    /** c/x. */
    INTO,
    /** max(x, c). */
    AT_LEAST,
    /** min(x, c). */
    AT_MOST,
    /** 1 where x > c, else 0. */
    ABOVE,
    ABSOLUTE,
    SIGN,
    ROOT,
    EXP,
    LOG,
    LOG1P,
    TANH,
    SIGMOID,
    /** One number a row. */
    ROW_SUM,
    /** One number a column. */
    COLUMN_SUM
  }

  /** How an argument is laid out against the rows. */
  enum Layout {
    FULL,
    ROW,
    COLUMN,
    SCALAR
  }

  private record Instruction(Code code, int z, int x, int y, float c) {}

  /** A block read from (or written to) memory before (or after) an instruction. */
  private record Transfer(FloatBuffer memory, int register) {}

  private final int rows;
  private final int columns;
  private final List<Transfer> rowVectors = new ArrayList<>();
  private final List<Transfer> scalars = new ArrayList<>();
  private final List<Transfer> columnVectors = new ArrayList<>();
  private final List<Transfer> blocks = new ArrayList<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final List<Transfer> stores = new ArrayList<>();
  private final List<Transfer> rowSums = new ArrayList<>();
  private final List<Transfer> columnSums = new ArrayList<>();
  private final Map<String, Integer> registers = new HashMap<>();
  private int count;

  private float[][] register;
  private Vectors vectors;
  private Instruction[] program;
  private int last;

  /**
   * An empty kernel.
   *
   * @param size numbers in each full array
   * @param width numbers in a row; 0 if no instruction depends on rows
   */
  Kernel(int size, int width) {
    columns = width > 0 ? width : Math.min(size, HostFloats.BLOCK);
    rows = (size + columns - 1) / columns;
    last = size - (rows - 1) * columns;
  }

  /** The register of a value that instructions before computed, or that is now read. */
  int argument(String name, Layout layout, FloatBuffer memory) {
    String key = layout == Layout.FULL ? name : name + " as " + layout;
    Integer known = registers.get(key);
    if (known != null) {
      return known;
    }
    int register = count++;
    registers.put(key, register);
    (switch (layout) {
          case FULL -> blocks;
          case ROW -> rowVectors;
          case COLUMN -> columnVectors;
          case SCALAR -> scalars;
        })
        .add(new Transfer(memory, register));
    return register;
  }

  /** Adds an instruction; {@code y} is ignored by those of one argument. */
  void add(Code code, String result, int x, int y, double c) {
    int z = count++;
    registers.put(result, z);
    instructions.add(new Instruction(code, z, x, y, (float) c));
  }

  /** Writes a result into memory. */
  void store(String result, FloatBuffer memory) {
    int z = registers.get(result);
    Code code = Code.COPY;
    for (Instruction instruction : instructions) {
      if (instruction.z == z) {
        code = instruction.code;
      }
    }
    (switch (code) {
          case ROW_SUM -> rowSums;
          case COLUMN_SUM -> columnSums;
          default -> stores;
        })
        .add(new Transfer(memory, z));
  }

  /** Ends the building. */
  Kernel ready() {
    register = new float[count][columns];
    vectors = new Vectors(columns);
    program = instructions.toArray(new Instruction[0]);
    return this;
  }

  @Override
  public void execute() {
    for (Transfer t : rowVectors) {
      t.memory.get(0, register[t.register]);
    }
    for (Transfer t : scalars) {
      Arrays.fill(register[t.register], t.memory.get(0));
    }
    for (Transfer t : columnSums) {
      Arrays.fill(register[t.register], 0);
    }
    for (int row = 0; row < rows; row++) {
      int n = row == rows - 1 ? last : columns;
      int from = row * columns;
      for (Transfer t : columnVectors) {
        Arrays.fill(register[t.register], t.memory.get(row));
      }
      for (Transfer t : blocks) {
        t.memory.get(from, register[t.register], 0, n);
      }
      for (Instruction instruction : program) {
        execute(instruction, n);
      }
      for (Transfer t : stores) {
        t.memory.put(from, register[t.register], 0, n);
      }
      for (Transfer t : rowSums) {
        t.memory.put(row, register[t.register][0]);
      }
    }
    for (Transfer t : columnSums) {
      t.memory.put(0, register[t.register]);
    }
  }

  private void execute(Instruction instruction, int n) {
    float[] z = register[instruction.z];
    float[] x = register[instruction.x];
    float[] y = register[instruction.y];
    float c = instruction.c;
    switch (instruction.code) {
      case COPY -> System.arraycopy(x, 0, z, 0, n);
      case ADD -> Vectors.add(z, x, y, n);
      case SUBTRACT -> Vectors.subtract(z, x, y, n);
      case MULTIPLY -> Vectors.multiply(z, x, y, n);
      case DIVIDE -> Vectors.divide(z, x, y, n);
      case MAXIMUM -> Vectors.maximum(z, x, y, n);
      case MINIMUM -> Vectors.minimum(z, x, y, n);
      case PLUS -> Vectors.add(z, x, c, n);
      case TIMES -> Vectors.multiply(z, x, c, n);
      case FROM -> Vectors.subtractFrom(z, x, c, n);
      case INTO -> Vectors.divideInto(z, x, c, n);
      case AT_LEAST -> Vectors.maximum(z, x, c, n);
      case AT_MOST -> Vectors.minimum(z, x, c, n);
      case ABOVE -> Vectors.above(z, x, c, n);
      case ABSOLUTE -> Vectors.absolute(z, x, n);
      case SIGN -> Vectors.sign(z, x, n);
      case ROOT -> Vectors.squareRoot(z, x, n);
      case EXP -> vectors.exp(z, x, n);
      case LOG -> vectors.log(z, x, n);
      case LOG1P -> vectors.log1p(z, x, n);
      case TANH -> Vectors.tanh(z, x, n);
      case SIGMOID -> vectors.sigmoid(z, x, n);
      case ROW_SUM -> z[0] = Vectors.sum(x, n);
      case COLUMN_SUM -> Vectors.add(z, z, x, n);
    }
  }
}
