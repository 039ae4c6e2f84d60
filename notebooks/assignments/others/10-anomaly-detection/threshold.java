double threshold(double[] normal, double alpha) {
  double best = Double.POSITIVE_INFINITY;
  for (double t : normal) {
    long above = Arrays.stream(normal).filter(s -> s > t).count();
    // The new row is above t, or below it with as many of the others above.
    if ((above + 1) / (normal.length + 1.0) <= alpha + 1e-12) {
      best = Math.min(best, t);
    }
  }
  return best;
}
