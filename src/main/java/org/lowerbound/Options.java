package org.lowerbound;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The options of a command, {@code --name value}, whose mistakes are said in a sentence. */
public final class Options {

  private final Map<String, String> values = new LinkedHashMap<>();

  private Options() {}

  /**
   * Reads the words after a command.
   *
   * @param allowed the names, for instance {@code --seed}
   * @throws IllegalArgumentException if a word is no option, comes twice, or has no value
   */
  public static Options of(List<String> allowed, String... words) {
    Options options = new Options();
    for (int i = 0; i < words.length; i += 2) {
      if (!allowed.contains(words[i]) || i + 1 == words.length) {
        throw new IllegalArgumentException(
            words[i] + " is no option with a value; the options are " + allowed + ".");
      }
      if (options.values.put(words[i], words[i + 1]) != null) {
        throw new IllegalArgumentException(words[i] + " is given twice.");
      }
    }
    return options;
  }

  /** The value of an option, or another if it is not given. */
  public String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /** One of some words. */
  public String oneOf(String name, String... words) {
    String value = text(name, words[0]);
    if (!Arrays.asList(words).contains(value)) {
      throw new IllegalArgumentException(
          name + " is one of " + Arrays.asList(words) + ", not " + value + ".");
    }
    return value;
  }

  /** Positive whole numbers with commas between them. */
  public List<Long> whole(String name, String otherwise) {
    String numbers = text(name, otherwise);
    try {
      List<Long> all =
          Arrays.stream(numbers.split(",")).map(n -> Long.parseLong(n.strip())).toList();
      if (all.stream().anyMatch(n -> n < 1)) {
        throw new NumberFormatException();
      }
      return all;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + " takes positive whole numbers with commas between them, not " + numbers + ".");
    }
  }

  /** The members of an enumeration that an option names, with commas between; all if it is not. */
  public <E extends Enum<E>> List<E> members(String name, Class<E> type) {
    List<E> all = Arrays.asList(type.getEnumConstants());
    if (!values.containsKey(name)) {
      return all;
    }
    List<E> found = new ArrayList<>();
    for (String word : values.get(name).split(",")) {
      String wanted = word.strip().toUpperCase(Locale.ROOT);
      found.add(
          all.stream()
              .filter(member -> member.name().equals(wanted))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          name
                              + " has no "
                              + word
                              + "; there are "
                              + all.stream().map(Enum::name).toList()
                              + ".")));
    }
    return found;
  }
}
