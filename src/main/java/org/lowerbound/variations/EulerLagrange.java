package org.lowerbound.variations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.numerics.Vectors;

/**
 * The Euler–Lagrange equation {@code ∂F/∂y − d/dx ∂F/∂y' = 0}: its left side, its first integral
 * and a solver for it on a grid.
 *
 * <p>Source: Gelfand and Fomin, <i>Calculus of Variations</i>, sections 4 (equation and first
 * integral), 6 (natural boundary conditions) and 12 (multipliers).
 */
public final class EulerLagrange {
  private static final int MOST_STEPS = 200;

  private EulerLagrange() {}

  /**
   * The Euler–Lagrange expression with the total derivative written out,
   *
   * <pre>F_y − F_{xy'} − F_{yy'} y' − F_{y'y'} y''</pre>
   *
   * @param curvature {@code y''}
   */
  public static double expression(Integrand f, double x, double y, double slope, double curvature) {
    return f.dy(x, y, slope)
        - Differences.first(z -> f.dslope(z, y, slope), x)
        - f.dydslope(x, y, slope) * slope
        - f.dslopedslope(x, y, slope) * curvature;
  }

  /**
   * Beltrami's {@code B = y' ∂F/∂y' − F} at the mid-points of the n cells. Where F does not depend
   * on x, B is constant along every stationary path, up to an error of second order in the step.
   */
  public static double[] beltrami(Grid grid, Integrand f, double[] path) {
    double[] slopes = grid.slopes(path);
    double[] middles = grid.middles();
    double[] invariant = new double[slopes.length];
    for (int i = 0; i < invariant.length; i++) {
      double y = (path[i] + path[i + 1]) / 2;
      invariant[i] =
          slopes[i] * f.dslope(middles[i], y, slopes[i]) - f.at(middles[i], y, slopes[i]);
    }
    return invariant;
  }

  /**
   * A stationary path of J near a start path, by Newton's method on all equations at once: {@code
   * ∂J/∂y_i + Σ λ_k ∂C_k/∂y_i = 0} for every height that may vary and {@code C_k = c_k}. The
   * Hessian is tridiagonal, so a step costs O(n). A step that increases the residual or leaves the
   * domain of J is halved. The path found may be a minimum, a maximum or a saddle: look at {@link
   * Functional#curvature}. Near a conjugate point no path is determined: look at {@link
   * Extremal#condition}, or print the result, which says so.
   *
   * @throws IllegalArgumentException when the start does not meet the boundary conditions or lies
   *     outside the domain of J
   * @throws IllegalStateException when no stationary path is found, naming what is left
   */
  public static Extremal solve(
      Functional j, Boundary ends, double[] start, Constraint... constraints) {
    Grid grid = j.grid();
    ends.requireStart(grid, start);
    for (Constraint c : constraints) {
      if (c.of().grid().cells() != grid.cells()) {
        throw new IllegalArgumentException(
            "The constraint \"" + c.name() + "\" is on another grid: " + c.of().grid());
      }
    }
    try {
      j.at(start);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("The start path will not do. " + e.getMessage(), e);
    }
    return new Search(j, ends, constraints).run(start);
  }

  /** One run of Newton's method. */
  private static final class Search {
    private final Functional j;
    private final Grid grid;
    private final Constraint[] constraints;
    private final Boundary ends;
    private final int first;
    private final int last;

    Search(Functional j, Boundary ends, Constraint[] constraints) {
      this.j = j;
      this.grid = j.grid();
      this.constraints = constraints;
      this.ends = ends;
      this.first = ends.first();
      this.last = ends.last(grid.cells());
    }

    Extremal run(double[] start) {
      double[] path = start.clone();
      double[] lambda = startingMultipliers(path);
      List<double[]> trail = new ArrayList<>(List.of(path.clone()));
      double residual = residual(path, lambda);
      requireFinite(residual);
      int steps = 0;
      // The largest height so far: lengths are small or large beside it, not beside 1.
      double heights = Vectors.largest(path);
      boolean settled = residual == 0;
      while (!settled && steps < MOST_STEPS) {
        StopButton.poll();
        double[] dLambda = new double[lambda.length];
        double[] dPath = step(path, lambda, dLambda);
        double length = 1;
        double size = Vectors.largest(dPath) / heights;
        double next = Double.NaN;
        double[] newPath = path;
        double[] newLambda = lambda;
        while (length > 1e-10) {
          newPath = Functional.moved(path, length, dPath);
          newLambda = Functional.moved(lambda, length, dLambda);
          next = residual(newPath, newLambda);
          if (next < residual * (1 - 1e-4 * length)) {
            break;
          }
          length /= 2;
        }
        if (length <= 1e-10) {
          // No progress left: rounding error if the step was tiny, failure otherwise.
          if (size < 1e-7) {
            break;
          }
          throw notFound(residual, steps);
        }
        path = newPath;
        heights = Math.max(heights, Vectors.largest(path));
        lambda = newLambda;
        residual = next;
        steps++;
        trail.add(path.clone());
        settled = residual == 0 || (length == 1 && size < 1e-12);
      }
      if (steps == MOST_STEPS) {
        throw notFound(residual, steps);
      }
      return new Extremal(
          path, j.at(path), lambda, steps, residual, condition(path, lambda), List.copyOf(trail));
    }

