package org.lowerbound.variations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.apache.commons.math3.ode.FirstOrderDifferentialEquations;
import org.apache.commons.math3.ode.nonstiff.DormandPrince853Integrator;
import org.junit.jupiter.api.Test;

/** Stationary paths against closed forms and against an independent integrator. */
class EulerLagrangeTest {
  private static final double G = 9.81;
  private static final Integrand FILM = (x, y, s) -> y * Math.sqrt(1 + s * s);

  /** The exact time down a straight wire, the height written as u² below the start. */
  private static final Chord FALL =
      (x0, u0, x1, u1) ->
          2 * Math.hypot(x1 - x0, u1 * u1 - u0 * u0) / (Math.sqrt(2 * G) * (u0 + u1));

  @Test
  void shortestPathIsTheLine() {
    Grid grid = Grid.uniform(0, 2, 40);
    Functional j = Functional.of(grid, Integrand.arcLength());
    double[] start = grid.sample(x -> 1 + x + 0.8 * Math.sin(3 * Math.PI * x / 2));
    start[40] = 3;
    Extremal e = EulerLagrange.solve(j, Boundary.fixed(1, 3), start);
    assertArrayEquals(grid.line(1, 3), e.path(), 1e-10);
    assertEquals(Math.sqrt(8), e.value(), 1e-12);
    assertEquals(1, e.trail().get(0)[0], 0);
  }

  @Test
  void brachistochroneIsTheCycloidToSecondOrder() {
    // Cycloid x = θ − sin θ, y = 1 − cos θ to (π, 2): time π/√g (Gelfand and Fomin, section 4).
    double[] steps = new double[3];
    double[] errors = new double[3];
    for (int k = 0; k < 3; k++) {
      int n = 50 << k;
      Grid grid = Grid.graded(0, Math.PI, n, 3);
      double[] start = grid.sample(x -> Math.sqrt(2 * x / Math.PI));
      Extremal e =
          EulerLagrange.solve(
              Functional.ofChords(grid, FALL), Boundary.fixed(0, Math.sqrt(2)), start);
      steps[k] = 1.0 / n;
      errors[k] = 0;
      for (int i = 0; i <= n; i++) {
        double u = e.path()[i];
        errors[k] = Math.max(errors[k], Math.abs(u * u - cycloid(grid.x(i))));
      }
      // A polygon is a wire like any other, so it is slower than the cycloid.
      assertTrue(e.value() > Math.PI / Math.sqrt(G));
      assertEquals(Math.PI / Math.sqrt(G), e.value(), 0.5 / n / n);
    }
    assertEquals(2, Convergence.order(steps, errors), 0.1);
    assertTrue(errors[2] < 2e-4, "error " + errors[2]);
  }

  private static double cycloid(double x) {
    if (x == 0) {
      return 0;
    }
    double theta = new BrentSolver(1e-14).solve(200, t -> t - Math.sin(t) - x, 0, Math.PI + 1e-9);
    return 1 - Math.cos(theta);
  }

  @Test
  void freeEndIsReachedAtARightAngle() {
    // Natural boundary: fastest way to the wall x = π is the half cycloid that ends level at y = 2.
    Grid grid = Grid.graded(0, Math.PI, 200, 3);
    double[] start = grid.sample(x -> Math.sqrt(x / Math.PI));
    Extremal e = EulerLagrange.solve(Functional.ofChords(grid, FALL), Boundary.rightFree(0), start);
    assertEquals(2, Math.pow(e.path()[200], 2), 1e-3);
    assertEquals(Math.PI / Math.sqrt(G), e.value(), 1e-4);
    // A quadratic functional: ∫ ½y'² + y, y(0) = 0, right end free: y = x²/2 − x, exact at nodes.
    Grid unit = Grid.uniform(0, 1, 20);
    Extremal sag =
        EulerLagrange.solve(
            Functional.of(unit, (x, y, s) -> s * s / 2 + y), Boundary.rightFree(0), new double[21]);
    assertArrayEquals(unit.sample(x -> x * x / 2 - x), sag.path(), 1e-10);
    Extremal mirrored =
        EulerLagrange.solve(
            Functional.of(unit, (x, y, s) -> s * s / 2 + y), Boundary.leftFree(0), new double[21]);
    assertArrayEquals(unit.sample(x -> x * x / 2 - 0.5), mirrored.path(), 1e-10);
    Extremal level =
        EulerLagrange.solve(
            Functional.of(unit, (x, y, s) -> s * s / 2 + (y - 3) * (y - 3)),
            Boundary.free(),
            new double[21]);
    assertArrayEquals(unit.line(3, 3), level.path(), 1e-10);
  }

