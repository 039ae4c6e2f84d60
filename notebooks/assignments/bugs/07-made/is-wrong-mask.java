boolean isWrongMask(BiFunction<int[], int[], float[][]> mask) {
  return !Arrays.deepEquals(mask.apply(new int[] {1, 2}, new int[] {1, 2}), new float[][] {{1, 1}, {0, 1}});
}
