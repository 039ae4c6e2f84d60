int[][] split(int n) {
  return suspectSplit(n);
}
