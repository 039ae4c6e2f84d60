/**
 * Execution: the one seam between the models of the course and the library that computes.
 *
 * <p>A {@link org.lowerbound.train.Model} describes a {@link org.lowerbound.train.Graph} and how a
 * batch becomes its inputs; {@link org.lowerbound.train.Trainer} alone runs it. Everything that
 * training needs besides the subject itself is here: batches, Adam, early stopping, schedules,
 * progress, checkpoints, interruption, files of trained models ({@link
 * org.lowerbound.train.ModelFile}), and the guard against values that are not finite.
 */
package org.lowerbound.train;
