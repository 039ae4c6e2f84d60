double pairedError(double va, double vb, double rho, int n) {
  return Math.sqrt((va + vb - rho * Math.sqrt(va * vb)) / n);
}
