double report(double[] held, double[] test, boolean[] strange) {
  return suspectReport(held, test, strange);
}
