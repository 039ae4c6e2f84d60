/**
 * Data sets, file formats, the cache and the download, and built-in data.
 *
 * <p>Every data set is one call, such as {@link org.lowerbound.data.Mnist#train()}. Its files are
 * looked for in this order:
 *
 * <ol>
 *   <li>the folder that the environment variable {@code LOWERBOUND_DATA} names, under the names in
 *       which people keep them ({@code ./environment/lab --data} prints all);
 *   <li>the cache, {@code $XDG_CACHE_HOME/lowerbound}, else {@code ~/.cache/lowerbound};
 *   <li>the network, from several mirrors, into the cache; {@code LOWERBOUND_OFFLINE=1} skips it,
 *       and a machine without a network loses two to three seconds once;
 *   <li>data that this library generates, under a name of their own; {@link
 *       org.lowerbound.data.Provenance#notice()} says what they are and what they replace.
 * </ol>
 *
 * <p>A file is used whole and with the right checksum, or not at all: everything else ends in a
 * {@link org.lowerbound.data.DataException} that names the file and the remedy. Parts that belong
 * together are all real or all generated.
 *
 * <p>A model is trained on {@link org.lowerbound.data.Examples}: rows of floats, drawn by index.
 * What the rows are is said by their type: {@link org.lowerbound.data.ImageData} (grey or colour,
 * with labels), {@link org.lowerbound.data.BinaryRows} (bits that never change), {@link
 * org.lowerbound.data.DynamicBinaryRows} (bits redrawn from grey values each time), {@link
 * org.lowerbound.data.RealRows}. Of some rows {@link org.lowerbound.data.PartlyLabelled} tells only
 * a few labels.
 *
 * <p>Of the built-in data, {@link org.lowerbound.data.BarsAndStripes}, {@link
 * org.lowerbound.data.LatentClass}, {@link org.lowerbound.data.OldFaithful.Mixture} and the
 * sentences of {@link org.lowerbound.data.TextCorpus} have known distributions, so that the best
 * possible value of a bound stands beside what a model reaches; {@link
 * org.lowerbound.data.StrokeDigits} and {@link org.lowerbound.data.StreetDigits} look and behave
 * like the pictures they replace.
 */
package org.lowerbound.data;
