boolean isSound(ToDoubleBiFunction<double[], double[]> rate) {
  double[] x = {0.3, 2};
  double sum = 0, weight = 0, m = 1.5, v = 0.4;
  for (int i = -4000; i <= 4000; i++) {
    double z = i / 400.0, mu = m + Math.sqrt(v) * z, w = Math.exp(-z * z / 2), f = 3 * (mu - 0.7) * (mu - 0.7);
    for (double xi : x) f += (xi - mu) * (xi - mu);
    sum += w * f; weight += w;
  }
  return Math.abs(rate.applyAsDouble(x, new double[] {0.7, 3, 0.2, m, v}) - 0.2 - 0.5 * sum / weight) < 1e-6;
}
