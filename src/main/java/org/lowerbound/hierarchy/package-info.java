/**
 * Chapter 11: hierarchies of latent variables, for inpainting and as diffusion models.
 *
 * <p>A hierarchy of L levels explains x, given a context b (here the border of a picture), by
 *
 * <p>p(x, z₁, …, z_L | b) = p(x | z₁, b) · Π_l p(z_l | z_{l+1}, b),
 *
 * <p>and its bound takes the posterior apart in the same way: log p(x | b) ≥ E_q[log p(x | z₁, b)]
 * − Σ_l E_q KL(q(z_l | ·) ‖ p(z_l | z_{l+1}, b)). {@link org.lowerbound.hierarchy.ScalarChain} and
 * {@link org.lowerbound.hierarchy.LinearLevels} are exact, {@link
 * org.lowerbound.hierarchy.LevelVae} is the network, {@link org.lowerbound.hierarchy.Harmonic} what
 * it has to beat. A diffusion model is a hierarchy whose q is fixed: {@link
 * org.lowerbound.hierarchy.NoiseSchedule} and {@link org.lowerbound.hierarchy.GaussianDiffusion}
 * are exact, {@link org.lowerbound.hierarchy.Denoiser} learns. All logarithms are natural: bounds
 * are in nats.
 */
package org.lowerbound.hierarchy;
