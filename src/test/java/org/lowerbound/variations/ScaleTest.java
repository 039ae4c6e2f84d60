package org.lowerbound.variations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The solvers do not know in which unit a length is measured: every problem with a closed form, in
 * units from 10⁻⁶ to 10⁶ of those it is usually written in, has the same solution in its own unit.
 */
class ScaleTest {
  private static final int N = 200;

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6})
  void lightInALayeredMediumRunsAlongACircle(double s) {
    // Fermat: speed v = 1 + y/s from (0, 0) to (2s, 0). In the half plane above y = −s the time is
    // s times the hyperbolic length: T/s = arcosh(1 + d²/2) with d = 2, the circle about (s, −s) of
    // radius √2 s (Arnold, Mathematical Methods of Classical Mechanics, section 45).
    Grid grid = Grid.uniform(0, 2 * s, N);
    Functional time = Functional.of(grid, (x, y, p) -> Math.sqrt(1 + p * p) / (1 + y / s));
    double[] start = grid.sample(x -> 0.5 * x * (2 - x / s));
    Extremal e = EulerLagrange.solve(time, Boundary.fixed(0, 0), start);
    // The trapezoidal rule's error is O(h²): h = 1/100.
    assertEquals(Math.log(3 + Math.sqrt(8)), e.value() / s, 1e-4, () -> "unit " + s + ": " + e);
    for (int i = 0; i <= N; i++) {
      double x = grid.x(i) / s - 1;
      assertEquals(Math.sqrt(2 - x * x) - 1, e.path()[i] / s, 2e-4, "unit " + s);
    }
    assertTrue(e.determined());
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6})
  void theFastestSlideIsACycloid(double s) {
    // Heights as u² below the start, so that u is in units of √s: time π √(s/g) to (πs, 2s).
    Chord fall =
        (x0, u0, x1, u1) ->
            2 * Math.hypot(x1 - x0, u1 * u1 - u0 * u0) / (Math.sqrt(2 * 9.81) * (u0 + u1));
    Grid grid = Grid.graded(0, Math.PI * s, N, 3);
    double[] start = grid.sample(x -> Math.sqrt(2 * x / Math.PI));
    start[N] = Math.sqrt(2 * s);
    Extremal e =
        EulerLagrange.solve(
            Functional.ofChords(grid, fall), Boundary.fixed(0, Math.sqrt(2 * s)), start);
    assertEquals(Math.PI / Math.sqrt(9.81), e.value() / Math.sqrt(s), 0.5 / N / N);
    assertTrue(e.determined());
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6})
  void theChainIsACatenary(double s) {
    // As in EulerLagrangeTest: 2c sinh(1/c) = 3, λ = c cosh(1/c), all in units of s.
    double c = new BrentSolver(1e-15).solve(200, a -> 2 * a * Math.sinh(1 / a) - 3, 0.3, 2);
    Grid grid = Grid.uniform(-s, s, N);
    Boundary ends = Boundary.fixed(0, 0);
    Functional weight = Functional.of(grid, (x, y, p) -> y * Math.sqrt(1 + p * p));
    double[] start = grid.sample(x -> x * x / s - s);
    Extremal e = EulerLagrange.solve(weight, ends, start, Constraint.length(grid, ends, 3 * s));
    assertEquals(c * Math.cosh(1 / c), e.multipliers()[0] / s, 1e-3);
    for (int i = 0; i <= N; i++) {
      double expected = c * Math.cosh(grid.x(i) / s / c) - c * Math.cosh(1 / c);
      assertEquals(expected, e.path()[i] / s, 1e-3);
    }
    assertTrue(e.determined());
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6})
  void theSoapFilmIsACatenoid(double s) {
    double wide = new BrentSolver(1e-15).solve(200, a -> a * Math.cosh(0.5 / a) - 1, 0.5, 1);
    Grid grid = Grid.uniform(-0.5 * s, 0.5 * s, N);
    Functional film = Functional.of(grid, (x, y, p) -> y * Math.sqrt(1 + p * p));
    Extremal e = EulerLagrange.solve(film, Boundary.fixed(s, s), grid.line(s, s));
    assertEquals(wide, e.path()[N / 2] / s, 1e-4);
    assertTrue(e.determined());
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1e-4, 1e-2, 1, 1e2})
  void smallHeightsOverAnIntervalOfOne(double s) {
    // Here the slopes are in units of s too, and F varies on the scale of 1 all the same: the line.
    // (Steeper than that the length is |slope| to eight digits: the rest is rounding.)
    Grid grid = Grid.uniform(0, 1, N);
    double[] start = grid.sample(x -> s * (x + 0.2 * Math.sin(Math.PI * x)));
    start[N] = s;
    Extremal e =
        EulerLagrange.solve(
            Functional.of(grid, Integrand.arcLength()), Boundary.fixed(0, s), start);
    assertEquals(Math.hypot(1, s), e.value(), 1e-12 * Math.hypot(1, s));
    for (int i = 0; i <= N; i++) {
      assertEquals(grid.x(i), e.path()[i] / s, 1e-7);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1e-3, 1, 1e3, 1e6})
  void theConditionOfAnOscillatorGrowsTowardsTheConjugatePoint(double s) {
    // ∫ ½y'² − ½ω²y² from 0 to s after T: y = s sin(ωt)/sin(ωT). On sines the second variation is
    // (kπ/T)² − ω², with the absolute values of its parts (kπ/T)² + ω²: for k = 1 their quotient is
    // (1 + r²)/|1 − r²| with r = ωT/π, which is 1 to 3, then beyond all bounds.
    for (double r : new double[] {0.1, 0.5, 0.7}) {
      Extremal e = oscillate(r, s);
      assertEquals((1 + r * r) / (1 - r * r), e.condition(), 0.02 * e.condition());
      assertTrue(e.determined());
      for (int i = 0; i <= N; i++) {
        double exact = Math.sin(Math.PI * r * i / N) / Math.sin(Math.PI * r);
        assertEquals(exact, e.path()[i] / s, 1e-4);
      }
      assertFalse(e.toString().contains("conditioned"));
    }
    // Beyond the first conjugate point the path is a saddle, and well determined.
    Extremal beyond = oscillate(1.5, s);
    assertTrue(beyond.determined());
    // At it there is no path from 0 to s, whatever a grid says.
    Extremal at = oscillate(1, s);
    assertTrue(at.condition() > 1e4, at.toString());
    assertFalse(at.determined());
    assertTrue(at.toString().contains("do not determine the path"), at.toString());
  }

  private static Extremal oscillate(double r, double s) {
    Grid time = Grid.uniform(0, r * Math.PI / 3, N); // ω = 3
    Functional action = Functional.of(time, (t, y, v) -> v * v / 2 - 9 * y * y / 2);
    return EulerLagrange.solve(action, Boundary.fixed(0, s), time.line(0, s));
  }

  @Test
  void theConditionDoesNotDependOnTheGrid() {
    double[] conditions = new double[3];
    for (int k = 0; k < 3; k++) {
      int n = 50 << 2 * k;
      Grid grid = Grid.uniform(-0.5, 0.5, n);
      Functional film = Functional.of(grid, (x, y, p) -> y * Math.sqrt(1 + p * p));
      conditions[k] = EulerLagrange.solve(film, Boundary.fixed(1, 1), grid.line(1, 1)).condition();
    }
    assertEquals(conditions[0], conditions[1], 0.02 * conditions[0]);
    assertEquals(conditions[1], conditions[2], 0.02 * conditions[0]);
    assertTrue(conditions[2] > 1 && conditions[2] < 10, "condition " + conditions[2]);
  }

  @Test
  void anEndIsMetToRoundingInItsOwnUnit() {
    Grid grid = Grid.uniform(0, 1e-9, 10);
    Functional length = Functional.of(grid, Integrand.arcLength());
    double[] start = grid.line(0, 2e-9);
    IllegalArgumentException e =
        org.junit.jupiter.api.Assertions.assertThrows(
            IllegalArgumentException.class,
            () -> EulerLagrange.solve(length, Boundary.fixed(0, 1e-9), start));
    assertTrue(e.getMessage().contains("ends at height 2.0E-9"), e.getMessage());
  }
}
