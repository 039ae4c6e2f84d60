double penalty(double[] pi, double[] c, int y, double n) {
  return -n * Math.log(pi[y]);
}
