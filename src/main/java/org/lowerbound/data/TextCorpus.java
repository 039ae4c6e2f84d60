package org.lowerbound.data;

import java.io.BufferedReader;
import java.io.IOException;
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
    return new TextCorpus(
        characters(file.path()), Catalogue.provenance("Tiny Shakespeare", List.of(file)));
  }

  /**
   * Reads a text of one's own in UTF-8, gzipped or not. A byte-order mark is dropped, and every
   * line ends in one line feed.
   *
   * @throws DataException if it is empty, no text in UTF-8 or cannot be read
   */
  public static TextCorpus read(Path file) {
    String name = "" + file.getFileName();
    return new TextCorpus(characters(file), Provenance.own(name, "read from " + name));
  }

  private static String characters(Path file) {
    StringBuilder text = new StringBuilder();
    try (BufferedReader in = DataIo.openText(file)) {
      for (String line; (line = in.readLine()) != null; ) {
        text.append(line).append('\n');
      }
    } catch (IOException e) {
      throw DataIo.failure(file, FileKind.TEXT, e);
    }
    if (text.length() == 0 || text.indexOf("\0") >= 0) {
      throw DataIo.malformed(
          file, FileKind.TEXT, text.length() == 0 ? "it is empty" : "it holds zero bytes");
    }
    return text.toString();
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
        provenance.kind());
  }
}
