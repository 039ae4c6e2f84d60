package org.lowerbound.train.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lowerbound.train.Batch;
import org.lowerbound.train.GradientCheck;
import org.lowerbound.train.Graph;
import org.lowerbound.train.Model;
import org.lowerbound.train.Trainer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What fused steps compute in single precision against SameDiff's own operations: its session for
 * the outputs, and for the gradients its operations in double precision, which are not fused and
 * which central differences check.
 */
class FusionTest {

  /** A graph in one precision, its inputs and parameters drawn from a seed. */
  private static final class Zoo {
    final SameDiff sd = SameDiff.create();
    final Map<String, INDArray> feed = new HashMap<>();
    final DataType type;
    final SplittableRandom random = new SplittableRandom(8);

    Zoo(DataType type) {
      this.type = type;
    }

    INDArray draw(long... shape) {
      INDArray array = Nd4j.create(DataType.DOUBLE, shape);
      for (long i = 0; i < array.length(); i++) {
        // Rounded to single precision, so that both precisions see the same numbers.
        array.putScalar(i, (float) random.nextDouble(-1.5, 1.5));
      }
      return array.castTo(type);
    }

    SDVariable parameter(String name, long... shape) {
      return sd.var(name, draw(shape));
    }

    SDVariable input(String name, long... shape) {
      feed.put(name, draw(shape));
      return sd.placeHolder(name, type, shape);
    }
  }

  private interface Builder {
    void build(Zoo zoo);
  }

  private static void check(double tolerance, Builder builder, String... outputs) {
    Zoo single = new Zoo(DataType.FLOAT);
    builder.build(single);
    Zoo exact = new Zoo(DataType.DOUBLE);
    builder.build(exact);
    Model fused = model(single);
    Model plain = model(exact);
    for (int run = 0; run < 2; run++) {
      for (String output : outputs) {
        double[] expected =
            single.sd.output(single.feed, output).get(output).ravel().toDoubleVector();
        double[] actual =
            Trainer.evaluate(fused, single.feed, output).get(output).ravel().toDoubleVector();
        assertArrayEquals(expected, actual, tolerance * scale(expected), output);
      }
      Map<String, INDArray> slopes = Trainer.gradients(plain, exact.feed);
      Map<String, INDArray> fusedSlopes = Trainer.gradients(fused, single.feed);
      slopes.forEach(
          (name, slope) -> {
            double[] expected = slope.ravel().toDoubleVector();
            assertArrayEquals(
                expected,
                fusedSlopes.get(name).ravel().toDoubleVector(),
                tolerance * scale(expected),
                "gradient of " + name);
          });
      // Other inputs in the second run: nothing may be left over from the first.
      for (String name : single.feed.keySet()) {
        INDArray next = exact.draw(exact.feed.get(name).shape());
        exact.feed.put(name, next);
        single.feed.put(name, next.castTo(DataType.FLOAT));
      }
    }
    assertEquals(0, GradientCheck.of(plain, exact.feed).largestError(), 1e-7);
  }

  private static double scale(double[] values) {
    return Math.max(1, Arrays.stream(values).map(Math::abs).max().orElse(0));
  }

  private static Model model(Zoo zoo) {
    Graph graph = Graph.of(zoo.sd, "loss");
    return new Model() {
      @Override
      public Graph graph() {
        return graph;
      }

      @Override
      public Map<String, INDArray> feed(Batch batch) {
        return zoo.feed;
      }
    };
  }

  // Sums of some tens of single-precision terms of size 1: about 1e−6 of rounding.
  private static final double ROUNDING = 1e-5;

  @Test
  void theBoundOfAVariationalAutoencoder() {
    check(
        ROUNDING,
        zoo -> {
          SameDiff sd = zoo.sd;
          SDVariable x = zoo.input("x", 6, 9);
          SDVariable noise = zoo.input("noise", 6, 2);
          SDVariable h =
              sd.math.tanh(x.mmul(zoo.parameter("W1", 9, 5)).add(zoo.parameter("b1", 5)));
          SDVariable mean = h.mmul(zoo.parameter("W2", 5, 2)).add(zoo.parameter("b2", 2));
          SDVariable log = h.mmul(zoo.parameter("W3", 5, 2)).add(zoo.parameter("b3", 2));
          SDVariable z = mean.add(noise.mul(sd.math.exp(log.mul(0.5))));
          SDVariable g =
              sd.nn.relu(z.mmul(zoo.parameter("W4", 2, 5)).add(zoo.parameter("b4", 5)), 0);
          SDVariable a = g.mmul(zoo.parameter("W5", 5, 9)).add("a", zoo.parameter("b5", 9));
          SDVariable softplus =
              sd.nn.relu(a, 0).add(sd.math.log1p(sd.math.exp(sd.math.abs(a).neg())));
          SDVariable likelihood = x.mul(a).sub(softplus).sum("likelihood", 1);
          SDVariable kl =
              sd.math.exp(log).add(sd.math.square(mean)).sub(log).sub(1.0).sum(1).mul("kl", 0.5);
          kl.sub(likelihood).mean("loss");
        },
        "a",
        "likelihood",
        "kl",
        "loss");
  }

