boolean isNoStandardError(ToDoubleFunction<double[]> f) {
  double[] x = {1, 2, 3, 4};
  return Math.abs(f.applyAsDouble(x) - suspectA(x) / 2) > 1e-9;
}
