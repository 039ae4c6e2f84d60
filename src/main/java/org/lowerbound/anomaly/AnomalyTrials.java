package org.lowerbound.anomaly;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lowerbound.Lowerbound;
import org.lowerbound.Options;
import org.lowerbound.Size;
import org.lowerbound.claims.Results;
import org.lowerbound.data.Examples;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Mnist;
import org.lowerbound.data.Splits;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.data.Usps;
import org.lowerbound.train.Trainer;
import org.lowerbound.vae.Bits;
import org.lowerbound.vae.ColourPictures;
import org.lowerbound.vae.Dequantised;
import org.lowerbound.vae.PictureGaussian;
import org.lowerbound.vae.StreetSizes;
import org.lowerbound.vae.Vae;

/**
 * The full table of chapter 10: ten digits, each once normal and once held out, by every score;
 * DL4J's samples; the paradox of the likelihood on colour pictures of 32×32. A finished row is
 * recorded at once, one that was interrupted continues from its checkpoints, and one that is there
 * is skipped; so the command is simply given again.
 *
 * <pre>  AnomalyTrials --data mnist --models PCA,AUTOENCODER,VAE --seed 1,2,3</pre>
 *
 * <p>Nothing is chosen: no epoch, no threshold, no K. The test rows are looked at once, at the end.
 */
public final class AnomalyTrials {

  private static final List<String> OPTIONS = List.of("--data", "--models", "--seed");
  private static final String CHAPTER = "10-anomaly-detection";

  /** What can be asked for. */
  enum Row {
    /**
     * Residuals of principal components and the density of probabilistic ones, one class normal.
     */
    PCA,
    /** Slide 6: one class held out, by the residual and by ink. */
    HELD_OUT,
    /** An autoencoder for each class. */
    AUTOENCODER,
    /** A variational one for each class, by three scores. */
    VAE,
    /** DL4J's samples beside ours. */
    SAMPLES,
    /** A Gaussian and a variational autoencoder of colour pictures, and stranger ones. */
    PARADOX
  }

  private final AnomalySizes sizes;
  private final StreetSizes street;
  private final String data;
  private final List<Row> rows;
  private final List<Long> seeds;
  private final Results results;
  private final String device;
  private Examples train;
  private Examples test;
  private OneClass protocol;
  private String name;

  AnomalyTrials(
      AnomalySizes sizes, StreetSizes street, Results results, String device, String... words) {
    Options options = Options.of(OPTIONS, words);
    this.sizes = sizes;
    this.street = street;
    this.data = options.oneOf("--data", "mnist", "strokes", "usps");
    this.rows = options.members("--models", Row.class);
    this.seeds = options.whole("--seed", "1");
    this.results = results;
    this.device = device;
  }

  /** Makes every row that is asked for and not there yet. */
  void run() {
    for (Row row : rows) {
      switch (row) {
        case PCA -> principal();
        case HELD_OUT -> heldOut();
        case AUTOENCODER -> seeds.forEach(this::autoencoder);
        case VAE -> seeds.forEach(this::variational);
        case SAMPLES -> seeds.forEach(this::samples);
        case PARADOX -> paradox();
      }
    }
  }

  /** On these rows in place of a whole data set. */
  AnomalyTrials on(ImageData someTrain, ImageData someTest) {
    train = someTrain;
    test = someTest;
    return this;
  }

  private void load() {
    if (train != null) {
      return;
    }
    switch (data) {
      case "mnist" -> {
        train = Mnist.train();
        test = Mnist.test();
      }
      case "strokes" -> {
        train = StrokeDigits.train().materialised();
        test = StrokeDigits.test().materialised();
      }
      default -> {
        train = Usps.train();
        test = Usps.test();
      }
    }
    System.out.println(train.provenance().notice());
  }

