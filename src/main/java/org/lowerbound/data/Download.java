package org.lowerbound.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Downloads a file so that the cache holds it whole or not at all.
 *
 * <p>Bytes go to {@code NAME.part}; a later attempt, also one of another process after a kill, asks
 * the mirror for the rest. Length and checksum are checked before the part is moved into place in
 * one step. A lock file keeps two processes from writing the same part. Mirrors are tried in turn;
 * one that answers 429 or 5xx or cuts the connection is asked again a few times.
 */
final class Download {

  /**
   * How long to wait and how often to try.
   *
   * @param reach for a host to accept a connection; all hosts are tried at the same time
   * @param stall without a byte before a connection is given up
   * @param pause before the second try; it doubles with every further one
   * @param tries of one mirror without progress
   */
  record Patience(Duration reach, Duration stall, Duration pause, int tries) {
    static final Patience USUAL =
        new Patience(Duration.ofMillis(2500), Duration.ofSeconds(30), Duration.ofMillis(500), 4);
  }

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  /** One download of a path at a time in this process; the file lock is for other processes. */
  private static final Map<Path, Object> MONITORS = new ConcurrentHashMap<>();

  private final Patience patience;
  private final PrintStream progress;
  private final ProxySelector proxies;
  private final Map<String, CompletableFuture<Boolean>> reached = new ConcurrentHashMap<>();
  private HttpClient client;

  /**
   * A downloader.
   *
   * @param progress receives a line when a download starts, and some while it goes on
   * @param environment from which {@code https_proxy} and {@code http_proxy} are taken
   */
  Download(Patience patience, PrintStream progress, Map<String, String> environment) {
    this.patience = patience;
    this.progress = progress;
    this.proxies = proxies(environment);
  }

  /**
   * Whether one of the mirrors accepts connections. Every host is tried once in the life of this
   * object, so that being without a network costs its time only once.
   */
  boolean reaches(List<String> mirrors) {
    mirrors.forEach(mirror -> probe(URI.create(mirror)));
    return mirrors.stream().anyMatch(mirror -> reachable(URI.create(mirror)));
  }

  private void probe(URI uri) {
    String host = uri.getAuthority();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    if (reached.putIfAbsent(host, answer) != null) {
      return;
    }
    answer.completeOnTimeout(false, patience.reach().toMillis(), TimeUnit.MILLISECONDS);
    // A thread of its own, because looking up a name cannot be given a time limit.
    Thread thread =
        new Thread(
            () -> {
              int port = uri.getPort() >= 0 ? uri.getPort() : https(uri) ? 443 : 80;
              InetSocketAddress address = null;
              for (Proxy proxy : proxies.select(uri)) {
                if (proxy.address() instanceof InetSocketAddress hop) {
                  address = new InetSocketAddress(hop.getHostString(), hop.getPort());
                  break;
                }
              }
              try (Socket socket = new Socket()) {
                socket.connect(
                    address != null ? address : new InetSocketAddress(uri.getHost(), port),
                    (int) patience.reach().toMillis());
                answer.complete(true);
              } catch (IOException | RuntimeException e) {
                answer.complete(false);
              }
            },
            "lowerbound-probe");
    thread.setDaemon(true);
    thread.start();
  }

