double[] qMu(double[] x, double m0, double s0, double expectedTau) {
  double bar = Arrays.stream(x).average().getAsDouble();
  double v = 1 / (1 / (s0 * s0) + x.length * expectedTau);
  return new double[] {v * (m0 / (s0 * s0) + expectedTau * x.length * bar), v};
}
