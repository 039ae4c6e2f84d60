boolean hasWrongCovariance(Sample sample) {
  double[][] Sigma = {{1, 0}, {0, 1}};
  double[] z = sample.of(new double[2], Sigma, new double[] {1, 1});
  return Math.abs(z[0] * z[0] - 1) > 1e-9 || Math.abs(z[1] * z[1] - 1) > 1e-9;
}
