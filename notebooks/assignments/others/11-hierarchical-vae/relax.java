double[][] relax(double[][] picture, boolean[][] hole) {
  // All pixels of a sweep from the old values, 4,000 times.
  double[][] u = IntStream.range(0, picture.length).mapToObj(r -> IntStream.range(0, picture[r].length)
      .mapToDouble(c -> hole[r][c] ? 0.5 : picture[r][c]).toArray()).toArray(double[][]::new);
  for (int sweep = 0; sweep < 4000; sweep++) {
    double[][] old = u;
    u = IntStream.range(0, old.length).mapToObj(r -> IntStream.range(0, old[r].length)
        .mapToDouble(c -> hole[r][c] ? (old[r - 1][c] + old[r + 1][c] + old[r][c - 1] + old[r][c + 1]) / 4 : old[r][c])
        .toArray()).toArray(double[][]::new);
  }
  return u;
}
