int[] sample(Function<int[], double[]> activations, int[] sequence, Random random) {
  int[] x = new int[sequence.length];
  for (int d = 0; d < x.length; d++) {
    x[d] = random.nextDouble() < 1 / (1 + Math.exp(-activations.apply(x)[d])) ? 1 : 0;
  }
  return x;
}
