package org.lowerbound.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A text for models of characters: a million characters of Shakespeare (Karpathy's "tiny
 * Shakespeare", 1,115,394 characters, 65 distinct ones).
 *
 * <p>If the file cannot be had, {@link #load} returns {@link #generated} sentences of a small
 * grammar whose entropy is known.
 */
public final class TextCorpus {

  private static final String[][] GRAMMAR = {
    {"the ", "a ", "one ", "every "},
    {"old ", "small ", "quiet ", "bright ", "cold ", "green ", "strange ", "kind "},
    {"river ", "fox ", "king ", "lamp ", "garden ", "sailor ", "stone ", "bird "},
    {"follows ", "remembers ", "finds ", "carries ", "watches ", "forgets ", "greets ", "leaves "},
    {"the ", "a ", "no ", "another "},
    {"mountain", "letter", "ship", "window", "road", "friend", "winter", "song"},
    {".\n", "!\n", ", at last.\n", ", alone.\n"},
  };

  private final String text;
  private final Provenance provenance;

  private TextCorpus(String text, Provenance provenance) {
    this.text = text;
    this.provenance = provenance;
  }

  /** Tiny Shakespeare, or generated sentences. */
  public static TextCorpus load() {
    return load(DataStore.system());
  }

  static TextCorpus load(DataStore store) {
    DataStore.Found file;
    try {
      file = store.find(Catalogue.SHAKESPEARE.get(0));
    } catch (DataException e) {
      if (!e.absent()) {
        throw e;
      }
      TextCorpus generated = generated(400_000, 1);
      return new TextCorpus(
          generated.text, generated.provenance.replacing("tiny Shakespeare", e.brief()));
    }
    Path path = file.path();
    try (InputStream in = DataIo.open(path)) {
      String text = new String(in.readNBytes((int) file.file().bytes()), StandardCharsets.US_ASCII);
      return new TextCorpus(text, Catalogue.provenance("Tiny Shakespeare", List.of(file)));
    } catch (IOException e) {
      throw DataIo.failure(path, e);
    }
  }

  /**
   * Whole sentences of a small grammar, at least the given number of characters; each word is drawn
   * independently and uniformly from its list.
   */
  public static TextCorpus generated(int characters, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder(characters + 100);
    while (text.length() < characters) {
      for (String[] words : GRAMMAR) {
        text.append(words[random.nextInt(words.length)]);
      }
    }
    return new TextCorpus(
        text.toString(),
        Provenance.builtIn(
            "Generated sentences", "drawn from a small grammar of known entropy, seed " + seed));
  }

  /**
   * The entropy of the generated sentences per character, in nats: Σ log (words in a list) over the
   * expected length of a sentence. A sentence tells all its choices, so this is what the best model
   * of the characters reaches in the long run.
   */
  public static double generatedEntropy() {
    double nats = 0;
    double length = 0;
    for (String[] words : GRAMMAR) {
      nats += Math.log(words.length);
      for (String word : words) {
        length += (double) word.length() / words.length;
      }
    }
    return nats / length;
  }

  /** The whole text. */
  public String text() {
    return text;
  }

  /** The distinct characters in ascending order. */
  public String alphabet() {
    return text.chars()
        .distinct()
        .sorted()
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** The text as indices into {@link #alphabet()}. */
  public int[] codes() {
    String alphabet = alphabet();
    return text.chars().map(alphabet::indexOf).toArray();
  }

  /** What the text is, for instance {@code "Tiny Shakespeare"}. */
  public String name() {
    return provenance.name();
  }

  /** Where the text comes from. */
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %,d characters, %d distinct, %s",
        name(),
        text.length(),
        alphabet().length(),
        provenance.real() ? "real data" : "built-in data");
  }
}
