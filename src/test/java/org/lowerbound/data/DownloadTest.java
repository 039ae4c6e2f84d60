package org.lowerbound.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Downloads from a server on this machine that misbehaves: the right file or a clear error, and
 * never a damaged cache.
 */
@Timeout(60)
class DownloadTest {

  private static final Download.Patience SHORT =
      new Download.Patience(
          Duration.ofMillis(1500), Duration.ofMillis(700), Duration.ofMillis(10), 3);

  private static final byte[] CONTENT = content(300_000);

  @TempDir Path cache;

  private static byte[] content(int bytes) {
    byte[] content = new byte[bytes];
    new SplittableRandom(5).nextBytes(content);
    return content;
  }

  private static String md5(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DataFile file(String... mirrors) {
    return DataFile.of("file.bin", CONTENT.length, md5(CONTENT), mirrors);
  }

  private static Download download() {
    return new Download(SHORT, new PrintStream(OutputStream.nullOutputStream()), Map.of());
  }

  private Path target() {
    return cache.resolve("file.bin");
  }

  private Path part() {
    return cache.resolve("file.bin.part");
  }

  /** Fetches and checks that the file is there and whole, and that no part is left. */
  private void fetches(DataFile file) throws IOException {
    assertEquals(file.md5(), download().fetch(file, target()));
    assertArrayEquals(CONTENT, Files.readAllBytes(target()));
    assertFalse(Files.exists(part()), "the part is moved, not copied");
  }

  /** Fetches and checks that it fails for a reason that names file, mirror and remedy. */
  private DataException fails(DataFile file) {
    DataException e =
        assertThrows(DataException.class, () -> download().fetch(file, target()), "must fail");
    assertFalse(Files.exists(target()), "nothing damaged in the cache");
    if (e.reason() == DataException.Reason.DOWNLOAD) {
      assertTrue(e.getMessage().contains("file.bin"), e.getMessage());
      assertTrue(e.getMessage().contains(file.mirrors().get(0)), e.getMessage());
      assertTrue(e.getMessage().contains("LOWERBOUND_DATA"), e.getMessage());
    }
    return e;
  }

  private static FaultyServer server(FaultyServer.Answer answer) throws IOException {
    return new FaultyServer(answer);
  }

  private static FaultyServer good() throws IOException {
    return server((n, asked, out) -> FaultyServer.good(CONTENT, asked, out));
  }

  @Test
  void wholeFileInOneRequest() throws IOException {
    try (FaultyServer server = good()) {
      fetches(file(server.url()));
      assertEquals(1, server.requests().size());
      // A second call finds it in the cache.
      download().fetch(file(server.url()), target());
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void resumesAfterCuts() throws IOException {
    try (FaultyServer server =
        server(
            (n, asked, out) -> {
              int from = (int) Math.max(asked.from(), 0);
              if (n < 4) {
                FaultyServer.head(
                    out,
                    asked.from() < 0 ? "200 OK" : "206 Partial Content",
                    "Content-Length: " + (CONTENT.length - from),
                    "Content-Range: bytes " + from + "-299999/300000");
                out.write(CONTENT, from, 50_000);
              } else {
                FaultyServer.good(CONTENT, asked, out);
              }
            })) {
      fetches(file(server.url()));
      List<Long> starts = server.requests().stream().map(FaultyServer.Asked::from).toList();
      assertEquals(5, starts.size(), "requests: " + starts);
      assertEquals(-1, starts.get(0));
      assertTrue(starts.get(4) >= 150_000, "each attempt goes on where the last ended: " + starts);
    }
  }

  @Test
  void cutAgainAndAgainWithoutProgressIsAnError() throws IOException {
    try (FaultyServer server =
        server((n, asked, out) -> FaultyServer.head(out, "200 OK", "Content-Length: 300000"))) {
      fails(file(server.url()));
      assertEquals(SHORT.tries(), server.requests().size());
    }
  }

  @Test
  void serverThatCannotResumeStartsAnew() throws IOException {
    Files.write(part(), Arrays.copyOf(CONTENT, 1000));
    try (FaultyServer server =
        server(
            (n, asked, out) -> FaultyServer.good(CONTENT, new FaultyServer.Asked("", -1), out))) {
      fetches(file(server.url()));
      assertEquals(1000, server.requests().get(0).from());
    }
  }

  @Test
  void resumingAtTheWrongPlaceStartsAnew() throws IOException {
    Files.write(part(), Arrays.copyOf(CONTENT, 1000));
    try (FaultyServer server =
        server(
            (n, asked, out) ->
                FaultyServer.good(
                    CONTENT,
                    new FaultyServer.Asked("", asked.from() > 0 ? asked.from() + 7 : -1),
                    out))) {
      fetches(file(server.url()));
    }
  }

  @Test
  void unsatisfiableRangeStartsAnew() throws IOException {
    Files.write(part(), Arrays.copyOf(CONTENT, 1000));
    try (FaultyServer server =
        server(
            (n, asked, out) -> {
              if (asked.from() >= 0) {
                FaultyServer.head(out, "416 Range Not Satisfiable", "Content-Length: 0");
              } else {
                FaultyServer.good(CONTENT, asked, out);
              }
            })) {
      fetches(file(server.url()));
    }
  }

  @Test
  void damagedPartIsDroppedOnceItsChecksumShows() throws IOException {
    Files.write(part(), new byte[1000]);
    try (FaultyServer server = good()) {
      fetches(file(server.url()));
      assertEquals(2, server.requests().size());
    }
  }

  @Test
  void partThatIsTooLongIsDropped() throws IOException {
    Files.write(part(), new byte[CONTENT.length + 1]);
    try (FaultyServer server = good()) {
      fetches(file(server.url()));
      assertEquals(-1, server.requests().get(0).from());
    }
  }

  @Test
  void wholePartNeedsNoRequest() throws IOException {
    Files.write(part(), CONTENT);
    try (FaultyServer server = good()) {
      fetches(file(server.url()));
      assertEquals(0, server.requests().size());
    }
  }

  @Test
  void wrongLengthIsRefusedBeforeItIsLoaded() throws IOException {
    byte[] other = content(300_001);
    try (FaultyServer bad = server((n, asked, out) -> FaultyServer.good(other, asked, out));
        FaultyServer server = good()) {
      assertTrue(fails(file(bad.url())).getMessage().contains("300001 bytes instead of 300000"));
      fetches(file(bad.url(), server.url()));
    }
  }

  @Test
  void moreThanTheLengthIsRefused() throws IOException {
    try (FaultyServer bad =
        server(
            (n, asked, out) -> {
              FaultyServer.head(out, "200 OK");
              for (int i = 0; i < 100; i++) {
                out.write(CONTENT);
              }
            })) {
      assertTrue(fails(file(bad.url())).getMessage().contains("sends more than 300000"));
      assertFalse(Files.exists(part()));
    }
  }

  @Test
  void wrongChecksumIsRefusedAndTheNextMirrorAsked() throws IOException {
    byte[] other = CONTENT.clone();
    other[123_456] ^= 1;
    try (FaultyServer bad = server((n, asked, out) -> FaultyServer.good(other, asked, out));
        FaultyServer server = good()) {
      DataException e = fails(file(bad.url()));
      assertTrue(e.getMessage().contains(md5(other)), e.getMessage());
      assertEquals(1, bad.requests().size(), "another file does not become right by asking again");
      assertFalse(Files.exists(part()));
      fetches(file(bad.url(), server.url()));
    }
  }

  @Test
  void redirectIsFollowed() throws IOException {
    try (FaultyServer server = good();
        FaultyServer first =
            server(
                (n, asked, out) ->
                    FaultyServer.head(
                        out, "302 Found", "Location: " + server.url(), "Content-Length: 0"))) {
      fetches(file(first.url()));
    }
  }

  @Test
  void redirectInACircleIsAnError() throws IOException {
    try (FaultyServer server =
        server(
            (n, asked, out) ->
                FaultyServer.head(out, "302 Found", "Location: /file.bin", "Content-Length: 0"))) {
      fails(file(server.url()));
    }
  }

  @Test
  void notFoundGoesToTheNextMirror() throws IOException {
    try (FaultyServer bad =
            server(
                (n, asked, out) -> FaultyServer.head(out, "404 Not Found", "Content-Length: 0"));
        FaultyServer server = good()) {
      assertTrue(fails(file(bad.url())).getMessage().contains("answered 404"));
      fetches(file(bad.url(), server.url()));
      assertEquals(2, bad.requests().size(), "a missing file is asked for once each time");
    }
  }

  @Test
  void busyServerIsAskedAgain() throws IOException {
    try (FaultyServer server =
        server(
            (n, asked, out) -> {
              if (n < 2) {
                FaultyServer.head(out, "503 Service Unavailable", "Content-Length: 0");
              } else {
                FaultyServer.good(CONTENT, asked, out);
              }
            })) {
      fetches(file(server.url()));
      assertEquals(3, server.requests().size());
    }
  }

  @Test
  void serverThatStaysBusyIsAnError() throws IOException {
    try (FaultyServer server =
        server(
            (n, asked, out) ->
                FaultyServer.head(out, "503 Service Unavailable", "Content-Length: 0"))) {
      assertTrue(fails(file(server.url())).getMessage().contains("answered 503"));
    }
  }

  @Test
  void webPageInsteadOfTheFileIsRefused() throws IOException {
    byte[] page = "<html>Please log in</html>".getBytes(StandardCharsets.UTF_8);
    try (FaultyServer server =
        server(
            (n, asked, out) -> {
              FaultyServer.head(out, "200 OK", "Content-Type: text/html; charset=utf-8");
              out.write(page);
            })) {
      assertTrue(fails(file(server.url())).getMessage().contains("web page"));
    }
  }

  @Test
  void webPageThatDoesNotSaySoIsRefusedToo() throws IOException {
    byte[] page = "<html>Please log in</html>".getBytes(StandardCharsets.UTF_8);
    try (FaultyServer server =
        server(
            (n, asked, out) -> {
              FaultyServer.head(out, "200 OK", "Content-Length: " + page.length);
              out.write(page);
            })) {
      fails(file(server.url()));
    }
  }

  @Test
  void mirrorThatCannotBeReachedIsPassedOver() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    String nobody = "http://localhost:" + closed + "/file.bin";
    try (FaultyServer server = good()) {
      assertTrue(fails(file(nobody)).getMessage().contains("cannot be reached"));
      fetches(file(nobody, server.url()));
    }
  }

  @Test
  void serverThatStallsIsGivenUp() throws IOException {
    try (FaultyServer bad =
            server(
                (n, asked, out) -> {
                  FaultyServer.head(out, "200 OK", "Content-Length: 300000");
                  out.write(CONTENT, 0, 10_000);
                  out.flush();
                  Thread.sleep(20_000);
                });
        FaultyServer server = good()) {
      long start = System.nanoTime();
      fetches(file(bad.url(), server.url()));
      double seconds = (System.nanoTime() - start) / 1e9;
      assertTrue(seconds < 15, "a stall of 0.7 s a try, 4 tries: took " + seconds);
      assertEquals(10_000, server.requests().get(0).from(), "the other mirror goes on from there");
    }
  }

  @Test
  void serverThatNeverAnswersIsGivenUp() throws IOException {
    try (FaultyServer bad = server((n, asked, out) -> Thread.sleep(20_000))) {
      long start = System.nanoTime();
      fails(file(bad.url()));
      double seconds = (System.nanoTime() - start) / 1e9;
      assertTrue(seconds < 10, "took " + seconds);
    }
  }

  @Test
  void answerThatIsNotHttpIsAnError() throws IOException {
    try (FaultyServer bad =
        server((n, asked, out) -> out.write("SSH-2.0-nonsense\r\n\r\n".getBytes()))) {
      fails(file(bad.url()));
    }
  }

  @Test
  void damagedFileInTheCacheIsReplacedOrNamed() throws IOException {
    Files.write(target(), Arrays.copyOf(CONTENT, 200_000));
    try (FaultyServer server = good()) {
      DataStore store = new DataStore(null, cache, download());
      DataStore.Found found = store.find(file(server.url()));
      assertEquals(md5(CONTENT), found.md5());
      assertArrayEquals(CONTENT, Files.readAllBytes(target()));
    }
    Files.write(target(), Arrays.copyOf(CONTENT, 200_000));
    DataStore offline = new DataStore(null, cache, null);
    DataException e = assertThrows(DataException.class, () -> offline.find(file("http://x/y")));
    assertEquals(DataException.Reason.WRONG_CHECKSUM, e.reason());
    assertTrue(e.getMessage().contains(target().toString()), e.getMessage());
    assertTrue(e.getMessage().contains("200000 bytes; expected 300000"), e.getMessage());
    assertEquals(200_000, Files.size(target()), "the reader's file is left alone");
  }

  @Test
  void cacheThatCannotBeWrittenIsNamed() throws IOException {
    Path occupied = cache.resolve("occupied");
    Files.write(occupied, new byte[1]);
    try (FaultyServer server = good()) {
      DataException e =
          assertThrows(
              DataException.class,
              () -> download().fetch(file(server.url()), occupied.resolve("file.bin")));
      assertEquals(DataException.Reason.STORAGE, e.reason());
      assertTrue(e.getMessage().contains("XDG_CACHE_HOME"), e.getMessage());
    }
  }

  @Test
  void fullDiskLeavesNothingDamaged() throws Exception {
    Path disk = Files.createDirectory(cache.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=128k", "lowerbound-test", disk.toString()) == 0,
        "this machine lets the test mount no small disk");
    try (FaultyServer server = good()) {
      Path full = disk.resolve("file.bin");
      // Known length: seen before a byte is written. Unknown length: seen when writing fails.
      DataFile unknown = DataFile.of("file.bin", -1, md5(CONTENT), server.url());
      for (DataFile file : List.of(file(server.url()), unknown)) {
        DataException e = assertThrows(DataException.class, () -> download().fetch(file, full));
        assertEquals(DataException.Reason.STORAGE, e.reason(), e.getMessage());
        assertTrue(e.getMessage().contains("file.bin"), e.getMessage());
        assertTrue(e.getMessage().contains("ree some space"), e.getMessage());
        assertFalse(Files.exists(full));
        assertFalse(Files.exists(disk.resolve("file.bin.part")), "the room is given back");
      }
      assertEquals(2, server.requests().size());
    } finally {
      run("umount", disk.toString());
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    }
  }

  /** Runs {@link #main} in a JVM of its own. */
  private Process process(String url) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-cp"));
    command.add(
        Stream.of(Download.class, DownloadTest.class, Test.class)
            .map(type -> type.getProtectionDomain().getCodeSource())
            .map(CodeSource::getLocation)
            .map(
                location -> {
                  try {
                    return Path.of(location.toURI()).toString();
                  } catch (java.net.URISyntaxException e) {
                    throw new UncheckedIOException(new IOException(e));
                  }
                })
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElseThrow());
    command.addAll(List.of(DownloadTest.class.getName(), url, target().toString()));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Fetches the test's file; the JVM that a test starts beside its own. */
  public static void main(String[] args) {
    Download download = new Download(SHORT, System.out, Map.of());
    System.out.println(download.fetch(file(args[0]), Path.of(args[1])));
  }

  /** Sends the file so slowly that a test can act meanwhile. */
  private static FaultyServer slow() throws IOException {
    return server(
        (n, asked, out) -> {
          int from = (int) Math.max(asked.from(), 0);
          FaultyServer.head(
              out,
              asked.from() < 0 ? "200 OK" : "206 Partial Content",
              "Content-Length: " + (CONTENT.length - from),
              "Content-Range: bytes " + from + "-299999/300000");
          for (int at = from; at < CONTENT.length; at += 10_000) {
            out.write(CONTENT, at, Math.min(10_000, CONTENT.length - at));
            out.flush();
            Thread.sleep(50);
          }
        });
  }

  @Test
  void twoProcessesLoadTheFileOnce() throws Exception {
    try (FaultyServer server = slow()) {
      Process one = process(server.url());
      Process two = process(server.url());
      String said = output(one) + output(two);
      assertEquals(0, one.waitFor(), said);
      assertEquals(0, two.waitFor(), said);
      assertArrayEquals(CONTENT, Files.readAllBytes(target()));
      assertEquals(1, server.requests().size(), "the second one waits and finds the file");
    }
  }

  @Test
  void killedDownloadIsResumed() throws Exception {
    try (FaultyServer server = slow()) {
      Process killed = process(server.url());
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!(Files.exists(part()) && Files.size(part()) >= 60_000)) {
        assertTrue(System.nanoTime() < deadline && killed.isAlive(), "the download never began");
        Thread.sleep(10);
      }
      killed.destroyForcibly().waitFor();
      assertFalse(Files.exists(target()), "a part is not taken for the file");
      Process again = process(server.url());
      String said = output(again);
      assertEquals(0, again.waitFor(), said);
      assertArrayEquals(CONTENT, Files.readAllBytes(target()));
      assertTrue(server.requests().get(1).from() >= 60_000, "resumed: " + server.requests());
    }
  }

  private static String output(Process process) throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    process.getInputStream().transferTo(said);
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void threadsOfOneProcessLoadTheFileOnce() throws Exception {
    try (FaultyServer server = slow()) {
      Download download = download();
      List<Thread> threads =
          Stream.generate(() -> new Thread(() -> download.fetch(file(server.url()), target())))
              .limit(4)
              .toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertArrayEquals(CONTENT, Files.readAllBytes(target()));
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void withoutANetworkTheWaitIsShortAndOnlyOnce() {
    // 192.0.2.0/24 is reserved for documentation (RFC 5737): nobody answers there.
    DataFile nowhere = file("http://192.0.2.1/file.bin");
    Download download = download();
    long start = System.nanoTime();
    assertFalse(download.reaches(nowhere.mirrors()));
    double first = (System.nanoTime() - start) / 1e9;
    start = System.nanoTime();
    assertFalse(download.reaches(nowhere.mirrors()));
    double second = (System.nanoTime() - start) / 1e9;
    assertTrue(first < 3 && second < .1, first + " s, then " + second + " s");
  }

  @Test
  void hostThatSwallowsConnectionsCostsOneShortWait() throws IOException {
    // A listener that never accepts: once its queue is full, further connections just hang.
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> queue = new ArrayList<>();
      boolean full = false;
      for (int i = 0; i < 20 && !full; i++) {
        Socket socket = new Socket();
        queue.add(socket);
        try {
          socket.connect(silent.getLocalSocketAddress(), 200);
        } catch (SocketTimeoutException e) {
          full = true;
        }
      }
      assumeTrue(full, "the queue of a listener has no end on this machine");
      String url = "http://127.0.0.1:" + silent.getLocalPort() + "/file.bin";
      Download download = download();
      long start = System.nanoTime();
      assertFalse(download.reaches(List.of(url, url)));
      assertFalse(download.reaches(List.of(url)));
      double seconds = (System.nanoTime() - start) / 1e9;
      assertTrue(seconds > 1 && seconds < 3, "one wait of 1.5 s: took " + seconds);
      for (Socket socket : queue) {
        socket.close();
      }
    }
  }

  @Test
  void interruptedDownloadStopsAtOnceAndIsResumed() throws Exception {
    try (FaultyServer server = slow()) {
      DataStore store = new DataStore(null, cache, download());
      AtomicReference<Throwable> outcome = new AtomicReference<>();
      Thread reader =
          new Thread(
              () -> {
                try {
                  store.find(file(server.url()));
                } catch (DataException e) {
                  outcome.set(e);
                }
              });
      reader.start();
      while (!(Files.exists(part()) && Files.size(part()) >= 30_000)) {
        Thread.sleep(5);
      }
      long start = System.nanoTime();
      reader.interrupt();
      reader.join();
      double seconds = (System.nanoTime() - start) / 1e9;
      assertTrue(seconds < 2, "stopping took " + seconds + " s");
      DataException e = assertInstanceOf(DataException.class, outcome.get());
      assertEquals(DataException.Reason.INTERRUPTED, e.reason(), e.getMessage());
      assertFalse(e.absent(), "not a reason to put built-in data in its place");
      store.find(file(server.url()));
      assertArrayEquals(CONTENT, Files.readAllBytes(target()));
      assertTrue(server.requests().get(1).from() >= 30_000, "resumed: " + server.requests());
    }
  }

  @Test
  void failureIsRememberedByTheStore() throws IOException {
    try (FaultyServer server =
        server((n, asked, out) -> FaultyServer.head(out, "404 Not Found", "Content-Length: 0"))) {
      DataStore store = new DataStore(null, cache, download());
      for (int i = 0; i < 3; i++) {
        DataException e = assertThrows(DataException.class, () -> store.find(file(server.url())));
        assertEquals(DataException.Reason.DOWNLOAD, e.reason());
      }
      assertEquals(1, server.requests().size());
    }
  }
}
