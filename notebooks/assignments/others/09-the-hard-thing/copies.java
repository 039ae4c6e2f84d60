int copies(double[][] train, double[][] test) {
  Comparator<double[]> order = (a, b) -> {
    for (int j = 0; j < a.length; j++) {
      if (a[j] != b[j]) {
        return a[j] < b[j] ? -1 : 1;
      }
    }
    return 0;
  };
  double[][] sorted = train.clone();
  Arrays.sort(sorted, order);
  int found = 0;
  for (double[] row : test) {
    found += Arrays.binarySearch(sorted, row, order) >= 0 ? 1 : 0;
  }
  return found;
}
