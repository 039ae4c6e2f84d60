double[][] games(int players, int[][] rows) {
  double[][] n = new double[players][players];
  for (int[] row : rows) {
    n[row[0]][row[1]] = n[row[1]][row[0]] = row[2] + row[3];
  }
  return n;
}
