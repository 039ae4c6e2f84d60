package org.lowerbound.variations;

/**
 * {@code J[y] = ∫ F(x, y, y') dx} of a polygon: a function of its n+1 heights.
 *
 * <p>On each cell the slope is that of the chord and the integral of F is the mean of its values at
 * both ends times the step (trapezoidal rule), so that {@code J}, its gradient and its stationary
 * paths have an error of second order in the step where F and the path are smooth. A functional
 * made {@link #ofChords of chords} is exact for the polygon.
 */
public final class Functional {
  private final Grid grid;
  private final Rule rule;

  /** The contribution of one cell and its derivatives by its two heights. */
  private interface Rule {
    double cost(Grid grid, int cell, double y0, double y1);

    /** {@code ∂/∂y0} and {@code ∂/∂y1}. */
    double[] gradient(Grid grid, int cell, double y0, double y1);

    /** {@code ∂²/∂y0²}, {@code ∂²/∂y0∂y1} and {@code ∂²/∂y1²}. */
    double[] hessian(Grid grid, int cell, double y0, double y1);
  }

  private Functional(Grid grid, Rule rule) {
    this.grid = grid;
    this.rule = rule;
  }

  /** {@code J[y] = ∫ F(x, y, y') dx} by the trapezoidal rule on each cell. */
  public static Functional of(Grid grid, Integrand integrand) {
    return new Functional(grid, new Trapezoid(integrand));
  }

  /** {@code J[y] = Σ cost(x_i, y_i, x_(i+1), y_(i+1))}. */
  public static Functional ofChords(Grid grid, Chord chord) {
    return new Functional(grid, new Chords(chord));
  }

  /** The grid. */
  public Grid grid() {
    return grid;
  }

  /**
   * {@code J[y]}.
   *
   * @param path the n+1 heights
   * @throws IllegalArgumentException when the path does not fit the grid
   * @throws ArithmeticException when the integrand is not finite, naming where
   */
  public double at(double[] path) {
    grid.requirePath("The path", path);
    double value = valueOrNaN(path);
    if (!Double.isFinite(value)) {
      for (int i = 0; i < grid.cells(); i++) {
        double cost = rule.cost(grid, i, path[i], path[i + 1]);
        if (!Double.isFinite(cost)) {
          throw new ArithmeticException(
              "The integrand gives "
                  + cost
                  + " between ("
                  + grid.x(i)
                  + ", "
                  + path[i]
                  + ") and ("
                  + grid.x(i + 1)
                  + ", "
                  + path[i + 1]
                  + "): the path leaves the region where the functional is defined");
        }
      }
    }
    return value;
  }

  double valueOrNaN(double[] path) {
    double sum = 0;
    for (int i = 0; i < grid.cells(); i++) {
      sum += rule.cost(grid, i, path[i], path[i + 1]);
    }
    return sum;
  }

  /**
   * {@code ∂J/∂y_i}, i = 0 … n. An entry is not finite where J has no derivative, as at the start
   * of a fall from rest.
   */
  public double[] gradient(double[] path) {
    grid.requirePath("The path", path);
    return gradientUnchecked(path);
  }

  double[] gradientUnchecked(double[] path) {
    double[] gradient = new double[path.length];
    for (int i = 0; i < grid.cells(); i++) {
      double[] g = rule.gradient(grid, i, path[i], path[i + 1]);
      gradient[i] += g[0];
      gradient[i + 1] += g[1];
    }
    return gradient;
  }

  /**
   * The functional derivative {@code δJ/δy} at the n−1 {@linkplain Grid#inner() inner nodes}:
   * {@code ∂J/∂y_i} divided by the {@linkplain Grid#share share} of node i, which is h on a uniform
   * grid.
   */
  public double[] derivative(double[] path) {
    double[] gradient = gradient(path);
    double[] derivative = new double[path.length - 2];
    for (int i = 0; i < derivative.length; i++) {
      derivative[i] = gradient[i + 1] / grid.share(i + 1);
    }
    return derivative;
  }

  /**
   * The first variation {@code δJ[y; η] = d/dε J[y + εη]} at ε = 0, by the definition: a central
   * difference of fourth order in ε with step 10^-3.
   *
   * @param path y, n+1 heights
   * @param eta η, n+1 heights
   */
  public double directional(double[] path, double[] eta) {
    grid.requirePath("The path", path);
    grid.requirePath("The variation", eta);
    return Differences.first(e -> at(moved(path, e, eta)), 0, 1e-3);
  }

  /**
   * The second variation {@code δ²J[y; η] = d²/dε² J[y + εη]} at ε = 0: the Hessian's quadratic
   * form {@code ηᵀ H η}.
   */
  public double secondVariation(double[] path, double[] eta) {
    grid.requirePath("The variation", eta);
    double[] product = hessian(path).times(eta);
    double sum = 0;
    for (int i = 0; i < eta.length; i++) {
      sum += product[i] * eta[i];
    }
    return sum;
  }

  /** The Hessian {@code ∂²J/∂y_i∂y_j} over all n+1 heights. */
  public Tridiagonal hessian(double[] path) {
    return hessian(path, Boundary.free());
  }