  private OneClass protocol() {
    if (protocol == null) {
      load();
      protocol = OneClass.of(train, Selection.spread(test, sizes.testRows()));
      name = train.name().replace(" train", "") + "; " + protocol.test().size() + " test rows";
      System.out.println(protocol);
    }
    return protocol;
  }

  private boolean done(String model, String metric, long seed) {
    boolean done = results.has(name(), model, metric, seed);
    if (done) {
      System.out.println(model + ", seed " + seed + ": already recorded");
    }
    return done;
  }

  private String name() {
    protocol();
    return name;
  }

  private static String normal(int digit) {
    return "AUC x 100; " + digit + " normal";
  }

  private static final String MEAN = "AUC x 100; mean";
  private static final String ERROR = "AUC x 100; standard error of the mean";

  private void table(String model, double[][] scores, String published, long seed, double seconds) {
    for (int digit = 0; digit < scores.length; digit++) {
      RocCurve curve = protocol().curve(digit, scores[digit]);
      record(name(), model, normal(digit), 100 * curve.area(), "", seed, seconds);
      System.out.println("  " + curve);
    }
    MeanArea mean = protocol().mean(scores);
    record(name(), model, ERROR, 100 * mean.standardError(), "", seed, seconds);
    // Last, for it says that the row is done.
    record(name(), model, MEAN, 100 * mean.value(), published, seed, seconds);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  private String published() {
    return name().startsWith("MNIST")
        ? "94.8 Deep SVDD (Ruff et al. 2018; contrast normalised; recalled from a second source)"
        : "";
  }

  private void principal() {
    int k = sizes.components();
    int[] components = {k / 2, k, 2 * k};
    if (done("PPCA density; K = " + k, MEAN, 1)) {
      return;
    }
    long start = System.nanoTime();
    int classes = protocol().classes();
    double[][][] residual = new double[components.length][classes][];
    double[][] density = new double[classes][];
    double[][] ink = new double[classes][];
    Arrays.fill(ink, protocol().ink());
    for (int digit = 0; digit < classes; digit++) {
      PictureGaussian gaussian = protocol().gaussian(digit);
      double[][] left = gaussian.residual(protocol().test(), 1, components);
      for (int c = 0; c < components.length; c++) {
        residual[c][digit] = left[c];
      }
      density[digit] =
          negative(gaussian.logDensity(protocol().test(), 1, gaussian.principal(k))[0]);
    }
    for (int c = 0; c < components.length; c++) {
      table("PCA residual; K = " + components[c], residual[c], published(), 1, seconds(start));
    }
    table("ink", ink, "", 1, seconds(start));
    table("PPCA density; K = " + k, density, published(), 1, seconds(start));
  }

  private static double[] negative(double[] values) {
    return Arrays.stream(values).map(v -> -v).toArray();
  }

  private void heldOut() {
    int last = protocol().classes() - 1;
    String model = "all but one normal; PCA residual; K = " + sizes.components();
    if (done(model, "AUC x 100; " + last + " held out", 1)) {
      return;
    }
    long start = System.nanoTime();
    double[] ink = protocol().ink();
    for (int digit = 0; digit <= last; digit++) {
      String metric = "AUC x 100; " + digit + " held out";
      double[] scores =
          protocol().gaussianWithout(digit).residual(protocol().test(), 1, sizes.components())[0];
      double byInk = protocol().heldOut(digit, ink).area();
      record(name(), "all but one normal; ink", metric, 100 * byInk, "", 1, seconds(start));
      double area = protocol().heldOut(digit, scores).area();
      record(name(), model, metric, 100 * area, "", 1, seconds(start));
    }
  }

  private void autoencoder(long seed) {
    Autoencoder.Shape shape = sizes.autoencoder(protocol().test().features());
    if (done(shape.toString(), MEAN, seed)) {
      return;
    }
    double[][] scores = new double[protocol().classes()][];
    double seconds = 0;
    for (int digit = 0; digit < scores.length; digit++) {
      Selection normal = protocol().normal(digit).range(0, sizes.classRows());
      Autoencoder model = Autoencoder.create(shape, seed).centred(normal);
      String run = data + "-autoencoder-" + digit + "-" + seed;
      seconds += Trainer.fit(model, normal, null, sizes.training(run, seed)).seconds();
      scores[digit] = model.error(protocol().test());
      System.out.println(digit + " normal: " + protocol().curve(digit, scores[digit]));
      model.graph().close();
    }
    table(shape.toString(), scores, published(), seed, seconds);
  }

  private void variational(long seed) {
    String model = sizes.vae(protocol().test().features()).toString();
    String last = model + "; L_" + sizes.draws();
    if (done(last, MEAN, seed)) {
      return;
    }
    int classes = protocol().classes();
    double[][] reconstruction = new double[classes][];
    double[][] bound = new double[classes][];
    double[][] weighted = new double[classes][];
    double seconds = 0;
    for (int digit = 0; digit < classes; digit++) {
      Selection normal = protocol().normal(digit).range(0, sizes.classRows());
      Vae vae = Vae.create(sizes.vae(normal.features()), seed).centred(normal);
      String run = data + "-vae-" + digit + "-" + seed;
      seconds += Trainer.fit(vae, normal, null, sizes.training(run, seed)).seconds();
      VaeScores scores = VaeScores.of(vae, protocol().test(), sizes.draws(), seed);
      reconstruction[digit] = scores.reconstruction();
      bound[digit] = scores.bound();
      weighted[digit] = scores.weighted();
      System.out.println(digit + " normal: " + protocol().curve(digit, weighted[digit]));
      vae.graph().close();
    }
    table(model + "; reconstruction probability", reconstruction, "", seed, seconds);
    table(model + "; bound", bound, "", seed, seconds);
    table(last, weighted, published(), seed, seconds);
  }

  private void samples(long seed) {
    load();
    if (!(train instanceof ImageData all && test instanceof ImageData allTest)) {
      System.out.println("DL4J's samples are on grey pictures of bytes; " + data + " has none.");
      return;
    }
    ImageData some = all.range(0, Math.min(sizes.sampleRows(), all.size()));
    ImageData asked = allTest.range(0, Math.min(sizes.testRows(), allTest.size()));
    String set =
        some.name() + "; " + some.size() + " rows; all digits normal; turned ones anomalous";
    int[] latents = {0, 32, 2};
    for (int i = 0; i < latents.length; i++) {
      String sample = List.of("MNISTAnomalyExample", "VaeMNISTAnomaly", "VaeMNIST2dPlots").get(i);
      if (results.has(set, sample + "; ours", "AUC x 100", seed)) {
        System.out.println(sample + ", seed " + seed + ": already recorded");
        continue;
      }
      long start = System.nanoTime();
      int epochs = sizes.sampleEpochs().get(i);
      Dl4jSamples.Comparison both =
          i == 0
              ? Dl4jSamples.autoencoder(some, asked, epochs, seed)
              : Dl4jSamples.variational(some, asked, latents[i], epochs, seed);
      double took = seconds(start);
      record(set, sample + "; DL4J", both.loss(), both.theirs(), "", seed, took);
      record(set, sample + "; ours", both.loss(), both.ours(), "", seed, took);
      record(set, sample + "; DL4J", "AUC x 100", 100 * both.theirArea(), "", seed, took);
      record(set, sample + "; ours", "AUC x 100", 100 * both.ourArea(), "", seed, took);
    }
  }

  /** Colour pictures: the set itself, house numbers, half of its contrast, and none of it. */
  private void paradox() {
    Splits<ImageData> pictures = ColourPictures.load("cifar10", street);
    ImageData world = pictures.train();
    System.out.println(world.provenance().notice());
    String set =
        world.name() + " " + street.side() + "x" + street.side() + "; " + world.size() + " rows";
    int d = world.features();
    ImageData known = pictures.test();
    Optional<ImageData> houses = ColourPictures.houseNumbers(street);
    ImageData half = Contrast.of(known, 0.5);
    ImageData grey = Contrast.of(known.range(0, 1), 0);
    String end = "grey (bits/dim)";
    int components = Math.min(600, d / 2);
    String network = "VAE dense; 64 latents";
    if (!results.has(set, "full Gaussian", end, 1)) {
      long start = System.nanoTime();
      PictureGaussian gaussian = PictureGaussian.fit(new Dequantised(world), 1);
      String[] models = {"PPCA " + components, "full Gaussian"};
      double[][] spectra = {gaussian.principal(components), gaussian.full(0)};
      double[][] familiar = gaussian.logDensity(new Dequantised(known), 2, spectra);
      double[][] faded = gaussian.logDensity(new Dequantised(half), 2, spectra);
      double[][] even = gaussian.logDensity(new Dequantised(grey), 2, spectra);
      double[][] strange =
          houses.map(h -> gaussian.logDensity(new Dequantised(h), 2, spectra)).orElse(null);
      for (int m = 0; m < models.length; m++) {
        double took = seconds(start);
        record(set, models[m], "test (bits/dim)", bits(familiar[m], d), "", 1, took);
        record(set, models[m], "half contrast (bits/dim)", bits(faded[m], d), "", 1, took);
        if (strange != null) {
          houses(set, models[m], houses.get(), familiar[m], strange[m], d, took);
        }
        record(set, models[m], end, bits(even[m], d), "", 1, took);
      }
    }
    for (long seed : seeds) {
      if (results.has(set, network, "half contrast (nats above test)", seed)) {
        continue;
      }
      Vae vae = Vae.create(AnomalySizes.colourShape(d, 64, 512), seed).centred(world);
      String run = "colours-vae-" + seed;
      double took = Trainer.fit(vae, world, null, sizes.colours(run, seed)).seconds();
      double[] familiar = VaeScores.of(vae, known, sizes.draws(), seed).weighted();
      houses.ifPresent(
          h -> {
            double[] strange = VaeScores.of(vae, h, sizes.draws(), seed).weighted();
            String what = h.size() + " house numbers; P(likelier than a test picture)";
            record(set, network, what, RocCurve.of(strange, familiar).area(), "", seed, took);
          });
      double[] faded = VaeScores.of(vae, half, sizes.draws(), seed).weighted();
      double gain = average(familiar) - average(faded);
      record(set, network, "half contrast (nats above test)", gain, "", seed, took);
    }
  }

  private void houses(
      String set,
      String model,
      ImageData houses,
      double[] familiar,
      double[] strange,
      int d,
      double took) {
    String who = houses.size() + " house numbers";
    record(set, model, who + " (bits/dim)", bits(strange, d), "", 1, took);
    // The area of the score "likelihood" itself: how often the strange one is likelier.
    double likelier = RocCurve.of(familiar, strange).area();
    record(set, model, who + "; P(likelier than a test picture)", likelier, "", 1, took);
  }

  private static double average(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double bits(double[] nats, int d) {
    return Bits.ofDensity(average(nats), d);
  }

  private void record(
      String set,
      String model,
      String metric,
      double value,
      String published,
      long seed,
      double seconds) {
    results.record(set, model, metric, value, published, seed, device, seconds);
    System.out.printf(
        Locale.ROOT, "%s, %s, seed %d: %.4f (%.0f s)%n", model, metric, seed, value, seconds);
  }

  /** The command. */
  public static void main(String[] words) {
    try {
      Size size = Size.current();
      new AnomalyTrials(
              AnomalySizes.of(size),
              StreetSizes.of(size),
              Results.of(CHAPTER),
              Lowerbound.setUp().device(),
              words)
          .run();
      System.exit(0);
    } catch (IllegalArgumentException e) {
      System.out.println(e.getMessage());
      System.exit(2);
    }
  }
}
