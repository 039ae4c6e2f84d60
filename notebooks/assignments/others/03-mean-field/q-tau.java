double[] qTau(double[] x, double a0, double b0, double m, double v) {
  double sum = Arrays.stream(x).sum(), squares = Arrays.stream(x).map(xi -> xi * xi).sum();
  return new double[] {a0 + 0.5 * x.length, b0 + (squares - 2 * m * sum + x.length * (m * m + v)) / 2};
}
