/**
 * Maximum entropy: of all distributions that satisfy what is known, take the one that says least
 * beyond it. Chapter 02.
 *
 * <p>{@link org.lowerbound.entropy.Information} holds the quantities (information content, entropy,
 * Kullback-Leibler divergence). {@link org.lowerbound.entropy.Outcomes} is a finite or discretised
 * set of outcomes with its reference measure. {@link org.lowerbound.entropy.MaximumEntropy} states
 * a problem, the convex dual of that problem, and solves it; {@link
 * org.lowerbound.entropy.GibbsDistribution} is the answer. {@link
 * org.lowerbound.entropy.MaxEntClassifier} is the conditional problem, which is multinomial
 * logistic regression seen from the other side, and {@link
 * org.lowerbound.entropy.SoftmaxRegression} is the same model as a graph for the trainer. {@link
 * org.lowerbound.entropy.Minimiser} holds the three solvers, which know nothing of entropy.
 *
 * <p>All but the graph is plain double arithmetic, with natural logarithms: entropies are in nats.
 */
package org.lowerbound.entropy;
