package org.lowerbound.ranking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lowerbound.data.DataException;
import org.lowerbound.ranking.League.Counting;

class LeagueTest {

  @TempDir Path folder;

  private Path file(String... lines) throws IOException {
    return Files.writeString(folder.resolve("games.csv"), String.join("\n", lines) + "\n");
  }

  @Test
  void tableTennisCountsTheGamesOfAMatch() throws IOException {
    League league =
        League.read(
            file(
                "Date,Player A,Player B,Wins A,Wins B",
                "2017-03-29,Ada,Bo,3,1",
                "2017-03-18,Bo,Ada,0,3",
                "2017-03-30,Cy,Ada,2,3"));
    assertEquals(List.of("Ada", "Bo", "Cy"), league.players());
    assertEquals(Counting.WINS, league.counting());
    assertEquals(6, league.wins().wins(0, 1));
    assertEquals(1, league.wins().wins(1, 0));
    assertEquals(Optional.of(LocalDate.of(2017, 3, 18)), league.matches().get(0).date());
    assertEquals(3, league.matches().size());
    assertTrue(league.refused().isEmpty() && league.notes().isEmpty());
    assertEquals(1, league.player("bo"));
  }

  @Test
  void iceHockeyCountsOneGameARow() throws IOException {
    String[] heads = {
      "date,home,visitor,home goals,visitor goals",
      "Date,Home Team,Away Team,Home Score,Away Score",
      "game_date,home_team,away_team,home_goals,away_goals",
      "Date,Home,G,Visitor,G",
      "date,home,visitor,hgoal,vgoal",
      "Date,HomeTeam,AwayTeam,HG,AG"
    };
    for (String head : heads) {
      boolean beside = head.endsWith("Visitor,G");
      League league =
          League.read(
              beside
                  ? file(head, "2010-10-08,Owls,5,Elks,2", "2010-10-09,Elks,3,Owls,3")
                  : file(head, "2010-10-08,Owls,Elks,5,2", "2010-10-09,Elks,Owls,3,3"));
      assertEquals(Counting.GOALS, league.counting(), head);
      assertEquals(2, league.wins().games(), head);
      assertEquals(1.5, league.wins().wins(league.player("Owls")), head);
    }
  }

  @Test
  void theTableThatComesWithR() throws IOException {
    // The columns of icehockey in R's package BradleyTerry2, as write.csv writes them.
    League league =
        League.read(
            file(
                "\"\",\"date\",\"visitor\",\"v_goals\",\"opponent\",\"o_goals\",\"conference\",\"result\",\"home.ice\"",
                "\"1\",2009-10-09,\"Elks\",2,\"Owls\",2,\"WC\",0.5,TRUE",
                "\"2\",2009-10-10,\"Elks\",1,\"Owls\",4,\"WC\",0,TRUE",
                "\"3\",2009-10-11,\"Elks\",NA,\"Owls\",4,\"WC\",NA,TRUE"));
    assertEquals(Counting.GOALS, league.counting());
    assertEquals(1.5, league.wins().wins(league.player("Owls")));
    assertEquals(
        List.of("line 4: column v_goals holds \"NA\"; a whole number of at least 0 expected"),
        league.refused());
  }

  @Test
  void scoresAreGamesOfPlayersAndGoalsOfTeamsAndThatIsSaid() throws IOException {
    League players =
        League.read(file("Date,Player 1,Player 2,Score 1,Score 2", "2020-01-01,Ada,Bo,3,1"));
    assertEquals(Counting.WINS, players.counting());
    assertEquals(4, players.wins().games());
    assertTrue(
        players.notes().get(0).contains("are read as games won"), players.notes().toString());
    Path teams = file("Date,Home,Away,Home Score,Away Score", "2020-01-01,Ada,Bo,3,1");
    assertEquals(1, League.read(teams).wins().games());
    assertEquals(4, League.read(teams, Counting.WINS).wins().games());
    assertTrue(League.read(teams, Counting.WINS).notes().isEmpty());
  }

  @Test
  void moreColumnsAndTheVisitorFirst() throws IOException {
    League league =
        League.read(
            file(
                "Date,Visitor,G,Home,G,,Att.,LOG,Notes",
                "2017-10-04,Elks,2,Owls,7,,\"15,321\",2:31,",
                "2017-10-05,Owls,4,Elks,3,SO,14201,2:40,"));
    assertEquals(Counting.GOALS, league.counting());
    assertEquals(2, league.wins().wins(league.player("Owls")));
    assertEquals(2, league.matches().size());
  }

