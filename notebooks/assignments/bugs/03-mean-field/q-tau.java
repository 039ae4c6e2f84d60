double[] qTau(double[] x, double a0, double b0, double m, double v) {
  double square = 0;
  for (double xi : x) {
    square += (xi - m) * (xi - m) + v;
  }
  return new double[] {a0 + (x.length + 1) / 2.0, b0 + 0.5 * square};
}
