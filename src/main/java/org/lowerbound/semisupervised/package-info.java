/**
 * Chapter 06: semi-supervised learning with deep generative models (Kingma, Rezende, Mohamed and
 * Welling 2014).
 *
 * <p>Many pictures, few labels. <em>M1</em> learns features of all pictures by a variational
 * autoencoder and trains a classifier on the features of the labelled ones. <em>M2</em> makes the
 * class a latent variable, p(x, y, z) = p(y) p(z) p(x | y, z), observed for a few rows and summed
 * over for the others. <em>M1+M2</em> is M2 on the features of M1.
 *
 * <p>{@link org.lowerbound.semisupervised.M2} is the model, {@link
 * org.lowerbound.semisupervised.Features} what M1 hands on; {@link
 * org.lowerbound.semisupervised.NetworkClassifier} and its neighbours are the baselines. All bounds
 * are in nats.
 */
package org.lowerbound.semisupervised;
