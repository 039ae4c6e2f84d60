/**
 * Chapter 10: anomaly detection by autoencoders, and what it is measured by.
 *
 * <p>A score says how strange a row is, larger being stranger. {@link
 * org.lowerbound.anomaly.RocCurve} measures a score against labels that the detector has not seen;
 * {@link org.lowerbound.anomaly.Threshold} turns it into an alarm without any anomaly. The scores:
 * what principal components leave of a row ({@link org.lowerbound.vae.PictureGaussian#residual}),
 * the error of an {@link org.lowerbound.anomaly.Autoencoder}, and three of a variational one,
 * {@link org.lowerbound.anomaly.VaeScores}. {@link org.lowerbound.anomaly.OneClass} is the
 * protocol: one class is normal, the others are not.
 */
package org.lowerbound.anomaly;
