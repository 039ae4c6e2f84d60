package org.lowerbound.vae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lowerbound.Size;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Provenance;
import org.lowerbound.data.Splits;
import org.lowerbound.data.StreetDigits;
import org.lowerbound.data.Svhn;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sinks;

class ColourPicturesTest {

  private static final StreetSizes QUICK = StreetSizes.of(Size.QUICK);

  @TempDir private Path folder;

  /** A file of SVHN's format 2, as its home page describes it, with pictures of StreetDigits. */
  private Path svhn(ImageData pictures) throws Exception {
    return svhn(pictures, "test_32x32.mat");
  }

  private Path svhn(ImageData pictures, String name) throws Exception {
    int n = pictures.size();
    Matrix x = Mat5.newMatrix(new int[] {32, 32, 3, n}, MatlabType.UInt8);
    Matrix y = Mat5.newMatrix(n, 1, MatlabType.UInt8);
    for (int i = 0; i < n; i++) {
      byte[] levels = pictures.pixels(i);
      for (int at = 0; at < levels.length; at++) {
        x.setInt(at / 32 % 32 + 32 * (at % 32 + 32 * (at / 1024 + 3 * i)), levels[at] & 0xff);
      }
      y.setInt(i, pictures.label(i) == 0 ? 10 : pictures.label(i));
    }
    Mat5File file = Mat5.newMatFile();
    file.addArray("X", x);
    file.addArray("y", y);
    Path path = folder.resolve(name);
    ByteBuffer buffer = ByteBuffer.allocate((int) file.getUncompressedSerializedSize() + (1 << 16));
    buffer.order(ByteOrder.nativeOrder());
    Mat5.newWriter(Sinks.wrap(buffer)).writeMat(file);
    return Files.write(path, Arrays.copyOf(buffer.array(), buffer.position()));
  }

  @Test
  void aFileOfSvhnsFormatGoesAllTheWayToATrainedModel() throws Exception {
    ImageData made = StreetDigits.of(60, 4).materialised();
    ImageData read = Svhn.read(svhn(made));
    assertArrayEquals(made.pixels(17), read.pixels(17));
    Splits<ImageData> parts = ColourPictures.split(read.range(0, 50), read.range(50, 60), QUICK);
    assertEquals(45, parts.train().size());
    assertEquals(5, parts.valid().size());
    assertEquals(10, parts.test().size());
    assertEquals(0, ColourPictures.shared(parts.train(), parts.valid()));
    SpatialShape shape = SpatialShape.vector(16, 4, 2, PictureLaw.logistic());
    SpatialVae vae = SpatialVae.create(shape, 1).centred(parts.train());
    Trainer.fit(vae, parts.train(), parts.valid(), Training.epochs(1).batchSize(20).quiet());
    double bits = Bits.perDimension(vae.bound(parts.test(), 1).get("bound"), 768);
    assertTrue(bits > 4 && bits < 9, bits + " bits per dimension");
  }

  @Test
  void aFolderOfOnesOwnFilesIsASetAndAHandfulOfDigitsIsFound() throws Exception {
    String lacks =
        assertThrows(
                IllegalArgumentException.class, () -> ColourPictures.load(folder.toString(), QUICK))
            .getMessage();
    assertTrue(lacks.contains("lacks train_32x32.mat"), lacks);
    ImageData made = StreetDigits.of(60, 4).materialised();
    svhn(made.range(0, 50), "train_32x32.mat");
    svhn(made.range(50, 60), "test_32x32.mat");
    Splits<ImageData> parts = ColourPictures.load(folder.toString(), QUICK);
    assertEquals(45, parts.train().size());
    assertArrayEquals(
        ColourPictures.halved(made).pixels(53), parts.test().pixels(3), "the fourth test picture");
    assertEquals(Provenance.Kind.OWN, parts.train().provenance().kind());
    svhn(made.range(0, 7), "svhn_tiny_32x32.mat");
    assertEquals(7, ColourPictures.houseNumbers(folder.toString(), QUICK).orElseThrow().size());
    assertTrue(ColourPictures.houseNumbers(" ", QUICK).isEmpty());
  }

  @Test
  void halvingTakesMeansOfFour() {
    byte[] levels = new byte[3 * 16];
    // Green: the block in the upper right corner is 10, 20, 30, 41; its mean 25.25.
    levels[16 + 2] = 10;
    levels[16 + 3] = 20;
    levels[16 + 6] = 30;
    levels[16 + 7] = 41;
    // Blue: the block in the lower left corner is 255 four times, and red 1, 1, 0, 0: halves go up.
    for (int at : new int[] {8, 9, 12, 13}) {
      levels[32 + at] = (byte) 255;
    }
    levels[0] = 1;
    levels[1] = 1;
    Provenance here = Provenance.builtIn("made", "in the test");
    ImageData whole =
        ImageData.of(here, new int[] {3, 4, 4}, 10, new byte[][] {levels}, new byte[] {7});
    ImageData half = ColourPictures.halved(whole);
    assertArrayEquals(new byte[] {1, 0, 0, 0, 0, 25, 0, 0, 0, 0, (byte) 255, 0}, half.pixels(0));
    assertEquals(7, half.label(0));
    ImageData odd =
        ImageData.of(here, new int[] {3, 3, 4}, 10, new byte[][] {new byte[36]}, new byte[1]);
    assertThrows(IllegalArgumentException.class, () -> ColourPictures.halved(odd));
  }

  @Test
  void sharedPicturesAreCounted() {
    ImageData all = StreetDigits.of(20, 1).materialised();
    assertEquals(0, ColourPictures.shared(all.range(0, 10), all.range(10, 20)));
    assertEquals(3, ColourPictures.shared(all.range(0, 10), all.range(7, 20)));
  }

  @Test
  void anUnknownSetIsNamed() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ColourPictures.load("imagenet", QUICK));
    assertTrue(e.getMessage().contains("svhn, cifar10, or a folder"), e.getMessage());
  }
}
