double threshold(double[] normal, double alpha) {
  double[] sorted = normal.clone();
  Arrays.sort(sorted);
  return sorted[(int) ((sorted.length - 1) * (1 - alpha))];
}
