double[] train(double x, double s, Random random) {
  double m = 0, lambda = 0;
  for (int t = 0; t < 20_000; t++) {
    double noise = random.nextGaussian(), sd = Math.exp(lambda), z = m + sd * noise;
    double slope = -z + (x - z) / (s * s);
    m += slope / (t + 500);
    lambda += (slope * sd * noise + 0.5) / (t + 500);
  }
  return new double[] {m, lambda};
}
