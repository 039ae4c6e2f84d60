double groupError(double[] x, int[] group) {
  double mean = Arrays.stream(x).average().getAsDouble();
  return Math.sqrt(Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / (x.length - 1) / x.length);
}
