double difference(double[][] H, int i, int j) {
  double[][] c = Cholesky.of(H).inverse();
  return 1.96 * Math.sqrt(c[i][i] + c[j][j]);
}
