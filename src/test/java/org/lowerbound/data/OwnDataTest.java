package org.lowerbound.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sinks;

/** The reader's own data: CSV and MATLAB files, real rows, no labels, many classes. */
class OwnDataTest {

  @TempDir Path folder;

  private Path text(String content) throws IOException {
    return Files.write(folder.resolve("t.csv"), content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tablesAreReadInTheirUsualForms() throws IOException {
    String[] forms = {
      "a,b,kind\n1,2.5,x\n-3e2,4,y\n",
      "\ufeffa,b,kind\r\n1,2.5,x\r\n-3e2,4,y\r\n\r\n",
      "\"a\",\"b\",\"kind\"\n1,\"2.5\",\"x\"\n-3e2,4,\"y\"",
      "a;b;kind\n1;2.5;x\n-3e2;4;y\n",
      "a\tb\tkind\n1\t2.5\tx\n-3e2\t4\ty\n",
      "a, b, kind\n1, 2.5, x\n-3e2, 4, y\n",
    };
    for (String form : forms) {
      CsvFile table = CsvFile.read(text(form));
      assertEquals(List.of("a", "b", "kind"), table.columns(), form);
      assertArrayEquals(new double[][] {{1, 2.5}, {-300, 4}}, table.numbers("a", "b"), form);
      assertEquals(List.of("x", "y"), table.texts("kind"));
      assertArrayEquals(new int[] {0, 1}, table.labels("kind"));
    }
    CsvFile plain = CsvFile.read(text("6,-1\n7,.5\n"));
    assertEquals(List.of("x1", "x2"), plain.columns());
    RealRows rows = plain.rows("two columns");
    assertEquals("two columns: 2 rows of 2 [x1, x2], own data", rows.toString());
    assertEquals("two columns: own data, read from t.csv", rows.provenance().notice());
    assertFalse(rows.provenance().real());
    assertArrayEquals(
        new byte[][] {{0, 1}}, new byte[][] {CsvFile.read(text("a,b\n0,1\n")).bits("b").bits(0)});
    // Classes that are numbers are counted as numbers: 2 before 10.
    CsvFile classes = CsvFile.read(text("c,d\n10,1\n2,1\n10,1\n"));
    assertEquals(List.of("2", "10"), classes.classes("c"));
    assertArrayEquals(new int[] {1, 0, 1}, classes.labels("c"));
    assertEquals(
        List.of("x, y", "say \"no\""),
        CsvFile.read(text("a,b\n\"x, y\",1\n\"say \"\"no\"\"\",2\n")).texts("a"));
  }

  @Test
  void faultsOfTablesAreNamedWithLineAndColumn() throws IOException {
    String[][] faults = {
      {"", "it is empty"},
      {"a,b\n", "no rows below the first line"},
      {"a,b\n1,2\n3\n", "line 3 has 1 cell; expected 2 as in line 1"},
      {"a,b\n1,2\n3,4,5\n", "line 3 has 3 cells; expected 2"},
      {"a,b\n1,2\n\n3,4\n", "line 3 is blank, and rows follow it"},
      {"a,a\n1,2\n", "two columns are called \"a\""},
      {"a,b\n1,2\n3,\"4\n", "line 3 has a quotation mark that does not close"},
      {"a,b\n1,2\n3,NA\n", "line 3, column b holds \"NA\"; expected a finite number"},
      {"a,b\n1,2\n3,\n", "line 3, column b is empty; expected a finite number"},
      {"a,b\n1,NaN\n", "line 2, column b holds \"NaN\""},
      {"a,b\n1,1e999\n", "line 2, column b holds \"1e999\""},
      {"a;b\n1;2,5\n", "line 2, column b holds \"2,5\""},
      {"a,b\n1,1f\n", "line 2, column b holds \"1f\""},
    };
    for (String[] fault : faults) {
      Path file = text(fault[0]);
      DataException e = assertThrows(DataException.class, () -> CsvFile.read(file).numbers());
      assertTrue(e.getMessage().contains(fault[1]), e.getMessage());
      assertTrue(e.getMessage().contains("t.csv"), e.getMessage());
    }
    Path latin =
        Files.write(folder.resolve("l.csv"), new byte[] {'a', (byte) 0xe4, '\n', '1', '\n'});
    DataException e = assertThrows(DataException.class, () -> CsvFile.read(latin));
    assertTrue(e.getMessage().contains("not text in UTF-8"), e.getMessage());
    Path good = text("a,b\n1,2\n");
    assertThrows(IllegalArgumentException.class, () -> CsvFile.read(good).texts("c"));
    e = assertThrows(DataException.class, () -> CsvFile.read(good).bits("bits"));
    assertTrue(e.getMessage().contains("line 2, column b holds \"2\"; expected 0 or 1"));
  }

  private Path mat(Mat5File file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) file.getUncompressedSerializedSize() + (1 << 16));
    buffer.order(ByteOrder.nativeOrder());
    Mat5.newWriter(Sinks.wrap(buffer)).writeMat(file);
    return Files.write(folder.resolve("m.mat"), Arrays.copyOf(buffer.array(), buffer.position()));
  }

