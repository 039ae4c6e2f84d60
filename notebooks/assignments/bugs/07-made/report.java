double report(Recorded run) {
  double best = Double.POSITIVE_INFINITY;
  for (int epoch = 0; epoch < run.epochs(); epoch++) {
    best = Math.min(best, run.test(epoch));
  }
  return best;
}
