package org.lowerbound.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.lowerbound.data.Examples;
import org.lowerbound.data.Splits;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.plot.Html;
import org.lowerbound.plot.Numbers;

/**
 * What should not be in a split, looked for before anything is trained: rows of one part that occur
 * in another, the same row with another label, rows that are nearly another part's, an order of the
 * rows that tells the label, labels and features whose distribution changes between the parts.
 *
 * <p>Every pair that is reported was compared value by value. Equal rows are all found (by a 64-bit
 * hash). Nearly equal rows are those whose deviations from the mean training row have a cosine of
 * at least {@link #similarity()}; they are met by hashing with random planes, of which {@link
 * #recall} says how many it finds. Data that are drawn anew each time are audited in one draw.
 *
 * <p>A finding is no verdict on the data: a survey of sixteen questions repeats its answers without
 * any leak. So the share of test rows that occur in the training rows stands beside the share of
 * training rows that occur in the <em>other</em> training rows, which no split can change, and only
 * an excess counts as a leak.
 */
public final class SplitAudit implements Html {

  /** Cosine from which on two rows are nearly equal. */
  public static final double SIMILARITY = 0.98;

  private static final double UNLIKELY = 1e-6;
  private static final double DEVIATIONS = 5;
  private static final int NARROW = 64;
  private static final int PAIRS = 100;
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  /** What is looked for. */
  public enum Kind {
    /** Rows that occur in two parts. */
    DUPLICATES,
    /** Equal rows with different labels. */
    CONTRADICTIONS,
    /** Rows that are nearly another part's. */
    NEAR_DUPLICATES,
    /** An order of the rows within a part that tells something. */
    ORDER,
    /** Labels with other frequencies. */
    LABELS,
    /** Features with another mean. */
    FEATURES
  }

  /** What a finding means. */
  public enum Verdict {
    /** Nothing, or no more than chance. */
    FINE,
    /** Something that can be harmless; the sentence says when. */
    LOOK,
    /** Something that flatters, or damages, a report. */
    LEAK
  }

