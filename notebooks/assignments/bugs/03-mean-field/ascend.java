double[] ascend(UnaryOperator<double[]> slope, double step, int steps) {
  double m = 0, logV = 0;
  for (int i = 0; i < steps; i++) {
    m += step * slope.apply(new double[] {m, logV})[0];
    logV += step * slope.apply(new double[] {m, logV})[1];
  }
  return new double[] {m, logV};   // the logarithm in place of the variance
}
