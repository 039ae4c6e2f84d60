boolean isNoLaw(ToDoubleFunction<int[]> logp) {
  double mass = 0;
  for (int a : new int[] {0, 1}) {
    for (int b : new int[] {0, 1}) {
      for (int c : new int[] {0, 1}) {
        mass += Math.exp(logp.applyAsDouble(new int[] {a, b, c}));
      }
    }
  }
  return Double.isNaN(mass) || Math.abs(1 - mass) > 1e-8;
}
