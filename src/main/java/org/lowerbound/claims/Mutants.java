package org.lowerbound.claims;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/**
 * A right implementation and seeded defects of it: what a test is worth that a student has written.
 *
 * <p>The test says of an implementation whether it is wrong. It has to let the right one pass, and
 * its score is the share of the defects that it catches (mutation testing: DeMillo, Lipton and
 * Sayward, <i>Hints on Test Data Selection</i>, 1978). What it is shown says by its results alone
 * which one it is: implementations that are lambda expressions come without their class and their
 * stack traces.
 *
 * @param <T> what is tested
 */
public final class Mutants<T> {

  private final T right;
  private final Map<String, T> defects = new LinkedHashMap<>();

  private Mutants(T right) {
    this.right = right;
  }

  /** Begins with the right implementation. */
  public static <T> Mutants<T> of(T right) {
    return new Mutants<>(right);
  }

  /**
   * Adds a defective implementation.
   *
   * @param name says what is wrong with it, in words; shown when it is not caught
   * @throws IllegalArgumentException when there is one of this name
   */
  public Mutants<T> defect(String name, T implementation) {
    if (defects.putIfAbsent(name, implementation) != null) {
      throw new IllegalArgumentException("there are two defects '" + name + "'");
    }
    return this;
  }

  /**
   * points · (defects caught) / (defects), and prints what was not caught. A test that throws has
   * caught the implementation. The right one is shown several times, in between the defects and in
   * an order that changes, so that no test passes by counting.
   *
   * @param convicts whether the implementation is wrong
   * @throws AssertionError when the test convicts the right one
   * @throws IllegalStateException without a defect
   */
  public double score(double points, Predicate<T> convicts) {
    return score(points, convicts, new Random());
  }

  double score(double points, Predicate<T> convicts, Random order) {
    if (defects.isEmpty()) {
      throw new IllegalStateException("add a defect before a test is scored");
    }
    List<String> shown = new ArrayList<>(defects.keySet());
    shown.addAll(Collections.nCopies(1 + defects.size() / 2, null));
    Collections.shuffle(shown, order);
    List<String> missed = new ArrayList<>();
    for (String name : shown) {
      boolean convicted;
      RuntimeException thrown = null;
      try {
        convicted = convicts.test(masked(name == null ? right : defects.get(name)));
      } catch (RuntimeException e) {
        convicted = true;
        thrown = e;
      }
      if (name == null && convicted) {
        throw new AssertionError(
            "your test convicts the right implementation"
                + (thrown == null ? "" : ": it throws " + thrown),
            thrown);
      }
      if (name != null && !convicted) {
        missed.add(name);
      }
    }
    int caught = defects.size() - missed.size();
    StringBuilder said =
        new StringBuilder("Your test lets the right implementation pass and catches ");
    said.append(caught).append(" of ").append(defects.size()).append(" defects.");
    if (!missed.isEmpty()) {
      Collections.sort(missed);
      said.append(" Not caught: ").append(String.join("; ", missed)).append('.');
    }
    System.out.println(said);
    return points * caught / defects.size();
  }

  /** The same function, as an object that is like all others. */
  @SuppressWarnings("unchecked")
  private static <T> T masked(T implementation) {
    if (!implementation.getClass().isHidden()) {
      return implementation;
    }
    Class<?>[] faces = implementation.getClass().getInterfaces();
    return (T)
        Proxy.newProxyInstance(
            faces[0].getClassLoader(),
            faces,
            (mask, method, arguments) ->
                method.getDeclaringClass() == Object.class
                    ? ofObject(mask, method, arguments)
                    : called(implementation, method, arguments));
  }

  private static Object ofObject(Object mask, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "equals" -> mask == arguments[0];
      case "hashCode" -> System.identityHashCode(mask);
      default -> "an implementation";
    };
  }

  private static Object called(Object implementation, Method method, Object[] arguments)
      throws Throwable {
    try {
      // A notebook's interfaces are nested in classes that only the notebook sees.
      method.setAccessible(true);
      return method.invoke(implementation, arguments);
    } catch (InvocationTargetException e) {
      // The stack trace would name the lambda expression.
      e.getCause().setStackTrace(new StackTraceElement[0]);
      throw e.getCause();
    }
  }
}
