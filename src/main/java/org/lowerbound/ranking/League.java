package org.lowerbound.ranking;

import java.nio.file.Path;
import java.text.Normalizer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lowerbound.data.CsvFile;
import org.lowerbound.data.DataException;
import org.lowerbound.data.Provenance;
import org.lowerbound.numerics.Checks;
import org.lowerbound.numerics.Logistic;
import org.lowerbound.plot.Numbers;

/**
 * Players and their matches, read from a table of {@code (date, A, B, wins A, wins B)} or
 * simulated.
 *
 * <p>A row that cannot be counted is refused with a sentence that names its line, and kept in
 * {@link #refused}: rows counted and rows refused are all rows of the file.
 */
public final class League {

  /** What the two numbers of a row count. */
  public enum Counting {
    /** Games won, as in table tennis: a row 3, 1 is four games. */
    WINS("games won"),
    /**
     * Goals of one game, as in ice hockey: the larger number wins it, a draw is half a win each.
     */
    GOALS("goals");

    private final String words;

    Counting(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * A match.
   *
   * @param date the day, if the file's dates could be read
   * @param a the index of one player
   * @param b the index of the other
   * @param winsA games that {@code a} won
   * @param winsB games that {@code b} won
   */
  public record Match(Optional<LocalDate> date, int a, int b, double winsA, double winsB) {

    /** The values with the digits that matter. */
    @Override
    public String toString() {
      return Numbers.record(this);
    }
  }

  private static final List<String> OFFICE =
      List.of(
          "Amara", "Boris", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas",
          "Keiko", "Lena");
  private static final int SHOWN = 5;

  private final Provenance provenance;
  private final Counting counting;
  private final List<String> players;
  private final List<Match> matches;
  private final List<String> refused;
  private final List<String> notes;

  private League(
      Provenance provenance,
      Counting counting,
      List<String> players,
      List<Match> matches,
      List<String> refused,
      List<String> notes) {
    this.provenance = provenance;
    this.counting = counting;
    this.players = List.copyOf(players);
    this.matches = List.copyOf(matches);
    this.refused = List.copyOf(refused);
    this.notes = List.copyOf(notes);
  }

  /**
   * Reads a table. Its columns are known by their names: a date; {@code Player A} and {@code Player
   * B}, {@code home} and {@code visitor} and the like; {@code Wins A} and {@code Wins B}, which are
   * games won, or {@code home goals} and {@code visitor goals}, which decide one game. Five columns
   * with other names, or none, are taken in the order (date, A, B, wins A, wins B).
   *
   * @throws DataException if the file is no table of matches, or every row is refused
   */
  public static League read(Path file) {
    return read(file, null);
  }

  /**
   * Reads a table whose numbers count what is said here, whatever its columns are called.
   *
   * @throws DataException if the file is no table of matches, or every row is refused
   */
  public static League read(Path file, Counting counting) {
    List<String> refused = new ArrayList<>();
    CsvFile table = named(CsvFile.readRows(file, refused::add));
    List<String> notes = new ArrayList<>();
    Columns columns = Columns.of(table, notes);
    Counting counts =
        counting != null ? counting : columns.goals() ? Counting.GOALS : Counting.WINS;
    notes.removeIf(note -> counting != null);
    Dates dates = Dates.of(table.texts(columns.date()), notes);
    Map<String, String> names = new LinkedHashMap<>();
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < table.size(); r++) {
      String line = "line " + table.line(r);
      try {
        rows.add(row(table, columns, counts, dates, r, names, notes));
      } catch (IllegalArgumentException e) {
        refused.add(line + ": " + e.getMessage());
      }
    }
    refused.sort(Comparator.comparingInt(League::lineOf));
    if (rows.isEmpty()) {
      throw table.malformed(
          "none of its "
              + (rows.size() + refused.size())
              + " rows can be counted; "
              + refused.get(0)
              + ". A table of matches has the columns date, Player A, Player B, Wins A, Wins B");
    }
    return of(
        Provenance.own("league of " + file.getFileName(), "read from " + file.getFileName()),
        counts,
        rows,
        refused,
        notes);
  }

