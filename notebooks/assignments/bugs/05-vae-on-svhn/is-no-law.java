boolean isNoLaw(ToDoubleFunction<int[]> logp) {
  double one = Math.exp(logp.applyAsDouble(new int[] {1, 0, 0})) / Math.exp(logp.applyAsDouble(new int[] {0, 0, 0}));
  return !(one <= 1e9);
}
