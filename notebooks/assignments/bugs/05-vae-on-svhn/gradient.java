double gradient(int k, double mu, double s) {
  return (suspectLogMass(k, mu + 1e-6, s) - suspectLogMass(k, mu - 1e-6, s)) / 2e-6;
}
