package org.lowerbound.vae;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.lowerbound.Lowerbound;
import org.lowerbound.Options;
import org.lowerbound.Size;
import org.lowerbound.claims.Results;
import org.lowerbound.data.Cache;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Splits;
import org.lowerbound.data.StreetDigits;
import org.lowerbound.train.History;
import org.lowerbound.train.ModelFile;
import org.lowerbound.train.Trainer;

/**
 * The full table of chapter 05: the ladder of exact models, and networks that differ by one
 * ingredient from one to the next. A finished model is recorded at once, one that was interrupted
 * continues from its checkpoint, and one that is there is skipped; so the command is simply given
 * again.
 *
 * <pre>  StreetTrials --data cifar10 --models LADDER,GRID,BLOCKS --seed 1</pre>
 *
 * <p>The epoch of a network is chosen on validation pictures. The test pictures are looked at once,
 * at its end.
 */
public final class StreetTrials {

  private static final List<String> OPTIONS = List.of("--data", "--models", "--seed");
  private static final String CHAPTER = "05-vae-on-svhn";

  /** A row of the table. */
  enum Row {
    /** The exact models. */
    LADDER(""),
    /** One vector of latents, each sub-pixel alone given it. */
    VECTOR("vector of 64; each alone"),
    /** 8 latents at each place of a grid. */
    GRID("8 on a grid; each alone"),
    /** The three channels of a pixel in a row. */
    CHANNELS("8 on a grid; channels in a row"),
    /** The twelve sub-pixels of a block in a row. */
    BLOCKS("8 on a grid; blocks in a row"),
    /** Three logistics a sub-pixel. */
    MIXTURE("8 on a grid; blocks in a row; mixture of 3"),
    /** Four residual blocks each way, normalised picture by picture. */
    DEEP("8 on a grid; blocks in a row; mixture of 3; 4 residual blocks"),
    /** Latents and centres linear, by principal components. */
    PRINCIPAL("on principal components; blocks in a row"),
    /** The same with residual blocks and mixtures. */
    PRINCIPAL_DEEP("on principal components; blocks in a row; mixture of 3; 2 residual blocks"),
    /** Twice as many components. */
    PRINCIPAL_WIDE(
        "on twice as many principal components; blocks in a row; mixture of 3; 2 residual blocks"),
    /** The model whose samples the page shows; its weights come with the library. */
    PAINTER("dense; vector of 32; Gaussian of deviation 0.07; 16x16");

    private final String label;

    Row(String label) {
      this.label = label;
    }

    /** The architecture; of the rows that have one. */
    SpatialShape shape(StreetSizes sizes) {
      int side = sizes.side();
      int filters = sizes.filters();
      PictureLaw alone = PictureLaw.logistic();
      PictureLaw blocks = alone.dependence(Dependence.BLOCK);
      SpatialShape.Normalisation each = SpatialShape.Normalisation.PICTURE;
      return switch (this) {
        case VECTOR -> SpatialShape.vector(side, filters, 64, alone);
        case GRID -> SpatialShape.spatial(side, filters, 8, alone);
        case CHANNELS ->
            SpatialShape.spatial(side, filters, 8, alone.dependence(Dependence.CHANNELS));
        case BLOCKS -> SpatialShape.spatial(side, filters, 8, blocks);
        case MIXTURE -> SpatialShape.spatial(side, filters, 8, blocks.mixture(3));
        case DEEP ->
            SpatialShape.spatial(side, filters, 8, blocks.mixture(3)).blocks(4).normalisation(each);
        case PRINCIPAL -> SpatialShape.principal(side, filters, sizes.principal(), blocks);
        case PRINCIPAL_DEEP ->
            SpatialShape.principal(side, filters, sizes.principal(), blocks.mixture(3))
                .blocks(2)
                .normalisation(each);
        case PRINCIPAL_WIDE ->
            SpatialShape.principal(side, filters, 2 * sizes.principal(), blocks.mixture(3))
                .blocks(2)
                .normalisation(each);
        case LADDER, PAINTER -> throw new IllegalStateException(this + " has no such shape.");
      };
    }

    private boolean principal() {
      return this == PRINCIPAL || this == PRINCIPAL_DEEP || this == PRINCIPAL_WIDE;
    }
  }

  private final StreetSizes sizes;
  private final String data;
  private final List<Row> rows;
  private final long seed;
  private final Results results;
  private final String device;
  private Splits<ImageData> pictures;
  private PictureGaussian gaussian;
  private double fitted;

  StreetTrials(StreetSizes sizes, Results results, String device, String... words) {
    Options options = Options.of(OPTIONS, words);
    this.sizes = sizes;
    this.data = options.oneOf("--data", "svhn", "cifar10", "street");
    this.rows = options.members("--models", Row.class);
    this.seed = options.whole("--seed", "1").get(0);
    this.results = results;
    this.device = device;
  }

  /** Makes every row that is asked for and not there yet. */
  void run() {
    for (Row row : rows) {
      if (row != Row.PAINTER && results.has(name(), label(row), bound(), seed)) {
        System.out.println(label(row) + ", seed " + seed + ": already recorded");
      } else if (row == Row.LADDER) {
        ladder();
      } else if (row == Row.PAINTER) {
        painter();
      } else {
        network(row);
      }
    }
  }

  private Splits<ImageData> pictures() {
    if (pictures == null) {
      pictures =
          data.equals("street")
              ? ColourPictures.split(
                  StreetDigits.of(sizes.train() + sizes.valid(), 1).materialised(),
                  StreetDigits.of(sizes.test(), 2).materialised(),
                  sizes)
              : ColourPictures.load(data, sizes);
      System.out.println(pictures.train().provenance().notice());
      System.out.println(
          pictures.train().size()
              + " pictures for training, "
              + pictures.valid().size()
              + " for validation, "
              + pictures.test().size()
              + " for test");
    }
    return pictures;
  }

