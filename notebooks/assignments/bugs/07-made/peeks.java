boolean peeks(ToDoubleFunction<Recorded> report) {
  double[] test = {6, 2, 3, 1, 7};
  return report.applyAsDouble(new Recorded(new double[] {5, 3, 2, 4, 6}, test)) == 1;
}
