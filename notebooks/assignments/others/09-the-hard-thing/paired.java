double pairedError(double va, double vb, double rho, int n) {
  double a = Math.sqrt(va), b = Math.sqrt(vb);
  return Math.sqrt(Math.max(0, (a - b) * (a - b) + 2 * (1 - rho) * a * b)) / Math.sqrt(n);
}
