double eta(int[][] rows, double[] pi, double old) {
  double won = 0, rate = 0;
  for (int[] row : rows) {
    won += row[2];
    rate += (row[2] + row[3]) / (old * pi[row[0]] + pi[row[1]]);   // eta is taken for the strength of a team of strength 1
  }
  return won / rate;
}