    private void requireFinite(double residual) {
      if (!Double.isFinite(residual)) {
        throw new IllegalArgumentException(
            "The gradient at the start path is not finite; start further inside the region where"
                + " the functional is smooth");
      }
    }

    private IllegalStateException notFound(double residual, int steps) {
      return new IllegalStateException(
          String.format(
              Locale.ROOT,
              "No stationary path was found near the start: after %d Newton steps the equations"
                  + " still have a residual of %.2g. The problem may have no solution (constraints"
                  + " that contradict each other, a functional without a minimum), or the start is"
                  + " too far away",
              steps,
              residual));
    }

    /** The multipliers that make the gradient of the Lagrangian least: Aᵀ A λ = −Aᵀ g. */
    private double[] startingMultipliers(double[] path) {
      int m = constraints.length;
      double[] g = inner(j.gradientUnchecked(path));
      double[][] a = constraintGradients(path);
      double[][] normal = new double[m][m];
      double[] right = new double[m];
      for (int k = 0; k < m; k++) {
        for (int l = 0; l < m; l++) {
          normal[k][l] = Vectors.dot(a[k], a[l]);
        }
        right[k] = -Vectors.dot(a[k], g);
        // Differences leave about 1e-13 of a gradient that is 0, in units of C over a height.
        double size = Math.abs(constraints[k].of().valueOrNaN(path));
        double height = Math.max(Vectors.largest(path), grid.x(grid.cells()) - grid.x(0));
        if (Math.sqrt(normal[k][k])
            <= 1e-10 * Math.max(size, Math.abs(constraints[k].value())) / height) {
          throw new IllegalArgumentException(
              "The constraint \""
                  + constraints[k].name()
                  + "\" does not change with the start path to first order (its gradient is 0"
                  + " there), so it determines no multiplier; start from another path");
        }
      }
      return solveDense(normal, right);
    }

    private double residual(double[] path, double[] lambda) {
      double[] r = lagrangianGradient(path, lambda);
      double sum = 0;
      for (int i = 0; i < r.length; i++) {
        sum += r[i] * r[i] / grid.share(first + i);
      }
      for (Constraint c : constraints) {
        double error = c.of().valueOrNaN(path) - c.value();
        sum += error * error;
      }
      // Outside its domain J may be undefined where its gradient is not: that step is refused too.
      return Double.isFinite(j.valueOrNaN(path)) ? Math.sqrt(sum) : Double.NaN;
    }

    private double[] lagrangianGradient(double[] path, double[] lambda) {
      double[] r = inner(j.gradientUnchecked(path));
      for (int k = 0; k < lambda.length; k++) {
        double[] c = inner(constraints[k].of().gradientUnchecked(path));
        for (int i = 0; i < r.length; i++) {
          r[i] += lambda[k] * c[i];
        }
      }
      return r;
    }

    private double[][] constraintGradients(double[] path) {
      double[][] a = new double[constraints.length][];
      for (int k = 0; k < a.length; k++) {
        a[k] = inner(constraints[k].of().gradientUnchecked(path));
      }
      return a;
    }

    /**
     * The Newton step (dy, dλ) from [H A; Aᵀ 0] (dy, dλ) = −(r, c), by eliminating dy: H is
     * tridiagonal, Aᵀ H⁻¹ A is as small as the number of constraints.
     */
    private double[] step(double[] path, double[] lambda, double[] dLambda) {
      int m = lambda.length;
      Tridiagonal h = j.hessian(path, ends);
      for (int k = 0; k < m; k++) {
        h = h.plus(lambda[k], constraints[k].of().hessian(path, ends));
      }
      double[] zr = h.solve(lagrangianGradient(path, lambda));
      double[][] a = constraintGradients(path);
      double[][] za = new double[m][];
      for (int k = 0; k < m; k++) {
        za[k] = h.solve(a[k]);
      }
      double[][] schur = new double[m][m];
      double[] right = new double[m];
      for (int k = 0; k < m; k++) {
        for (int l = 0; l < m; l++) {
          schur[k][l] = Vectors.dot(a[k], za[l]);
        }
        right[k] =
            constraints[k].of().valueOrNaN(path) - constraints[k].value() - Vectors.dot(a[k], zr);
      }
      double[] solved = solveDense(schur, right);
      double[] dPath = new double[path.length];
      for (int i = 0; i < zr.length; i++) {
        dPath[first + i] = -zr[i];
        for (int k = 0; k < m; k++) {
          dPath[first + i] -= solved[k] * za[k][i];
        }
      }
      System.arraycopy(solved, 0, dLambda, 0, m);
      return dPath;
    }

