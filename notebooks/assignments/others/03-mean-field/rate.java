double rate(double[] x, double mu0, double kappa0, double b0, double m, double v) {
  double bar = Arrays.stream(x).average().getAsDouble(), ss = 0;
  for (double xi : x) ss += (xi - bar) * (xi - bar);
  int n = x.length;
  return b0 + 0.5 * (ss + n * (bar - m) * (bar - m) + n * v + kappa0 * ((m - mu0) * (m - mu0) + v));
}
