double[] ascend(UnaryOperator<double[]> slope, double step, int steps) {
  double m = 0, logV = 0;
  while (steps-- > 0) {
    double[] by = slope.apply(new double[] {m, logV});
    m = m + step * by[0];
    logV = logV + step * by[1];
  }
  return new double[] {m, Math.exp(logV)};
}
