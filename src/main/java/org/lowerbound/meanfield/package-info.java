/**
 * Mean-field variational Bayes (chapter 03): the best factorised approximation {@code q(θ) = Π_j
 * q_j(θ_j)} of a posterior {@code p(θ | x)}, found by coordinate ascent on the lower bound
 *
 * <pre>  L(q) = E_q[log p(x, θ)] − E_q[log q(θ)] = log p(x) − KL(q ‖ p(θ | x)).</pre>
 *
 * <p>Four examples, each beside an answer that is not approximate:
 *
 * <ul>
 *   <li>{@link org.lowerbound.meanfield.Gaussians}: a correlated normal distribution and its two
 *       best factorisations, one for each direction of the KL divergence;
 *   <li>{@link org.lowerbound.meanfield.GridFactors}: factors of no assumed family, held on a grid;
 *   <li>{@link org.lowerbound.meanfield.NormalGammaFactors}: the normal distribution with unknown
 *       mean and precision, against the exact {@link org.lowerbound.meanfield.NormalGamma}
 *       posterior;
 *   <li>{@link org.lowerbound.meanfield.VariationalMixture}: the Bayesian Gaussian mixture, against
 *       a sampler ({@link org.lowerbound.meanfield.GibbsMixture}) and, for a few rows, against the
 *       sum over all assignments ({@link org.lowerbound.meanfield.EnumeratedMixture}).
 * </ul>
 *
 * <p>All logarithms are natural: bounds and evidences are in nats. Everything is plain {@code
 * double} arithmetic; nothing here is a neural network.
 */
package org.lowerbound.meanfield;