  /** A first line that ends in two whole numbers is a match, not the names of columns. */
  private static CsvFile named(CsvFile table) {
    List<String> first = table.columns();
    boolean match =
        first.size() == 5
            && first.subList(3, 5).stream().allMatch(cell -> cell.matches("\\d+( 2)?"));
    return match ? table.withoutNames() : table;
  }

  private static int lineOf(String sentence) {
    return Integer.parseInt(sentence.substring(5).split("\\D", 2)[0]);
  }

  private record Row(Optional<LocalDate> date, String a, String b, double winsA, double winsB) {}

  private static Row row(
      CsvFile table,
      Columns columns,
      Counting counting,
      Dates dates,
      int r,
      Map<String, String> names,
      List<String> notes) {
    String a = player(table.text(r, columns.a()), columns.a());
    String b = player(table.text(r, columns.b()), columns.b());
    Checks.require(!key(a).equals(key(b)), "\"%s\" plays against itself", a);
    Optional<LocalDate> date = dates.read(table.text(r, columns.date()), columns.date());
    double scoreA = number(table.text(r, columns.winsA()), columns.winsA());
    double scoreB = number(table.text(r, columns.winsB()), columns.winsB());
    if (counting == Counting.WINS) {
      Checks.require(
          scoreA + scoreB > 0, "0 to 0 games: nothing was played, and nothing can be counted");
    }
    a = known(a, names, notes);
    b = known(b, names, notes);
    if (counting == Counting.GOALS) {
      double winA = scoreA > scoreB ? 1 : scoreA < scoreB ? 0 : 0.5;
      return new Row(date, a, b, winA, 1 - winA);
    }
    return new Row(date, a, b, scoreA, scoreB);
  }

  private static String player(String cell, String column) {
    String name = Normalizer.normalize(cell, Normalizer.Form.NFC).strip().replaceAll("\\s+", " ");
    Checks.require(!name.isEmpty(), "column %s is empty; the name of a player expected", column);
    return name;
  }

