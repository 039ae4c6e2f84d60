package org.lowerbound.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A web server on this machine that answers as badly as a test asks it to. */
final class FaultyServer implements AutoCloseable {

  /** What a client asked for: the path, and the first byte or -1 for the whole. */
  record Asked(String path, long from) {}

  /** Writes an answer, head and body; the connection is closed afterwards. */
  interface Answer {
    void write(int number, Asked asked, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final Answer answer;
  private final List<Asked> requests = new CopyOnWriteArrayList<>();

  FaultyServer(Answer answer) throws IOException {
    this.answer = answer;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::listen, "faulty-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread thread = new Thread(() -> serve(client), "faulty-server-client");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      String first = in.readLine();
      if (first == null) {
        return; // A probe: it connects and says nothing.
      }
      long from = -1;
      for (String line; (line = in.readLine()) != null && !line.isEmpty(); ) {
        if (line.toLowerCase(java.util.Locale.ROOT).startsWith("range: bytes=")) {
          from = Long.parseLong(line.substring(13, line.indexOf('-', 13)));
        }
      }
      Asked asked = new Asked(first.split(" ")[1], from);
      int number;
      synchronized (requests) {
        number = requests.size();
        requests.add(asked);
      }
      answer.write(number, asked, client.getOutputStream());
      client.getOutputStream().flush();
    } catch (IOException | InterruptedException e) {
      // The client went away, or the test is over.
    }
  }

  String url() {
    return "http://localhost:" + socket.getLocalPort() + "/file.bin";
  }

  /** The requests so far, probes not counted. */
  List<Asked> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  static void head(OutputStream out, String status, String... fields) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\nConnection: close\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A well-behaved answer, from the byte asked for. */
  static void good(byte[] content, Asked asked, OutputStream out) throws IOException {
    int from = (int) Math.max(asked.from(), 0);
    String length = "Content-Length: " + (content.length - from);
    if (asked.from() >= 0) {
      head(
          out,
          "206 Partial Content",
          length,
          "Content-Range: bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    } else {
      head(out, "200 OK", length, "Content-Type: application/octet-stream");
    }
    out.write(content, from, content.length - from);
  }
}
