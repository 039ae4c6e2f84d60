double leaked(Split split, int n) {
  int[][] parts = split.of(n);
  boolean[] trained = new boolean[n];
  for (int row : parts[0]) {
    trained[row] = true;
  }
  double both = 0;
  for (int row : parts[1]) {
    both += trained[row] ? 1 : 0;
  }
  return both / parts[1].length;
}
