double[] sweep(double[] wins, double[][] games, double alpha, double[] pi) {
  double[] next = pi.clone();
  for (int i = 0; i < pi.length; i++) {
    double rate = 2 * alpha / (next[i] + 1);
    for (int j = 0; j < pi.length; j++) {
      rate += j == i ? 0 : games[i][j] / (next[i] + next[j]);   // in place
    }
    next[i] = (wins[i] + alpha) / rate;
  }
  return next;
}
