package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.StreetDigits;
import org.lowerbound.train.ModelFile;

/** The trained weights that come with chapter 05. */
class ShippedModelTest {

  private static final String NAME = "05-street-digits";

  @Test
  void itDrawsBetterThanWhatThePageTrainsInItsStead() {
    // Other pictures than those of its training, which have seed 1.
    ImageData test = ColourPictures.halved(StreetDigits.of(300, 2).materialised());
    Vae painter = StreetTrials.painter(test);
    double before = error(painter, test);
    assertTrue(ModelFile.loadShipped(NAME, painter), "the weights of " + NAME + " are missing");
    // The chapter's own training at quick size leaves 0.21 of the mean picture's error.
    assertTrue(error(painter, test) < 0.21, "error " + error(painter, test));
    assertTrue(before > 0.8, "untrained, the error is that of the mean picture: " + before);
  }

  @Test
  void anotherModelIsRefused() {
    Vae other = Vae.create(VaeShape.dense(768, 31, 256, 256), 1);
    assertThrows(IllegalArgumentException.class, () -> ModelFile.loadShipped(NAME, other));
  }

  /** The squared error of reconstructions, as a part of that of the mean picture. */
  private static double error(Vae vae, ImageData pictures) {
    float[][] x = pictures.rows(0, pictures.size());
    float[][] again = vae.reconstruct(x);
    double[] mean = new double[x[0].length];
    for (float[] row : x) {
      for (int d = 0; d < mean.length; d++) {
        mean[d] += row[d] / (double) x.length;
      }
    }
    double rebuilt = 0;
    double varied = 0;
    for (int i = 0; i < x.length; i++) {
      for (int d = 0; d < mean.length; d++) {
        rebuilt += Math.pow(x[i][d] - again[i][d], 2);
        varied += Math.pow(x[i][d] - mean[d], 2);
      }
    }
    return rebuilt / varied;
  }
}
