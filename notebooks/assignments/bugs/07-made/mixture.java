double mixture(double[][] logits, int[] x) {
  double log = 0;
  for (int d = 0; d < x.length; d++) {
    double a = 0;
    for (double[] member : logits) {
      a += member[d] / logits.length;
    }
    log += x[d] * a - Math.max(a, 0) - Math.log1p(Math.exp(-Math.abs(a)));
  }
  return log;
}
