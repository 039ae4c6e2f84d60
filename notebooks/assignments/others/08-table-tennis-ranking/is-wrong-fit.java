boolean isWrongFit(Function<double[][], double[]> fit) {
  // No change of one strength may raise the likelihood.
  double[][] wins = {{0, 5, 0, 2}, {2, 0, 4, 0}, {0, 1, 0, 3}, {1, 0, 3, 0}}, given = new double[4][];
  for (int i = 0; i < 4; i++) given[i] = wins[i].clone();
  double[] theta = fit.apply(given);
  if (theta.length != 4 || !Arrays.deepEquals(given, wins) || !(Math.abs(Arrays.stream(theta).sum()) < 1e-4)) return true;
  ToDoubleFunction<double[]> likelihood = t -> {
    double sum = 0;
    for (int i = 0; i < 4; i++) for (int j = 0; j < 4; j++) sum -= wins[i][j] * Math.log1p(Math.exp(t[j] - t[i]));
    return sum;
  };
  double[][] better = BradleyTerry.newton(WinCounts.of(wins), 0).covariance();
  for (int i = 0; i < 4; i++) {
    double[] up = theta.clone(), down = theta.clone();
    up[i] += 1e-4;
    down[i] -= 1e-4;
    double slope = (likelihood.applyAsDouble(up) - likelihood.applyAsDouble(down)) / 2e-4;
    if (!(Math.abs(slope) * better[i][i] < 1e-4)) return true;
  }
  return false;
}
