/**
 * Every statement of a chapter that can be checked is checked, and stands in a table of claims.
 *
 * <p>{@link org.lowerbound.claims.Claims} records, for each statement, what was expected, what was
 * measured and the tolerance. A claim that does not hold stops the notebook with {@link
 * org.lowerbound.claims.ClaimFailed}, so that a chapter whose text and numbers disagree cannot be
 * read to its end.
 */
package org.lowerbound.claims;