  @Test
  void whatIsCountedCanBeSaid() throws IOException {
    Path twins = file("2016-01-05,Ada,Bo,3,3", "2016-01-06,Ada,Bo,2,2");
    assertEquals(10, League.read(twins).wins().games(), "the first line is a match, not names");
    Path five = file("2016-01-05;Ada;Bo;4;1", "2016-01-06;Ada;Bo;2;2");
    assertEquals(9, League.read(five).wins().games());
    assertEquals(6, League.read(five, Counting.WINS).wins().wins(0));
    assertEquals(1.5, League.read(five, Counting.GOALS).wins().wins(0));
  }

  @Test
  void rowsAreRefusedOneByOneAndNothingIsLost() throws IOException {
    Path file =
        file(
            "date,A,B,wins A,wins B",
            "2017-01-01,Ada,Bo,3,1",
            "2017-01-02,Ada,Ada,3,1",
            "2017-01-03,Ada,Bo,three,1",
            "2017-01-04,Ada,Bo,3",
            "2017-02-30,Ada,Bo,3,1",
            "2017-01-06,,Bo,3,1",
            "2017-01-07,Ada,Bo,-1,3",
            "2017-01-08,Ada,Bo,2.5,3",
            "2017-01-09,Ada,Bo,0,0",
            "2017-01-10,Ada,\"Bo,1,3",
            "2017-01-11,Ada,Bo,,3",
            "",
            "2017-01-12,Bo,Cy,0,3",
            "2017-01-13,Bo,Cy,NaN,3",
            "2017-01-14,ada,Cy,2,3",
            ",Ada,Cy,2,3");
    League league = League.read(file);
    assertEquals(3, league.matches().size());
    assertEquals(
        List.of(
            "line 3: \"Ada\" plays against itself",
            "line 4: column wins A holds \"three\"; a whole number of at least 0 expected",
            "line 5 has 4 cells; expected 5 as in line 1",
            "line 6: column date holds \"2017-02-30\"; a date expected, written year-month-day as in"
                + " the other rows",
            "line 7: column A is empty; the name of a player expected",
            "line 8: column wins A holds \"-1\"; a whole number of at least 0 expected",
            "line 9: column wins A holds \"2.5\"; a whole number of at least 0 expected",
            "line 10: 0 to 0 games: nothing was played, and nothing can be counted",
            "line 11 has a quotation mark that does not close on it",
            "line 12: column wins A is empty; a whole number expected",
            "line 15: column wins A holds \"NaN\"; a whole number of at least 0 expected",
            "line 17: column date is empty; a date expected"),
        league.refused());
    assertEquals(List.of("\"ada\" is taken for \"Ada\""), league.notes());
    assertEquals(15, league.matches().size() + league.refused().size(), "rows of the file");
    assertTrue(league.toString().contains("12 rows refused"), league.toString());
    assertTrue(league.toString().contains("and 7 more"), league.toString());
  }

  @Test
  void aRefusedRowNamesNoPlayer() throws IOException {
    League league =
        League.read(
            file("date,A,B,wins A,wins B", "2017-01-01,Ada,Bo,3,1", "2017-01-02,Zoe,Bo,x,1"));
    assertEquals(List.of("Ada", "Bo"), league.players());
  }

  @Test
  void datesAreReadOneWay() throws IOException {
    String head = "date,A,B,wins A,wins B";
    League german = League.read(file(head, "1.2.2017,Ada,Bo,3,1", "13.2.2017,Ada,Bo,3,1"));
    assertEquals(Optional.of(LocalDate.of(2017, 2, 1)), german.matches().get(0).date());
    League american = League.read(file(head, "2/1/2017,Ada,Bo,3,1", "2/13/2017,Ada,Bo,3,1"));
    assertEquals(Optional.of(LocalDate.of(2017, 2, 1)), american.matches().get(0).date());
    // Both readings fit; the one in which the file runs forward is taken, and it is said.
    League either =
        League.read(
            file(head, "1/5/2017,Ada,Bo,3,1", "1/6/2017,Ada,Bo,3,1", "2/1/2017,Ada,Bo,3,1"));
    assertEquals(Optional.of(LocalDate.of(2017, 2, 1)), either.matches().get(2).date());
    assertEquals(
        List.of("the dates can be read in two ways; they are read as month/day/year"),
        either.notes());
    League rounds = League.read(file(head, "round 2,Ada,Bo,3,1", "round 1,Bo,Ada,3,0"));
    assertEquals(2, rounds.matches().size());
    assertTrue(rounds.notes().get(0).contains("\"round 2\""), rounds.notes().toString());
    League stamped = League.read(file(head, "2017-03-01T18:30:00Z,Ada,Bo,3,1"));
    assertEquals(Optional.of(LocalDate.of(2017, 3, 1)), stamped.matches().get(0).date());
  }

