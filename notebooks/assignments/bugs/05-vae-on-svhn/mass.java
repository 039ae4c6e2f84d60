double logMass(int k, double mu, double s) {
  double upper = k == 255 ? 1 : 1 / (1 + Math.exp(-(k / 255.0 + 1 / 510.0 - mu) / s));
  double lower = k == 0 ? 0 : 1 / (1 + Math.exp(-(k / 255.0 - 1 / 510.0 - mu) / s));
  return Math.log(Math.max(upper - lower, 1e-10));
}
