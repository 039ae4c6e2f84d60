double unlabelledBound(double[] logq, double[] minusL) {
  double sum = 0;
  for (int y = 0; y < logq.length; y++) {
    sum += Math.exp(logq[y]) * (minusL[y] - logq[y]);
  }
  return sum;
}