  /** The Hessian over the heights that may vary under these boundary conditions. */
  public Tridiagonal hessian(double[] path, Boundary ends) {
    return assembled(cellHessians(path), ends);
  }

  /** {@code ∂²/∂y0²}, {@code ∂²/∂y0∂y1} and {@code ∂²/∂y1²} of each cell's part, {@code [n, 3]}. */
  double[][] cellHessians(double[] path) {
    grid.requirePath("The path", path);
    double[][] cells = new double[grid.cells()][];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = rule.hessian(grid, i, path[i], path[i + 1]);
    }
    return cells;
  }

  /** The sum of the cells' Hessians over the heights that may vary. */
  static Tridiagonal assembled(double[][] cells, Boundary ends) {
    int first = ends.first();
    int last = ends.last(cells.length);
    double[] diagonal = new double[last - first + 1];
    double[] beside = new double[last - first];
    for (int i = 0; i < cells.length; i++) {
      double[] h = cells[i];
      if (i >= first) {
        diagonal[i - first] += h[0];
      }
      if (i + 1 <= last) {
        diagonal[i + 1 - first] += h[2];
      }
      if (i >= first && i + 1 <= last) {
        beside[i - first] += h[1];
      }
    }
    return Tridiagonal.of(diagonal, beside);
  }

  /**
   * The second variation per unit of {@code ∫ η² dx}: the matrix {@code S^(-1/2) H S^(-1/2)} over
   * the heights that may vary, S the shares of the nodes. Its lowest eigenvalue approximates the
   * least value of {@code δ²J[y; η]} among variations with {@code ∫ η² dx = 1}; a negative one
   * means that the path is no minimum.
   */
  public Tridiagonal curvature(double[] path, Boundary ends) {
    Tridiagonal hessian = hessian(path, ends);
    double[] diagonal = new double[hessian.size()];
    double[] beside = new double[hessian.size() - 1];
    for (int i = 0; i < diagonal.length; i++) {
      double share = grid.share(ends.first() + i);
      diagonal[i] = hessian.at(i, i) / share;
      if (i < beside.length) {
        beside[i] = hessian.at(i, i + 1) / Math.sqrt(share * grid.share(ends.first() + i + 1));
      }
    }
    return Tridiagonal.of(diagonal, beside);
  }

  static double[] moved(double[] path, double by, double[] eta) {
    double[] moved = path.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += by * eta[i];
    }
    return moved;
  }

  private record Trapezoid(Integrand f) implements Rule {
    @Override
    public double cost(Grid grid, int cell, double y0, double y1) {
      double h = grid.step(cell);
      double slope = (y1 - y0) / h;
      return h / 2 * (f.at(grid.x(cell), y0, slope) + f.at(grid.x(cell + 1), y1, slope));
    }

    @Override
    public double[] gradient(Grid grid, int cell, double y0, double y1) {
      double h = grid.step(cell);
      double x0 = grid.x(cell);
      double x1 = grid.x(cell + 1);
      double slope = (y1 - y0) / h;
      double byslope = (f.dslope(x0, y0, slope) + f.dslope(x1, y1, slope)) / 2;
      return new double[] {
        h / 2 * f.dy(x0, y0, slope) - byslope, h / 2 * f.dy(x1, y1, slope) + byslope
      };
    }

    @Override
    public double[] hessian(Grid grid, int cell, double y0, double y1) {
      double h = grid.step(cell);
      double x0 = grid.x(cell);
      double x1 = grid.x(cell + 1);
      double slope = (y1 - y0) / h;
      double bothslopes = (f.dslopedslope(x0, y0, slope) + f.dslopedslope(x1, y1, slope)) / (2 * h);
      double mixed0 = f.dydslope(x0, y0, slope);
      double mixed1 = f.dydslope(x1, y1, slope);
      return new double[] {
        h / 2 * f.dydy(x0, y0, slope) - mixed0 + bothslopes,
        (mixed0 - mixed1) / 2 - bothslopes,
        h / 2 * f.dydy(x1, y1, slope) + mixed1 + bothslopes
      };
    }
  }

  private record Chords(Chord chord) implements Rule {
    @Override
    public double cost(Grid grid, int cell, double y0, double y1) {
      return chord.cost(grid.x(cell), y0, grid.x(cell + 1), y1);
    }

    @Override
    public double[] gradient(Grid grid, int cell, double y0, double y1) {
      double e = 1e-3 * (grid.step(cell) + Math.abs(y1 - y0));
      return new double[] {
        Differences.firstNear(z -> cost(grid, cell, z, y1), y0, e),
        Differences.firstNear(z -> cost(grid, cell, y0, z), y1, e)
      };
    }

    @Override
    public double[] hessian(Grid grid, int cell, double y0, double y1) {
      double e = 3e-3 * (grid.step(cell) + Math.abs(y1 - y0));
      return new double[] {
        Differences.secondNear(z -> cost(grid, cell, z, y1), y0, e),
        Differences.mixedNear((u, v) -> cost(grid, cell, u, v), y0, y1, e, e),
        Differences.secondNear(z -> cost(grid, cell, y0, z), y1, e)
      };
    }
  }
}
