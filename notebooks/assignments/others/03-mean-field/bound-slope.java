double[] boundSlope(double[] x, double m0, double s0, double expectedTau, double m, double logV) {
  double[] best = qMu(x, m0, s0, expectedTau);   // log p is a parabola about it
  return new double[] {(best[0] - m) / best[1], (1 - Math.exp(logV) / best[1]) / 2};
}
