/**
 * Chapter 04: the variational autoencoder (Kingma and Welling 2014).
 *
 * <p>A latent variable z ~ N(0, I) is turned into data by a decoder, p(x | z); an encoder gives the
 * approximate posterior q(z | x) = N(μ(x), diag σ²(x)); both are trained on the lower bound
 *
 * <p>log p(x) ≥ E_q[log p(x | z)] − KL(q(z | x) ‖ p(z)),
 *
 * <p>whose gap is KL(q(z | x) ‖ p(z | x)). {@link org.lowerbound.vae.Vae} is the model; {@link
 * org.lowerbound.vae.Likelihood}, {@link org.lowerbound.vae.VaeShape} and {@link
 * org.lowerbound.vae.Objective} say which. All logarithms are natural: bounds are in nats.
 */
package org.lowerbound.vae;
