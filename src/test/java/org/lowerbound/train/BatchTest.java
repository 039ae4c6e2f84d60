package org.lowerbound.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lowerbound.data.BinaryRows;
import org.lowerbound.data.Examples;
import org.lowerbound.data.PartlyLabelled;
import org.lowerbound.data.Provenance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class BatchTest {

  /** Row i holds the bits of i and has the label i mod 3. */
  private static BinaryRows labelled(String name) {
    byte[][] bits = new byte[8][3];
    byte[] labels = new byte[8];
    for (int i = 0; i < 8; i++) {
      for (int d = 0; d < 3; d++) {
        bits[i][d] = (byte) (i >> d & 1);
      }
      labels[i] = (byte) (i % 3);
    }
    return BinaryRows.of(Provenance.builtIn(name, "made for a test"), new int[] {3}, bits, labels);
  }

  private final Model model = new Regression(3, DataType.DOUBLE);

  @Test
  void aBatchKnowsTheLabelsOfItsOwnRows() {
    Batch batch = Batch.of(model, labelled("rows"), new int[] {5, 0, 4}, Trainer.random(1));
    assertArrayEquals(new int[] {2, 0, 1}, batch.labels());
    assertEquals(DataType.DOUBLE, batch.x().dataType());
    assertArrayEquals(new double[][] {{1, 0, 1}, {0, 0, 0}, {0, 0, 1}}, batch.x().toDoubleMatrix());
    assertArrayEquals(
        new double[][] {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}, batch.oneHot(3).toDoubleMatrix());
    assertFalse(batch.training());
    Batch step = batch.inTraining(4, 17).member(2);
    assertTrue(step.training());
    assertEquals(4, step.epoch());
    assertEquals(17, step.step());
    assertEquals(2, step.member());
  }

  @Test
  void labelsThatAreNotKnownHaveARowOfZeros() {
    PartlyLabelled some = PartlyLabelled.of(labelled("rows"), 1, 5);
    assertEquals("rows, 2 labels", some.name());
    assertEquals(2, some.known());
    Batch batch = Batch.of(model, some, new int[] {5, 0, 1}, Trainer.random(1));
    assertArrayEquals(new int[] {2, Examples.UNLABELLED, 1}, batch.labels());
    assertArrayEquals(
        new double[][] {{0, 0, 1}, {0, 0, 0}, {0, 1, 0}}, batch.oneHot(3).toDoubleMatrix());
    assertThrows(IndexOutOfBoundsException.class, () -> PartlyLabelled.of(labelled("rows"), 8));
    assertThrows(
        IllegalArgumentException.class,
        () -> PartlyLabelled.of(BinaryRows.of("bits", new byte[2][3])));
  }

  @Test
  void labelledRowsAreDrawnBesideUnlabelledOnes() {
    BinaryRows unlabelled = BinaryRows.of("unlabelled", new byte[4][3]);
    BinaryRows few = labelled("few");
    Batch batch = Batch.of(model, unlabelled, new int[] {0, 1}, Trainer.random(1)).inTraining(2, 9);
    Batch beside = batch.draw(few, 50);
    assertEquals(50, beside.size());
    assertEquals(9, beside.step());
    assertTrue(beside.training());
    double[][] x = beside.x().toDoubleMatrix();
    int[] labels = beside.labels();
    for (int i = 0; i < 50; i++) {
      int row = (int) (x[i][0] + 2 * x[i][1] + 4 * x[i][2]);
      assertEquals(beside.rows()[i], row);
      assertEquals(row % 3, labels[i]);
    }
    // 50 draws from 8 rows miss one of them with probability about 8 (7/8)^50 = 0.01; the seed is
    // fixed.
    assertEquals(8, java.util.Arrays.stream(beside.rows()).distinct().count());
    assertThrows(IllegalArgumentException.class, () -> batch.draw(few, 0));
  }

  @Test
  void rowsMadeOnThePageHaveNoLabels() {
    Batch batch = Batch.of(Nd4j.zeros(DataType.DOUBLE, 2, 3), Trainer.random(1));
    assertEquals(2, batch.size());
    String message = assertThrows(IllegalStateException.class, batch::labels).getMessage();
    assertTrue(message.contains("made on the page"), message);
    message =
        assertThrows(
                IllegalStateException.class,
                () ->
                    Batch.of(model, BinaryRows.of("bits", new byte[2][3]), new int[1], null)
                        .labels())
            .getMessage();
    assertEquals("bits has no labels", message);
  }
}
