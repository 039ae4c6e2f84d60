double loss(double reconstruction, double[] kl, long step, int n) {
  double[] weights = new double[kl.length];
  double sum = 0;
  for (int l = 1; l <= kl.length; l++) {
    weights[l - 1] = Math.min(1, Math.max(0, (double) step / n - (l - 1)));
    sum += kl[l - 1];
  }
  return sum - reconstruction;
}
