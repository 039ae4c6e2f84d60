double rate(double[] x, double mu0, double kappa0, double b0, double m, double v) {
  double mean = Arrays.stream(x).average().getAsDouble();
  double square = v + m * m;
  double sum = kappa0 * (square - 2 * mean * mu0 + mu0 * mu0);
  for (double xi : x) {
    sum += xi * xi - 2 * mean * xi + square;
  }
  return b0 + sum / 2;
}
