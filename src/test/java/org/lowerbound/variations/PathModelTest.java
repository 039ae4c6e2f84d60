package org.lowerbound.variations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.train.TrainingDiverged;
import org.lowerbound.variations.PathModel.Coordinates;
import org.nd4j.autodiff.samediff.SDVariable;

/** The trained path against the plain-Java functional. */
class PathModelTest {
  private static final PathModel.GraphIntegrand LENGTH = (x, y, s) -> s.mul(s).add(1.0).pow(0.5);

  private static final PathModel.GraphIntegrand MIXED =
      (x, y, s) -> y.mul(y).mul(x).add(s.mul(s).mul(y));

  private static final Integrand MIXED_PLAIN = (x, y, s) -> y * y * x + s * s * y;

  @Test
  void valueAndGradientEqualThoseOfTheFunctional() {
    Grid grid = Grid.graded(0, 2, 9, 2);
    double[] start = grid.sample(x -> 1 + x * x);
    Functional j = Functional.of(grid, MIXED_PLAIN);
    double[] gradient = j.gradient(start);
    Boundary[] all = {
      Boundary.fixed(1, 5), Boundary.rightFree(1), Boundary.leftFree(5), Boundary.free()
    };
    for (Boundary ends : all) {
      PathModel heights = PathModel.of(grid, ends, start, Coordinates.HEIGHTS, MIXED);
      double value = Trainer.evaluate(heights, Map.of(), "J").get("J").getDouble(0);
      assertEquals(j.at(start), value, 1e-12);
      double[] byHeight = Trainer.gradients(heights, Map.of()).get("w").toDoubleVector();
      for (int i = 0; i < byHeight.length; i++) {
        // Both are exact up to rounding; the plain one differs by its five-point formula, 1e-11.
        assertEquals(gradient[ends.first() + i], byHeight[i], 1e-9);
      }
      PathModel modes = PathModel.of(grid, ends, start, Coordinates.MODES, MIXED);
      double[] byMode = Trainer.gradients(modes, Map.of()).get("w").toDoubleVector();
      for (int k = 0; k < byMode.length; k++) {
        modes.graph().parameter("w").assign(0).putScalar(k, 1);
        double[] wave = modes.path();
        double expected = 0;
        for (int i = 0; i < wave.length; i++) {
          expected += gradient[i] * (wave[i] - start[i]);
        }
        assertEquals(expected, byMode[k], 1e-9);
      }
    }
  }

  @Test
  void modesHaveUnitEnergyAndAreOrthogonal() {
    // ∫ (dη/dt)² dt on t = i/n: n Σ (η_(i+1) − η_i)², so that B Bᵀ inverts the second difference.
    int n = 7;
    Grid grid = Grid.uniform(0, 1, n);
    for (Boundary ends :
        new Boundary[] {
          Boundary.fixed(0, 0), Boundary.rightFree(0), Boundary.leftFree(0), Boundary.free()
        }) {
      PathModel m = PathModel.of(grid, ends, grid.line(0, 0), Coordinates.MODES, LENGTH);
      int size = (int) m.graph().parameterCount();
      double[][] waves = new double[size][];
      for (int k = 0; k < size; k++) {
        m.graph().parameter("w").assign(0).putScalar(k, 1);
        waves[k] = m.path();
      }
      for (int k = 0; k < size; k++) {
        for (int l = 0; l < size; l++) {
          double energy = 0;
          for (int i = 0; i < n; i++) {
            energy += n * (waves[k][i + 1] - waves[k][i]) * (waves[l][i + 1] - waves[l][i]);
          }
          boolean constant = ends.equals(Boundary.free()) && k == 0;
          assertEquals(k == l && !constant ? 1 : 0, energy, 1e-12);
        }
      }
    }
  }

  @Test
  void trainingFindsTheLineInModesAndNotYetInHeights() {
    Grid grid = Grid.uniform(0, 1, 60);
    Boundary ends = Boundary.fixed(0, 1);
    double[] start = grid.sample(x -> x + 4 * x * (1 - x) * Math.cos(9 * x));
    start[60] = 1;
    PathModel modes = PathModel.of(grid, ends, start, Coordinates.MODES, LENGTH);
    Trainer.minimise(modes, Training.steps(300).learningRate(0.1).quiet());
    assertArrayEquals(grid.line(0, 1), modes.path(), 1e-6);
    PathModel heights = PathModel.of(grid, ends, start, Coordinates.HEIGHTS, LENGTH);
    Trainer.minimise(heights, Training.steps(300).learningRate(0.01).quiet());
    double worst = 0;
    for (int i = 0; i <= 60; i++) {
      worst = Math.max(worst, Math.abs(heights.path()[i] - grid.x(i)));
    }
    assertTrue(worst > 1e-4, "heights are ill-conditioned, yet the error is " + worst);
  }

  @Test
  void trainedSlideEqualsNewtonsSlide() {
    Grid grid = Grid.graded(0, Math.PI, 40, 3);
    double[] start = grid.sample(x -> Math.sqrt(2 * x / Math.PI));
    Boundary ends = Boundary.fixed(0, Math.sqrt(2));
    PathModel model =
        PathModel.ofChords(
            grid,
            ends,
            start,
            Coordinates.MODES,
            (x0, u0, x1, u1) -> {
              SDVariable dx = x1.sub(x0);
              SDVariable dy = u1.mul(u1).sub(u0.mul(u0));
              return dx.mul(dx).add(dy.mul(dy)).pow(0.5).div(u0.add(u1));
            });
    Trainer.minimise(model, Training.steps(800).learningRate(0.1).quiet());
    Functional j =
        Functional.ofChords(
            grid, (x0, u0, x1, u1) -> Math.hypot(x1 - x0, u1 * u1 - u0 * u0) / (u0 + u1));
    assertArrayEquals(EulerLagrange.solve(j, ends, start).path(), model.path(), 1e-5);
  }

  @Test
  void badInputIsNamed() {
    Grid grid = Grid.uniform(0, 1, 10);
    IllegalArgumentException ends =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                PathModel.of(
                    grid, Boundary.fixed(0, 1), grid.line(0, 2), Coordinates.MODES, LENGTH));
    assertTrue(ends.getMessage().contains("boundary condition"), ends.getMessage());
    PathModel root =
        PathModel.of(
            grid,
            Boundary.fixed(0, 1),
            grid.line(0, 1),
            Coordinates.MODES,
            (x, y, s) -> y.sub(0.5).pow(0.5));
    TrainingDiverged nan =
        assertThrows(
            TrainingDiverged.class, () -> Trainer.minimise(root, Training.steps(5).quiet()));
    assertTrue(nan.getMessage().contains("J"), nan.getMessage());
  }
}
