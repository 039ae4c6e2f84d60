double[] expectedLogWeights(double[] alpha) {
  double all = Arrays.stream(alpha).sum();
  double[] expected = new double[alpha.length];
  for (int k = 0; k < alpha.length; k++) {
    expected[k] = Digamma.value(all) - Digamma.value(alpha[k]);
  }
  return expected;
}
