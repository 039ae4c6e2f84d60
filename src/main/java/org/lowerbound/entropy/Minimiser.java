package org.lowerbound.entropy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.numerics.Vectors;

/**
 * Three ways to minimise a convex function, all with a backtracking line search that accepts a step
 * only if it lowers the value by a quarter of what the slope promises.
 *
 * <p>Source: S. Boyd and L. Vandenberghe, <a href="https://web.stanford.edu/~boyd/cvxbook/">Convex
 * Optimization</a> (2004), chapter 9; J. Nocedal and S. Wright, Numerical Optimization (2006),
 * algorithm 7.4 for the limited-memory one.
 */
public final class Minimiser {
  private static final double ENOUGH = 0.25;
  private static final double ROUNDING = 1e-14;
  private static final int MEMORY = 20;

  private Minimiser() {}

  /**
   * Newton's method: {@code λ ← λ − s H⁻¹g}. Stops when the decrement {@code √(gᵀH⁻¹g)}, which does
   * not depend on the units of the variables, is at most {@code tolerance}.
   */
  public static Minimum newton(
      SmoothFunction f, double[] start, double tolerance, int maximumSteps) {
    return descend(
        f,
        start,
        maximumSteps,
        new Rule() {
          private double decrement = Double.NaN;

          @Override
          public double[] direction(double[] point, double[] gradient) {
            double[] step = solve(f.hessian(point), gradient);
            decrement = Math.sqrt(Math.max(0, Vectors.dot(step, gradient)));
            return Vectors.times(-1, step);
          }

          @Override
          public boolean done(double[] gradient) {
            return decrement <= tolerance;
          }
        });
  }

  /**
   * Steepest descent: {@code λ ← λ − s g}. Stops when no component of the gradient exceeds {@code
   * tolerance}.
   */
  public static Minimum gradientDescent(
      SmoothFunction f, double[] start, double tolerance, int maximumSteps) {
    return descend(
        f,
        start,
        maximumSteps,
        new Rule() {
          private double rate = 1;

          @Override
          public double[] direction(double[] point, double[] gradient) {
            return Vectors.times(-rate, gradient);
          }

          @Override
          public boolean done(double[] gradient) {
            return Vectors.largest(gradient) <= tolerance;
          }

          @Override
          public void moved(double[] step, double[] change, double fraction) {
            // Try a little more than what the line search last accepted.
            rate *= 2 * fraction;
          }
        });
  }

  /**
   * Limited-memory BFGS: a Newton step whose Hessian is guessed from the last {@code 20} changes of
   * the gradient; for many variables. Stops when no component of the gradient exceeds {@code
   * tolerance}.
   */
  public static Minimum quasiNewton(
      SmoothFunction f, double[] start, double tolerance, int maximumSteps) {
    return descend(f, start, maximumSteps, new LimitedMemory(tolerance));
  }

  /** How a direction is chosen and when to stop. */
  private interface Rule {
    double[] direction(double[] point, double[] gradient);

    boolean done(double[] gradient);

    default void moved(double[] step, double[] change, double fraction) {}
  }

  private static Minimum descend(SmoothFunction f, double[] start, int maximumSteps, Rule rule) {
    if (start.length != f.dimension()) {
      throw new IllegalArgumentException(
          "The start has "
              + start.length
              + " components, but the function has "
              + f.dimension()
              + " variables.");
    }
    double[] point = start.clone();
    double value = f.value(point);
    requireNumber(value, 0);
    List<Double> values = new ArrayList<>(List.of(value));
    boolean converged = false;
    double[] gradient = f.gradient(point);
    for (int step = 1; step <= maximumSteps; step++) {
      StopButton.poll();
      f.inspect(point);
      double[] direction = rule.direction(point, gradient);
      if (rule.done(gradient)) {
        converged = true;
        break;
      }
      double slope = Vectors.dot(direction, gradient);
      double fraction = 1;
      double[] next = Vectors.plus(point, fraction, direction);
      double nextValue = f.value(next);
      while (!lower(f, value, slope, direction, fraction, next, nextValue) && fraction > 1e-18) {
        fraction /= 2;
        next = Vectors.plus(point, fraction, direction);
        nextValue = f.value(next);
      }
      requireNumber(nextValue, step);
      double[] nextGradient = f.gradient(next);
      rule.moved(Vectors.plus(next, -1, point), Vectors.plus(nextGradient, -1, gradient), fraction);
      point = next;
      value = nextValue;
      gradient = nextGradient;
      values.add(value);
    }
    return new Minimum(
        point,
        value,
        Vectors.largest(gradient),
        values.size() - 1,
        converged,
        values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static boolean lower(
      SmoothFunction f,
      double value,
      double slope,
      double[] direction,
      double fraction,
      double[] next,
      double nextValue) {
    if (nextValue <= value + ENOUGH * fraction * slope) {
      return true;
    }
    // Near the minimum the gain drowns in rounding. There the slope decides, which still has its
    // digits: the step must not have climbed the far side of a convex function by half (Hager and
    // Zhang, 2005, "approximate Wolfe" condition).
    return nextValue <= value + ROUNDING * (1 + Math.abs(value))
        && Vectors.dot(f.gradient(next), direction) <= (2 * ENOUGH - 1) * slope;
  }

  private static double[] solve(double[][] hessian, double[] gradient) {
    try {
      return Cholesky.of("The Hessian", hessian).solve(gradient);
    } catch (IllegalArgumentException singular) {
      throw new IllegalStateException(
          "The Hessian is not positive definite: there is a direction along which the function is"
              + " flat.",
          singular);
    }
  }

  private static void requireNumber(double value, int step) {
    if (Double.isNaN(value)) {
      throw new IllegalStateException(
          "The function to minimise became NaN at step " + step + "; check its inputs.");
    }
  }

  private static final class LimitedMemory implements Rule {
    private record Pair(double[] step, double[] change, double inverse) {}

    private final double tolerance;
    private final Deque<Pair> pairs = new ArrayDeque<>();

    LimitedMemory(double tolerance) {
      this.tolerance = tolerance;
    }

    @Override
    public double[] direction(double[] point, double[] gradient) {
      double[] q = gradient.clone();
      double[] alpha = new double[pairs.size()];
      int k = 0;
      for (Pair pair : pairs) {
        alpha[k] = pair.inverse * Vectors.dot(pair.step, q);
        q = Vectors.plus(q, -alpha[k++], pair.change);
      }
      Pair newest = pairs.peekFirst();
      double scale =
          newest == null
              ? 1 / Math.max(1, Math.sqrt(Vectors.dot(gradient, gradient)))
              : 1 / (newest.inverse * Vectors.dot(newest.change, newest.change));
      q = Vectors.times(scale, q);
      for (Iterator<Pair> oldest = pairs.descendingIterator(); oldest.hasNext(); ) {
        Pair pair = oldest.next();
        double beta = pair.inverse * Vectors.dot(pair.change, q);
        q = Vectors.plus(q, alpha[--k] - beta, pair.step);
      }
      return Vectors.times(-1, q);
    }

    @Override
    public boolean done(double[] gradient) {
      return Vectors.largest(gradient) <= tolerance;
    }

    @Override
    public void moved(double[] step, double[] change, double fraction) {
      double curvature = Vectors.dot(step, change);
      if (curvature > 0) {
        pairs.addFirst(new Pair(step, change, 1 / curvature));
        if (pairs.size() > MEMORY) {
          pairs.removeLast();
        }
      }
    }
  }
}
