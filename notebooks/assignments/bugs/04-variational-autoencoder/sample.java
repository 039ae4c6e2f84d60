double[] sample(double[] mean, double[][] Sigma, double[] noise) {
  return suspectSample(mean, Sigma, noise);
}
