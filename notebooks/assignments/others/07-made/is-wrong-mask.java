boolean isWrongMask(BiFunction<int[], int[], float[][]> mask) {
  // Against the library's masks, and against one row and one column.
  for (int seed = 0; seed < 5; seed++) {
    Masks masks = Masks.of(Ordering.random(7, seed), new int[] {9, 9, 5}, DegreeRule.UNIFORM, seed);
    for (int l = 0; l < 2; l++) {
      int[] below = masks.degrees(l).clone(), above = masks.degrees(l + 1).clone();
      if (!Arrays.deepEquals(mask.apply(below, above), masks.layer(l + 1)) || !Arrays.equals(below, masks.degrees(l)) || !Arrays.equals(above, masks.degrees(l + 1))) {
        return true;
      }
    }
  }
  return !Arrays.deepEquals(mask.apply(new int[] {2, 4, 3}, new int[] {3, 2}), new float[][] {{1, 1}, {0, 0}, {1, 0}});
}
