double fairScore(double[] x, double[] answer) {
  return suspectScore(x, answer) - suspectScore(x, x);
}
