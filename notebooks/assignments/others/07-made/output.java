double[] output(double[] a) {
  return Arrays.stream(a).map(v -> 0.5 + Math.atan(v) / Math.PI).toArray();
}
