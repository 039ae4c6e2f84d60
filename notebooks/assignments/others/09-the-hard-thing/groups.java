double groupError(double[] x, int[] group) {
  Map<Integer, double[]> sums = new TreeMap<>();
  double total = 0;
  for (int i = 0; i < x.length; i++) {
    double[] s = sums.computeIfAbsent(group[i], g -> new double[2]);
    s[0] += x[i];
    s[1]++;
    total += x[i];
  }
  double sum = 0, squares = 0;
  int G = sums.size();
  for (double[] s : sums.values()) {
    double theta = (total - s[0]) / (x.length - s[1]);
    sum += theta;
    squares += theta * theta;
  }
  return Math.sqrt(Math.max(0, (G - 1.0) / G * (squares - sum * sum / G)));
}
