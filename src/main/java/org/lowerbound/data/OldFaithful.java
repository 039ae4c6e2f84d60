package org.lowerbound.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.lowerbound.plot.Numbers;

/**
 * Old Faithful: 272 eruptions of the geyser, each with its length and the wait for the next one, in
 * minutes (Härdle 1991; R's {@code faithful}). Two groups.
 *
 * <p>If the file cannot be had, {@link #load} returns as many rows of a mixture of two Normal
 * distributions whose parameters are known, see {@link #mixture}.
 */
public final class OldFaithful {

  private static final List<String> COLUMNS = List.of("eruptions", "waiting");
  private static final int ROWS = 272;

  /** The checksum of the values, in the shortest digits that tell them apart. */
  private static final String VALUES = "eb1769acf0cc68bdaad410bc95c77d04";

  private OldFaithful() {}

  /** The table, columns {@code eruptions} and {@code waiting}. */
  public static RealRows load() {
    return load(DataStore.system());
  }

  static RealRows load(DataStore store) {
    DataFile plain = Catalogue.OLD_FAITHFUL.get(0);
    DataStore.Found file;
    try {
      Optional<DataStore.Found> placed = store.here(plain);
      file = placed.isPresent() ? placed.get() : store.find(Catalogue.OLD_FAITHFUL.get(1));
    } catch (DataException e) {
      if (!e.absent()) {
        throw e;
      }
      RealRows drawn = mixture().sample(ROWS, 1);
      return RealRows.of(
          drawn.provenance().replacing("Old Faithful", e.brief()), COLUMNS, drawn.values());
    }
    double[][] rows = read(file.path());
    if (!checksum(rows).equals(VALUES)) {
      throw new DataException(
          DataException.Reason.WRONG_CHECKSUM,
          "The file "
              + file.path()
              + " holds other numbers than Old Faithful's. Put the right file in its place, or take"
              + " this one away.");
    }
    return RealRows.of(Catalogue.provenance("Old Faithful", List.of(file)), COLUMNS, rows);
  }

  /**
   * The mixture that stands in for the data: weights 0.36 and 0.64; means (2.0, 54.5) and (4.3,
   * 80.0); standard deviations (0.27, 5.8) and (0.41, 6.0); correlations 0.28 and 0.38. It is close
   * to what is fitted to the real table.
   */
  public static Mixture mixture() {
    return new Mixture(
        new double[] {.36, .64},
        new double[][] {{2.0, 54.5}, {4.3, 80.0}},
        new double[][] {{.27, 5.8}, {.41, 6.0}},
        new double[] {.28, .38});
  }

  /**
   * A mixture of Normal distributions in the plane.
   *
   * @param weights π, {@code [components]}
   * @param means μ, {@code [components, 2]}
   * @param deviations σ, {@code [components, 2]}
   * @param correlations ρ, {@code [components]}
   */
  public record Mixture(
      double[] weights, double[][] means, double[][] deviations, double[] correlations) {

    /** log p(x) in nats. */
    public double logDensity(double[] x) {
      double density = 0;
      for (int k = 0; k < weights.length; k++) {
        double u = (x[0] - means[k][0]) / deviations[k][0];
        double v = (x[1] - means[k][1]) / deviations[k][1];
        double rest = 1 - correlations[k] * correlations[k];
        double square = (u * u - 2 * correlations[k] * u * v + v * v) / rest;
        density +=
            weights[k]
                * Math.exp(-square / 2)
                / (2 * Math.PI * deviations[k][0] * deviations[k][1] * Math.sqrt(rest));
      }
      return Math.log(density);
    }

    /** Independent rows; the seed determines them. */
    public RealRows sample(int rows, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      double[][] values = new double[rows][2];
      for (double[] row : values) {
        double choice = random.nextDouble();
        int k = 0;
        while (k < weights.length - 1 && (choice -= weights[k]) >= 0) {
          k++;
        }
        double u = random.nextGaussian();
        double rest = Math.sqrt(1 - correlations[k] * correlations[k]);
        double v = correlations[k] * u + rest * random.nextGaussian();
        row[0] = means[k][0] + deviations[k][0] * u;
        row[1] = means[k][1] + deviations[k][1] * v;
      }
      return RealRows.of(
          Provenance.builtIn(
              "Two Normal groups",
              "drawn from a known mixture of two Normal distributions, seed " + seed),
          COLUMNS,
          values);
    }

    /** The values with the digits that matter, long arrays by their shape. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  static double[][] read(Path file) {
    CsvFile table = CsvFile.read(file);
    if (!table.columns().containsAll(COLUMNS)) {
      throw DataIo.malformed(
          file, FileKind.TEXT, "its first line does not name the columns " + COLUMNS);
    }
    double[][] rows = table.numbers(COLUMNS.toArray(new String[0]));
    if (rows.length != ROWS) {
      throw DataIo.malformed(
          file, FileKind.TEXT, "it has " + rows.length + " rows; expected " + ROWS);
    }
    return rows;
  }

  static String checksum(double[][] rows) {
    MessageDigest digest = DataIo.digest();
    for (double[] row : rows) {
      digest.update((row[0] + "," + row[1] + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
