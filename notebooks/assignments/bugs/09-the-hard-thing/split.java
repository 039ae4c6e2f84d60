boolean[] split(int[] family, int testRows, long seed) {
  return suspectSplit(family, testRows, seed);
}
