package org.lowerbound.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.numerics.Logistic;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where parameters start, and the softplus of a graph against the one of plain Java. */
class LayersTest {

  @Test
  void glorotWeightsFillTheirInterval() {
    // √(6/(20 + 4)) = ½. The standard deviation of a uniform number is limit/√3; that of 20,000 of
    // them is known to 1/√(2·20,000·…) ≈ 0.5 %.
    double limit = Layers.glorot(20, 4);
    assertEquals(0.5, limit, 1e-16);
    INDArray w = Layers.uniform(limit, Trainer.random(1), DataType.DOUBLE, 100, 200);
    assertArrayEquals(new long[] {100, 200}, w.shape());
    assertTrue(w.amaxNumber().doubleValue() <= limit);
    assertTrue(w.amaxNumber().doubleValue() > 0.999 * limit);
    assertEquals(limit / Math.sqrt(3), w.stdNumber().doubleValue(), 0.02 * limit / Math.sqrt(3));
    assertEquals(0, w.meanNumber().doubleValue(), 4 * limit / Math.sqrt(3 * 20_000));
    assertEquals(w, Layers.uniform(limit, Trainer.random(1), DataType.DOUBLE, 100, 200));
    assertEquals(
        0, Layers.uniform(0, Trainer.random(1), DataType.FLOAT, 7).amaxNumber().floatValue());
  }

  @Test
  void theSoftplusOfAGraphAndItsDerivative() {
    double[] at = {-800, -40, -1, 0, 1e-8, 1, 40, 800};
    SameDiff sd = SameDiff.create();
    SDVariable a = sd.var("a", Nd4j.createFromArray(at));
    Layers.softplus(sd, a).rename("softplus");
    sd.getVariable("softplus").sum("loss");
    sd.setLossVariables("loss");
    double[] value = sd.outputSingle(java.util.Map.of(), "softplus").toDoubleVector();
    double[] slope = sd.calculateGradients(java.util.Map.of(), "a").get("a").toDoubleVector();
    for (int i = 0; i < at.length; i++) {
      assertEquals(Logistic.softplus(at[i]), value[i], 1e-15 * (1 + value[i]), "at " + at[i]);
      // At 0 it must be ½, where a derivative of max(a, 0) would have made it 0.
      assertEquals(Logistic.sigmoid(at[i]), slope[i], 1e-12, "derivative at " + at[i]);
    }
  }

  @Test
  void biasesStartAtTheLogOddsOfTheData() {
    byte[][] bits = {{1, 0, 1}, {1, 0, 0}, {1, 0, 1}};
    double[] sums = Layers.sums(BinaryRows.of("rows", bits));
    assertArrayEquals(new double[] {3, 0, 2}, sums, 0);
    assertEquals(Math.log(3.5 / 0.5), Layers.logOdds(3, 3), 1e-15);
    assertEquals(-Math.log(7), Layers.logOdds(0, 3), 1e-15);
    assertEquals(Math.log(2.5 / 1.5), Layers.logOdds(2, 3), 1e-15);
  }
}
