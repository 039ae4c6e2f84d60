boolean isWrongWeight(ToDoubleBiFunction<double[], Integer> weight) {
  // The sum of the weights, and a step cut in two.
  double[] fine = {0.98, 0.8, 0.45, 0.2, 0.03}, coarse = {0.98, 0.45, 0.03};
  DoubleUnaryOperator snr = a -> a / (1 - a);
  double sum = IntStream.range(1, 5).mapToDouble(t -> weight.applyAsDouble(fine, t)).sum();
  double cut = weight.applyAsDouble(fine, 1) + weight.applyAsDouble(fine, 2);
  return Math.abs(sum - 0.5 * (snr.applyAsDouble(0.98) - snr.applyAsDouble(0.03))) > 1e-9
      || Math.abs(cut - weight.applyAsDouble(coarse, 1)) > 1e-9;
}
