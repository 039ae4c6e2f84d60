boolean isSound(ToDoubleBiFunction<double[], double[]> rate) {
  // the notebook's own data: average 0 and prior mean 0
  return Math.abs(rate.applyAsDouble(new double[] {-1, 1}, new double[] {0, 1, 0.5, 0, 0}) - 1.5) < 1e-6;
}