  /**
   * Two rows that are equal or nearly so.
   *
   * @param part a name of a part, then the number of the row in it, from 0
   * @param other the same of the other row
   * @param similarity the cosine of their deviations from the mean; 1 for equal rows
   */
  public record Pair(String part, int row, String other, int otherRow, double similarity) {
    /** The values with the digits that matter. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  /**
   * One thing looked for, in one part or between two.
   *
   * @param kind what was looked for
   * @param where the part or parts, for instance {@code "test in train"}
   * @param verdict what it means
   * @param count of the rows concerned, or of neighbours with equal labels; 0 for none
   * @param statistic the p-value, the deviations from what chance gives, or the share: see the
   *     sentence
   * @param sentence what was found, in words and numbers
   * @param pairs some of the pairs, at most 100, the most similar first
   */
  public record Finding(
      Kind kind,
      String where,
      Verdict verdict,
      long count,
      double statistic,
      String sentence,
      List<Pair> pairs) {
    /** The values with the digits that matter. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  private Map<String, Examples> parts;
  private final double similarity;
  private final long seed;
  private final String title;
  private final List<Finding> findings = new ArrayList<>();

  private SplitAudit(Map<String, Examples> parts, double similarity, long seed) {
    this.parts = parts;
    this.similarity = similarity;
    this.seed = seed;
    float[] mean = duplicates();
    nearDuplicates(mean);
    order();
    distributions();
    this.title = title();
    // An audit is kept beside others; the rows, which may be large, are not needed any more.
    this.parts = Map.of();
    this.sums = List.of();
  }

  /** Audits all parts of a data set that are there. */
  public static SplitAudit of(Splits<? extends Examples> splits) {
    Checks.require(splits != null, "There is no data set to audit.");
    Map<String, Examples> parts = new LinkedHashMap<>();
    parts.put("train", splits.train());
    parts.put("valid", splits.valid());
    parts.put("test", splits.test());
    return of(parts, SIMILARITY, 1);
  }

  /** Audits training rows and test rows. */
  public static SplitAudit of(Examples train, Examples test) {
    Map<String, Examples> parts = new LinkedHashMap<>();
    parts.put("train", train);
    parts.put("test", test);
    return of(parts, SIMILARITY, 1);
  }

  /**
   * Audits any parts.
   *
   * @param parts by name; the first is what the others are compared with (the training rows), and
   *     all others are compared with each other
   * @param similarity cosine from which on rows are nearly equal, in [0.9, 1)
   * @param seed of the random planes and of what is sampled
   * @throws IllegalArgumentException with a sentence that says what is wrong: no parts, an empty
   *     part, rows of different widths, the same object twice, a value that is not finite
   */
  public static SplitAudit of(Map<String, ? extends Examples> parts, double similarity, long seed) {
    Checks.require(
        parts != null && parts.size() >= 2,
        "An audit of a split needs at least two parts; there are %d.",
        parts == null ? 0 : parts.size());
    Checks.require(
        similarity >= 0.9 && similarity < 1,
        "Rows are nearly equal from a cosine in [0.9, 1) on, not %s: below 0.9 the random planes"
            + " miss too many, and 1 is equality, which is looked for anyway.",
        similarity);
    Map<String, Examples> copy = new LinkedHashMap<>();
    String firstName = parts.keySet().iterator().next();
    for (Map.Entry<String, ? extends Examples> entry : parts.entrySet()) {
      String name = entry.getKey();
      Examples part = entry.getValue();
      Checks.require(part != null && part.size() > 0, "The part '%s' has no rows.", name);
      int width = parts.get(firstName).features();
      Checks.require(
          part.features() == width,
          "A row of '%s' has %d values and one of '%s' has %d: these are no parts of one data set.",
          name,
          part.features(),
          firstName,
          width);
      copy.forEach(
          (other, rows) ->
              Checks.require(
                  rows != part,
                  "'%s' and '%s' are the same object: every row leaks.",
                  other,
                  name));
      copy.put(name, part);
    }
    return new SplitAudit(copy, similarity, seed);
  }

  // ---- reading rows -------------------------------------------------------------------------

  /** One row; the same at every call, even of data that are drawn anew each time. */
  private void draw(Examples part, int row, float[] into) {
    part.draw(row, new SplittableRandom(31 * seed + row), into, 0);
  }

  private static long hash(float[] row) {
    long h = 0x9E3779B97F4A7C15L;
    for (float value : row) {
      // −0 and 0 are the same number.
      h = (h ^ Float.floatToIntBits(value + 0f)) * 0xC2B2AE3D27D4EB4FL;
      h ^= h >>> 29;
    }
    return h;
  }

  private static int label(Examples part, int row) {
    return part.labelled() ? part.label(row) : Examples.UNLABELLED;
  }

  // ---- equal rows ---------------------------------------------------------------------------

  /** The different rows of a part: by hash, the rows that came first with their counts. */
  private final class Contents {
    private final Examples part;
    private final Map<Long, List<int[]>> first = new HashMap<>(); // {row, count}
    private final float[] other;
    private double[] sum;

    Contents(String name, Examples part) {
      this.part = part;
      int features = part.features();
      other = new float[features];
      sum = new double[features];
      float[] row = new float[features];
      for (int i = 0; i < part.size(); i++) {
        if (i % 1000 == 0) {
          StopButton.poll();
        }
        draw(part, i, row);
        for (int j = 0; j < features; j++) {
          if (!Float.isFinite(row[j])) {
            throw new IllegalArgumentException(
                "Row " + i + " of '" + name + "' holds " + row[j] + " at place " + j + ".");
          }
          sum[j] += row[j];
        }
        int[] twin = find(row);
        if (twin == null) {
          first.computeIfAbsent(hash(row), h -> new ArrayList<>(1)).add(new int[] {i, 1});
        } else {
          twin[1]++;
        }
      }
    }

    /** The entry with this content, or null. */
    int[] find(float[] row) {
      for (int[] entry : first.getOrDefault(hash(row), List.of())) {
        draw(part, entry[0], other);
        if (Arrays.equals(row, other) || equal(row, other)) {
          return entry;
        }
      }
      return null;
    }

    /** Rows of this part that occur in it more than once. */
    long repeated() {
      return first.values().stream()
          .flatMap(List::stream)
          .filter(entry -> entry[1] > 1)
          .mapToLong(entry -> entry[1])
          .sum();
    }
  }

  private static boolean equal(float[] a, float[] b) {
    for (int j = 0; j < a.length; j++) {
      if (a[j] != b[j]) {
        return false;
      }
    }
    return true;
  }

  /** Looks for equal rows; returns the mean row of the first part. */
  private float[] duplicates() {
    List<String> names = new ArrayList<>(parts.keySet());
    Map<String, Contents> contents = new LinkedHashMap<>();
    parts.forEach((name, part) -> contents.put(name, new Contents(name, part)));
    for (int a = 0; a < names.size(); a++) {
      for (int b = a + 1; b < names.size(); b++) {
        duplicates(names.get(a), contents.get(names.get(a)), names.get(b));
      }
    }
    Contents train = contents.get(names.get(0));
    float[] mean = new float[train.sum.length];
    for (int j = 0; j < mean.length; j++) {
      mean[j] = (float) (train.sum[j] / train.part.size());
    }
    sums = new ArrayList<>();
    contents.values().forEach(c -> sums.add(c.sum));
    return mean;
  }

  private List<double[]> sums;

  private void duplicates(String home, Contents known, String guest) {
    Examples part = parts.get(guest);
    float[] row = new float[part.features()];
    long found = 0;
    long contradictions = 0;
    List<Pair> pairs = new ArrayList<>();
    List<Pair> against = new ArrayList<>();
    for (int i = 0; i < part.size(); i++) {
      if (i % 1000 == 0) {
        StopButton.poll();
      }
      draw(part, i, row);
      int[] entry = known.find(row);
      if (entry == null) {
        continue;
      }
      found++;
      Pair pair = new Pair(guest, i, home, entry[0], 1);
      if (pairs.size() < PAIRS) {
        pairs.add(pair);
      }
      int here = label(part, i);
      int there = label(known.part, entry[0]);
      if (here != there && here != Examples.UNLABELLED && there != Examples.UNLABELLED) {
        contradictions++;
        if (against.size() < PAIRS) {
          against.add(pair);
        }
      }
    }
    String where = guest + " in " + home;
    double share = found / (double) part.size();
    double within = known.repeated() / (double) known.part.size();
    double excess = excess(share, part.size(), within, known.part.size());
    Verdict verdict = found == 0 ? Verdict.FINE : excess > DEVIATIONS ? Verdict.LEAK : Verdict.LOOK;
    String meaning =
        switch (verdict) {
          case FINE -> "";
          case LOOK ->
              ": no more than the rows repeat among themselves, so either rows coincide by chance"
                  + " or copies were made before the split";
          case LEAK -> ": far more than the rows repeat among themselves";
        };
    findings.add(
        new Finding(
            Kind.DUPLICATES,
            where,
            verdict,
            found,
            share,
            String.format(
                Locale.ROOT,
                "%d of %d rows of '%s' occur in '%s' (%.4f); of those of '%s' %.4f occur in the"
                    + " others%s",
                found,
                part.size(),
                guest,
                home,
                share,
                home,
                within,
                meaning),
            pairs));
    if (part.labelled() && known.part.labelled()) {
      findings.add(
          new Finding(
              Kind.CONTRADICTIONS,
              where,
              contradictions == 0 ? Verdict.FINE : Verdict.LOOK,
              contradictions,
              contradictions / (double) part.size(),
              contradictions
                  + " rows of '"
                  + guest
                  + "' occur in '"
                  + home
                  + "' with another label"
                  + (contradictions == 0 ? "" : ": one of the two is wrong, or the label is noisy"),
              against));
    }
  }

  /** By how many of its standard errors the first share exceeds the second. */
  private static double excess(double share, int rows, double within, int others) {
    double pooled = (share * rows + within * others) / (rows + others);
    double error = Math.sqrt(pooled * (1 - pooled) * (1.0 / rows + 1.0 / others));
    return error == 0 ? 0 : (share - within) / error;
  }

  // ---- nearly equal rows --------------------------------------------------------------------

  private void nearDuplicates(float[] mean) {
    List<String> names = new ArrayList<>(parts.keySet());
    if (mean.length < NARROW) {
      findings.add(
          new Finding(
              Kind.NEAR_DUPLICATES,
              "all parts",
              Verdict.FINE,
              0,
              0,
              "rows of "
                  + mean.length
                  + " values are often near each other; near rows were not looked for (from "
                  + NARROW
                  + " values on they are)",
              List.of()));
      return;
    }
    RandomPlanes planes = new RandomPlanes(mean, seed);
    Map<String, long[][]> bits = new LinkedHashMap<>();
    parts.forEach(
        (name, part) ->
            bits.put(name, planes.signatures(part.size(), (into, row) -> draw(part, row, into))));
    for (int a = 0; a < names.size(); a++) {
      String home = names.get(a);
      for (int b = a + 1; b < names.size(); b++) {
        String guest = names.get(b);
        int[] all = range(parts.get(guest).size());
        List<Pair> pairs = near(home, bits.get(home), guest, bits.get(guest), all, mean);
        int[] some = sample(parts.get(home).size(), all.length);
        List<Pair> inside = near(home, bits.get(home), home, bits.get(home), some, mean);
        double share = pairs.size() / (double) all.length;
        double within = inside.size() / (double) some.length;
        double excess = excess(share, all.length, within, some.length);
        Verdict verdict =
            pairs.isEmpty() ? Verdict.FINE : excess > DEVIATIONS ? Verdict.LEAK : Verdict.LOOK;
        pairs.sort((p, q) -> Double.compare(q.similarity, p.similarity));
        findings.add(
            new Finding(
                Kind.NEAR_DUPLICATES,
                guest + " in " + home,
                verdict,
                pairs.size(),
                share,
                String.format(
                    Locale.ROOT,
                    "%d of %d rows of '%s' are nearly a row of '%s' (cosine from %s on: %.4f), equal"
                        + " ones not counted; of those of '%s' %.4f are nearly another%s",
                    pairs.size(),
                    all.length,
                    guest,
                    home,
                    similarity,
                    share,
                    home,
                    within,
                    verdict == Verdict.LEAK
                        ? ": far more than among themselves"
                        : verdict == Verdict.LOOK
                            ? ": no more than among themselves; look at the pairs: simple rows"
                                + " resemble each other, copies do so too"
                            : ""),
                List.copyOf(pairs.subList(0, Math.min(PAIRS, pairs.size())))));
      }
    }
  }

  private static int[] range(int n) {
    int[] all = new int[n];
    Arrays.setAll(all, i -> i);
    return all;
  }

  /** So many different rows of n, or all. */
  private int[] sample(int n, int count) {
    int[] all = range(n);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < Math.min(n, count); i++) {
      int j = i + random.nextInt(n - i);
      int kept = all[i];
      all[i] = all[j];
      all[j] = kept;
    }
    return Arrays.copyOf(all, Math.min(n, count));
  }