  @Test
  void hangingChainAndItsMultiplier() {
    // y = c cosh(x/c) − λ with 2c sinh(1/c) = 3, λ = c cosh(1/c); the price dJ/dlength = −λ.
    double c = new BrentSolver(1e-15).solve(200, a -> 2 * a * Math.sinh(1 / a) - 3, 0.3, 2);
    double lambda = c * Math.cosh(1 / c);
    Grid grid = Grid.uniform(-1, 1, 200);
    Boundary ends = Boundary.fixed(0, 0);
    Chord weight = (x0, y0, x1, y1) -> (y0 + y1) / 2 * Math.hypot(x1 - x0, y1 - y0);
    Functional j = Functional.ofChords(grid, weight);
    double[] start = grid.sample(x -> x * x - 1);
    Extremal e = EulerLagrange.solve(j, ends, start, Constraint.length(grid, ends, 3));
    assertEquals(lambda, e.multipliers()[0], 1e-3); // O(h²), h = 0.01
    for (int i = 0; i <= 200; i++) {
      assertEquals(c * Math.cosh(grid.x(i) / c) - lambda, e.path()[i], 1e-3);
    }
    double d = 1e-3;
    double more = EulerLagrange.solve(j, ends, start, Constraint.length(grid, ends, 3 + d)).value();
    double less = EulerLagrange.solve(j, ends, start, Constraint.length(grid, ends, 3 - d)).value();
    assertEquals(-e.multipliers()[0], (more - less) / (2 * d), 1e-6);
    // Beltrami of (y + λ)√(1 + y'²) is −c along the chain.
    Integrand shifted = (x, y, s) -> (y + e.multipliers()[0]) * Math.sqrt(1 + s * s);
    for (double b : EulerLagrange.beltrami(grid, shifted, e.path())) {
      assertEquals(-c, b, 1e-3);
    }
  }

  @Test
  void soapFilmHasAMinimumAndASaddle() {
    // y = c cosh(x/c), y(±½) = 1: two roots c; the thin film is a saddle.
    double wide = new BrentSolver(1e-15).solve(200, a -> a * Math.cosh(0.5 / a) - 1, 0.5, 1);
    double thin = new BrentSolver(1e-15).solve(200, a -> a * Math.cosh(0.5 / a) - 1, 0.1, 0.4);
    Grid grid = Grid.uniform(-0.5, 0.5, 200);
    Functional j = Functional.of(grid, FILM);
    Boundary ends = Boundary.fixed(1, 1);
    Extremal low = EulerLagrange.solve(j, ends, grid.line(1, 1));
    double[] near = grid.sample(x -> thin * Math.cosh(x / thin) * 1.0 + 0.02 * (0.25 - x * x));
    near[0] = 1;
    near[200] = 1;
    Extremal high = EulerLagrange.solve(j, ends, near);
    assertEquals(wide, low.path()[100], 1e-4);
    assertEquals(thin, high.path()[100], 1e-3);
    assertTrue(low.value() < high.value());
    assertEquals(0, j.curvature(low.path(), ends).eigenvaluesBelow(0));
    assertEquals(1, j.curvature(high.path(), ends).eigenvaluesBelow(0));
  }

  @Test
  void agreesWithARungeKuttaSolutionOfTheSameEquation() {
    // ∫ ½y'² + cosh y: y'' = sinh y. Dormand–Prince from the left end with the slope found by
    // shooting is independent of the grid; the difference is O(h²) = 1e-5 at h = 1/200.
    Grid grid = Grid.uniform(0, 1, 200);
    Functional j = Functional.of(grid, (x, y, s) -> s * s / 2 + Math.cosh(y));
    Extremal e = EulerLagrange.solve(j, Boundary.fixed(1, 0.5), grid.line(1, 0.5));
    double slope = new BrentSolver(1e-12).solve(200, s -> shoot(s, 1) - 0.5, -5, 5);
    for (int i = 1; i <= 200; i++) {
      assertEquals(shoot(slope, grid.x(i)), e.path()[i], 1e-5);
    }
  }

  private static double shoot(double slope, double to) {
    FirstOrderDifferentialEquations equation =
        new FirstOrderDifferentialEquations() {
          @Override
          public int getDimension() {
            return 2;
          }

          @Override
          public void computeDerivatives(double t, double[] y, double[] yDot) {
            yDot[0] = y[1];
            yDot[1] = Math.sinh(y[0]);
          }
        };
    double[] state = {1, slope};
    new DormandPrince853Integrator(1e-8, 1, 1e-11, 1e-11).integrate(equation, 0, state, to, state);
    return state[0];
  }

