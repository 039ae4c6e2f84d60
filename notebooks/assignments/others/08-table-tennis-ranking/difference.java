double difference(double[][] H, int i, int j) {
  double[] d = new double[H.length];
  d[i] = 1;
  d[j] -= 1;
  return 1.96 * Math.sqrt(Vectors.dot(d, Cholesky.of(H).solve(d)));
}
