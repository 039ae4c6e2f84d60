/**
 * What several chapters compute and no chapter is about: small symmetric matrices by their {@link
 * org.lowerbound.numerics.Cholesky} factor, sums of exponentials that cannot overflow ({@link
 * org.lowerbound.numerics.LogSumExp}), the logistic function, checks of arguments that speak to the
 * reader who made the mistake, and the notebook's {@link org.lowerbound.numerics.StopButton}.
 *
 * <p>Plain arrays in double precision; it knows neither ND4J nor any other package.
 */
package org.lowerbound.numerics;
