double[][] relax(double[][] picture, boolean[][] hole) {
  double[][] u = Arrays.stream(picture).map(double[]::clone).toArray(double[][]::new);
  for (int sweep = 0; sweep < 5; sweep++) {
    for (int r = 0; r < u.length; r++) {
      for (int c = 0; c < u[r].length; c++) {
        if (hole[r][c]) {
          u[r][c] = (u[r - 1][c] + u[r + 1][c] + u[r][c - 1] + u[r][c + 1]) / 4;
        }
      }
    }
  }
  return u;
}
