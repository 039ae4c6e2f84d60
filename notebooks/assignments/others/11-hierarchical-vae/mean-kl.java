double meanKl(double[][] chunks) {
  double sum = 0;
  int count = 0;
  for (double[] chunk : chunks) {
    for (double kl : chunk) {
      sum += kl;
      count++;
    }
  }
  return sum / count;
}
