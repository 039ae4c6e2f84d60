boolean isWrongWeight(ToDoubleBiFunction<double[], Integer> weight) {
  double[] alphaBar = {0.99, 0.9, 0.5, 0.1};
  return IntStream.range(1, 4).anyMatch(t -> !(weight.applyAsDouble(alphaBar, t) > 0));
}
