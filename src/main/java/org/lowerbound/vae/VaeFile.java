package org.lowerbound.vae;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.lowerbound.train.Graph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The file of a trained model: eight bytes that name the format, the {@link VaeShape}, the number
 * of parameters, the parameters as 32-bit floats in the order of the network, and a CRC-32 of all
 * that. Big-endian. Written to a {@code .part} file first and moved into place.
 */
final class VaeFile {

  private static final long MAGIC = 0x4c42_5641_4530_3031L; // "LBVAE001"

  /** More than this is not believed when a file says how long a list is. */
  private static final int LONGEST = 64;

  private VaeFile() {}

  static void write(Path file, VaeShape shape, Graph graph) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      CheckedOutputStream checked =
          new CheckedOutputStream(
              new BufferedOutputStream(Files.newOutputStream(part)), new CRC32());
      try (DataOutputStream out = new DataOutputStream(checked)) {
        out.writeLong(MAGIC);
        list(out, shape.input());
        list(out, shape.filters());
        list(out, shape.hidden());
        out.writeInt(shape.latents());
        out.writeUTF(shape.activation().name());
        out.writeUTF(shape.likelihood().kind().name());
        Scale scale = shape.likelihood().scale();
        out.writeUTF(scale == null ? "" : scale.kind().name());
        out.writeDouble(scale == null ? 0 : scale.value());
        out.writeInt(shape.likelihood().levels());
        out.writeLong(graph.parameterCount());
        for (VaeGraph.Parameter parameter : VaeGraph.parameters(shape)) {
          for (float value : graph.parameter(parameter.name()).ravel().toFloatVector()) {
            out.writeFloat(value);
          }
        }
        out.writeLong(checked.getChecksum().getValue());
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("The model could not be written to " + file + ".", e);
    }
  }

  private static void list(DataOutputStream out, int[] values) throws IOException {
    out.writeInt(values.length);
    for (int value : values) {
      out.writeInt(value);
    }
  }

  static Vae read(Path file) {
    try (CheckedInputStream checked =
            new CheckedInputStream(
                new BufferedInputStream(Files.newInputStream(file)), new CRC32());
        DataInputStream in = new DataInputStream(checked)) {
      if (in.readLong() != MAGIC) {
        throw refused(file, "it does not begin as a saved model does");
      }
      VaeShape shape = shape(in, file);
      long count = in.readLong();
      List<VaeGraph.Parameter> announced = VaeGraph.parameters(shape);
      long expected = announced.stream().mapToLong(VaeGraph.Parameter::length).sum();
      if (count != expected || Files.size(file) < 4 * count) {
        throw refused(file, "its " + count + " parameters are not those of a " + shape);
      }
      Map<String, INDArray> parameters = new LinkedHashMap<>();
      for (VaeGraph.Parameter parameter : announced) {
        float[] values = new float[(int) parameter.length()];
        for (int i = 0; i < values.length; i++) {
          values[i] = in.readFloat();
        }
        parameters.put(
            parameter.name(), Nd4j.createFromArray(values).reshape(parameter.dimensions()));
      }
      long sum = checked.getChecksum().getValue();
      if (in.readLong() != sum) {
        throw refused(file, "its checksum is wrong");
      }
      if (in.read() != -1) {
        throw refused(file, "something follows the model");
      }
      return Vae.of(shape, parameters);
    } catch (ArithmeticException e) {
      throw refused(file, "its shape is impossibly large");
    } catch (EOFException | UTFDataFormatException e) {
      throw new IllegalArgumentException(
          file.getFileName()
              + " is not a whole saved model: it ends too early or its text is damaged.",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("The model could not be read from " + file + ".", e);
    }
  }

  private static VaeShape shape(DataInputStream in, Path file) throws IOException {
    int[] input = list(in, file);
    int[] filters = list(in, file);
    int[] hidden = list(in, file);
    try {
      return new VaeShape(
          input, filters, hidden, in.readInt(), Activation.valueOf(in.readUTF()), likelihood(in));
    } catch (IllegalArgumentException e) {
      throw refused(file, "its shape is impossible. " + e.getMessage());
    }
  }

  private static int[] list(DataInputStream in, Path file) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > LONGEST) {
      throw refused(file, "a list in it has " + length + " entries");
    }
    int[] values = new int[length];
    for (int i = 0; i < length; i++) {
      values[i] = in.readInt();
    }
    return values;
  }

  private static Likelihood likelihood(DataInputStream in) throws IOException {
    Likelihood.Kind kind = Likelihood.Kind.valueOf(in.readUTF());
    String scaleKind = in.readUTF();
    double value = in.readDouble();
    Scale scale = scaleKind.isEmpty() ? null : new Scale(Scale.Kind.valueOf(scaleKind), value);
    return new Likelihood(kind, scale, in.readInt());
  }

  private static IllegalArgumentException refused(Path file, String why) {
    return new IllegalArgumentException(
        file.getFileName() + " is not a whole saved model: " + why + ".");
  }
}
