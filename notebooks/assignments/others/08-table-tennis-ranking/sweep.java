double[] sweep(double[] wins, double[][] games, double alpha, double[] pi) {
  double[] out = new double[pi.length];
  for (int i = 0; i < out.length; i++) {
    double expected = 2 * alpha * pi[i] / (1 + pi[i]);
    for (int j = 0; j < out.length; j++) expected += games[i][j] * pi[i] / (pi[i] + pi[j]) * (i == j ? 0 : 1);
    out[i] = pi[i] * (alpha + wins[i]) / expected;
  }
  return out;
}
