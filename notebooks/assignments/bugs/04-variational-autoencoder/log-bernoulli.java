double logBernoulli(double[] a, double[] x) {
  double sum = 0;
  for (int d = 0; d < a.length; d++) {
    sum += x[d] * a[d] - Math.log(1 + Math.exp(a[d]));
  }
  return sum;
}
