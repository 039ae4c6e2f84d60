package org.lowerbound.train;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The state of a run at the end of an epoch, in one file: enough to continue to the same result,
 * bit for bit. The file is written beside its place and moved into it, so that a run killed at any
 * moment leaves the previous checkpoint whole.
 */
final class Checkpoint {

  private static final int MAGIC = 0x4c424331; // "LBC1"

  final String model;
  final String training;
  int epoch;
  long step;
  int bestRow;
  double seconds;
  boolean finished;
  List<String> columns = List.of();
  List<double[]> rows = new ArrayList<>();
  int updates;
  double[] parameters = {};
  double[] best = {};
  double[] m = {};
  double[] v = {};

  Checkpoint(String model, String training) {
    this.model = model;
    this.training = training;
  }

  void write(Path file) {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      try (DataOutputStream out = new DataOutputStream(body)) {
        out.writeUTF(model);
        out.writeUTF(training);
        out.writeInt(epoch);
        out.writeLong(step);
        out.writeInt(bestRow);
        out.writeDouble(seconds);
        out.writeBoolean(finished);
        out.writeInt(columns.size());
        for (String column : columns) {
          out.writeUTF(column);
        }
        out.writeInt(rows.size());
        for (double[] row : rows) {
          for (double value : row) {
            out.writeDouble(value);
          }
        }
        out.writeInt(updates);
        for (double[] array : List.of(parameters, best, m, v)) {
          write(out, array);
        }
      }
      byte[] bytes = body.toByteArray();
      CRC32 sum = new CRC32();
      sum.update(bytes);
      Path directory = file.toAbsolutePath().getParent();
      Files.createDirectories(directory);
      Path part = directory.resolve(file.getFileName() + ".part");
      try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(part))) {
        out.writeInt(MAGIC);
        out.writeLong(sum.getValue());
        out.writeInt(bytes.length);
        out.write(bytes);
      }
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The checkpoint " + file + " could not be written; is the disk full? " + e.getMessage(),
          e);
    }
  }

  /**
   * Reads a checkpoint that was made by the same model and the same settings.
   *
   * @throws IllegalStateException if the file is damaged or belongs to something else; the message
   *     says what differs
   */
  static Checkpoint read(Path file, String model, String training) {
    Checkpoint read = read(file);
    compare(file, "model", read.model, model);
    compare(file, "settings", read.training, training);
    return read;
  }

  /** The number of epochs that a checkpoint holds. */
  static int epoch(Path file) {
    return read(file).epoch;
  }

  private static Checkpoint read(Path file) {
    byte[] bytes;
    // All at once: a run may put the next checkpoint in this one's place meanwhile.
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      long size = in.available();
      if (size < 16 || in.readInt() != MAGIC) {
        throw damaged(file, "it does not start like a checkpoint");
      }
      long sum = in.readLong();
      int length = in.readInt();
      if (length != size - 16) {
        throw damaged(file, "it should hold " + length + " bytes and holds " + (size - 16));
      }
      bytes = in.readNBytes(length);
      CRC32 actual = new CRC32();
      actual.update(bytes);
      if (actual.getValue() != sum) {
        throw damaged(file, "its check sum is wrong");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + file + " could not be read.", e);
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Checkpoint read = new Checkpoint(in.readUTF(), in.readUTF());
      read.epoch = in.readInt();
      read.step = in.readLong();
      read.bestRow = in.readInt();
      read.seconds = in.readDouble();
      read.finished = in.readBoolean();
      String[] columns = new String[in.readInt()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = in.readUTF();
      }
      read.columns = List.of(columns);
      int rows = in.readInt();
      for (int i = 0; i < rows; i++) {
        double[] row = new double[columns.length];
        for (int j = 0; j < row.length; j++) {
          row[j] = in.readDouble();
        }
        read.rows.add(row);
      }
      read.updates = in.readInt();
      read.parameters = array(in);
      read.best = array(in);
      read.m = array(in);
      read.v = array(in);
      return read;
    } catch (IOException e) {
      throw damaged(file, e.toString());
    }
  }

  private static void write(DataOutputStream out, double[] array) throws IOException {
    // Single-precision values are exact as floats; half the size.
    boolean single = Arrays.stream(array).allMatch(x -> (float) x == x);
    out.writeInt(array.length);
    out.writeBoolean(single);
    for (double x : array) {
      if (single) {
        out.writeFloat((float) x);
      } else {
        out.writeDouble(x);
      }
    }
  }

  private static double[] array(DataInputStream in) throws IOException {
    double[] array = new double[in.readInt()];
    boolean single = in.readBoolean();
    for (int i = 0; i < array.length; i++) {
      array[i] = single ? in.readFloat() : in.readDouble();
    }
    return array;
  }

  static double[] copy(INDArray flat) {
    return flat.toDoubleVector();
  }

  private static void compare(Path file, String what, String found, String expected) {
    if (!found.equals(expected)) {
      throw new IllegalStateException(
          "The checkpoint "
              + file.getFileName()
              + " was made with another "
              + what
              + ": it has ["
              + found
              + "], this run has ["
              + expected
              + "]. Delete the file to start from the beginning, or name another one.");
    }
  }

  private static IllegalStateException damaged(Path file, String why) {
    return new IllegalStateException(
        "The checkpoint "
            + file.getFileName()
            + " is damaged ("
            + why
            + "). Delete the file to start from the beginning.");
  }
}
