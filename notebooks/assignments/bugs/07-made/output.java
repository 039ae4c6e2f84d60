double[] output(double[] a) {
  return Arrays.stream(a).map(ad -> Math.max(ad, 0)).toArray();
}
