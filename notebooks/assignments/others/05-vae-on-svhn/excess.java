double excessMass(LogMass law, double mu, double s) {
  double mass = 0;
  int k = 0;
  while (k < 256) {
    mass += Math.exp(law.of(k++, mu, s));
  }
  return mass - 1;
}