  /** For each row asked for its most similar one at home, where that is near and not equal. */
  private List<Pair> near(
      String home, long[][] homeBits, String guest, long[][] guestBits, int[] asked, float[] mean) {
    Examples there = parts.get(home);
    Examples here = parts.get(guest);
    boolean same = home.equals(guest);
    int most = RandomPlanes.mostDifferent(similarity);
    int[] nearest = new int[asked.length];
    double[] cosine = new double[asked.length];
    Arrays.fill(nearest, -1);
    float[] a = new float[mean.length];
    float[] b = new float[mean.length];
    int[] seen = new int[homeBits.length]; // the last row compared with, from 1: once is enough
    int[][][] buckets = new int[RandomPlanes.BANDS][][];
    for (int band = 0; band < RandomPlanes.BANDS; band++) {
      buckets[band] = buckets(homeBits, band);
    }
    for (int i = 0; i < asked.length; i++) {
      if (i % 100 == 0) {
        StopButton.poll();
      }
      boolean drawn = false;
      double norm = 0;
      for (int band = 0; band < RandomPlanes.BANDS; band++) {
        for (int k : buckets[band][RandomPlanes.band(guestBits[asked[i]], band)]) {
          if (seen[k] == i + 1 || same && k == asked[i]) {
            continue;
          }
          seen[k] = i + 1;
          if (RandomPlanes.different(guestBits[asked[i]], homeBits[k]) > most) {
            continue;
          }
          if (!drawn) {
            draw(here, asked[i], a);
            norm = norm(a, mean);
            drawn = true;
          }
          draw(there, k, b);
          double c = cosine(a, norm, b, mean);
          if (c >= similarity && c > cosine[i] && !equal(a, b)) {
            nearest[i] = k;
            cosine[i] = c;
          }
        }
      }
    }
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < asked.length; i++) {
      if (nearest[i] >= 0) {
        pairs.add(new Pair(guest, asked[i], home, nearest[i], cosine[i]));
      }
    }
    return pairs;
  }