    /**
     * {@code max |P|(η) / |δ²L(η)|} over the variations that keep the constraints, by power
     * iteration on {@code H⁻¹P}: H is the second variation of the Lagrangian, P the same with the
     * absolute value of every cell's part, so that nothing cancels in it. Neither the units nor the
     * number of cells change the quotient.
     */
    private double condition(double[] path, double[] lambda) {
      double[][] cells = j.cellHessians(path);
      for (int k = 0; k < lambda.length; k++) {
        double[][] more = constraints[k].of().cellHessians(path);
        for (int i = 0; i < cells.length; i++) {
          cells[i] = Vectors.plus(cells[i], lambda[k], more[i]);
        }
      }
      Tridiagonal h = Functional.assembled(cells, ends);
      for (int i = 0; i < cells.length; i++) {
        cells[i] = absolute(cells[i]);
      }
      Tridiagonal p = Functional.assembled(cells, ends);
      try {
        double[][] a = constraintGradients(path);
        double[][] za = new double[a.length][];
        for (int k = 0; k < a.length; k++) {
          za[k] = h.solve(a[k]);
        }
        double[] v = new double[h.size()];
        // Smooth and zero at fixed ends, but not symmetric: it meets all the slow modes.
        Arrays.setAll(
            v,
            i -> {
              double t = (first + i) / (double) grid.cells();
              return (first > 0 ? t : 1) * (last < grid.cells() ? 1 - t : 1) * (1 + t / 2);
            });
        double most = 0;
        for (int iteration = 0; iteration < MOST_STEPS; iteration++) {
          double before = Math.sqrt(Vectors.dot(v, p.times(v)));
          double[] z = h.solve(p.times(Vectors.times(1 / before, v)));
          double[][] schur = new double[a.length][a.length];
          double[] right = new double[a.length];
          for (int k = 0; k < a.length; k++) {
            for (int l = 0; l < a.length; l++) {
              schur[k][l] = Vectors.dot(a[k], za[l]);
            }
            right[k] = Vectors.dot(a[k], z);
          }
          double[] off = solveDense(schur, right);
          for (int k = 0; k < a.length; k++) {
            z = Vectors.plus(z, -off[k], za[k]);
          }
          double growth = Math.sqrt(Vectors.dot(z, p.times(z)));
          if (Math.abs(growth - most) <= 1e-6 * growth) {
            return growth;
          }
          most = growth;
          v = z;
        }
        return most;
      } catch (ArithmeticException | IllegalArgumentException singular) {
        return Double.POSITIVE_INFINITY;
      }
    }

    /** {@code |A| = (A² + |det A| I)/(|λ₁| + |λ₂|)} of a symmetric 2×2 matrix (a, b, d). */
    private double[] absolute(double[] cell) {
      double a = cell[0];
      double b = cell[1];
      double d = cell[2];
      double centre = (a + d) / 2;
      double radius = Math.hypot((a - d) / 2, b);
      double trace = Math.abs(centre + radius) + Math.abs(centre - radius);
      if (trace == 0) {
        return new double[3];
      }
      double determinant = Math.abs(a * d - b * b);
      return new double[] {
        (a * a + b * b + determinant) / trace,
        b * (a + d) / trace,
        (b * b + d * d + determinant) / trace
      };
    }

    private double[] inner(double[] all) {
      double[] inner = new double[last - first + 1];
      System.arraycopy(all, first, inner, 0, inner.length);
      return inner;
    }
  }

  /** Gaussian elimination with row exchanges for the few multipliers. */
  private static double[] solveDense(double[][] matrix, double[] right) {
    int m = right.length;
    double[] z = right.clone();
    for (int i = 0; i < m; i++) {
      int pivot = i;
      for (int k = i + 1; k < m; k++) {
        pivot = Math.abs(matrix[k][i]) > Math.abs(matrix[pivot][i]) ? k : pivot;
      }
      double[] row = matrix[i];
      matrix[i] = matrix[pivot];
      matrix[pivot] = row;
      double swap = z[i];
      z[i] = z[pivot];
      z[pivot] = swap;
      if (matrix[i][i] == 0 || !Double.isFinite(matrix[i][i])) {
        throw new IllegalArgumentException(
            "The constraints are not independent: one follows from, or contradicts, the others");
      }
      for (int k = i + 1; k < m; k++) {
        double factor = matrix[k][i] / matrix[i][i];
        for (int l = i; l < m; l++) {
          matrix[k][l] -= factor * matrix[i][l];
        }
        z[k] -= factor * z[i];
      }
    }
    for (int i = m - 1; i >= 0; i--) {
      for (int l = i + 1; l < m; l++) {
        z[i] -= matrix[i][l] * z[l];
      }
      z[i] /= matrix[i][i];
    }
    return z;
  }
}
