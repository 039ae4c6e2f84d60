package org.lowerbound.evaluation;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.lowerbound.numerics.Checks;

/**
 * A split that is written down as lists of row numbers, and what such lists can get wrong: a row in
 * two parts, a row twice in one part, a row that no part uses, a number that is no row.
 *
 * @param rows how many rows there are
 * @param overlap for each two parts, by {@code "valid in train"}, the rows that are in both
 * @param repeated rows that one part lists more than once
 * @param unused rows that no part lists
 */
public record RowLists(int rows, Map<String, Integer> overlap, int repeated, int unused) {

  /** Copies the map. */
  public RowLists {
    overlap = Map.copyOf(overlap);
  }

  /**
   * Counts.
   *
   * @param rows how many rows there are, at least 1
   * @param parts the numbers of the rows of each part, from 0
   * @throws IllegalArgumentException if a list names a row that does not exist
   */
  public static RowLists of(int rows, Map<String, int[]> parts) {
    Checks.atLeast(1, "the number of rows", rows);
    Checks.require(parts != null && !parts.isEmpty(), "There are no parts.");
    int[] uses = new int[rows];
    Map<String, int[]> lists = new LinkedHashMap<>();
    Map<String, Integer> overlap = new LinkedHashMap<>();
    int repeated = 0;
    for (Map.Entry<String, int[]> part : parts.entrySet()) {
      int[] times = new int[rows];
      for (int row : part.getValue()) {
        Checks.require(
            row >= 0 && row < rows,
            "The part '%s' lists row %d; the rows are numbered from 0 to %d.",
            part.getKey(),
            row,
            rows - 1);
        uses[row]++;
        times[row]++;
        repeated += times[row] == 2 ? 1 : 0;
      }
      for (Map.Entry<String, int[]> other : lists.entrySet()) {
        int both = 0;
        for (int row = 0; row < rows; row++) {
          both += times[row] > 0 && other.getValue()[row] > 0 ? 1 : 0;
        }
        overlap.put(part.getKey() + " in " + other.getKey(), both);
      }
      lists.put(part.getKey(), times);
    }
    int unused = 0;
    for (int use : uses) {
      unused += use == 0 ? 1 : 0;
    }
    return new RowLists(rows, overlap, repeated, unused);
  }

  /** Whether each row is in exactly one part. */
  public boolean clean() {
    return repeated == 0 && unused == 0 && overlap.values().stream().allMatch(both -> both == 0);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d rows; in two parts: %s; twice in one: %d; in none: %d",
        rows,
        new TreeMap<>(overlap),
        repeated,
        unused);
  }
}
