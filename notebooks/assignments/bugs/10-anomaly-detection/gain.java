double gain(double[] lambda, double[] delta, double[] v) {
  double sum = 0;
  for (int j = 0; j < lambda.length; j++) {
    sum += 0.5 * (1 - v[j] / lambda[j]);
  }
  return sum;
}