  @Test
  void whatIsNoTableOfMatchesIsRefusedWhole() throws IOException {
    Throwable columns =
        assertThrows(DataException.class, () -> League.read(file("height,weight", "180,77")));
    assertTrue(columns.getMessage().contains("do not name a date, two players"));
    Throwable rows =
        assertThrows(
            DataException.class,
            () -> League.read(file("date,A,B,wins A,wins B", "2017-01-01,Ada,Bo,?,1")));
    assertTrue(rows.getMessage().contains("none of its 1 rows can be counted; line 2: column"));
    Throwable picture =
        assertThrows(
            DataException.class,
            () ->
                League.read(
                    Files.write(
                        folder.resolve("x.csv"),
                        new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10})));
    assertTrue(picture.getMessage().contains("is a picture (PNG)"), picture.getMessage());
    assertThrows(DataException.class, () -> League.read(folder.resolve("absent.csv")));
    Throwable latin =
        assertThrows(
            DataException.class,
            () ->
                League.read(
                    Files.write(
                        folder.resolve("latin.csv"),
                        "date,A,B,wins A,wins B\n2017-01-01,Jürgen,Bo,3,1\n"
                            .getBytes(StandardCharsets.ISO_8859_1))));
    assertTrue(latin.getMessage().contains("UTF-8"), latin.getMessage());
  }

  @Test
  void anyLocaleAndAnySeparator() throws IOException {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      League league =
          League.read(
              file("DATE\tPLAYER A\tPLAYER B\tWINS A\tWINS B", "2017-01-01\tIda\tibrahim\t3\t1"));
      assertEquals(List.of("Ida", "ibrahim"), league.players());
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void theCommandPrintsALadderOrASentence() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Path good = file("date,A,B,wins A,wins B", "2017-01-01,Ada,Bo,3,1", "2017-01-02,Bo,Ada,x,1");
    assertEquals(0, Ladder.run(out, good.toString(), "0.5"));
    String said = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("1 row refused:\n  line 3: column wins A holds \"x\""), said);
    assertTrue(said.contains("   1  Ada  "), said);
    bytes.reset();
    assertEquals(1, Ladder.run(out, folder.resolve("absent.csv").toString()));
    assertTrue(bytes.toString(StandardCharsets.UTF_8).contains("absent.csv does not exist"));
    bytes.reset();
    assertEquals(2, Ladder.run(out, good.toString(), "much"));
    assertEquals(2, Ladder.run(out));
    assertTrue(bytes.toString(StandardCharsets.UTF_8).startsWith("alpha is a number such as 0.5"));
  }

  @Test
  void theSimulatedLeagueIsThatOfItsStrengths() {
    double[] truth = {1, 0, -1};
    WinCounts counts = League.simulated(truth, 20_000, 3).wins();
    // Some 20,000 games a pair: a standard error of at most 0.0036.
    assertEquals(1 / (1 + Math.exp(-1)), counts.wins(0, 1) / counts.games(0, 1), 0.015);
    assertEquals(1 / (1 + Math.exp(-2)), counts.wins(0, 2) / counts.games(0, 2), 0.015);
    assertEquals(20_000, counts.games(0, 2), 1000);
    League again = League.simulated(truth, 50, 3);
    assertEquals(again.matches(), League.simulated(truth, 50, 3).matches());
    assertEquals(50, again.first(20).matches().size() + again.after(20).matches().size());
  }

  @Test
  void strengthsAreThoseOfThePrior() {
    double[] theta = League.strengths(100_000, 2, 1);
    // Var log(Gamma(2)/Gamma(2)) = 2 ψ'(2) = 2 (π²/6 − 1) = 1.28987; standard error 0.007.
    double variance = Arrays.stream(theta).map(t -> t * t).average().orElseThrow();
    assertEquals(2 * (Math.PI * Math.PI / 6 - 1), variance, 0.03);
    assertArrayEquals(theta, League.strengths(100_000, 2, 1));
  }
}
