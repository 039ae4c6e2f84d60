package org.lowerbound.data;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Built-in colour pictures of house numbers, {@code [3, 32, 32]}, in the layout and with the labels
 * of SVHN: a painted or metal digit on a coloured wall, unevenly lit, blurred and noisy, its
 * neighbours cut off by the frame. The label is the digit in the middle.
 *
 * <p>Difficulty, fitted on {@link #train()} (60,000) and measured on {@link #test()} (10,000), seed
 * 1: multinomial logistic regression on the pixels 25.5 %, a network of two small convolutions
 * after two epochs 97.9 %. The same was not measured on SVHN. One core makes an image in 0.12 ms.
 *
 * <p>Image i of a seed is always the same, whatever the others. Images are made when drawn, or all
 * at once by {@link #materialised()}.
 */
public final class StreetDigits implements Examples {

  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;

  private final int size;
  private final long seed;
  private final Provenance provenance;

  private StreetDigits(String part, int size, long seed) {
    if (size < 0) {
      throw new IllegalArgumentException(size + " images; expected at least 0");
    }
    this.size = size;
    this.seed = seed;
    this.provenance =
        Provenance.builtIn(
            "StreetDigits" + part, "house numbers generated from strokes, seed " + seed);
  }

  /** The first {@code size} images of a seed. */
  public static StreetDigits of(int size, long seed) {
    return new StreetDigits("", size, seed);
  }

  /** 60,000 images for training, seed 1. */
  public static StreetDigits train() {
    return new StreetDigits(" train", 60_000, 1);
  }

  /** 10,000 images for test, seed 2. */
  public static StreetDigits test() {
    return new StreetDigits(" test", 10_000, 2);
  }

  /** These in place of real data that could not be had, or the exception if they are damaged. */
  static ImageData instead(String realName, boolean train, DataException e) {
    if (!e.absent()) {
      throw e;
    }
    ImageData digits = (train ? train() : test()).materialised();
    return digits.from(digits.provenance().replacing(realName, e.brief()));
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int[] shape() {
    return new int[] {3, SIDE, SIDE};
  }

  @Override
  public void draw(int row, RandomGenerator random, float[] into, int at) {
    byte[] pixels = pixels(Shapes.row(this, row));
    for (int j = 0; j < pixels.length; j++) {
      into[at + j] = (pixels[j] & 0xff) / 255f;
    }
  }

  @Override
  public boolean labelled() {
    return true;
  }

  /** The digit in the middle of one image, 0 to 9. */
  @Override
  public int label(int row) {
    return random(Shapes.row(this, row)).nextInt(10);
  }

  /** All images as bytes, made on all cores. */
  public ImageData materialised() {
    return ImageData.made(provenance, shape(), 10, size, this::pixels, this::label);
  }

  private SplittableRandom random(int row) {
    return new SplittableRandom(new SplittableRandom(~seed).nextLong() + row);
  }

  private byte[] pixels(int row) {
    SplittableRandom random = random(row);
    int digit = random.nextInt(10);
    double height = 22 + 7 * random.nextDouble();
    double pen = height * (.055 + .06 * random.nextDouble());
    double soft = 1 + 2.8 * random.nextDouble() * random.nextDouble();
    double pitch = height * (.62 + .22 * random.nextDouble());
    double rise = 2.5 * (random.nextDouble() - .5);
    double centreX = 15.5 + 1.2 * random.nextGaussian();
    double centreY = 15.5 + 1.0 * random.nextGaussian();
    float[] ink = new float[PLANE];
    // A raised number throws a shadow a pixel or two beside and below itself.
    float shade = random.nextInt(3) == 0 ? .5f : 0;
    int shadeX = random.nextInt(3) - 1;
    int shadeY = 1 + random.nextInt(2);
    Strokes strokes = new Strokes();
    for (int place = -1; place <= 1; place++) {
      // Three house numbers in five go on to the left or right of the digit.
      if (place != 0 && random.nextInt(5) < 2) {
        continue;
      }
      int written = place == 0 ? digit : random.nextInt(10);
      strokes.write(written, Strokes.Hand.PRINTED, random);
      strokes.fit(height - 2 * pen);
      double x = centreX + place * pitch;
      double y = centreY + place * rise;
      strokes.draw(ink, SIDE, SIDE, x, y, pen, soft);
    }

    float[] wall = new float[3];
    float[] paint = new float[3];
    colours(random, wall, paint);
    float[] image = new float[3 * PLANE];
    double angle = 2 * Math.PI * random.nextDouble();
    float lightX = (float) (.45 * random.nextDouble() * Math.cos(angle) / SIDE);
    float lightY = (float) (.45 * random.nextDouble() * Math.sin(angle) / SIDE);
    // Boards, bricks or plaster: a faint wave across the wall.
    float wave = random.nextInt(2) == 0 ? 0 : (float) (.07 * random.nextDouble());
    float waveX = (float) (1.4 * random.nextGaussian());
    float waveY = (float) (1.4 * random.nextGaussian());
    // A shadow's edge across the picture now and then.
    boolean edge = random.nextInt(4) == 0;
    float edgeAt = (float) (SIDE * random.nextDouble());
    float edgeLean = (float) random.nextGaussian();
    float dark = (float) (.55 + .3 * random.nextDouble());
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int at = SIDE * y + x;
        float light = 1 + lightX * (x - 15.5f) + lightY * (y - 15.5f);
        if (edge && x + edgeLean * (y - 15.5f) > edgeAt) {
          light *= dark;
        }
        float texture = wave == 0 ? 0 : wave * (float) Math.sin(waveX * x + waveY * y);
        int from = SIDE * Math.max(0, y - shadeY) + Math.max(0, Math.min(SIDE - 1, x - shadeX));
        float shadow = 1 - shade * ink[from];
        for (int c = 0; c < 3; c++) {
          float ground = (wall[c] + texture) * shadow;
          image[c * PLANE + at] = light * (ground + ink[at] * (paint[c] - ground));
        }
      }
    }
    blur(image, (float) (1.2 * random.nextDouble()));
    float noise = (float) (.006 + .035 * random.nextDouble() * random.nextDouble());
    byte[] pixels = new byte[image.length];
    for (int at = 0; at < PLANE; at++) {
      // Grain that the channels share, and a little of their own; nearly Gaussian sums of bytes.
      long bits = random.nextLong();
      float grain = noise * (sum(bits) + sum(bits >>> 32)) / 150f;
      for (int c = 0; c < 3; c++) {
        float own = noise * .5f * (((bits >>> 8 * c + 20) & 0xff) - 127.5f) / 74f;
        float value = 255 * (image[c * PLANE + at] + grain + own) + .5f;
        pixels[c * PLANE + at] = (byte) (int) Math.max(0, Math.min(255, value));
      }
    }
    return pixels;
  }

  /** The sum of two bytes about 0. */
  private static float sum(long bits) {
    return (bits & 0xff) + (bits >>> 8 & 0xff) - 255;
  }

  /** Draws a wall and a paint that can be told apart. */
  private static void colours(SplittableRandom random, float[] wall, float[] paint) {
    float difference;
    do {
      colour(random, wall);
      colour(random, paint);
      difference = luminance(wall) - luminance(paint);
    } while (Math.abs(difference) < .13f + .2f * (float) random.nextDouble());
  }

  /** A colour as walls and numbers have it: mostly greyish, sometimes strong. */
  private static void colour(SplittableRandom random, float[] colour) {
    float value = (float) (.12 + .83 * random.nextDouble());
    float strength = (float) Math.pow(random.nextDouble(), 3) * .7f;
    float hue = (float) (6 * random.nextDouble());
    for (int c = 0; c < 3; c++) {
      float distance = Math.abs((hue + 6 - 2 * c) % 6 - 3);
      float pure = Math.max(0, Math.min(1, distance - 1));
      colour[c] = value * (1 - strength + strength * pure);
    }
  }

  private static float luminance(float[] colour) {
    return .3f * colour[0] + .59f * colour[1] + .11f * colour[2];
  }

  /** Mixes each pixel with its neighbours, by weight, first along rows, then along columns. */
  private static void blur(float[] image, float weight) {
    float side = weight / (1 + 2 * weight);
    float middle = 1 / (1 + 2 * weight);
    float[] line = new float[SIDE];
    for (int direction = 0; direction < 2; direction++) {
      int step = direction == 0 ? 1 : SIDE;
      int stride = direction == 0 ? SIDE : 1;
      for (int c = 0; c < 3; c++) {
        for (int l = 0; l < SIDE; l++) {
          int start = c * PLANE + l * stride;
          for (int i = 0; i < SIDE; i++) {
            line[i] = image[start + i * step];
          }
          for (int i = 0; i < SIDE; i++) {
            float before = line[Math.max(i - 1, 0)];
            float after = line[Math.min(i + 1, SIDE - 1)];
            image[start + i * step] = middle * line[i] + side * (before + after);
          }
        }
      }
    }
  }

  @Override
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public String toString() {
    return Shapes.line(this, ", 10 classes");
  }
}
