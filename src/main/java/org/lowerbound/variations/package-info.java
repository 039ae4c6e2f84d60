/**
 * Chapter 01: the calculus of variations on a grid.
 *
 * <p>A functional {@code J[y] = ∫ F(x, y, y') dx} becomes a function of the n+1 heights of a
 * polygon over a {@link org.lowerbound.variations.Grid}. Everything of the theory then has a finite
 * counterpart that can be computed and compared with it:
 *
 * <ul>
 *   <li>{@link org.lowerbound.variations.Functional} is {@code J}; its gradient divided by the step
 *       is the functional derivative, its {@link org.lowerbound.variations.Tridiagonal} Hessian the
 *       second variation;
 *   <li>{@link org.lowerbound.variations.EulerLagrange} holds the Euler–Lagrange expression,
 *       Beltrami's first integral and a Newton solver for stationary paths, with integral {@link
 *       org.lowerbound.variations.Constraint constraints} and their multipliers and with fixed or
 *       natural {@link org.lowerbound.variations.Boundary} conditions;
 *   <li>{@link org.lowerbound.variations.PathModel} is a path whose heights are the parameters of a
 *       SameDiff graph, trained by gradient descent.
 * </ul>
 *
 * <p>Notation: x is the argument, y(x) the path, y' its slope, η(x) a variation, h the step of the
 * grid, λ the multipliers. Sources: I. M. Gelfand, S. V. Fomin, <i>Calculus of Variations</i>
 * (1963); B. Keng, <i>The Calculus of Variations</i> (2017), two formulae of which the chapter
 * corrects.
 */
package org.lowerbound.variations;
