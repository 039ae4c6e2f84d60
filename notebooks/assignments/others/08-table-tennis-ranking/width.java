double width(double[][] H, int i) {
  double[] unit = new double[H.length];
  unit[i] = 1;
  return 1.96 * Math.sqrt(Cholesky.of(H).quadratic(unit));
}
