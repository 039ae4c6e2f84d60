package org.lowerbound.train;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The state of a run at the end of an epoch, in one file: enough to continue to the same result,
 * bit for bit. The file is written beside its place and moved into it, so that a run killed at any
 * moment leaves the previous checkpoint whole.
 */
final class Checkpoint {

  private static final int MAGIC = 0x4c424332; // "LBC2"

  /** Differences that a message names. */
  private static final int SHOWN = 6;

  final Map<String, String> fingerprint;
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

  Checkpoint(Map<String, String> fingerprint) {
    this.fingerprint = fingerprint;
  }

  void write(Path file) {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      try (DataOutputStream out = new DataOutputStream(body)) {
        SealedFile.writeMap(out, fingerprint);
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
      SealedFile.write(file, MAGIC, body.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The checkpoint " + file + " could not be written; is the disk full? " + e.getMessage(),
          e);
    }
  }

  /**
   * Reads a checkpoint that was made by the same run.
   *
   * @throws IllegalStateException if the file is damaged or belongs to something else; the message
   *     says what differs
   */
  static Checkpoint read(Path file, Map<String, String> fingerprint) {
    Checkpoint read = read(file);
    List<String> differences = Fingerprint.differences(read.fingerprint, fingerprint);
    if (!differences.isEmpty()) {
      String more =
          differences.size() > SHOWN ? "; and " + (differences.size() - SHOWN) + " more" : "";
      throw new IllegalStateException(
          "The checkpoint "
              + file.getFileName()
              + " is of another run, which differs in: "
              + String.join("; ", differences.subList(0, Math.min(SHOWN, differences.size())))
              + more
              + ". Delete the file to start from the beginning, or name another one.");
    }
    return read;
  }

  /** The number of epochs that a checkpoint holds. */
  static int epoch(Path file) {
    return read(file).epoch;
  }

  private static Checkpoint read(Path file) {
    byte[] bytes;
    try {
      bytes = SealedFile.read(file, MAGIC);
    } catch (SealedFile.Damaged e) {
      throw damaged(file, e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + file + " could not be read.", e);
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Checkpoint read = new Checkpoint(SealedFile.readMap(in));
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

  private static IllegalStateException damaged(Path file, String why) {
    return new IllegalStateException(
        "The checkpoint "
            + file.getFileName()
            + " is damaged or no checkpoint of this version ("
            + why
            + "). Delete the file to start from the beginning.");
  }
}
