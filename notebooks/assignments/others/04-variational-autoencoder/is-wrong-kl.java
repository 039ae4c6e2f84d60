boolean isWrongKl(ToDoubleBiFunction<double[], double[]> klOf) {
  // By its definition: the mean of log q - log p, on a grid, one latent at a time; and the sum of two.
  for (double[] law : new double[][] {{0.8, -0.9}, {-1.3, 0.6}, {0, 0}}) {
    double m = law[0], s = Math.exp(law[1] / 2);
    double expected = integral(z -> Math.exp(logNormal(z, m, s)) * (logNormal(z, m, s) - logNormal(z, 0, 1)), m - 12 * s, m + 12 * s);
    if (!(Math.abs(klOf.applyAsDouble(new double[] {m}, new double[] {law[1]}) - expected) < 1e-8)) {
      return true;
    }
  }
  double[] m = {0.8, -1.3}, l = {-0.9, 0.6};
  double parts = klOf.applyAsDouble(new double[] {m[0]}, new double[] {l[0]}) + klOf.applyAsDouble(new double[] {m[1]}, new double[] {l[1]});
  return !(Math.abs(klOf.applyAsDouble(m, l) - parts) < 1e-9);
}
