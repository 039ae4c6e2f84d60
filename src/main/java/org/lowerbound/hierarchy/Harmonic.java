package org.lowerbound.hierarchy;

import java.util.Arrays;
import org.lowerbound.data.Examples;
import org.lowerbound.numerics.Cholesky;
import org.lowerbound.numerics.StopButton;
import org.lowerbound.vae.Bits;
import org.lowerbound.vae.Likelihood;
import org.lowerbound.vae.Scale;

/**
 * Harmonic inpainting: the square takes the values of a membrane that is fastened at the border, 4
 * u(i) = Σ u(neighbours of i) for every pixel i of the square, channel by channel. It is the
 * diffusion of the border's colours into the square, run to its end, and the least of all ½ Σ (u(i)
 * − u(j))² over neighbours (chapter 01's Dirichlet integral on a grid).
 *
 * <p>As the equations are linear the answer is a matrix times the border, computed once. For
 * probabilities the fill becomes the centre of a discretised logistic with 256 levels, whose scale
 * depends on the depth in the square and is fitted to training pictures, {@link #fit}.
 */
public final class Harmonic {

  /** Training pictures that the scales are fitted to at most. */
  private static final int FITTED_ON = 400;

  private static final Likelihood LAW = Likelihood.discretisedLogistic(Scale.fixed(1), 256);

  private final Hole hole;
  private final double[][] weights;
  private final double[] scales;

  private Harmonic(Hole hole, double[][] weights, double[] scales) {
    this.hole = hole;
    this.weights = weights;
    this.scales = scales;
  }

  /** Solves the equations for every pixel of the border that touches the square. */
  public static Harmonic of(Hole hole) {
    int n = hole.inner();
    int side = hole.side();
    double[][] laplacian = new double[n * n][n * n];
    double[][] sources = new double[side * side][];
    for (int y = 0; y < n; y++) {
      for (int x = 0; x < n; x++) {
        int i = y * n + x;
        laplacian[i][i] = 4;
        int[][] neighbours = {{y - 1, x}, {y + 1, x}, {y, x - 1}, {y, x + 1}};
        for (int[] at : neighbours) {
          if (at[0] >= 0 && at[0] < n && at[1] >= 0 && at[1] < n) {
            laplacian[i][at[0] * n + at[1]] = -1;
          } else {
            int outside = (at[0] + hole.margin()) * side + at[1] + hole.margin();
            sources[outside] = sources[outside] == null ? new double[n * n] : sources[outside];
            sources[outside][i] += 1;
          }
        }
      }
    }
    Cholesky factor = Cholesky.of("the Laplacian of the square", laplacian);
    double[][] weights = new double[n * n][side * side];
    for (int b = 0; b < sources.length; b++) {
      if (sources[b] != null) {
        double[] column = factor.solve(sources[b]);
        for (int i = 0; i < column.length; i++) {
          weights[i][b] = column[i];
        }
      }
    }
    return new Harmonic(hole, weights, null);
  }

  /** The square and its picture. */
  public Hole hole() {
    return hole;
  }

  /**
   * The matrix: what each pixel of the picture contributes to each pixel of the square, {@code
   * [inner²][side²]}; rows sum to 1, and only the border's innermost ring has weights.
   */
  public double[][] weights() {
    return weights;
  }

  /**
   * The square that the border of a picture implies; its own square is not read.
   *
   * @param picture {@code [3·side²]}
   * @return {@code [3·inner²]}
   */
  public float[] fill(float[] picture) {
    int area = hole.inner() * hole.inner();
    int plane = hole.side() * hole.side();
    hole.cut(picture);
    float[] square = new float[hole.features()];
    for (int c = 0; c < Hole.CHANNELS; c++) {
      for (int i = 0; i < area; i++) {
        double sum = 0;
        for (int b = 0; b < plane; b++) {
          // Zeros are most of the row, and the square itself may hold anything.
          if (weights[i][b] != 0) {
            sum += weights[i][b] * picture[c * plane + b];
          }
        }
        square[c * area + i] = (float) sum;
      }
    }
    return square;
  }

  /** The squares of several pictures. */
  public float[][] fill(float[][] pictures) {
    float[][] squares = new float[pictures.length][];
    for (int i = 0; i < squares.length; i++) {
      StopButton.poll();
      squares[i] = fill(pictures[i]);
    }
    return squares;
  }

  /**
   * A copy whose laws have scales of greatest likelihood, one for each depth.
   *
   * @param train pictures; the first 400 are used
   */
  public Harmonic fit(Examples train) {
    float[][] rows = train.rows(0, Math.min(FITTED_ON, train.size()));
    float[][] fills = fill(rows);
    float[][] squares = hole.cut(rows);
    double[] fitted = new double[hole.depth(hole.inner() / 2 * (hole.inner() + 1)) + 1];
    for (int depth = 1; depth < fitted.length; depth++) {
      StopButton.poll();
      // The log-likelihood has one peak in log s: golden section, from a tenth of a level to 1.
      double low = Math.log(4e-4);
      double high = 0;
      double ratio = (Math.sqrt(5) - 1) / 2;
      for (int step = 0; step < 24; step++) {
        double left = high - ratio * (high - low);
        double right = low + ratio * (high - low);
        if (nats(squares, fills, depth, Math.exp(left))
            > nats(squares, fills, depth, Math.exp(right))) {
          high = right;
        } else {
          low = left;
        }
      }
      fitted[depth] = Math.exp((low + high) / 2);
    }
    return new Harmonic(hole, weights, fitted);
  }

  private double nats(float[][] squares, float[][] fills, int depth, double scale) {
    double sum = 0;
    for (int r = 0; r < squares.length; r++) {
      for (int i = 0; i < hole.features(); i++) {
        if (hole.depth(i) == depth) {
          sum += LAW.logProbability(squares[r][i], fills[r][i], scale);
        }
      }
    }
    return sum;
  }

  /** The fitted scales by depth, in the units of a picture; entry 0 is not used. */
  public double[] scales() {
    if (scales == null) {
      throw new IllegalStateException("These fills have no scales yet: call fit(train).");
    }
    return scales.clone();
  }

  /**
   * log p(square | border) of each picture, in nats.
   *
   * @param pictures {@code [rows][3·side²]}
   */
  public double[] logProbability(float[][] pictures) {
    double[] scale = scales();
    float[][] fills = fill(pictures);
    double[] nats = new double[pictures.length];
    for (int r = 0; r < nats.length; r++) {
      float[] square = hole.cut(pictures[r]);
      for (int i = 0; i < square.length; i++) {
        nats[r] += LAW.logProbability(square[i], fills[r][i], scale[hole.depth(i)]);
      }
    }
    return nats;
  }

  /** The mean over the pictures of {@link #logProbability}, in bits per number of the square. */
  public double bits(float[][] pictures) {
    double mean = Arrays.stream(logProbability(pictures)).average().orElse(Double.NaN);
    return Bits.perDimension(mean, hole.features());
  }

  /** The mean squared error of the fills, in units of a picture squared. */
  public double squaredError(float[][] pictures) {
    return squaredError(hole.cut(pictures), fill(pictures));
  }

  /** The mean of (a − b)² over all numbers of two sets of squares. */
  public static double squaredError(float[][] a, float[][] b) {
    double sum = 0;
    long count = 0;
    for (int r = 0; r < a.length; r++) {
      for (int i = 0; i < a[r].length; i++) {
        sum += (a[r][i] - b[r][i]) * (a[r][i] - b[r][i]);
        count++;
      }
    }
    return sum / count;
  }
}
