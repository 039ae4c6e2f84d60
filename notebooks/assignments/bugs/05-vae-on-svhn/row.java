double[] centres(double[] mu, double[][] c, double[] x) {
  double[] centres = mu.clone();
  for (int i = 0; i < mu.length; i++) {
    for (int j = 0; j < mu.length; j++) {
      centres[i] += c[i][j] * (x[j] - mu[j]);
    }
  }
  return centres;
}
