package org.lowerbound.train;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lowerbound.data.Backend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trained model in a file, the same format for every {@link Model}: the name of its class, its
 * {@link Model#description}, and its parameters by name and shape.
 *
 * <p>The file begins with the four bytes {@code LBM1}, a CRC-32 and the length of the rest. The
 * rest is: the class's name; the number of entries of the description and each entry's key and
 * text; the number of parameters and of each its name, its number of dimensions, the dimensions,
 * and a byte that is 1 if its values are 64-bit, 0 if they are 32-bit floats, in row-major order.
 * Numbers are big-endian, texts are UTF-8 after their length in bytes.
 */
public final class ModelFile {
  static {
    Backend.find();
  }

  private static final int MAGIC = 0x4c424d31; // "LBM1"
  private static final String PLACE = "/org/lowerbound/models/";
  private static final String ENDING = ".lbm";

  private final String source;
  private final String model;
  private final Map<String, String> description;
  private final Map<String, INDArray> parameters;

  private ModelFile(
      String source,
      String model,
      Map<String, String> description,
      Map<String, INDArray> parameters) {
    this.source = source;
    this.model = model;
    this.description = Collections.unmodifiableMap(description);
    this.parameters = parameters;
  }

  /**
   * Writes a model's parameters as they are now, in place of the file if there is one.
   *
   * @throws UncheckedIOException if that fails; a file that was there is then as it was
   */
  public static void save(Model model, Path file) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    Graph graph = model.graph();
    try (DataOutputStream out = new DataOutputStream(body)) {
      SealedFile.writeText(out, model.getClass().getSimpleName());
      SealedFile.writeMap(out, model.description());
      synchronized (graph) {
        out.writeInt(graph.parameterNames().size());
        for (String name : graph.parameterNames()) {
          write(out, name, graph.parameter(name));
        }
      }
      SealedFile.write(file, MAGIC, body.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("The model could not be written to " + file + ".", e);
    }
  }

  private static void write(DataOutputStream out, String name, INDArray value) throws IOException {
    SealedFile.writeText(out, name);
    out.writeInt(value.rank());
    for (long length : value.shape()) {
      out.writeLong(length);
    }
    boolean wide = value.dataType() == DataType.DOUBLE;
    out.writeBoolean(wide);
    for (double x : value.dup('c').data().asDouble()) {
      if (wide) {
        out.writeDouble(x);
      } else {
        out.writeFloat((float) x);
      }
    }
  }

  /**
   * Reads a file that {@link #save} wrote.
   *
   * @throws IllegalArgumentException if it is no such file, or not whole
   * @throws UncheckedIOException if it is not there or cannot be read
   */
  public static ModelFile read(Path file) {
    String source = String.valueOf(file.getFileName());
    try {
      return parse(source, SealedFile.read(file, MAGIC));
    } catch (SealedFile.Damaged e) {
      throw refused(source, e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("The model could not be read from " + file + ".", e);
    }
  }

  /**
   * The trained weights of that name which come with the library, in {@code
   * org/lowerbound/models/NAME.lbm} on the class path.
   *
   * @return empty if there are none
   * @throws IllegalArgumentException if the file is damaged
   */
  public static Optional<ModelFile> shipped(String name) {
    String source = name + ENDING;
    try (InputStream in = ModelFile.class.getResourceAsStream(PLACE + source)) {
      return in == null ? Optional.empty() : Optional.of(parse(source, SealedFile.read(in, MAGIC)));
    } catch (SealedFile.Damaged e) {
      throw refused(source, e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + source + " could not be read.", e);
    }
  }

  /**
   * Loads the trained weights of that name into a model, or says that there are none: the condition
   * of {@code if (!ModelFile.loadShipped("05-svhn", vae)) { Trainer.fit(vae, …); }}.
   *
   * @return whether the model has them now
   * @throws IllegalArgumentException if there are some that do not fit the model
   */
  public static boolean loadShipped(String name, Model model) {
    Optional<ModelFile> file = shipped(name);
    System.out.println(
        file.isPresent()
            ? "Trained weights \"" + name + "\" loaded."
            : "No trained weights \""
                + name
                + "\" come with this copy; the model is to be trained.");
    file.ifPresent(found -> found.into(model));
    return file.isPresent();
  }

  private static ModelFile parse(String source, byte[] body) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      String model = SealedFile.readText(in);
      Map<String, String> description = SealedFile.readMap(in);
      Map<String, INDArray> parameters = new LinkedHashMap<>();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        String name = SealedFile.readText(in);
        parameters.put(name, array(in, source, name));
      }
      if (in.available() > 0) {
        throw refused(source, "something follows the model");
      }
      return new ModelFile(source, model, description, parameters);
    } catch (IOException e) {
      throw refused(source, "it ends too early");
    }
  }

  private static INDArray array(DataInputStream in, String source, String name) throws IOException {
    int rank = in.readInt();
    if (rank < 0 || rank > 32) {
      throw refused(source, "'" + name + "' has " + rank + " dimensions");
    }
    long[] shape = new long[rank];
    double size = 1;
    for (int i = 0; i < rank; i++) {
      shape[i] = in.readLong();
      size *= shape[i];
    }
    boolean wide = in.readBoolean();
    if (Arrays.stream(shape).anyMatch(n -> n < 1) || size * (wide ? 8 : 4) > in.available()) {
      throw refused(source, "'" + name + "' cannot have the shape " + Arrays.toString(shape));
    }
    INDArray flat;
    if (wide) {
      double[] values = new double[(int) size];
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readDouble();
      }
      flat = Nd4j.createFromArray(values);
    } else {
      float[] values = new float[(int) size];
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readFloat();
      }
      flat = Nd4j.createFromArray(values);
    }
    return flat.reshape('c', shape);
  }

  /** The simple name of the model's class. */
  public String model() {
    return model;
  }

  /** What the model said of itself, see {@link Model#description}. */
  public Map<String, String> description() {
    return description;
  }

  /** The parameters by name, in the model's order; copies. */
  public Map<String, INDArray> parameters() {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    parameters.forEach((name, value) -> copies.put(name, value.dup()));
    return copies;
  }

  /**
   * One entry of the description.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public String describe(String key) {
    String text = description.get(key);
    if (text == null) {
      throw refused(source, "it does not say its " + key);
    }
    return text;
  }

  /**
   * Checks that the file holds a model of this class.
   *
   * @return this
   * @throws IllegalArgumentException if it is of another
   */
  public ModelFile of(Class<? extends Model> type) {
    if (!model.equals(type.getSimpleName())) {
      throw new IllegalArgumentException(
          source + " holds a model " + model + ", no " + type.getSimpleName() + ".");
    }
    return this;
  }

  /**
   * Gives a model these parameters.
   *
   * @throws IllegalArgumentException if the model is of another class, description, or has other
   *     parameters; it is then unchanged
   */
  public void into(Model other) {
    of(other.getClass());
    Graph graph = other.graph();
    List<String> differences = Fingerprint.differences(description, other.description());
    if (!differences.isEmpty()) {
      throw doesNotFit(String.join("; ", differences));
    }
    if (!parameters.keySet().equals(graph.parameterNames())) {
      throw doesNotFit(
          "its parameters are " + parameters.keySet() + ", the model's " + graph.parameterNames());
    }
    parameters.forEach(
        (name, value) -> {
          long[] expected = graph.parameter(name).shape();
          if (!Arrays.equals(value.shape(), expected)) {
            throw doesNotFit(
                "'"
                    + name
                    + "' has the shape "
                    + Arrays.toString(value.shape())
                    + " in the file, "
                    + Arrays.toString(expected)
                    + " in the model");
          }
        });
    synchronized (graph) {
      parameters.forEach(
          (name, value) -> {
            INDArray to = graph.parameter(name);
            to.assign(value.castTo(to.dataType()));
          });
    }
  }

  private IllegalArgumentException doesNotFit(String why) {
    return new IllegalArgumentException(
        source + " does not fit this model, which differs in: " + why + ".");
  }

  private static IllegalArgumentException refused(String source, String why) {
    return new IllegalArgumentException(source + " is not a whole saved model: " + why + ".");
  }

  @Override
  public String toString() {
    long count = parameters.values().stream().mapToLong(INDArray::length).sum();
    return source + ": " + model + ", " + count + " parameters";
  }
}
