/**
 * What carries out a model's computation, behind {@link org.lowerbound.train.Trainer}: internal,
 * and public only as far as a package of its own must be.
 */
package org.lowerbound.train.engine;
