double fairScore(double[] x, double[] answer) {
  double sum = 0;
  for (int d = 0; d < x.length; d++) {
    double own = 0;
    for (double p : new double[] {x[d], 1 - x[d]}) {
      own -= p > 0 ? p * Math.log(p) : 0;
    }
    sum += suspectScore(new double[] {x[d]}, new double[] {answer[d]}) - own;
  }
  return sum;
}
