/**
 * Data sets, file formats, the cache and the download, and built-in data.
 *
 * <p>Every data set is one call, such as {@link org.lowerbound.data.Mnist#train()}. Its files are
 * looked for in the folder that {@code LOWERBOUND_DATA} names, in the cache, and on the network; if
 * none has them, data that this library generates take their place, under a name of their own, and
 * {@link org.lowerbound.data.Provenance#notice()} says so. A model is trained on {@link
 * org.lowerbound.data.Examples}: rows of floats, drawn by index.
 */
package org.lowerbound.data;
