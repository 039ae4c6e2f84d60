/**
 * Chapter 09: what a reported number is worth.
 *
 * <p>{@link org.lowerbound.evaluation.BestOf} is the exact price of choosing: the expectation of
 * the largest of k normal errors. {@link org.lowerbound.evaluation.Selection} measures it on the
 * losses of real candidates, {@link org.lowerbound.evaluation.Bootstrap}, {@link
 * org.lowerbound.evaluation.Paired} and {@link org.lowerbound.evaluation.Power} say how far a
 * difference can be trusted and how many runs it takes to see it. {@link
 * org.lowerbound.evaluation.SplitAudit} looks for what should not be in a split: the same row on
 * both sides, nearly the same row, an order that tells the label, other labels. {@link
 * org.lowerbound.evaluation.Audit} is the table that all of it ends in.
 */
package org.lowerbound.evaluation;