  private String name() {
    ImageData train = pictures().train();
    return train.provenance().name().replace(" train", "")
        + " "
        + sizes.side()
        + "x"
        + sizes.side()
        + "; "
        + train.size()
        + " training pictures";
  }

  private String bound() {
    return "test bound on " + pictures().test().size() + " pictures (bits/dim)";
  }

  private String label(Row row) {
    if (row == Row.LADDER) {
      return "full Gaussian";
    }
    return row.principal()
        ? row.label
            .replace("on twice as many", "on " + 2 * sizes.principal())
            .replace("on principal", "on " + sizes.principal() + " principal")
        : row.label;
  }

  private PictureGaussian gaussian() {
    if (gaussian == null) {
      long start = System.nanoTime();
      gaussian = PictureGaussian.fit(new Dequantised(pictures().train()), 1);
      fitted = seconds(start);
    }
    return gaussian;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  /** Probabilistic PCAs and the full Gaussian, fitted to the training pictures. */
  private void ladder() {
    int d = pictures().train().features();
    List<Integer> components = sizes.components();
    double[][] spectra = new double[components.size() + 1][];
    for (int i = 0; i < components.size(); i++) {
      spectra[i] = gaussian().principal(components.get(i));
    }
    spectra[components.size()] = gaussian().full(0);
    double[][] nats = gaussian().logDensity(new Dequantised(pictures().test()), 2, spectra);
    for (int i = 0; i < spectra.length; i++) {
      record(
          i < components.size() ? "PPCA " + components.get(i) : label(Row.LADDER),
          bound(),
          Bits.ofDensity(Arrays.stream(nats[i]).average().orElseThrow(), d),
          fitted);
    }
  }

  private void network(Row row) {
    Splits<ImageData> parts = pictures();
    ImageData test = parts.test();
    int d = test.features();
    SpatialShape shape = row.shape(sizes);
    SpatialVae vae =
        row.principal()
            ? SpatialVae.onPrincipal(shape, gaussian(), parts.train(), seed)
            : SpatialVae.create(shape, seed).centred(parts.train());
    System.out.println(vae);
    double before = Bits.perDimension(vae.bound(parts.valid(), 3).get("bound"), d);
    System.out.printf(Locale.ROOT, "before training: validation %.4f%n", before);
    String run = data + "-" + row.name().toLowerCase(Locale.ROOT) + "-" + seed;
    History history =
        Trainer.fit(
            vae,
            parts.train(),
            parts.valid(),
            sizes
                .training(run, sizes.epochs())
                .seed(seed)
                .quiet()
                .watch(
                    epoch ->
                        System.out.printf(
                            Locale.ROOT,
                            "epoch %d: validation %.4f%n",
                            epoch,
                            Bits.perDimension(vae.bound(parts.valid(), 3).get("bound"), d))));
    String validation = "validation bound on " + parts.valid().size() + " pictures (bits/dim)";
    record(label(row) + "; before training", validation, before, 0);
    record(
        label(row),
        validation,
        Bits.perDimension(vae.bound(parts.valid(), 3).get("bound"), d),
        history.seconds());
    float[][] some = test.rows(0, Math.min(sizes.estimateRows(), test.size()));
    double[] weighted = vae.logLikelihood(some, sizes.estimateDraws(), 7);
    record(
        label(row),
        "test L_" + sizes.estimateDraws() + " on " + some.length + " pictures (bits/dim)",
        Bits.perDimension(Arrays.stream(weighted).average().orElseThrow(), d),
        history.seconds());
    // Last, for it says that the row is done.
    record(
        label(row),
        bound(),
        Bits.perDimension(vae.bound(test, 3).get("bound"), d),
        history.seconds());
  }

  /** Trains the model of the samples on pictures of half the size, and saves it. */
  private void painter() {
    ImageData train = ColourPictures.halved(pictures().train());
    ImageData valid = ColourPictures.halved(pictures().valid());
    Vae vae = painter(train);
    History history =
        Trainer.fit(
            vae,
            train,
            valid,
            sizes.training(data + "-painter", sizes.epochs()).seed(seed).quiet());
    Path file =
        Cache.folder().resolve("05-" + (data.equals("street") ? "street-digits" : data) + ".lbm");
    ModelFile.save(vae, file);
    record(
        Row.PAINTER.label,
        "validation bound (nats)",
        vae.bound(valid, 3).get("bound"),
        history.seconds());
    System.out.println("The weights are in " + file + ".");
  }

  /** The model whose samples the chapter shows: 32 latents, a Gaussian of fixed deviation. */
  static Vae painter(ImageData train) {
    return Vae.create(
            VaeShape.dense(train.features(), 32, 256, 256)
                .likelihood(Likelihood.gaussian(Scale.fixed(0.07))),
            1)
        .centred(train);
  }

  private void record(String model, String metric, double value, double seconds) {
    results.record(name(), model, metric, value, "", seed, device, seconds);
    System.out.printf(Locale.ROOT, "%s, %s: %.4f (%.0f s)%n", model, metric, value, seconds);
  }

  /** The command. */
  public static void main(String[] words) {
    try {
      StreetSizes sizes = StreetSizes.of(Size.current());
      new StreetTrials(sizes, Results.of(CHAPTER), Lowerbound.setUp().device(), words).run();
      System.exit(0);
    } catch (IllegalArgumentException e) {
      System.out.println(e.getMessage());
      System.exit(2);
    }
  }
}
