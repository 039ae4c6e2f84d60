/**
 * Chapter 08: ranking from paired comparisons, the Bradley–Terry model (Zermelo 1929; Bradley and
 * Terry 1952).
 *
 * <p>{@link org.lowerbound.ranking.League} reads matches from a table or simulates them from known
 * strengths; {@link org.lowerbound.ranking.WinCounts} is what the likelihood needs of them, sparse:
 * who beat whom how often. {@link org.lowerbound.ranking.BradleyTerry} maximises the likelihood,
 * with or without a prior, by the minorising bound of Hunter (2004) or by Newton's method, and says
 * how sure it is; {@link org.lowerbound.ranking.Ladder} prints that, and {@link
 * org.lowerbound.ranking.KnockOut} plays a tournament.
 */
package org.lowerbound.ranking;
