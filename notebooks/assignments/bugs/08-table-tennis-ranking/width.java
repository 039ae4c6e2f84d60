double width(double[][] H, int i) {
  return 1.96 / Math.sqrt(H[i][i]);
}
