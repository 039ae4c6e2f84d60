double[] output(double[] a) {
  double[] p = new double[a.length];
  for (int d = 0; d < a.length; d++) {
    p[d] = a[d] < 0 ? Math.exp(a[d]) / (1 + Math.exp(a[d])) : 1 / (1 + Math.exp(-a[d]));
  }
  return p;
}
