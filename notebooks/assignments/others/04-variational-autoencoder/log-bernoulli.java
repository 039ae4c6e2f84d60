double softplus(double a) {
  return a > 0 ? a + Math.log1p(Math.exp(-a)) : Math.log1p(Math.exp(a));
}

double logBernoulli(double[] a, double[] x) {
  return -IntStream.range(0, a.length).mapToDouble(d -> x[d] == 1 ? softplus(-a[d]) : softplus(a[d])).sum();
}