  @Test
  void matlabVariablesAreReadAndOthersPassedOver() throws IOException {
    MatlabType[] types = {
      MatlabType.Double, MatlabType.Single, MatlabType.Int64, MatlabType.UInt64, MatlabType.Int32,
      MatlabType.UInt32, MatlabType.Int16, MatlabType.UInt16, MatlabType.Int8, MatlabType.UInt8
    };
    for (MatlabType type : types) {
      Mat5File file = Mat5.newMatFile();
      file.addArray("note", Mat5.newString("made for a test"));
      Matrix x = Mat5.newMatrix(new int[] {2, 3, 2}, type);
      for (int i = 0; i < 12; i++) {
        x.setInt(i, i);
      }
      file.addArray("X", x);
      file.addArray("set", Mat5.newStruct().set("a", Mat5.newScalar(1)));
      file.addArray("cell", Mat5.newCell(1, 2));
      file.addArray("z", Mat5.newComplex(new int[] {1, 1}, MatlabType.Double));
      file.addArray("none", Mat5.newMatrix(new int[] {0, 5}, type));
      Path path = mat(file);
      Map<String, NumericArray> arrays = MatlabFile.arrays(path);
      assertEquals(List.of("X", "none"), List.copyOf(arrays.keySet()), "" + type);
      // MATLAB's X(i, j, k) lies at place i + 2 j + 6 k.
      assertArrayEquals(
          new double[][] {{0, 6, 2, 8, 4, 10}, {1, 7, 3, 9, 5, 11}}, arrays.get("X").rows());
      assertEquals(0, arrays.get("none").size());
      assertEquals(7, MatlabFile.array(path, "X").bytes()[1][1]);
      DataException e = assertThrows(DataException.class, () -> MatlabFile.array(path, "Y"));
      assertTrue(
          e.getMessage()
              .contains(
                  "no numeric variable Y; it has note (text), X [2, 3, 2], set (a struct), cell (a"
                      + " cell array), z (complex numbers), none [0, 5]"),
          e.getMessage());
      e = assertThrows(DataException.class, () -> MatlabFile.array(path, "set"));
      assertTrue(e.getMessage().contains("set (a struct)"), e.getMessage());
    }
  }

  @Test
  void svhnPassesOverOtherVariablesAndTakesWideLabels() throws IOException {
    for (int images : new int[] {0, 1, 3}) {
      Mat5File file = Mat5.newMatFile();
      file.addArray("info", Mat5.newString("cropped"));
      file.addArray("X", Mat5.newMatrix(new int[] {32, 32, 3, images}, MatlabType.UInt8));
      file.addArray("meta", Mat5.newStruct().set("n", Mat5.newScalar(images)));
      Matrix y = Mat5.newMatrix(new int[] {images, images == 0 ? 0 : 1}, MatlabType.Int64);
      for (int i = 0; i < images; i++) {
        y.setLong(i, 10 - i);
      }
      file.addArray("y", y);
      ImageData read = Svhn.read(mat(file));
      assertEquals(images, read.size());
      for (int i = 0; i < images; i++) {
        assertEquals((10 - i) % 10, read.label(i));
      }
    }
  }

