package org.lowerbound.train.engine;

import java.nio.FloatBuffer;
import java.util.ArrayDeque;
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
    COLUMN_SUM;

    boolean isLong() {
      return ordinal() >= EXP.ordinal() && ordinal() <= SIGMOID.ordinal();
    }

    boolean takesTwo() {
      return ordinal() >= ADD.ordinal() && ordinal() <= MINIMUM.ordinal();
    }
  }

  /** How an argument is laid out against the rows. */
  enum Layout {
    FULL,
    ROW,
    COLUMN,
    SCALAR
  }

  /** A result and its arguments, by the number of the value; in a program, of the register. */
  private record Instruction(Code code, int z, int x, int y, float c) {}

  /** An array of which a value is read, or into which one is written. */
  private record Transfer(FloatBuffer memory, Layout layout) {}

  /** What is done with one block; {@code memory} is null unless numbers are read or written. */
  private record Action(Kind kind, Instruction instruction, FloatBuffer memory, int register) {}

  private enum Kind {
    READ,
    SPREAD,
    COMPUTE,
    WRITE,
    WRITE_SUM
  }

  private final int rows;
  private final int columns;
  private final int last;
  private final List<Transfer> sources = new ArrayList<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<Integer, FloatBuffer> stores = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();

  private final List<Action> before = new ArrayList<>();
  private final List<Action> after = new ArrayList<>();
  private final List<Integer> columnSums = new ArrayList<>();
  private Action[] program;
  private Share[] shares;

  /** Work, in additions, that is worth a second thread. */
  private static final long WORTH_SHARING = 300_000;

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

  /** The number of a value that instructions before computed, or that is now read. */
  int argument(String name, Layout layout, FloatBuffer memory) {
    String key = layout == Layout.FULL ? name : name + " as " + layout;
    Integer known = numbers.get(key);
    if (known != null) {
      return known;
    }
    sources.add(new Transfer(memory, layout));
    // Values that are read have negative numbers.
    numbers.put(key, -sources.size());
    return -sources.size();
  }

  /** Adds an instruction; {@code y} is ignored by those of one argument. */
  void add(Code code, String result, int x, int y, double c) {
    int z = instructions.size();
    numbers.put(result, z);
    instructions.add(new Instruction(code, z, x, code.takesTwo() ? y : x, (float) c));
  }

  /** Writes a result into memory. */
  void store(String result, FloatBuffer memory) {
    stores.put(numbers.get(result), memory);
  }

  /**
   * Ends the building: gives every value a register for as long as it is needed, so that as few
   * blocks as possible share the cache.
   */
  Kernel ready() {
    return ready(Crew.SIZE);
  }

  /** See {@link #ready()}; for so many threads, if there is enough to do. */
  Kernel ready(int threads) {
    Map<Integer, Integer> lastUse = new HashMap<>();
    for (Instruction i : instructions) {
      lastUse.put(i.x, i.z);
      lastUse.put(i.y, i.z);
    }
    List<Action> actions = new ArrayList<>();
    Map<Integer, Integer> place = new HashMap<>();
    ArrayDeque<Integer> free = new ArrayDeque<>();
    int count = 0;
    for (Instruction i : instructions) {
      for (int argument : new int[] {i.x, i.y}) {
        if (place.containsKey(argument)) {
          continue;
        }
        Transfer source = sources.get(-argument - 1);
        boolean lasting = source.layout == Layout.ROW || source.layout == Layout.SCALAR;
        int register = lasting || free.isEmpty() ? count++ : free.pop();
        place.put(argument, register);
        boolean spread = source.layout == Layout.SCALAR || source.layout == Layout.COLUMN;
        (lasting ? before : actions)
            .add(new Action(spread ? Kind.SPREAD : Kind.READ, null, source.memory, register));
      }
      int x = place.get(i.x);
      int y = place.get(i.y);
      for (int argument : i.x == i.y ? new int[] {i.x} : new int[] {i.x, i.y}) {
        boolean lasting =
            argument < 0
                && (sources.get(-argument - 1).layout == Layout.ROW
                    || sources.get(-argument - 1).layout == Layout.SCALAR);
        if (lastUse.get(argument) == i.z && !lasting) {
          free.push(place.get(argument));
        }
      }
      boolean sum = i.code == Code.COLUMN_SUM;
      int z = sum || free.isEmpty() ? count++ : free.pop();
      place.put(i.z, z);
      actions.add(new Action(Kind.COMPUTE, new Instruction(i.code, z, x, y, i.c), null, z));
      FloatBuffer memory = stores.get(i.z);
      if (memory != null) {
        Kind kind = i.code == Code.ROW_SUM ? Kind.WRITE_SUM : Kind.WRITE;
        (sum ? after : actions).add(new Action(kind, null, memory, z));
      }
      if (!lastUse.containsKey(i.z) && !sum) {
        free.push(z);
      }
    }
    program = actions.toArray(new Action[0]);
    long work = 0;
    for (Action action : actions) {
      boolean computes = action.kind == Kind.COMPUTE;
      if (computes && action.instruction.code == Code.COLUMN_SUM) {
        columnSums.add(action.register);
      }
      work += computes && action.instruction.code.isLong() ? 10 : 1;
    }
    boolean shared = work * rows * columns >= WORTH_SHARING;
    shares = new Share[shared ? Math.min(threads, rows) : 1];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = new Share(count);
    }
    return this;
  }

  @Override
  public void execute() {
    int parts = shares.length;
    if (parts == 1) {
      shares[0].run(0, rows);
    } else {
      Crew.share(parts, i -> shares[i].run(rows * i / parts, rows * (i + 1) / parts));
    }
    for (int sum : columnSums) {
      float[] all = shares[0].register[sum];
      for (int i = 1; i < parts; i++) {
        Vectors.add(all, all, shares[i].register[sum], columns);
      }
    }
    for (Action action : after) {
      shares[0].execute(action, 0, columns);
    }
  }

  /** The registers of one thread, which does some of the rows. */
  private final class Share {
    private final float[][] register;
    private final Vectors vectors = new Vectors(columns);

    Share(int count) {
      register = new float[count][columns];
    }

    void run(int from, int to) {
      for (int sum : columnSums) {
        Arrays.fill(register[sum], 0);
      }
      for (Action action : before) {
        execute(action, 0, columns);
      }
      for (int row = from; row < to; row++) {
        int n = row == rows - 1 ? last : columns;
        for (Action action : program) {
          execute(action, row, n);
        }
      }
    }

    private void execute(Action action, int row, int n) {
      float[] block = register[action.register];
      switch (action.kind) {
        case READ -> action.memory.get(row * columns, block, 0, n);
        case SPREAD -> Arrays.fill(block, 0, n, action.memory.get(row));
        case COMPUTE -> execute(action.instruction, n);
        case WRITE -> action.memory.put(row * columns, block, 0, n);
        case WRITE_SUM -> action.memory.put(row, block[0]);
      }
    }

    private void execute(Instruction instruction, int n) {
      float[] z = register[instruction.z];
      float[] x = register[instruction.x];
      float[] y = register[instruction.y];
      float c = instruction.c;
      switch (instruction.code) {
        case COPY -> {
          if (z != x) {
            System.arraycopy(x, 0, z, 0, n);
          }
        }
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
}
