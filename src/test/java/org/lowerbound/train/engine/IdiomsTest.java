package org.lowerbound.train.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.lowerbound.train.Layers;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Groups of operations that are carried out as one: found, and equal to the operations. */
class IdiomsTest {

  @BeforeAll
  static void libtorch() {
    assumeTrue(Libtorch.present(), "there is no build of libtorch for this platform");
    assertTrue(Libtorch.start(), Libtorch::failure);
  }

  /** A parameter of random numbers. */
  private static SDVariable random(SameDiff sd, String name, long... shape) {
    return sd.var(name, Nd4j.randn(DataType.FLOAT, shape));
  }

  private static List<String> steps(Function<SameDiff, SDVariable> graph, String... kept) {
    SameDiff sd = SameDiff.create();
    List<String> outputs = new ArrayList<>(List.of(graph.apply(sd).name()));
    outputs.addAll(List.of(kept));
    return new Program(sd, outputs).steps().stream().map(step -> step.node().op()).toList();
  }

  private static SDVariable layer(SameDiff sd) {
    SDVariable product = random(sd, "x", 4, 3).mmul("product", random(sd, "W", 3, 2));
    return product.add("out", random(sd, "b", 2));
  }

  private static SDVariable bernoulli(SameDiff sd) {
    SDVariable a = random(sd, "a", 4, 3);
    return random(sd, "x", 4, 3).mul("product", a).sub("out", Layers.softplus(sd, a));
  }

  @Test
  void groupsAreFound() {
    assertEquals(List.of(Idioms.AFFINE), steps(IdiomsTest::layer));
    assertEquals(List.of(Idioms.BERNOULLI), steps(IdiomsTest::bernoulli));
    assertEquals(List.of(Idioms.SOFTPLUS), steps(sd -> Layers.softplus(sd, random(sd, "a", 4, 3))));
  }

  @Test
  void whatElseIsReadIsComputed() {
    assertEquals(List.of("matmul", "add"), steps(IdiomsTest::layer, "product"));
    // Then the softplus alone is a group.
    List<String> apart = steps(IdiomsTest::bernoulli, "product");
    assertEquals(3, apart.size());
    assertTrue(
        apart.containsAll(List.of("multiply", Idioms.SOFTPLUS, "subtract")), apart::toString);
    // A column is no bias of every row; a product with a half is no softplus.
    assertEquals(
        List.of("matmul", "add"),
        steps(sd -> random(sd, "x", 4, 3).mmul(random(sd, "W", 3, 2)).add(random(sd, "b", 4, 1))));
  }

  @Test
  void groupsAgreeWithSameDiffAndWithCentralDifferences() {
    List<String> wrong = new ArrayList<>();
    Examples.idioms().forEach((name, example) -> OperationsTest.check(name, example, wrong));
    assertEquals(List.of(), wrong);
  }
}
