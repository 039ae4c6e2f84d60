boolean isSound(Function<double[], double[]> expectedLogWeights) {
  return Math.abs(expectedLogWeights.apply(new double[] {3.2})[0]) < 1e-12;
}
