double[] bestVariances(double[][] W, double sigma) {
  double[] P = precision(W, sigma);
  double determinant = P[0] * P[2] - P[1] * P[1];
  return new double[] {P[2] / determinant, P[0] / determinant};
}
