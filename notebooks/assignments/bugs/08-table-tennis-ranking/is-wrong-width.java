boolean isWrongWidth(BiFunction<double[][], Integer, Double> width) {
  // players who have met nobody: H is diagonal
  return Math.abs(width.apply(new double[][] {{4, 0}, {0, 9}}, 1) - 1.96 / 3) > 1e-6;
}