  @Test
  void everyElementwiseOperationAndEveryWayOfSpreadingAnArgument() {
    check(
        ROUNDING,
        zoo -> {
          SameDiff sd = zoo.sd;
          SDVariable x = zoo.input("x", 4, 4);
          SDVariable w = zoo.parameter("w", 4, 4);
          SDVariable row = zoo.parameter("row", 4);
          SDVariable column = zoo.parameter("column", 4, 1);
          SDVariable scalar = zoo.parameter("scalar");
          SDVariable y = sd.math.abs(x.mul(w)).add(0.5);
          y = sd.math.log(y).add(sd.math.sqrt(y)).add(sd.math.reciprocal(y));
          y = y.add(row).mul(column).sub("spread", scalar);
          y = y.add(sd.nn.sigmoid(y).mul(sd.math.tanh(w))).rsub(2).div(3).add(y.rdiv(7));
          y = sd.math.max(y, x).add(sd.math.min(y.sub(w), x));
          y = y.div(sd.math.square(row).add(1));
          y = sd.math.sign(x).mul(y).add("signed", sd.math.log1p(sd.math.square(y)));
          y = y.sub(y.mean(true, 1)).add(y.sum(0)).add(sd.nn.softmax(y, 1));
          y.mean("loss");
        },
        "spread",
        "signed",
        "loss");
  }

  @Test
  void sumsOverEitherAxisOfASquareAndOfMoreAxes() {
    check(
        ROUNDING,
        zoo -> {
          SameDiff sd = zoo.sd;
          SDVariable x = zoo.input("x", 3, 3, 3);
          SDVariable w = zoo.parameter("w", 3, 3, 3);
          SDVariable p = sd.math.tanh(x.mul(w));
          SDVariable a = p.sum("a", 0).mul(zoo.parameter("u", 3, 3));
          SDVariable b = p.sum("b", 2).mul(zoo.parameter("v", 3, 3));
          SDVariable c = p.mean("c", 1, 2).mul(zoo.parameter("t", 3));
          SDVariable d = p.permute(2, 0, 1).reshape(9, 3).mean("d", 1).reshape(3, 3);
          a.add(b).add(d).add(c).sum("loss");
        },
        "a",
        "b",
        "c",
        "d",
        "loss");
  }

  @Test
  void gradientsThatAreConstantsCopiesOrTheSame() {
    check(
        ROUNDING,
        zoo -> {
          SDVariable x = zoo.input("x", 5, 3);
          // The gradient of b is a constant, those of c and d are the same, that of u is an input.
          SDVariable b = zoo.parameter("b", 3);
          SDVariable same = zoo.parameter("c", 5, 3).add(zoo.parameter("d", 5, 3));
          SDVariable sum =
              zoo.sd.math.square(same).sum(1).add(x.mul(zoo.parameter("u", 5, 3)).sum(1));
          sum.add(x.add(b).sum(1)).sum("loss");
          zoo.parameter("idle", 2);
        },
        "loss");
  }

  @Test
  void aTransposedProductAndAnOutputThatIsAnInput() {
    check(
        ROUNDING,
        zoo -> {
          SDVariable x = zoo.input("x", 3, 4);
          SDVariable w = zoo.parameter("w", 5, 4);
          zoo.sd.identity("again", x);
          zoo.sd.math.square(zoo.sd.mmul(x, w, false, true, false)).sum(1).mean("loss");
        },
        "again",
        "loss");
  }

