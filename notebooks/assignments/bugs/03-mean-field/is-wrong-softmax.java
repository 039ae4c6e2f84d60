boolean isWrongSoftmax(UnaryOperator<double[]> softmax) {
  return Math.abs(Arrays.stream(softmax.apply(new double[] {0, 1, 2})).sum() - 1) > 1e-9;
}