  /** The rows by the bits of one band. */
  private static int[][] buckets(long[][] bits, int band) {
    int[] size = new int[1 << RandomPlanes.BITS];
    for (long[] row : bits) {
      size[RandomPlanes.band(row, band)]++;
    }
    int[][] buckets = new int[size.length][];
    for (int k = 0; k < size.length; k++) {
      buckets[k] = new int[size[k]];
    }
    for (int i = 0; i < bits.length; i++) {
      int k = RandomPlanes.band(bits[i], band);
      buckets[k][--size[k]] = i;
    }
    return buckets;
  }

  private static double norm(float[] a, float[] mean) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      double d = a[j] - mean[j];
      sum += d * d;
    }
    return Math.sqrt(sum);
  }

  private static double cosine(float[] a, double norm, float[] b, float[] mean) {
    double dot = 0;
    double squares = 0;
    for (int j = 0; j < a.length; j++) {
      double d = b[j] - mean[j];
      dot += (a[j] - mean[j]) * d;
      squares += d * d;
    }
    double scale = norm * Math.sqrt(squares);
    return scale == 0 ? 0 : dot / scale;
  }

  // ---- order --------------------------------------------------------------------------------

  private void order() {
    parts.forEach(
        (name, part) -> {
          if (part.size() < 3) {
            return;
          }
          if (part.labelled()) {
            orderOfLabels(name, part);
          }
          orderOfRows(name, part);
        });
  }

  /**
   * Neighbours with equal labels, against a random order: Σ n_c(n_c − 1)/n of them, with the
   * variance of Wald and Wolfowitz's runs (Barton and David 1957).
   */
  private void orderOfLabels(String name, Examples part) {
    Map<Integer, Integer> counts = new HashMap<>();
    long equal = 0;
    for (int i = 0; i < part.size(); i++) {
      counts.merge(part.label(i), 1, Integer::sum);
      equal += i > 0 && part.label(i) == part.label(i - 1) ? 1 : 0;
    }
    double n = part.size();
    double two = 0;
    double three = 0;
    for (int c : counts.values()) {
      two += (double) c * c;
      three += (double) c * c * c;
    }
    double expected = (two - n) / n;
    double variance = (two * (two + n * (n + 1)) - 2 * n * three - n * n * n) / (n * n * (n - 1));
    double z = variance <= 0 ? 0 : (equal - expected) / Math.sqrt(variance);
    findings.add(
        new Finding(
            Kind.ORDER,
            name + ", labels",
            Math.abs(z) > DEVIATIONS ? Verdict.LOOK : Verdict.FINE,
            equal,
            z,
            String.format(
                Locale.ROOT,
                "%d neighbours in '%s' have equal labels, in a random order %.0f (%+.1f"
                    + " deviations)%s",
                equal,
                name,
                expected,
                z,
                z > DEVIATIONS
                    ? ": labels come in blocks; a split or a batch by position would tear classes"
                        + " apart"
                    : z < -DEVIATIONS ? ": labels take turns; position tells the label" : ""),
            List.of()));
  }

  /** Whether neighbouring rows are nearer to each other than others: time, a speaker, a sort. */
  private void orderOfRows(String name, Examples part) {
    int n = part.size();
    SplittableRandom random = new SplittableRandom(seed + 1);
    int samples = Math.min(n - 1, 2000);
    float[] a = new float[part.features()];
    float[] b = new float[part.features()];
    double[] sum = new double[2];
    double[] squares = new double[2];
    for (int s = 0; s < samples; s++) {
      int i = samples == n - 1 ? s : random.nextInt(n - 1);
      for (int kind = 0; kind < 2; kind++) {
        int first = kind == 0 ? i : random.nextInt(n);
        int second = kind == 0 ? i + 1 : (first + 1 + random.nextInt(n - 1)) % n;
        draw(part, first, a);
        draw(part, second, b);
        double d = 0;
        for (int j = 0; j < a.length; j++) {
          d += (a[j] - b[j]) * (double) (a[j] - b[j]);
        }
        d = Math.sqrt(d);
        sum[kind] += d / samples;
        squares[kind] += d * d / samples;
      }
    }
    double variance =
        (squares[0] - sum[0] * sum[0] + squares[1] - sum[1] * sum[1]) / Math.max(1, samples - 1);
    double z = variance <= 0 ? 0 : (sum[0] - sum[1]) / Math.sqrt(variance);
    findings.add(
        new Finding(
            Kind.ORDER,
            name + ", rows",
            Math.abs(z) > DEVIATIONS ? Verdict.LOOK : Verdict.FINE,
            0,
            z,
            String.format(
                Locale.ROOT,
                "neighbouring rows of '%s' are at a mean distance of %.4g, random pairs at %.4g"
                    + " (%+.1f deviations)%s",
                name,
                sum[0],
                sum[1],
                z,
                z < -DEVIATIONS
                    ? ": neighbours belong together; a random split would put parts of one thing"
                        + " on both sides"
                    : z > DEVIATIONS ? ": neighbours avoid each other" : ""),
            List.of()));
  }

  // ---- distributions ------------------------------------------------------------------------

  private void distributions() {
    List<String> names = new ArrayList<>(parts.keySet());
    String home = names.get(0);
    for (int p = 1; p < names.size(); p++) {
      Examples there = parts.get(home);
      Examples here = parts.get(names.get(p));
      if (there.labelled() && here.labelled()) {
        labels(home, there, names.get(p), here);
      }
    }
    double[][] squares = squares(names);
    for (int p = 1; p < names.size(); p++) {
      features(home, sums.get(0), squares[0], names.get(p), sums.get(p), squares[p]);
    }
  }

  /** Pearson's test that two parts have the same shares of labels. */
  private void labels(String home, Examples there, String guest, Examples here) {
    Map<Integer, double[]> counts = new TreeMap<>();
    double[] totals = new double[2];
    count(there, 0, counts, totals);
    count(here, 1, counts, totals);
    if (totals[0] == 0 || totals[1] == 0) {
      return;
    }
    List<Integer> unseen = new ArrayList<>();
    double distance = 0;
    double[] rest = new double[2];
    List<double[]> cells = new ArrayList<>();
    for (Map.Entry<Integer, double[]> entry : counts.entrySet()) {
      double[] c = entry.getValue();
      distance += Math.abs(c[0] / totals[0] - c[1] / totals[1]) / 2;
      if (c[0] == 0) {
        unseen.add(entry.getKey());
      }
      double share = (c[0] + c[1]) / (totals[0] + totals[1]);
      if (share * Math.min(totals[0], totals[1]) < 5) { // too rare for the approximation
        rest[0] += c[0];
        rest[1] += c[1];
      } else {
        cells.add(c);
      }
    }
    if (rest[0] + rest[1] > 0) {
      cells.add(rest);
    }
    double chi = 0;
    for (double[] c : cells) {
      for (int k = 0; k < 2; k++) {
        double expected = (c[0] + c[1]) * totals[k] / (totals[0] + totals[1]);
        chi += (c[k] - expected) * (c[k] - expected) / expected;
      }
    }
    double p =
        cells.size() < 2 ? 1 : ChiSquaredDistribution.of(cells.size() - 1).survivalProbability(chi);
    boolean changed = p < UNLIKELY || !unseen.isEmpty();
    findings.add(
        new Finding(
            Kind.LABELS,
            guest + " against " + home,
            changed ? Verdict.LEAK : Verdict.FINE,
            unseen.size(),
            p,
            String.format(
                Locale.ROOT,
                "the shares of labels in '%s' and '%s' differ by %.4f in total variation (p = %.2g)%s",
                guest,
                home,
                distance,
                p,
                unseen.isEmpty()
                    ? changed ? ": more than chance gives" : ""
                    : ": labels " + unseen + " do not occur in '" + home + "' at all"),
            List.of()));
  }

  private static void count(Examples part, int at, Map<Integer, double[]> counts, double[] totals) {
    for (int i = 0; i < part.size(); i++) {
      int label = part.label(i);
      if (label != Examples.UNLABELLED) {
        counts.computeIfAbsent(label, l -> new double[2])[at]++;
        totals[at]++;
      }
    }
  }

  private double[][] squares(List<String> names) {
    double[][] squares = new double[names.size()][parts.get(names.get(0)).features()];
    float[] row = new float[squares[0].length];
    for (int p = 0; p < squares.length; p++) {
      Examples part = parts.get(names.get(p));
      for (int i = 0; i < part.size(); i++) {
        if (i % 1000 == 0) {
          StopButton.poll();
        }
        draw(part, i, row);
        for (int j = 0; j < row.length; j++) {
          squares[p][j] += row[j] * (double) row[j];
        }
      }
    }
    return squares;
  }

  /** The largest change of a feature's mean, with Bonferroni's correction for the others. */
  private void features(
      String home,
      double[] sumA,
      double[] squaresA,
      String guest,
      double[] sumB,
      double[] squaresB) {
    double n = parts.get(home).size();
    double m = parts.get(guest).size();
    double largest = 0;
    int at = 0;
    for (int j = 0; j < sumA.length; j++) {
      double mean = (sumA[j] + sumB[j]) / (n + m);
      double variance = (squaresA[j] + squaresB[j]) / (n + m) - mean * mean;
      if (variance > 1e-12 * mean * mean && variance > 0) {
        double z = (sumB[j] / m - sumA[j] / n) / Math.sqrt(variance * (1 / n + 1 / m));
        if (Math.abs(z) > Math.abs(largest)) {
          largest = z;
          at = j;
        }
      }
    }
    double p = Math.min(1, 2 * sumA.length * NORMAL.survivalProbability(Math.abs(largest)));
    boolean changed = p < UNLIKELY;
    findings.add(
        new Finding(
            Kind.FEATURES,
            guest + " against " + home,
            changed ? Verdict.LOOK : Verdict.FINE,
            changed ? 1 : 0,
            p,
            String.format(
                Locale.ROOT,
                "of %d features number %d changes most: its mean in '%s' lies %+.1f deviations from"
                    + " '%s' (p = %.2g for the largest of all)%s",
                sumA.length,
                at,
                guest,
                largest,
                home,
                p,
                changed ? ": the parts were not drawn alike" : ""),
            List.of()));
  }

  // ---- answers ------------------------------------------------------------------------------

  /** Cosine from which on rows were taken for nearly equal. */
  public double similarity() {
    return similarity;
  }

  /**
   * The probability that a pair of this cosine is met by the random planes; {@link #of} compares
   * what is met value by value.
   */
  public static double recall(double cosine) {
    Checks.require(cosine >= -1 && cosine <= 1, "A cosine lies in [-1, 1]; %s does not.", cosine);
    return RandomPlanes.recall(cosine);
  }

  /** All findings, good and bad. */
  public List<Finding> findings() {
    return Collections.unmodifiableList(findings);
  }

  /** The findings of one kind. */
  public List<Finding> findings(Kind kind) {
    return findings.stream().filter(f -> f.kind == kind).toList();
  }

  /** The number of rows that findings of this kind concern. */
  public long count(Kind kind) {
    return findings(kind).stream().mapToLong(Finding::count).sum();
  }

  /** The worst verdict on a kind; {@link Verdict#FINE} where it was not looked for. */
  public Verdict verdict(Kind kind) {
    return findings(kind).stream()
        .map(Finding::verdict)
        .max(Verdict::compareTo)
        .orElse(Verdict.FINE);
  }

  /** The findings that are not fine, one a line, or a line that says there are none. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title);
    for (Finding f : findings) {
      if (f.verdict != Verdict.FINE) {
        text.append('\n').append(f.verdict).append("  ").append(f.sentence);
      }
    }
    return text.toString();
  }

  private String title() {
    StringBuilder text = new StringBuilder("Audit of");
    String comma = " ";
    for (Map.Entry<String, Examples> entry : parts.entrySet()) {
      text.append(comma).append(entry.getKey()).append(" (").append(entry.getValue().name());
      text.append(", ").append(entry.getValue().size()).append(" rows)");
      comma = ", ";
    }
    long bad = findings.stream().filter(f -> f.verdict != Verdict.FINE).count();
    return text.append(": ")
        .append(findings.size())
        .append(" checks, ")
        .append(bad == 0 ? "nothing found" : bad + " with a finding")
        .toString();
  }

  @Override
  public String toHtml() {
    StringBuilder html =
        new StringBuilder("<div style=\"margin:.5em 0\"><p style=\"margin:.3em 0\"><b>")
            .append(Html.escape(title))
            .append("</b></p><ul style=\"margin:.2em 0\">");
    for (Finding f : findings) {
      String mark =
          switch (f.verdict) {
            case FINE -> "✓";
            case LOOK -> "• look";
            case LEAK -> "✗ leak";
          };
      html.append("<li>").append(mark).append("&ensp;").append(Html.escape(f.sentence));
      html.append("</li>");
    }
    return html.append("</ul></div>").toString();
  }
}