  @Test
  void rowsRepeatedJoinedAndTakenApart() {
    check(
        ROUNDING,
        zoo -> {
          SameDiff sd = zoo.sd;
          SDVariable x = zoo.input("x", 3, 4);
          SDVariable w = zoo.parameter("w", 3, 4);
          SDVariable v = zoo.parameter("v", 2, 4);
          SDVariable many = sd.tile("many", sd.math.tanh(x.mul(w)), 5, 1);
          SDVariable wide = sd.tile(v, 1, 3).sum(0);
          SDVariable both = sd.concat("both", 0, many, v, x);
          SDVariable beside = sd.concat("beside", 1, w, x.mul(w)).sum(1);
          beside = beside.add(sd.math.tanh(w).permute(1, 0).reshape(3, 4).mul(x).sum(1));
          SDVariable rows = sd.math.square(both).mul(zoo.parameter("u", 20, 4)).sum(1);
          rows.sum().add(beside.mean()).add(sd.math.square(wide).mean()).sum("loss");
        },
        "many",
        "both",
        "beside",
        "loss");
  }

  @Test
  void widerThanABlockAndManyRows() {
    check(
        // The terms are summed in another order.
        ROUNDING,
        zoo -> {
          SDVariable x = zoo.input("x", 3, 3000);
          SDVariable y = zoo.sd.math.exp(x.mul(zoo.parameter("w", 3000)));
          y.add(zoo.parameter("v", 3, 3000)).sum("rows", 1).mean("loss");
        },
        "rows");
  }

  @Test
  void stridedConvolutionsWithEitherNameOfTheirPadding() {
    for (boolean same : new boolean[] {true, false}) {
      check(
          ROUNDING,
          zoo -> {
            SameDiff sd = zoo.sd;
            SDVariable x = zoo.input("x", 2, 3 * 8 * 8);
            Conv2DConfig down =
                Conv2DConfig.builder()
                    .kH(4)
                    .kW(4)
                    .sH(2)
                    .sW(2)
                    .pH(same ? 0 : 1)
                    .pW(same ? 0 : 1)
                    .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
                    .build();
            DeConv2DConfig up =
                DeConv2DConfig.builder()
                    .kH(4)
                    .kW(4)
                    .sH(2)
                    .sW(2)
                    .pH(same ? 0 : 1)
                    .pW(same ? 0 : 1)
                    .isSameMode(same)
                    .build();
            SDVariable h =
                sd.cnn.conv2d(
                    x.reshape(-1, 3, 8, 8),
                    zoo.parameter("k1", 4, 4, 3, 5).mul(0.1),
                    zoo.parameter("c1", 5),
                    down);
            h = sd.nn.relu(h, 0);
            h =
                sd.cnn.conv2d(
                    h, zoo.parameter("k2", 4, 4, 5, 4).mul(0.1), zoo.parameter("c2", 4), down);
            h =
                sd.nn
                    .sigmoid(h.reshape(-1, 16).mmul(zoo.parameter("W", 16, 16)))
                    .reshape(-1, 4, 2, 2);
            h =
                sd.cnn.deconv2d(
                    h, zoo.parameter("k3", 4, 4, 5, 4).mul(0.1), zoo.parameter("c3", 5), up);
            h = sd.nn.relu(h, 0);
            h =
                sd.cnn.deconv2d(
                    h, zoo.parameter("k4", 4, 4, 3, 5).mul(0.1), zoo.parameter("c4", 3), up);
            SDVariable y = sd.reshape("y", h, -1, 3 * 8 * 8);
            zoo.sd.math.square(y.sub(x)).sum(1).mean("loss");
          },
          "y",
          "loss");
    }
  }

  @Test
  void threadsShareTheRowsOfALargeKernel() {
    int rows = 101;
    int width = 1000;
    INDArray x = Nd4j.linspace(DataType.FLOAT, -2, 4e-5, rows * width).reshape(rows, width);
    for (int threads : new int[] {1, 2, 3}) {
      INDArray y = Nd4j.create(DataType.FLOAT, rows, width);
      INDArray sums = Nd4j.create(DataType.FLOAT, rows);
      INDArray columns = Nd4j.create(DataType.FLOAT, width);
      Kernel kernel = new Kernel(rows * width, width);
      int in = kernel.argument("x", Kernel.Layout.FULL, HostFloats.of(x));
      kernel.add(Kernel.Code.EXP, "y", in, 0, 0);
      int out = kernel.argument("y", Kernel.Layout.FULL, null);
      kernel.add(Kernel.Code.ROW_SUM, "sums", out, 0, 0);
      kernel.add(Kernel.Code.COLUMN_SUM, "columns", out, 0, 0);
      kernel.store("y", HostFloats.of(y));
      kernel.store("sums", HostFloats.of(sums));
      kernel.store("columns", HostFloats.of(columns));
      kernel.ready(threads);
      for (int run = 0; run < 3; run++) {
        kernel.execute();
        double[] exact = x.ravel().toDoubleVector();
        double[] rowSums = new double[rows];
        double[] columnSums = new double[width];
        for (int i = 0; i < exact.length; i++) {
          exact[i] = Math.exp(exact[i]);
          rowSums[i / width] += exact[i];
          columnSums[i % width] += exact[i];
        }
        // Up to e² each, 1,000 in a row and 101 in a column, in single precision.
        assertArrayEquals(exact, y.ravel().toDoubleVector(), 1e-5);
        assertArrayEquals(rowSums, sums.toDoubleVector(), 1e-2);
        assertArrayEquals(columnSums, columns.toDoubleVector(), 1e-3);
      }
    }
  }

