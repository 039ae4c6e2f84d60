double eta(int[][] rows, double[] pi, double old) {
  double expected = Arrays.stream(rows).mapToDouble(r -> (r[2] + r[3]) * old * pi[r[0]] / (old * pi[r[0]] + pi[r[1]])).sum();
  return old * Arrays.stream(rows).mapToInt(r -> r[2]).sum() / expected;   // games won at home over games expected
}
