double report(Recorded run) {
  double[] valid = IntStream.range(0, run.epochs()).mapToDouble(run::valid).toArray();
  int best = IntStream.range(0, valid.length).reduce((a, b) -> valid[b] < valid[a] ? b : a).getAsInt();
  return run.test(best);
}