  /** Arguments over the range of single precision, dense near 0. */
  private static float[] arguments() {
    float[] x = new float[20_000];
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < x.length; i++) {
      double size = i % 4 == 0 ? 1e-6 : i % 4 == 1 ? 0.5 : i % 4 == 2 ? 8 : 130;
      x[i] = (float) (size * random.nextDouble(-1, 1));
    }
    return x;
  }

  private interface Function {
    void apply(float[] z, float[] x, int n);
  }

  private static void checkFunction(Function f, java.util.function.DoubleUnaryOperator exact) {
    float[] x = arguments();
    float[] z = new float[x.length];
    f.apply(z, x, x.length);
    for (int i = 0; i < x.length; i++) {
      double y = exact.applyAsDouble(x[i]);
      if (Math.abs(y) > Float.MAX_VALUE || Math.abs(y) < 1e-37) {
        // Infinite, or taken as 0.
        assertEquals((float) y, z[i], 1e-37f, "at " + x[i]);
      } else {
        // Five units in the last place.
        assertEquals(y, z[i], 3e-7 * Math.abs(y), "at " + x[i]);
      }
    }
  }

  @Test
  void functionsAgreeWithTheJavaOnesToTheLastPlaces() {
    Vectors vectors = new Vectors(20_000);
    checkFunction(vectors::exp, Math::exp);
    checkFunction(Vectors::tanh, Math::tanh);
    checkFunction(vectors::sigmoid, x -> 1 / (1 + Math.exp(-x)));
    checkFunction(Vectors::sign, Math::signum);
    checkFunction((z, x, n) -> Vectors.above(z, x, 0, n), x -> x > 0 ? 1 : 0);
    checkFunction(
        (z, x, n) -> {
          Vectors.absolute(z, x, n);
          Vectors.add(z, z, 1e-30f, n);
          vectors.log(z, z, n);
        },
        x -> Math.log((float) (Math.abs(x) + 1e-30f)));
    checkFunction(
        (z, x, n) -> {
          Vectors.absolute(z, x, n);
          vectors.log1p(z, z, n);
        },
        x -> Math.log1p(Math.abs(x)));
  }

  @Test
  void infinitiesAndNotANumberComeOutAsTheyShould() {
    float[] x = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -0.5f, 1e-42f, -2};
    int n = x.length;
    float[] z = new float[n];
    Vectors vectors = new Vectors(n);
    vectors.exp(z, x, n);
    assertArrayEquals(
        new float[] {Float.NaN, x[1], 0, 1, (float) Math.exp(-0.5), 1, (float) Math.exp(-2)},
        z,
        1e-7f);
    vectors.log(z, x, n);
    assertArrayEquals(
        new float[] {
          Float.NaN, x[1], Float.NaN, x[2], Float.NaN, (float) Math.log(1e-42f), Float.NaN
        },
        z,
        1e-5f);
    vectors.log1p(z, x, n);
    assertArrayEquals(
        new float[] {Float.NaN, x[1], Float.NaN, 0, (float) Math.log(0.5), 1e-42f, Float.NaN},
        z,
        1e-7f);
    Vectors.tanh(z, x, n);
    assertArrayEquals(
        new float[] {Float.NaN, 1, -1, 0, (float) Math.tanh(-0.5), 0, (float) Math.tanh(-2)},
        z,
        3e-7f);
    vectors.sigmoid(z, x, n);
    assertTrue(Float.isNaN(z[0]));
    assertEquals(1, z[1], 0);
    assertEquals(0, z[2], 0);
  }
}