  private boolean reachable(URI uri) {
    try {
      // The future ends by itself in time; the limit here only guards against a stopped timer.
      return reached
          .get(uri.getAuthority())
          .get(2 * patience.reach().toMillis() + 1000, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /**
   * Puts the file into place, unless it is there already, and returns its checksum.
   *
   * @param target where the file belongs; replaced if it is damaged
   * @throws DataException with reason DOWNLOAD if every mirror fails, INTERRUPTED if this thread is
   *     interrupted, STORAGE if the disk is full or cannot be written
   */
  String fetch(DataFile file, Path target) {
    reaches(file.mirrors());
    Path absolute = target.toAbsolutePath().normalize();
    synchronized (MONITORS.computeIfAbsent(absolute, path -> new Object())) {
      Path folder = absolute.getParent();
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw storage(file, folder, e);
      }
      Path lockFile = folder.resolve("." + file.name() + ".lock");
      try (FileChannel channel =
          FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        Path part = folder.resolve(file.name() + ".part");
        FileLock lock = null;
        try {
          lock = channel.tryLock();
          if (lock == null) {
            progress.println("Waiting for another process that downloads " + file.name());
            lock = channel.lock();
          }
        } catch (IOException e) {
          // Some network file systems know no locks: then each process has a part of its own.
          part = folder.resolve(file.name() + "." + ProcessHandle.current().pid() + ".part");
        }
        try {
          if (Files.isRegularFile(absolute)) {
            try {
              return DataStore.verified(file, absolute, DataStore.Place.CACHE);
            } catch (DataException e) {
              // Damaged: replaced below in one step, so that a failure leaves what was there.
            }
          }
          return fromMirrors(file, absolute, part);
        } finally {
          if (lock != null) {
            lock.release();
          }
        }
      } catch (IOException e) {
        throw storage(file, folder, e);
      }
    }
  }

  private String fromMirrors(DataFile file, Path target, Path part) {
    List<String> failures = new ArrayList<>();
    for (String mirror : file.mirrors()) {
      URI uri = URI.create(mirror);
      if (!reachable(uri)) {
        failures.add(mirror + " (cannot be reached)");
        continue;
      }
      long best = size(part);
      int fruitless = 0;
      int attempts = 0;
      while (true) {
        String failure;
        boolean again;
        try {
          String md5 = attempt(uri, file, part);
          move(file, part, target);
          return md5;
        } catch (Refused e) {
          failure = e.getMessage();
          again = e.again;
        } catch (IOException e) {
          failure = e.getMessage() == null ? "connection lost" : e.getMessage();
          again = true;
        } catch (InterruptedException e) {
          throw interrupted(file);
        }
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted(file);
        }
        fruitless = size(part) > best ? 0 : fruitless + 1;
        best = Math.max(best, size(part));
        if (!again || fruitless >= patience.tries() || ++attempts >= 100) {
          failures.add(mirror + " (" + failure + ")");
          break;
        }
        try {
          Thread.sleep(patience.pause().toMillis() << Math.min(fruitless, 4));
        } catch (InterruptedException e) {
          throw interrupted(file);
        }
      }
    }
    throw new DataException(
        DataException.Reason.DOWNLOAD,
        file.name()
            + " could not be downloaded. Tried: "
            + String.join("; ", failures)
            + ". "
            + byHand(file, target),
        "its download failed: " + String.join("; ", failures));
  }

  static DataException interrupted(DataFile file) {
    Thread.currentThread().interrupt();
    return new DataException(
        DataException.Reason.INTERRUPTED,
        "The download of " + file.name() + " was interrupted; the next call resumes it.");
  }

  /** One request; leaves a whole and checked part, or throws and leaves what may be resumed. */
  private String attempt(URI uri, DataFile file, Path part)
      throws IOException, InterruptedException {
    long have = size(part);
    if (file.bytes() >= 0 && have > file.bytes()) {
      Files.delete(part);
      have = 0;
    }
    boolean resumed = have > 0;
    if (file.bytes() < 0 || have < file.bytes()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .header("User-Agent", "Lowerbound")
              .timeout(patience.stall())
              .GET();
      if (resumed) {
        request.header("Range", "bytes=" + have + "-");
      }
      HttpResponse<InputStream> response =
          client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        resumed = accept(response, file, part, have);
        receive(body, uri, file, part, resumed ? have : 0);
      }
    }
    String md5 = DataIo.md5(part);
    if (!file.md5().isEmpty() && !md5.equals(file.md5())) {
      Files.delete(part);
      // What was resumed may have begun badly; what was sent whole is another file.
      throw new Refused("serves another file, MD5 " + md5, resumed);
    }
    return md5;
  }

  /** Checks the head of an answer; returns whether the body continues the part. */
  private static boolean accept(
      HttpResponse<InputStream> response, DataFile file, Path part, long have) throws IOException {
    int status = response.statusCode();
    if (status == 429 || status >= 500) {
      throw new Refused("answered " + status, true);
    }
    if (status == 416) {
      Files.deleteIfExists(part);
      throw new Refused("cannot resume", true);
    }
    if (status != 200 && status != 206) {
      throw new Refused("answered " + status, false);
    }
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (type.toLowerCase(Locale.ROOT).contains("html")) {
      throw new Refused("answered with a web page instead of the file", false);
    }
    boolean continues = false;
    if (status == 206) {
      Matcher range =
          CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
      if (!range.matches() || Long.parseLong(range.group(1)) != have) {
        Files.deleteIfExists(part);
        throw new Refused("resumed at another place than asked", true);
      }
      continues = true;
    }
    long offered = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (offered >= 0 && file.bytes() >= 0 && offered + (continues ? have : 0) != file.bytes()) {
      throw new Refused(
          "offers " + (offered + (continues ? have : 0)) + " bytes instead of " + file.bytes(),
          false);
    }
    return continues;
  }

