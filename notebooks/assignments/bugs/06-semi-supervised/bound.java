double bound(double[] q, int[] x, double[][] W, double[] prior) {
  return suspectVector(q, x, W, prior);
}
