double[] reparameterise(double[] mean, double[] logVariance, double[] noise) {
  double[] z = new double[mean.length];
  for (int j = 0; j < z.length; j++) {
    z[j] = mean[j] + Math.exp(logVariance[j]) * noise[j];
  }
  return z;
}
