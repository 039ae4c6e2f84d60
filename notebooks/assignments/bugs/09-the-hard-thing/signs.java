double signFlips(double[] d) {
  double observed = Arrays.stream(d).sum();
  int extreme = 0;
  for (int signs = 0; signs < 1 << d.length; signs++) {
    double sum = 0;
    for (int i = 0; i < d.length; i++) {
      sum += (signs >> i & 1) == 1 ? d[i] : -d[i];
    }
    extreme += sum >= observed ? 1 : 0;
  }
  return extreme / (double) (1 << d.length);
}
