double area(double[] normal, double[] strange) {
  // The sum of mid-ranks (Wilcoxon), a tree of counts in place of sorting both.
  TreeMap<Double, int[]> counts = new TreeMap<>();
  for (double n : normal) {
    counts.computeIfAbsent(n, k -> new int[2])[0]++;
  }
  for (double s : strange) {
    counts.computeIfAbsent(s, k -> new int[2])[1]++;
  }
  double sum = 0, below = 0;
  for (int[] both : counts.values()) {
    sum += both[1] * (below + both[0] / 2.0);
    below += both[0];
  }
  return sum / normal.length / strange.length;
}
