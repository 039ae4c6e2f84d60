import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Starts a Java kernel that ends with the process it belongs to: {@code Kernel MAIN ARGUMENT…}
 *
 * <p>A kernel does not notice when Jupyter is killed, and would train on for ever. Its start-up script would be too late
 * to look after that: it runs with the first cell. {@code lowerbound.parent} is the number of the process to end with,
 * {@code lowerbound.ancestors} how many of its own ancestors, from the nearest on, it ends with any of.
 */
public final class Kernel {

  private Kernel() {}

  public static void main(String[] words) throws ReflectiveOperationException {
    Long parent = Long.getLong("lowerbound.parent");
    if (parent != null) {
      endWith(ProcessHandle.of(parent));
    }
    Stream.iterate(ProcessHandle.current().parent(), Optional::isPresent, one -> one.get().parent())
        .limit(Integer.getInteger("lowerbound.ancestors", 0))
        .forEach(Kernel::endWith);
    Object arguments = Arrays.copyOfRange(words, 1, words.length);
    Class.forName(words[0]).getMethod("main", String[].class).invoke(null, arguments);
  }

  private static void endWith(Optional<ProcessHandle> process) {
    Runnable end = () -> Runtime.getRuntime().halt(1);
    process.ifPresentOrElse(one -> one.onExit().thenRun(end), end);
  }
}
