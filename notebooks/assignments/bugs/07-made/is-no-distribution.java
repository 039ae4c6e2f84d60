boolean isNoDistribution(ToDoubleFunction<int[]> q, int D) {
  return Math.abs(Arrays.stream(allStates(D)).mapToDouble(q).sum() - 1) > 1e-9;
}