  @Test
  void picturesWithoutLabelsAndWithManyClasses() {
    Provenance own = Provenance.own("parts", "camera 2");
    byte[][] pixels = new byte[300][4];
    ImageData plain = ImageData.of(own, new int[] {1, 2, 2}, pixels);
    assertFalse(plain.labelled());
    assertEquals("parts: 300 rows of 1×2×2, no labels, own data", plain.toString());
    assertEquals(100, plain.shuffled(1).split(200, 50, 50).train().range(0, 100).size());
    for (org.junit.jupiter.api.function.Executable call :
        new org.junit.jupiter.api.function.Executable[] {
          () -> plain.label(0),
          plain::labels,
          plain::counts,
          () -> plain.balanced(10, 1),
          () -> plain.iterator(10)
        }) {
      IllegalStateException e = assertThrows(IllegalStateException.class, call);
      assertEquals("parts has no labels", e.getMessage());
    }
    int[] labels = new int[300];
    Arrays.setAll(labels, i -> i);
    ImageData many = ImageData.of(own, new int[] {1, 2, 2}, 300, pixels, labels);
    assertEquals(299, many.label(299));
    assertEquals(1, many.counts()[200]);
    assertEquals(299, many.take(299).label(0));
    byte[] bytes = new byte[300];
    Arrays.fill(bytes, (byte) 200);
    assertEquals(200, ImageData.of(own, new int[] {1, 2, 2}, 201, pixels, bytes).label(7));
    assertThrows(
        IllegalArgumentException.class,
        () -> ImageData.of(own, new int[] {1, 2, 2}, 299, pixels, labels));
    BinaryRows bits = BinaryRows.of(own, new int[] {4}, pixels, labels);
    assertEquals(299, bits.shuffled(3).take(bits.size() - 1).size() + 298);
    assertEquals(250, bits.range(250, 300).label(0));
  }

  @Test
  void realRowsHaveShapesLabelsAndParts() {
    double[][] values = new double[10][4];
    for (int i = 0; i < 10; i++) {
      Arrays.fill(values[i], i / 8.0 - .5);
    }
    RealRows rows = RealRows.of(Provenance.own("r", "made"), new int[] {1, 2, 2}, values);
    assertArrayEquals(new int[] {1, 2, 2}, rows.shape());
    assertEquals(List.of("x1", "x2", "x3", "x4"), rows.columns());
    assertThrows(IllegalStateException.class, () -> rows.label(0));
    RealRows labelled = rows.labelled(0, 1, 2, 3, 4, 5, 6, 7, 8, 200);
    assertEquals(200, labelled.label(9));
    RealRows mixed = labelled.shuffled(4);
    for (int i = 0; i < 10; i++) {
      int label = mixed.label(i) == 200 ? 9 : mixed.label(i);
      assertEquals((float) (label / 8.0 - .5), mixed.rows(i, i + 1)[0][3]);
    }
    assertEquals(3, labelled.split(5, 2, 3).test().size());
    assertEquals(7, labelled.split(5, 2, 3).test().label(0));
    assertThrows(IllegalArgumentException.class, () -> rows.split(9, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> rows.labelled(1, 2));
    values[3] = new double[3];
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> RealRows.of(Provenance.own("r", "made"), new int[] {4}, values));
    assertEquals("row 3 has 3 values; expected 4 [x1, x2, x3, x4]", e.getMessage());
  }

  @Test
  void ownTextIsReadWhateverEndsItsLines() throws IOException {
    Path file = Files.writeString(folder.resolve("poem.txt"), "\ufeffOne\r\ntwo — drei\r\n");
    TextCorpus corpus = TextCorpus.read(file);
    assertEquals("One\ntwo — drei\n", corpus.text());
    assertEquals("poem.txt: 15 characters, 12 distinct, own data", corpus.toString());
    Files.write(file, new byte[0]);
    assertThrows(DataException.class, () -> TextCorpus.read(file));
  }
}
