double meanKl(double[][] chunks) {
  double mean = 0;
  for (double[] chunk : chunks) {
    mean = Arrays.stream(chunk).average().getAsDouble();
  }
  return mean;
}
