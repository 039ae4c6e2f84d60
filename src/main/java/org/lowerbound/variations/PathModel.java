package org.lowerbound.variations;

import java.util.Arrays;
import java.util.Map;
import org.lowerbound.train.Batch;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A path as a vector of parameters: {@code y = start + w B}, trained to make {@code J[y]} least,
 * with the gradient {@code ∂J/∂w} from SameDiff's automatic differentiation, in double precision.
 *
 * <p>w has shape {@code [1, m]}, m the number of heights that may vary; B, {@code [m, n+1]}, says
 * what the parameters mean. With {@link Coordinates#HEIGHTS} w_i moves one height. With {@link
 * Coordinates#MODES} w_k moves the whole path along a sine wave of unit energy, {@code ∫ (dη/dt)²
 * dt = 1} where t = i/n counts the nodes: the eigenvectors of the second difference divided by the
 * root of their eigenvalues. The gradient in these coordinates is the Sobolev gradient. The Hessian
 * of a functional that is quadratic in y' is then a multiple of the identity, whatever n; in
 * heights its condition number is about {@code (2n/π)²}, and plain descent crawls.
 *
 * <p>Sources: J. W. Neuberger, <i>Sobolev Gradients and Differential Equations</i> (1997).
 *
 * <p>The graph's parameter is {@code w}, its outputs are {@code J} (scalar, also the loss) and
 * {@code path} {@code [1, n+1]}.
 */
public final class PathModel implements Model {

  /** What the parameters of the path are. */
  public enum Coordinates {
    /** One parameter a height. */
    HEIGHTS,
    /** One parameter a sine wave, scaled to unit energy. */
    MODES
  }

  /** {@code F(x, y, y')} as a graph, at all nodes at once: rows of shape {@code [1, n]}. */
  @FunctionalInterface
  public interface GraphIntegrand {
    /** {@code F(x, y, slope)}, entry by entry. */
    SDVariable at(SDVariable x, SDVariable y, SDVariable slope);
  }

  /** A {@link Chord} as a graph, for all pieces at once: rows of shape {@code [1, n]}. */
  @FunctionalInterface
  public interface GraphChord {
    /** The contribution of each piece from {@code (x0, y0)} to {@code (x1, y1)}. */
    SDVariable cost(SDVariable x0, SDVariable y0, SDVariable x1, SDVariable y1);
  }

  private final Grid grid;
  private final double[] start;
  private final double[][] basis;
  private final Graph graph;

  private PathModel(
      Grid grid, Boundary ends, double[] start, Coordinates coordinates, GraphChord chord) {
    ends.requireStart(grid, start);
    this.grid = grid;
    this.start = start.clone();
    this.basis = basis(grid.cells(), ends, coordinates);
    int n = grid.cells();
    SameDiff sd = SameDiff.create();
    SDVariable w = sd.var("w", Nd4j.zeros(DataType.DOUBLE, 1, basis.length));
    SDVariable x0 = constant(sd, "x0", columns(new double[][] {grid.nodes()}, 0, n));
    SDVariable x1 = constant(sd, "x1", columns(new double[][] {grid.nodes()}, 1, n));
    SDVariable y0 = heights(sd, w, 0, n).rename("y0");
    SDVariable y1 = heights(sd, w, 1, n).rename("y1");
    heights(sd, w, 0, n + 1).rename("path");
    chord.cost(x0, y0, x1, y1).sum("J");
    this.graph = Graph.of(sd, "J");
  }

  /**
   * {@code J[y] = ∫ F dx} by the trapezoidal rule on each cell, as {@link Functional#of} computes
   * it.
   *
   * @param start the path at w = 0, n+1 heights that meet the boundary conditions
   * @throws IllegalArgumentException when the start does not fit the grid or the ends
   */
  public static PathModel of(
      Grid grid, Boundary ends, double[] start, Coordinates coordinates, GraphIntegrand integrand) {
    return new PathModel(
        grid,
        ends,
        start,
        coordinates,
        (x0, y0, x1, y1) -> {
          SDVariable h = x1.sub(x0);
          SDVariable slope = y1.sub(y0).div(h);
          SDVariable both = integrand.at(x0, y0, slope).add(integrand.at(x1, y1, slope));
          return both.mul(h).mul(0.5);
        });
  }

