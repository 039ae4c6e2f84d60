package org.lowerbound.data;

import java.util.List;
import java.util.NoSuchElementException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images as DL4J's networks take them: features [batch, channels, height, width], one-hot labels.
 */
final class ImageBatches implements DataSetIterator {
  static {
    Backend.find();
  }

  private static final long serialVersionUID = 1L;

  private final transient ImageData images;
  private final int batchSize;
  private int at;
  private transient DataSetPreProcessor preProcessor;

  ImageBatches(ImageData images, int batchSize) {
    this.images = images;
    this.batchSize = batchSize;
  }

  @Override
  public DataSet next(int count) {
    if (!hasNext()) {
      throw new NoSuchElementException("all " + images.size() + " images have been returned");
    }
    int n = Math.min(count, images.size() - at);
    int features = images.features();
    float[] x = new float[n * features];
    float[] y = new float[n * images.classes()];
    for (int i = 0; i < n; i++) {
      images.draw(at + i, null, x, i * features);
      y[i * images.classes() + images.label(at + i)] = 1;
    }
    at += n;
    DataSet batch =
        new DataSet(
            Nd4j.createFromArray(x)
                .reshape(n, images.channels(), images.height(), images.width())
                .castTo(DataType.FLOAT),
            Nd4j.createFromArray(y).reshape(n, images.classes()));
    if (preProcessor != null) {
      preProcessor.preProcess(batch);
    }
    return batch;
  }

  @Override
  public DataSet next() {
    return next(batchSize);
  }

  @Override
  public boolean hasNext() {
    return at < images.size();
  }

  @Override
  public void reset() {
    at = 0;
  }

  @Override
  public int inputColumns() {
    return images.features();
  }

  @Override
  public int totalOutcomes() {
    return images.classes();
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  @Override
  public boolean asyncSupported() {
    return true;
  }

  @Override
  public int batch() {
    return batchSize;
  }

  @Override
  public void setPreProcessor(DataSetPreProcessor newPreProcessor) {
    preProcessor = newPreProcessor;
  }

  @Override
  public DataSetPreProcessor getPreProcessor() {
    return preProcessor;
  }

  @Override
  public List<String> getLabels() {
    return java.util.stream.IntStream.range(0, images.classes()).mapToObj(String::valueOf).toList();
  }
}
