package org.lowerbound.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.lowerbound.data.DynamicBinaryRows;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.Mnist;
import org.lowerbound.data.StrokeDigits;
import org.lowerbound.made.DegreeRule;
import org.lowerbound.made.Made;
import org.lowerbound.made.Masks;
import org.lowerbound.made.Ordering;
import org.lowerbound.train.History;
import org.lowerbound.train.Trainer;
import org.lowerbound.train.Training;
import org.lowerbound.vae.Vae;
import org.lowerbound.vae.VaeShape;

/**
 * The main models of chapters 04 and 07 at a size between quick and full, trained and evaluated as
 * the chapters do it: batches drawn from the data, noise, validation and all.
 */
final class Chapters {

  private static final boolean REAL = System.getenv("LOWERBOUND_DATA") != null;

  private Chapters() {}

  /**
   * Prints {@code chapter NN STEPS SECONDS NATS} for each: the time is that of training alone, the
   * nats are the negative bound or log-likelihood a test picture.
   *
   * @param rows training pictures
   * @param epochs passes over them
   */
  static void print(int rows, int epochs) {
    ImageData pictures =
        REAL
            ? Mnist.train().range(0, Math.min(rows, 60_000))
            : StrokeDigits.of(rows, 1).materialised();
    DynamicBinaryRows train = DynamicBinaryRows.of(pictures);
    DynamicBinaryRows test =
        DynamicBinaryRows.of(
            REAL ? Mnist.test().range(0, 2000) : StrokeDigits.of(2000, 2).materialised());
    Training how = Training.epochs(epochs).batchSize(100).learningRate(1e-3).quiet();

    // As in Kingma and Welling (2014), figure 2: 500 units; and 50 latent variables.
    Vae vae = Vae.create(VaeShape.dense(784, 50, 500), 1);
    History first = Trainer.fit(vae, train, null, how);
    say("04", train.size(), first, -vae.bound(test, 11).get("bound"));

    // The larger network of chapter 07, which its quick size leaves out.
    Made.Shape shape = Made.Shape.of(784, 2000).dropout(0.3);
    Masks masks = Masks.of(Ordering.natural(784), shape.hidden(), DegreeRule.UNIFORM, 1);
    Made made = Made.create(shape, List.of(masks), 1).centred(train);
    History second = Trainer.fit(made, train, null, how);
    double nll = -Arrays.stream(made.logProbability(test)).average().orElse(Double.NaN);
    say("07", train.size(), second, nll);
  }

  private static void say(String chapter, int rows, History history, double nats) {
    long steps = (long) history.epochs() * ((rows + 99) / 100);
    System.out.println(
        String.format(
            Locale.ROOT, "chapter %s %d %.3f %.4f", chapter, steps, history.seconds(), nats));
    System.out.flush();
  }
}