  /** {@code J[y] = Σ cost}, as {@link Functional#ofChords} computes it. */
  public static PathModel ofChords(
      Grid grid, Boundary ends, double[] start, Coordinates coordinates, GraphChord chord) {
    return new PathModel(grid, ends, start, coordinates, chord);
  }

  @Override
  public Graph graph() {
    return graph;
  }

  /** Nothing: the path has no data. */
  @Override
  public Map<String, INDArray> feed(Batch batch) {
    return Map.of();
  }

  /** The grid. */
  public Grid grid() {
    return grid;
  }

  /** The n+1 heights of the path as it is now. */
  public double[] path() {
    double[] w = graph.parameter("w").dup().data().asDouble();
    double[] path = start.clone();
    for (int k = 0; k < basis.length; k++) {
      for (int i = 0; i < path.length; i++) {
        path[i] += w[k] * basis[k][i];
      }
    }
    return path;
  }

  /** {@code start + w B}, the columns {@code from … from + count − 1}: shape {@code [1, count]}. */
  private SDVariable heights(SameDiff sd, SDVariable w, int from, int count) {
    String range = "[" + from + ", " + (from + count) + ")";
    SDVariable base = constant(sd, "start" + range, columns(new double[][] {start}, from, count));
    return base.add(w.mmul(constant(sd, "B" + range, columns(basis, from, count))));
  }

  private static SDVariable constant(SameDiff sd, String name, double[][] values) {
    return sd.constant(name, Nd4j.createFromArray(values));
  }

  private static double[][] columns(double[][] rows, int from, int count) {
    return Arrays.stream(rows)
        .map(row -> Arrays.copyOfRange(row, from, from + count))
        .toArray(double[][]::new);
  }

  /** B, {@code [m, n+1]}. */
  private static double[][] basis(int n, Boundary ends, Coordinates coordinates) {
    int first = ends.first();
    int last = ends.last(n);
    double[][] basis = new double[last - first + 1][n + 1];
    for (int k = 0; k < basis.length; k++) {
      if (coordinates == Coordinates.HEIGHTS) {
        basis[k][first + k] = 1;
      } else {
        wave(n, ends, k, basis[k]);
      }
    }
    return basis;
  }

  /**
   * Mode k of the second difference n·tridiag(−1, 2, −1) with a zero beyond a fixed end and a level
   * end otherwise, divided by the root of its eigenvalue 4n sin²(frequency/2). Between free ends
   * the first mode is the constant, whose eigenvalue is 0; it is taken with height 1.
   */
  private static void wave(int n, Boundary ends, int k, double[] wave) {
    boolean left = ends.left().isPresent();
    boolean right = ends.right().isPresent();
    double frequency;
    if (left && right) {
      frequency = (k + 1) * Math.PI / n;
    } else if (left || right) {
      frequency = (2 * k + 1) * Math.PI / (2 * n + 1);
    } else {
      frequency = k * Math.PI / (n + 1);
    }
    double norm = 0;
    for (int i = 0; i <= n; i++) {
      double phase = right && !left ? n - i : i;
      wave[i] = left || right ? Math.sin(frequency * phase) : Math.cos(frequency * (i + 0.5));
      norm += wave[i] * wave[i];
    }
    double energy = frequency == 0 ? 1.0 / (n + 1) : 4 * n * Math.pow(Math.sin(frequency / 2), 2);
    for (int i = 0; i <= n; i++) {
      wave[i] /= Math.sqrt(norm * energy);
    }
    if (left) {
      wave[0] = 0;
    }
    if (right) {
      wave[n] = 0;
    }
  }
}
