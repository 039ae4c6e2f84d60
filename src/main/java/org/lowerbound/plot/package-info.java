/**
 * Pictures for the page: charts in one house style, tiles of small images, heat maps of matrices,
 * and the one hook through which a notebook kernel shows them.
 *
 * <p>Everything here ends in a {@link java.awt.image.BufferedImage} or a fragment of HTML, so the
 * library needs no kernel: a start-up script of the kernel connects {@link
 * org.lowerbound.plot.Display} and a cell may then end with the object itself. Colours are those of
 * Okabe and Ito (2008), which people with any of the common colour-vision deficiencies can tell
 * apart; text is large enough to be read when a picture is shown at half its width.
 */
package org.lowerbound.plot;
