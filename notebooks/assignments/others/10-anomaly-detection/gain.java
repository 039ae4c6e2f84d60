double gain(double[] lambda, double[] delta, double[] v) {
  double trace = IntStream.range(0, lambda.length).mapToDouble(j -> v[j] / lambda[j]).sum();
  double shift = IntStream.range(0, lambda.length).mapToDouble(j -> delta[j] / lambda[j] * delta[j]).sum();
  return (lambda.length - trace - shift) / 2;
}
