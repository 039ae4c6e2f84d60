/**
 * Chapter 07: the masked autoencoder for distribution estimation, MADE (Germain, Gregor, Murray and
 * Larochelle 2015).
 *
 * <p>{@link org.lowerbound.made.Ordering} and {@link org.lowerbound.made.Masks} are the idea: which
 * weights must be zero so that output d sees only the variables before d. {@link
 * org.lowerbound.made.Made} is the network that uses them, with the exact log-likelihood, mask
 * ensembles and sampling; {@link org.lowerbound.made.AllStates} enumerates every input of a small
 * model, so that "the probabilities sum to one" is a computation.
 */
package org.lowerbound.made;
