boolean peeks(Report report) {
  double[] held = {1, 2, 3, 4}, test = {0, 5, 1, 6};
  double first = report.threshold(held, test, new boolean[] {false, true, false, true});
  double second = report.threshold(held, test, new boolean[] {true, false, true, false});
  return first != second;
}
