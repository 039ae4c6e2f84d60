double[] expectedLogWeights(double[] alpha) {
  double total = 0;
  for (double a : alpha) {
    total += a;
  }
  double whole = Digamma.value(total);
  return Arrays.stream(alpha).map(a -> Digamma.value(a) - whole).toArray();
}