  private void receive(InputStream body, URI uri, DataFile file, Path part, long from)
      throws IOException, InterruptedException {
    Path folder = part.getParent();
    if (file.bytes() >= 0 && Files.getFileStore(folder).getUsableSpace() < file.bytes() - from) {
      throw new DataException(
          DataException.Reason.STORAGE,
          "There is no room for "
              + file.name()
              + " in "
              + folder
              + ": "
              + megabytes(file.bytes() - from)
              + " are needed. Free some space, or set XDG_CACHE_HOME to a folder on another disk.");
    }
    progress.println(
        (from > 0 ? "Resuming " : "Downloading ")
            + file.name()
            + (file.bytes() >= 0 ? " (" + megabytes(file.bytes()) + ")" : "")
            + " from "
            + uri.getHost());
    // On a thread of its own, since waiting for a body cannot be interrupted.
    AtomicLong lastByte = new AtomicLong(System.nanoTime());
    FutureTask<Long> transfer = new FutureTask<>(() -> copy(body, file, part, from, lastByte));
    Thread worker = new Thread(transfer, "lowerbound-download");
    worker.setDaemon(true);
    worker.start();
    long have = -1;
    while (have < 0) {
      try {
        have = transfer.get(patience.stall().toMillis() / 4, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (System.nanoTime() - lastByte.get() > patience.stall().toNanos()) {
          body.close();
        }
      } catch (InterruptedException e) {
        body.close();
        worker.join(patience.stall().toMillis());
        throw e;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failure) {
          throw failure;
        }
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
    if (file.bytes() >= 0 && have < file.bytes()) {
      throw new IOException("cut off after " + have + " of " + file.bytes() + " bytes");
    }
  }

  /** Appends the body to the part; returns the length that the part then has. */
  private long copy(InputStream body, DataFile file, Path part, long from, AtomicLong lastByte)
      throws IOException {
    long have = from;
    int tenth = file.bytes() > 0 ? (int) (10 * have / file.bytes()) : 0;
    long lastLine = System.nanoTime();
    DataException full = null;
    boolean tooLong = false;
    try (OutputStream out = open(part, from > 0)) {
      byte[] buffer = new byte[1 << 16];
      for (int n; !tooLong && full == null && (n = body.read(buffer)) >= 0; ) {
        lastByte.set(System.nanoTime());
        have += n;
        tooLong = file.bytes() >= 0 && have > file.bytes();
        if (!tooLong) {
          try {
            out.write(buffer, 0, n);
          } catch (IOException e) {
            full = storage(file, part.getParent(), e);
          }
        }
        boolean further = file.bytes() > 0 && 10 * have / file.bytes() > tenth;
        if (further && have < file.bytes() && System.nanoTime() - lastLine > 2_000_000_000L) {
          tenth = (int) (10 * have / file.bytes());
          lastLine = System.nanoTime();
          progress.println("  " + file.name() + " " + 10 * tenth + " %");
        }
      }
    }
    if (full != null || tooLong) {
      // Gives the room back; what is too long is another file.
      Files.deleteIfExists(part);
      if (full != null) {
        throw full;
      }
      throw new Refused("sends more than " + file.bytes() + " bytes", false);
    }
    return have;
  }

  private static OutputStream open(Path part, boolean append) throws IOException {
    return append
        ? Files.newOutputStream(part, StandardOpenOption.WRITE, StandardOpenOption.APPEND)
        : Files.newOutputStream(part);
  }

  private static void move(DataFile file, Path part, Path target) {
    try {
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw storage(file, target.getParent(), e);
    }
  }

  /** What to do when no mirror serves a file. */
  static String byHand(DataFile file, Path target) {
    return "To place it by hand, put it into any folder and set LOWERBOUND_DATA to that folder, or"
        + " put it at "
        + target
        + (file.md5().isEmpty() ? "" : " (MD5 " + file.md5() + ")")
        + ".";
  }

  private static DataException storage(DataFile file, Path folder, IOException e) {
    return new DataException(
        DataException.Reason.STORAGE,
        file.name()
            + " cannot be written to "
            + folder
            + " ("
            + (e instanceof NoSuchFileException ? "no such folder" : e.getMessage())
            + "). Free some space or set XDG_CACHE_HOME to a folder that can be written.",
        e);
  }

  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(patience.reach().multipliedBy(4))
              .followRedirects(HttpClient.Redirect.NORMAL)
              .proxy(proxies)
              .build();
    }
    return client;
  }

  private static ProxySelector proxies(Map<String, String> environment) {
    for (String name : List.of("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY")) {
      String value = environment.getOrDefault(name, "");
      if (!value.isBlank()) {
        try {
          URI uri = URI.create(value.contains("://") ? value : "http://" + value);
          if (uri.getHost() != null && uri.getPort() > 0) {
            return ProxySelector.of(
                InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort()));
          }
        } catch (IllegalArgumentException e) {
          // Not an address: as if it were not set.
        }
      }
    }
    ProxySelector usual = ProxySelector.getDefault();
    return usual != null ? usual : HttpClient.Builder.NO_PROXY;
  }

  private static boolean https(URI uri) {
    return "https".equals(uri.getScheme());
  }

  private static long size(Path part) {
    try {
      return Files.size(part);
    } catch (IOException e) {
      return 0;
    }
  }

  private static String megabytes(long bytes) {
    return bytes < 1_000_000
        ? (bytes + 999) / 1000 + " kB"
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /** A mirror's answer that is not the file. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;
    private final boolean again;

    Refused(String message, boolean again) {
      super(message);
      this.again = again;
    }
  }
}
