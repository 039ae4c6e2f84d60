boolean near(double a, double b) {
  return Math.abs(a - b) < 1e-9;
}

boolean isSound(Function<double[], double[]> expectedLogWeights) {
  // By hand: the mean of log u under the uniform density, and under 2u.
  double[] uniform = expectedLogWeights.apply(new double[] {1, 1}), rising = expectedLogWeights.apply(new double[] {2, 1});
  return near(uniform[0], -1) && near(uniform[1], -1) && near(rising[0], -0.5) && near(rising[1], -1.5);
}
