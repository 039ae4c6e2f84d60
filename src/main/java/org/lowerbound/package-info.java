/**
 * Lowerbound: variational inference and deep generative models, derived and trained in Java
 * notebooks.
 *
 * <p>{@link org.lowerbound.Lowerbound#setUp()} is the set-up cell of every chapter; {@link
 * org.lowerbound.Size} says how much work a chapter does. Each chapter has a package named after
 * what it teaches; {@code data}, {@code train}, {@code numerics}, {@code plot} and {@code claims}
 * serve them all.
 */
package org.lowerbound;
