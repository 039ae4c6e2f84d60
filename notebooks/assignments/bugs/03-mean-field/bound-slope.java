double[] boundSlope(double[] x, double m0, double s0, double expectedTau, double m, double logV) {
  double byMean = (m0 - m) / (s0 * s0);
  for (double xi : x) {
    byMean += expectedTau * (xi - m);
  }
  double v = Math.exp(logV);   // the derivative by v, not by its logarithm
  return new double[] {byMean, 0.5 / v - 0.5 * (1 / (s0 * s0) + x.length * expectedTau)};
}