  @Test
  void entropyGivesTheUniformAndTheNormalDensity() {
    Integrand minusEntropy =
        Integrand.pointwise((x, p) -> p * Math.log(p), (x, p) -> Math.log(p) + 1, (x, p) -> 1 / p);
    Grid interval = Grid.uniform(2, 5, 60);
    double[] tent = interval.sample(x -> 0.1 + 0.4 * (1.5 - Math.abs(x - 3.5)));
    Extremal flat =
        EulerLagrange.solve(
            Functional.of(interval, minusEntropy),
            Boundary.free(),
            tent,
            Constraint.of("mass", Functional.of(interval, Integrand.linear(x -> 1)), 1));
    assertArrayEquals(interval.line(1.0 / 3, 1.0 / 3), flat.path(), 1e-10);
    assertEquals(-Math.log(3), flat.value(), 1e-10);
    assertEquals(Math.log(3) - 1, flat.multipliers()[0], 1e-10);

    Grid line = Grid.uniform(-8, 8, 320);
    Extremal bell =
        EulerLagrange.solve(
            Functional.of(line, minusEntropy),
            Boundary.free(),
            line.line(1.0 / 16, 1.0 / 16),
            Constraint.of("mass", Functional.of(line, Integrand.linear(x -> 1)), 1),
            Constraint.of("mean", Functional.of(line, Integrand.linear(x -> x)), 0.5),
            Constraint.of("square", Functional.of(line, Integrand.linear(x -> x * x)), 1.25));
    // N(0.5, 1): the trapezoidal rule is exact to 1e-12 on it and the tails beyond ±7.5σ hold
    // 1e-13.
    for (int i = 0; i <= 320; i++) {
      double z = line.x(i) - 0.5;
      assertEquals(Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI), bell.path()[i], 1e-9);
    }
    assertEquals(0.5, bell.multipliers()[2], 1e-8); // 1/(2σ²)
    assertEquals(-0.5 * Math.log(2 * Math.PI * Math.E), bell.value(), 1e-9);
  }

  @Test
  void badInputIsNamed() {
    Grid grid = Grid.uniform(0, 1, 20);
    Functional length = Functional.of(grid, Integrand.arcLength());
    Boundary ends = Boundary.fixed(0, 1);
    assertMessage(
        "ends at height 2.0 but the boundary condition is y(1.0) = 1.0",
        () -> EulerLagrange.solve(length, ends, grid.line(0, 2)));
    assertMessage("already 1.414", () -> Constraint.length(grid, ends, 1.2));
    assertMessage("is the straight line", () -> Constraint.length(grid, ends, Math.sqrt(2)));
    assertMessage("asks for NaN", () -> Constraint.of("area", length, Double.NaN));
    assertMessage("fixed at Infinity", () -> Boundary.fixed(0, Double.POSITIVE_INFINITY));
    assertMessage(
        "on another grid",
        () ->
            EulerLagrange.solve(
                length,
                ends,
                grid.line(0, 1),
                Constraint.of(
                    "area", Functional.of(Grid.uniform(0, 1, 5), Integrand.linear(x -> 1)), 1)));
    // The straight line has a length whose gradient is zero there: no multiplier to start from.
    assertMessage(
        "its gradient is 0",
        () ->
            EulerLagrange.solve(
                Functional.of(grid, Integrand.linear(x -> 1)),
                Boundary.fixed(0, 0),
                grid.line(0, 0),
                Constraint.length(grid, Boundary.fixed(0, 0), 2)));
    assertMessage(
        "The start path will not do",
        () ->
            EulerLagrange.solve(
                Functional.of(grid, (x, y, s) -> s * s / Math.log(y)), ends, grid.line(0, 1)));
    Functional area = Functional.of(grid, Integrand.linear(x -> 1));
    assertMessage(
        "not independent",
        () ->
            EulerLagrange.solve(
                Functional.of(grid, (x, y, s) -> s * s),
                Boundary.fixed(0, 0),
                grid.line(0, 0),
                Constraint.of("area", area, 1),
                Constraint.of("twice", area, 2)));
    // Rings further apart than 2 · 0.6627 carry no soap film.
    Grid wide = Grid.uniform(-0.8, 0.8, 100);
    IllegalStateException none =
        assertThrows(
            IllegalStateException.class,
            () ->
                EulerLagrange.solve(
                    Functional.of(wide, FILM), Boundary.fixed(1, 1), wide.line(1, 1)));
    assertTrue(none.getMessage().contains("No stationary path was found"), none.getMessage());
  }

  private static void assertMessage(String part, Runnable run) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, run::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