  /** Names that differ in capitals only are one player's, and this is said. */
  private static String known(String name, Map<String, String> names, List<String> notes) {
    String first = names.putIfAbsent(key(name), name);
    if (first == null || first.equals(name)) {
      return name;
    }
    String note = "\"" + name + "\" is taken for \"" + first + "\"";
    if (!notes.contains(note)) {
      notes.add(note);
    }
    return first;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static double number(String cell, String column) {
    Checks.require(
        cell.matches("\\+?\\d{1,6}([.]0+)?"),
        cell.isEmpty()
            ? "column %s is empty; a whole number expected"
            : "column %s holds \"%s\"; a" + " whole number of at least 0 expected",
        column,
        cell);
    return Double.parseDouble(cell);
  }

  private static League of(
      Provenance provenance,
      Counting counting,
      List<Row> rows,
      List<String> refused,
      List<String> notes) {
    TreeSet<String> names = new TreeSet<>();
    rows.forEach(row -> names.addAll(List.of(row.a, row.b)));
    List<String> players = List.copyOf(names);
    Map<String, Integer> index =
        IntStream.range(0, players.size()).boxed().collect(Collectors.toMap(players::get, i -> i));
    List<Match> matches =
        rows.stream()
            .map(r -> new Match(r.date, index.get(r.a), index.get(r.b), r.winsA, r.winsB))
            .collect(Collectors.toCollection(ArrayList::new));
    if (matches.stream().allMatch(m -> m.date.isPresent())) {
      matches.sort(Comparator.comparing(m -> m.date.get()));
    }
    return new League(provenance, counting, players, matches, refused, notes);
  }

  /**
   * A league whose true strengths are known. In each match two different players, drawn uniformly,
   * play 1 to 5 games, drawn uniformly; each game is won by the first with probability {@code σ(θ_a
   * − θ_b)}.
   *
   * @param theta true log strengths, {@code [players]}, at least 2
   * @param matches the number of matches
   * @param seed determines all draws
   */
  public static League simulated(double[] theta, int matches, long seed) {
    Checks.data(theta);
    Checks.atLeast(2, "The number of players", theta.length);
    Checks.atLeast(1, "The number of matches", matches);
    SplittableRandom random = new SplittableRandom(seed);
    String format = "P%0" + Math.max(2, Integer.toString(theta.length).length()) + "d";
    List<String> names =
        theta.length == OFFICE.size()
            ? OFFICE
            : IntStream.rangeClosed(1, theta.length)
                .mapToObj(i -> String.format(Locale.ROOT, format, i))
                .toList();
    List<Match> played = new ArrayList<>(matches);
    LocalDate first = LocalDate.of(2017, 1, 2);
    for (int m = 0; m < matches; m++) {
      int a = random.nextInt(theta.length);
      int b = (a + 1 + random.nextInt(theta.length - 1)) % theta.length;
      int games = 1 + random.nextInt(5);
      int wins = 0;
      for (int g = 0; g < games; g++) {
        wins += random.nextDouble() < Logistic.sigmoid(theta[a] - theta[b]) ? 1 : 0;
      }
      // Two matches a day, five days a week.
      LocalDate day = first.plusDays(m / 10L * 7 + m / 2 % 5);
      played.add(new Match(Optional.of(day), a, b, wins, games - wins));
    }
    return new League(
        Provenance.builtIn(
            "office league",
            "simulated from known strengths, "
                + theta.length
                + " players, "
                + matches
                + " matches, seed "
                + seed),
        Counting.WINS,
        names,
        played,
        List.of(),
        List.of());
  }

  /**
   * Log strengths drawn from the prior {@code p(θ) ∝ [σ(θ) σ(−θ)]^α} of {@link BradleyTerry}:
   * {@code σ(θ)} is beta distributed with both parameters {@code α}.
   *
   * @param alpha a positive whole number: the draw takes so many of each of two exponentials
   */
  public static double[] strengths(int players, int alpha, long seed) {
    Checks.atLeast(1, "alpha", alpha);
    SplittableRandom random = new SplittableRandom(seed);
    double[] theta = new double[players];
    for (int i = 0; i < players; i++) {
      double up = 0;
      double down = 0;
      for (int k = 0; k < alpha; k++) {
        up -= Math.log1p(-random.nextDouble());
        down -= Math.log1p(-random.nextDouble());
      }
      theta[i] = Math.log(up / down);
    }
    return theta;
  }

  /** The names of the players; indices of players are those of this list. */
  public List<String> players() {
    return players;
  }

  /** The index of a player. */
  public int player(String name) {
    OptionalInt found =
        IntStream.range(0, players.size())
            .filter(i -> key(players.get(i)).equals(key(name)))
            .findFirst();
    return found.orElseThrow(
        () ->
            new IllegalArgumentException(
                "\"" + name + "\" is no player of this league; its players are " + players + "."));
  }

  /** The matches by their dates, or in the order of the file if dates are not known. */
  public List<Match> matches() {
    return matches;
  }

  /** Why each row of the file that is not counted was refused, in the order of the file. */
  public List<String> refused() {
    return refused;
  }

  /** What was decided while reading, for instance which of two readings the dates have. */
  public List<String> notes() {
    return notes;
  }

  /** What the two numbers of a row count. */
  public Counting counting() {
    return counting;
  }

  /** Where the matches come from. */
  public Provenance provenance() {
    return provenance;
  }

  /** The first so many matches; players keep their indices. */
  public League first(int count) {
    return new League(provenance, counting, players, matches.subList(0, count), refused, notes);
  }

  /** The matches after the first so many; players keep their indices. */
  public League after(int count) {
    return new League(
        provenance, counting, players, matches.subList(count, matches.size()), refused, notes);
  }

  /** The matches added up. */
  public WinCounts wins() {
    return WinCounts.of(
        players.size(),
        matches.stream().mapToInt(Match::a).toArray(),
        matches.stream().mapToInt(Match::b).toArray(),
        matches.stream().mapToDouble(Match::winsA).toArray(),
        matches.stream().mapToDouble(Match::winsB).toArray());
  }

  /** The league in lines: what was counted, what was refused and why, what was decided. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(provenance.notice());
    text.append("\n").append(players.size()).append(" players, ").append(matches.size());
    text.append(counting == Counting.GOALS ? " games decided by goals" : " matches of ");
    if (counting == Counting.WINS) {
      double games = matches.stream().mapToDouble(m -> m.winsA + m.winsB).sum();
      text.append(String.format(Locale.ROOT, "%.0f games", games));
    }
    if (!refused.isEmpty()) {
      text.append("\n").append(refused.size());
      text.append(refused.size() == 1 ? " row refused:" : " rows refused:");
      refused.stream().limit(SHOWN).forEach(why -> text.append("\n  ").append(why));
      if (refused.size() > SHOWN) {
        text.append("\n  and ").append(refused.size() - SHOWN).append(" more; see refused()");
      }
    }
    notes.forEach(note -> text.append("\nNote: ").append(note));
    return text.toString();
  }

  /** Which column holds what. */
  private record Columns(
      String date, String a, String b, String winsA, String winsB, boolean goals) {

    private static final List<String> DATE =
        List.of("date", "day", "gamedate", "matchdate", "dateplayed", "datum", "when");
    private static final List<List<String>> SIDES =
        List.of(
            List.of("a", "b"),
            List.of("1", "2"),
            List.of("x", "y"),
            List.of("i", "j"),
            List.of("home", "visitor"),
            List.of("home", "away"),
            List.of("home", "visiting"),
            List.of("home", "guest"),
            List.of("visitor", "opponent"),
            List.of("team", "opponent"),
            List.of("h", "v"),
            List.of("h", "a"));
    private static final List<String> PLAYERS =
        List.of("", "player", "team", "name", "club", "athlete", "playername", "teamname");
    private static final List<String> WINS =
        List.of("wins", "win", "w", "won", "games", "gameswon", "sets", "setswon", "playerwins");
    private static final List<String> GOALS = List.of("goals", "goal", "g", "gf", "teamgoals");

    /** Games of a match between players, goals of a game between teams; which, is said. */
    private static final List<String> SCORES = List.of("score", "points", "pts", "teamscore");

    static Columns of(CsvFile table, List<String> notes) {
      Map<String, String> names = new LinkedHashMap<>();
      table.columns().forEach(c -> names.putIfAbsent(plain(c), c));
      String date =
          DATE.stream().filter(names::containsKey).findFirst().map(names::get).orElse(null);
      if (date != null) {
        for (List<String> sides : SIDES) {
          String a = find(names, PLAYERS, sides.get(0));
          String b = find(names, PLAYERS, sides.get(1));
          if (a == null || b == null) {
            continue;
          }
          for (List<String> words : List.of(WINS, GOALS, SCORES)) {
            String winsA = score(names, words, sides.get(0));
            String winsB = score(names, words, sides.get(1));
            if (winsA == null || winsB == null) {
              winsA = beside(table, words, a);
              winsB = beside(table, words, b);
            }
            if (winsA == null || winsB == null || winsA.equals(a) || winsB.equals(b)) {
              continue;
            }
            boolean teams = sides.get(0).length() > 1;
            boolean goals = words == GOALS || words == SCORES && teams;
            if (words == SCORES) {
              notes.add(
                  "\""
                      + winsA
                      + "\" and \""
                      + winsB
                      + "\" are read as "
                      + (goals ? Counting.GOALS : Counting.WINS)
                      + "; League.read(file, counting) says otherwise");
            }
            return new Columns(date, a, b, winsA, winsB, goals);
          }
        }
      }
      List<String> all = table.columns();
      if (all.size() != 5) {
        throw table.malformed(
            "its columns "
                + all
                + " do not name a date, two players and their wins or goals, and they are not five");
      }
      boolean goals =
          Arrays.asList(3, 4).stream().allMatch(j -> plain(all.get(j)).contains("goal"));
      return new Columns(all.get(0), all.get(1), all.get(2), all.get(3), all.get(4), goals);
    }

    private static String plain(String name) {
      return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }

    private static String find(Map<String, String> names, List<String> words, String side) {
      for (String word : words) {
        for (String key : List.of(word + side, side + word)) {
          if (names.containsKey(key)) {
            return names.get(key);
          }
        }
      }
      return null;
    }

    /** Also with the first letter of the side, as in {@code hgoal} or {@code v_goals}. */
    private static String score(Map<String, String> names, List<String> words, String side) {
      String whole = find(names, words, side);
      return whole != null ? whole : find(names, words, side.substring(0, 1));
    }

    /** The column right of a player's, if its name is such a word, as in {@code Home, G}. */
    private static String beside(CsvFile table, List<String> words, String player) {
      int j = table.columns().indexOf(player) + 1;
      if (j == table.columns().size()) {
        return null;
      }
      String name = table.columns().get(j);
      return words.contains(plain(name).replaceAll("\\d+$", "")) ? name : null;
    }
  }

  /** How the dates of a file are written: one way for all of its rows. */
  private record Dates(String pattern) {

    // Named groups: the year, the month, the day.
    private static final Map<String, String> PATTERNS = new LinkedHashMap<>();

    static {
      PATTERNS.put("year-month-day", "(?<y>\\d{4})[-/.](?<m>\\d{1,2})[-/.](?<d>\\d{1,2})([T ].*)?");
      PATTERNS.put("yearmonthday", "(?<y>\\d{4})(?<m>\\d{2})(?<d>\\d{2})");
      PATTERNS.put("day/month/year", "(?<d>\\d{1,2})[-/.](?<m>\\d{1,2})[-/.](?<y>\\d{4})( .*)?");
      PATTERNS.put("month/day/year", "(?<m>\\d{1,2})[-/.](?<d>\\d{1,2})[-/.](?<y>\\d{4})( .*)?");
    }

    static Dates of(List<String> texts, List<String> notes) {
      String best = null;
      long most = 0;
      long backwards = 0;
      boolean tie = false;
      for (String pattern : PATTERNS.keySet()) {
        List<LocalDate> read =
            texts.stream().map(t -> parse(pattern, t)).flatMap(Optional::stream).toList();
        long falls =
            IntStream.range(1, read.size())
                .filter(i -> read.get(i).isBefore(read.get(i - 1)))
                .count();
        tie = read.size() == most && most > 0 || tie && read.size() < most;
        if (read.size() > most || read.size() == most && most > 0 && falls < backwards) {
          best = pattern;
          most = read.size();
          backwards = falls;
        }
      }
      if (best == null) {
        notes.add(
            "the dates, such as \""
                + texts.get(0)
                + "\", are not understood (write 2017-03-29); the order of the file is taken");
      } else if (tie) {
        notes.add("the dates can be read in two ways; they are read as " + best);
      }
      return new Dates(best);
    }

    Optional<LocalDate> read(String text, String column) {
      if (pattern == null) {
        return Optional.empty();
      }
      Optional<LocalDate> date = parse(pattern, text);
      Checks.require(
          date.isPresent(),
          text.isEmpty()
              ? "column %s is empty; a date expected"
              : "column %s holds \"%s\"; a date expected, written %s as in the other rows",
          column,
          text,
          pattern);
      return date;
    }

    private static Optional<LocalDate> parse(String pattern, String text) {
      java.util.regex.Matcher found =
          java.util.regex.Pattern.compile(PATTERNS.get(pattern)).matcher(text.strip());
      if (!found.matches()) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            LocalDate.of(
                Integer.parseInt(found.group("y")),
                Integer.parseInt(found.group("m")),
                Integer.parseInt(found.group("d"))));
      } catch (java.time.DateTimeException e) {
        return Optional.empty();
      }
    }
  }
}
